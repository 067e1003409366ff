"""The rules of spend, each on either side of its boundary."""

from dataclasses import replace
from datetime import date

import pytest

from svx_ledger.domain.kind import Event
from svx_ledger.domain.spend import (
    AdministrationCostRecorded,
    ExchangeSpendRecorded,
    RecordAdministrationCost,
    RecordExchangeSpend,
    Spend,
)

from .cast import (
    APPROVER,
    AUTHORITY,
    BOUGHT,
    BUYER,
    OTHER_AUTHORITY,
    OTHER_BUYER,
    PROCUREMENT,
    Past,
    registered,
    verified,
)
from .outcome import NOON, OPERATOR, World, outcome

SPEND = "spend-s001"
FEE = RecordExchangeSpend(
    spend_id=SPEND,
    payer_id=AUTHORITY,
    procurement_id=PROCUREMENT,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    invoice="INV-1",
    amount_pence=1_800_000,
)
COST = RecordAdministrationCost(
    spend_id=SPEND,
    payer_id=AUTHORITY,
    procurement_id=PROCUREMENT,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    basis="Ten days of one officer",
    amount_pence=600_000,
)
FEE_RECORDED = ExchangeSpendRecorded(
    payer_id=AUTHORITY,
    procurement_id=PROCUREMENT,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    invoice="INV-1",
    amount_pence=1_800_000,
)
COST_RECORDED = AdministrationCostRecorded(
    payer_id=AUTHORITY,
    procurement_id=PROCUREMENT,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    basis="Ten days of one officer",
    amount_pence=600_000,
)
HISTORY: Past = [
    *verified(AUTHORITY, "authority"),
    *verified(OTHER_AUTHORITY, "authority"),
    (PROCUREMENT, BOUGHT),
]

any_spend = pytest.mark.parametrize("record", [FEE, COST], ids=["exchange", "administration"])
Record = RecordExchangeSpend | RecordAdministrationCost


def test_spend_is_recorded_as_the_payer_states_it() -> None:
    assert outcome(given=HISTORY, when=FEE, by=BUYER) == [FEE_RECORDED]
    assert outcome(given=HISTORY, when=COST, by=APPROVER) == [COST_RECORDED]


@any_spend
def test_the_payer_records_it_itself(record: Record) -> None:
    helper = replace(OPERATOR, on_behalf_of=AUTHORITY)

    assert outcome(given=HISTORY, when=record, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=HISTORY, when=record, by=helper) == "role-not-allowed"


@any_spend
def test_the_payer_is_an_authority_and_verified(record: Record) -> None:
    unallocated = replace(record, procurement_id=None)

    def by_payer(payer: Past) -> list[Event] | str:
        return outcome(given=payer, when=unallocated, by=BUYER)

    assert isinstance(by_payer(verified(AUTHORITY, "authority")), list)
    assert by_payer(registered(AUTHORITY, "authority")) == "not-verified"
    assert by_payer(verified(AUTHORITY, "supplier")) == "wrong-side"


@any_spend
def test_the_payer_is_the_authority_of_the_procurement(record: Record) -> None:
    of_others = replace(record, payer_id=OTHER_AUTHORITY)
    unallocated = replace(of_others, procurement_id=None)

    assert outcome(given=HISTORY, when=of_others, by=OTHER_BUYER) == "not-yours"
    assert isinstance(outcome(given=HISTORY, when=unallocated, by=OTHER_BUYER), list)


@any_spend
def test_the_amount_is_more_than_nothing(record: Record) -> None:
    nothing, a_penny = replace(record, amount_pence=0), replace(record, amount_pence=1)

    assert outcome(given=HISTORY, when=nothing, by=BUYER) == "nothing-spent"
    assert isinstance(outcome(given=HISTORY, when=a_penny, by=BUYER), list)


@any_spend
def test_the_period_does_not_run_backwards(record: Record) -> None:
    one_day = replace(record, period_to=date(2026, 1, 1))
    backwards = replace(record, period_to=date(2025, 12, 31))

    assert isinstance(outcome(given=HISTORY, when=one_day, by=BUYER), list)
    assert outcome(given=HISTORY, when=backwards, by=BUYER) == "period-backwards"


def test_a_payer_records_each_invoice_once() -> None:
    recorded = [*HISTORY, (SPEND, FEE_RECORDED)]
    again = replace(FEE, spend_id="spend-s002")
    elsewhere = replace(again, payer_id=OTHER_AUTHORITY, procurement_id=None)
    cost = replace(COST, spend_id="spend-s003")

    assert outcome(given=recorded, when=again, by=BUYER) == "invoice-taken"
    assert isinstance(
        outcome(given=recorded, when=replace(again, invoice="INV-2"), by=BUYER), list
    )
    assert isinstance(outcome(given=recorded, when=elsewhere, by=OTHER_BUYER), list)
    assert isinstance(outcome(given=recorded, when=cost, by=BUYER), list)


@any_spend
def test_what_a_record_names_exists_and_the_record_does_not(record: Record) -> None:
    authority = verified(AUTHORITY, "authority")
    recorded = [*HISTORY, (SPEND, FEE_RECORDED)]

    assert outcome(when=replace(record, procurement_id=None), by=BUYER) == "not-found"
    assert outcome(given=authority, when=record, by=BUYER) == "not-found"
    assert outcome(given=recorded, when=record, by=BUYER) == "already-exists"


def test_a_record_keeps_who_paid_for_what() -> None:
    world = World(HISTORY)
    world.execute(FEE, BUYER, NOON)
    world.execute(replace(COST, spend_id="spend-s002"), BUYER, NOON)

    assert world.streams[SPEND] == Spend(
        payer_id=AUTHORITY,
        procurement_id=PROCUREMENT,
        amount_pence=1_800_000,
        kind="exchange",
        period_from=FEE.period_from,
        period_to=FEE.period_to,
    )
    assert world.streams["spend-s002"] == Spend(
        payer_id=AUTHORITY,
        procurement_id=PROCUREMENT,
        amount_pence=600_000,
        kind="administration",
        period_from=COST.period_from,
        period_to=COST.period_to,
    )
