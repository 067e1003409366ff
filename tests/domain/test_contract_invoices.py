"""Invoices and rate pledges: what is owed by what was spent, on either side of each rule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from svx_ledger.domain.contract.ending import CompleteContract
from svx_ledger.domain.contract.events import (
    ContractEntered,
    ContractVaried,
    LineChange,
    VariationRequested,
    VariedLine,
)
from svx_ledger.domain.contract.invoicing import RecordContractInvoice
from svx_ledger.domain.contract.running import ContractInvoiceRecorded
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedCommitted, NeedListed
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.events import DeliveryConfirmed, PledgeMaterialised, PledgeVaried

from .cast import APPROVER, BIDDER, BUYER, LEAD, OTHER_BUYER, Past
from .outcome import World, outcome
from .rated import (
    CAP,
    ENTERED,
    INDIVISIBLE,
    INVOICE,
    NOW,
    RATE,
    RATED,
    REFERENCE,
    committed,
    invoiced,
    rated,
    state,
)
from .worked_example import (
    CASH_NEED,
    CONTRACT,
    LAPTOP_NEED,
    MANAGER,
    PLEDGED_PENCE,
    VOLUNTEER_NEED,
    facts,
    pledge,
)
from .worked_example import ENTERED as UNRATED

HOUR_PENCE = 1_693
THE_OTHERS_PENCE = PLEDGED_PENCE - 60_000 * HOUR_PENCE
RECORDED = ContractInvoiceRecorded(
    contract_id=CONTRACT,
    invoice="INV-1",
    period_from=date(2026, 4, 1),
    period_to=date(2026, 4, 30),
    amount_pence=100_000_000,
    spend_pence_was=0,
    spend_pence=100_000_000,
    recorded_by=MANAGER.id,
)
MATERIALISED = PledgeMaterialised(
    contract_id=CONTRACT,
    spend_pence=100_000_000,
    quantity_was=Decimal(0),
    quantity=Decimal(1_000),
    value_pence_was=0,
    value_pence=1_000 * HOUR_PENCE,
    counted_pence=0,
)


def record(when: RecordContractInvoice = INVOICE, given: Past = ENTERED) -> list[Event] | str:
    return outcome(given=given, when=when, by=MANAGER, at=NOW)


def test_a_rate_pledge_is_committed_at_the_reference_and_by_its_cap_to_the_need() -> None:
    first = committed(ENTERED)
    commits = [e for s, e in ENTERED if s == VOLUNTEER_NEED and isinstance(e, NeedCommitted)]
    contract = next(e for _, e in ENTERED if isinstance(e, ContractEntered))

    assert (first.rate, first.cap, first.quantity) == (RATE, CAP, REFERENCE)
    assert first.value_pence == 20_000 * HOUR_PENCE
    assert commits == [NeedCommitted(pledge_id=RATED, quantity=CAP)]
    assert contract.pledged_pence == THE_OTHERS_PENCE + 20_000 * HOUR_PENCE


def test_nothing_of_a_rate_pledge_is_owed_before_an_invoice() -> None:
    found = state(ENTERED)

    assert (found.quantity, found.reference, found.most) == (Decimal(0), REFERENCE, CAP)
    assert (found.rate, found.cap) == (RATE, CAP)


def test_an_invoice_makes_a_rate_pledge_owed() -> None:
    assert record() == [RECORDED, MATERIALISED]
    assert state(invoiced(100_000_000)).quantity == 1_000
    assert state(invoiced(100_000_000)).reference == REFERENCE


def test_what_is_owed_follows_all_that_was_invoiced() -> None:
    second = replace(INVOICE, invoice="INV-2", amount_pence=50_000_000)

    assert record(second, invoiced(100_000_000)) == [
        replace(
            RECORDED,
            invoice="INV-2",
            amount_pence=50_000_000,
            spend_pence_was=100_000_000,
            spend_pence=150_000_000,
        ),
        replace(
            MATERIALISED,
            spend_pence=150_000_000,
            quantity_was=Decimal(1_000),
            quantity=Decimal(1_500),
            value_pence_was=1_000 * HOUR_PENCE,
            value_pence=1_500 * HOUR_PENCE,
        ),
    ]


@pytest.mark.parametrize(
    ("pence", "owed"),
    [
        (2_000_000_000, 20_000),  # the reference spend
        (5_999_999_000, "59999.99"),
        (6_000_000_000, 60_000),  # the cap
        (6_000_000_100, 60_000),
        (1, "0.00001"),
    ],
)
def test_at_most_the_cap_is_owed(pence: int, owed: int | str) -> None:
    assert state(invoiced(pence)).quantity == Decimal(owed)


def test_beyond_the_cap_an_invoice_changes_no_pledge() -> None:
    when = replace(INVOICE, invoice="INV-2")
    recorded = record(when, invoiced(6_000_000_000))

    assert isinstance(recorded, list)
    assert [type(event) for event in recorded] == [ContractInvoiceRecorded]


@pytest.mark.parametrize(("pence", "owed"), [(19_999_999, 1), (20_000_000, 2)])
def test_what_cannot_be_divided_is_owed_in_whole_units_rounded_down(
    pence: int, owed: int
) -> None:
    assert state(invoiced(pence, given=INDIVISIBLE), pledge(LAPTOP_NEED)).quantity == owed


def test_what_can_be_divided_is_owed_to_the_millionth_rounded_down() -> None:
    given = rated(rate=Decimal("0.000000199"))

    assert state(invoiced(1_000, given=given)).quantity == Decimal("0.000001")
    assert state(invoiced(502, given=given)).quantity == 0


def test_instalments_of_spend_add_up_to_the_value_of_their_sum() -> None:
    given = invoiced(*[50_000] * 4)  # half an hour each: £16.93 × 2
    values = [
        e.value_pence - e.value_pence_was for _, e in given if isinstance(e, PledgeMaterialised)
    ]

    assert values == [846, 847, 847, 846]
    assert sum(values) == 3_386


def test_a_contract_without_rate_pledges_is_invoiced_too() -> None:
    assert record(given=UNRATED) == [RECORDED]


def test_spend_covers_what_was_delivered_before_it() -> None:
    """Claims and confirmations count against what is owed then, and later spend covers more."""
    claim = ClaimDelivery(
        pledge_id=RATED,
        quantity=Decimal(1_500),
        delivered_from=date(2026, 6, 1),
        delivered_to=date(2026, 6, 12),
        evidence_sha256="a" * 64,
    )
    confirm = ConfirmDelivery(pledge_id=RATED, claim_no=1, quantity=Decimal(1_200))
    world = World(invoiced(100_000_000))
    world.execute(claim, BIDDER, NOW)
    confirmed = world.execute(confirm, LEAD, NOW)
    counted = []
    for no, pence in enumerate((10_000_000, 20_000_000), start=2):
        more = replace(INVOICE, invoice=f"INV-{no}", amount_pence=pence)
        decision = world.execute(more, MANAGER, NOW)
        assert isinstance(decision, list)
        event = decision[1][1]
        assert isinstance(event, PledgeMaterialised)
        counted.append(event.counted_pence)

    assert isinstance(confirmed, list)
    assert isinstance(confirmed[0][1], DeliveryConfirmed)
    assert confirmed[0][1].value_pence == 1_200 * HOUR_PENCE
    assert confirmed[0][1].counted_pence == 1_000 * HOUR_PENCE
    assert counted == [100 * HOUR_PENCE, 100 * HOUR_PENCE]


def test_the_authority_that_pays_records_its_invoices() -> None:
    by_buyer = outcome(given=ENTERED, when=INVOICE, by=BUYER, at=NOW)

    assert by_buyer == [replace(RECORDED, recorded_by=BUYER.id), MATERIALISED]
    assert outcome(given=ENTERED, when=INVOICE, by=BIDDER, at=NOW) == "role-not-allowed"
    assert outcome(given=ENTERED, when=INVOICE, by=OTHER_BUYER, at=NOW) == "not-yours"
    assert outcome(when=INVOICE, by=MANAGER, at=NOW) == "not-found"


def test_an_invoice_is_recorded_once() -> None:
    given = invoiced(100_000_000)

    assert record(given=given) == "invoiced-already"
    assert isinstance(record(replace(INVOICE, invoice="INV-2"), given), list)
    assert facts(given, INVOICE, MANAGER, NOW) == {"invoice": "INV-1", "contract": CONTRACT}


def test_an_invoice_is_of_more_than_nothing() -> None:
    assert record(replace(INVOICE, amount_pence=0)) == "nothing-spent"
    assert isinstance(record(replace(INVOICE, amount_pence=1)), list)
    assert facts(ENTERED, replace(INVOICE, amount_pence=0), MANAGER) == {"amount_pence": 0}


def test_the_period_of_an_invoice_does_not_run_backwards() -> None:
    backwards = replace(INVOICE, period_to=date(2026, 3, 31))

    assert isinstance(record(replace(INVOICE, period_to=INVOICE.period_from)), list)
    assert record(backwards) == "period-backwards"
    assert facts(ENTERED, backwards, MANAGER) == {
        "period_from": "2026-04-01",
        "period_to": "2026-03-31",
    }


def test_spend_and_what_it_makes_owed_are_amounts_that_a_record_can_state() -> None:
    most = replace(INVOICE, amount_pence=10**15)
    after = replace(INVOICE, invoice="INV-2", amount_pence=1)
    dear = rated(rate=Decimal(1), cap=Decimal(10**12 - 1))
    hours = Decimal(10**13) / Decimal("16.93") // 1

    assert isinstance(record(most), list)
    assert record(after, invoiced(10**15)) == "worth-too-much"
    assert isinstance(record(replace(most, amount_pence=int(hours) * 100), dear), list)
    assert record(replace(most, amount_pence=(int(hours) + 1) * 100), dear) == "worth-too-much"


def vary(*lines: VariedLine, given: Past) -> list[Event] | str:
    asked = VariationRequested(lines=lines, ground="Less spend", requested_by=MANAGER.id)
    when = ApproveVariation(contract_id=CONTRACT)
    return outcome(given=[*given, (CONTRACT, asked)], when=when, by=APPROVER, at=NOW)


def hours(cap: str | int, rate: str | None = None) -> VariedLine:
    return VariedLine(
        need_id=VOLUNTEER_NEED,
        quantity=Decimal(cap),
        rate=None if rate is None else Decimal(rate),
    )


def test_varying_a_rate_pledge_changes_its_cap_and_its_rate() -> None:
    given = invoiced(100_000_000)
    before = THE_OTHERS_PENCE + 20_000 * HOUR_PENCE

    varied = vary(hours(10_000, "0.002"), given=given)
    assert isinstance(varied, list)
    assert isinstance(varied[0], ContractVaried)
    assert varied[0].lines == (
        LineChange(
            need_id=VOLUNTEER_NEED,
            pledge_id=RATED,
            quantity_was=CAP,
            quantity=Decimal(10_000),
            rate_was=RATE,
            rate=Decimal("0.002"),
        ),
    )
    assert varied[0].pledged_pence_was == before
    assert varied[0].pledged_pence == before - 10_000 * HOUR_PENCE
    assert varied[1:] == [
        PledgeVaried(
            contract_id=CONTRACT,
            quantity_was=Decimal(1_000),
            quantity=Decimal(2_000),
            value_pence_was=1_000 * HOUR_PENCE,
            value_pence=2_000 * HOUR_PENCE,
            counted_pence=0,
            rate=Decimal("0.002"),
            cap=Decimal(10_000),
            reference=Decimal(10_000),
        ),
        NeedCommitted(pledge_id=RATED, quantity=Decimal(10_000)),
    ]


def test_a_varied_rate_pledge_is_owed_by_its_new_rate_and_cap() -> None:
    varied = PledgeVaried(
        contract_id=CONTRACT,
        quantity_was=Decimal(1_000),
        quantity=Decimal(2_000),
        value_pence_was=0,
        value_pence=0,
        counted_pence=0,
        rate=Decimal("0.002"),
        cap=Decimal(2_500),
        reference=Decimal(2_400),
    )
    given: Past = [*invoiced(100_000_000), (RATED, varied)]
    after = record(replace(INVOICE, invoice="INV-2"), given)
    found = state(given)
    owed = (found.quantity, found.reference, found.most)

    assert owed == (Decimal(2_000), Decimal(2_400), Decimal(2_500))
    assert isinstance(after, list)
    assert isinstance(after[1], PledgeMaterialised)
    assert after[1].quantity == 2_500


def test_without_a_new_rate_the_old_one_stays() -> None:
    varied = vary(hours(500), given=invoiced(100_000_000))

    assert isinstance(varied, list)
    assert isinstance(varied[1], PledgeVaried)
    assert varied[1].rate == RATE
    assert varied[1].cap == varied[1].quantity == 500


def confirmed(quantity: int) -> tuple[str, Event]:
    event = DeliveryConfirmed(
        claim_no=1,
        quantity=Decimal(quantity),
        by="community",
        confirmed_by="person-lead",
        value_pence=0,
        counted_pence=0,
    )
    return RATED, event


def test_neither_cap_nor_rate_takes_back_what_was_confirmed() -> None:
    given: Past = [*invoiced(100_000_000), confirmed(800)]
    over: Past = [*invoiced(100_000_000), confirmed(1_200)]

    assert isinstance(vary(hours(800), given=given), list)
    assert vary(hours("799.999999"), given=given) == "varied-below-confirmed"
    assert isinstance(vary(hours(60_000, "0.0008"), given=given), list)
    assert vary(hours(60_000, "0.000799999"), given=given) == "varied-below-confirmed"
    assert isinstance(vary(hours(1_200), given=over), list)
    assert vary(hours(1_199), given=over) == "varied-below-confirmed"
    assert vary(hours(1_200, "0.000999999"), given=over) == "varied-below-confirmed"


def test_a_refused_rate_says_what_would_be_left() -> None:
    asked = VariationRequested(
        lines=(hours(60_000, "0.0007"),), ground="Less", requested_by=MANAGER.id
    )
    given: Past = [*invoiced(100_000_000), confirmed(800), (CONTRACT, asked)]

    assert facts(given, ApproveVariation(contract_id=CONTRACT), APPROVER, NOW) == {
        "need": VOLUNTEER_NEED,
        "quantity": "700",
        "confirmed": "800",
        "unit": "hour",
    }


def test_a_new_rate_counts_what_was_delivered_in_excess() -> None:
    varied = vary(hours(60_000, "0.0011"), given=[*invoiced(100_000_000), confirmed(1_200)])

    assert isinstance(varied, list)
    assert isinstance(varied[1], PledgeVaried)
    assert varied[1].counted_pence == 100 * HOUR_PENCE


def test_a_raised_cap_stays_within_what_is_outstanding() -> None:
    assert isinstance(vary(hours(60_000), given=ENTERED), list)
    assert vary(hours("60000.000001"), given=ENTERED) == "varied-above-outstanding"
    listed = NeedListed(auction_id="auction-a002", relevance="The next contract")
    given: Past = [*rated(cap=Decimal(50_000)), (VOLUNTEER_NEED, listed)]
    assert vary(hours(50_001), given=given) == "need-reserved"
    assert isinstance(vary(hours(50_000, "0.9"), given=given), list)


def request(*lines: VariedLine) -> list[Event] | str:
    when = RequestVariation(contract_id=CONTRACT, lines=lines, ground="Less spend")
    return outcome(given=ENTERED, when=when, by=MANAGER, at=NOW)


def test_only_a_rate_pledge_is_given_a_rate_and_none_below_nothing() -> None:
    cash = VariedLine(need_id=CASH_NEED, quantity=Decimal(1), rate=Decimal(1))
    below = RequestVariation(
        contract_id=CONTRACT, lines=(hours(1, "-0.000000001"),), ground="Less spend"
    )

    assert isinstance(request(hours(1, "0")), list)
    assert request(hours(1, "-0.000000001")) == "varied-below-nothing"
    assert request(cash) == "rate-not-pledged"
    assert facts(ENTERED, below, MANAGER) == {
        "need": VOLUNTEER_NEED,
        "rate": "-0.000000001",
    }
    assert facts(ENTERED, replace(below, lines=(cash,)), MANAGER) == {"need": CASH_NEED}


def test_an_invoice_may_follow_the_end_of_the_contract() -> None:
    world = World(invoiced(100_000_000))
    world.execute(CompleteContract(contract_id=CONTRACT, reason="Early"), MANAGER, NOW)
    decision = world.execute(replace(INVOICE, invoice="INV-2"), MANAGER, NOW)

    assert isinstance(decision, list)
    assert [type(event) for _, event in decision] == [ContractInvoiceRecorded]
