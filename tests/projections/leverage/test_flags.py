"""What a report counts and flags: inputs that may be in D4 twice, or are somebody else's."""

from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.spend import RecordInput
from svx_ledger.projections.leverage.flags import flagged
from svx_ledger.projections.leverage.framing import Frame
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import PORTFOLIO, Cohort, Scope
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.spending import SpendRow
from tests.domain.outcome import NOON
from tests.projections.deal import Deal, Quantities
from tests.projections.play import Play

SMALL: Quantities = {"cash": 1_000}
Month = tuple[date, date]
JANUARY: Month = (date(2026, 1, 1), date(2026, 1, 31))
TO_FEBRUARY: Month = (date(2026, 1, 31), date(2026, 2, 28))
FEBRUARY: Month = (date(2026, 2, 1), date(2026, 2, 28))
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 12))


def ranked(*keys: str) -> list[Deal]:
    """Deals of one play, each with an auction that is ranked."""
    deals = [Deal(play, key) for play in (Play(),) for key in keys]
    for deal in deals:
        deal.prepare()
    for deal in deals:
        deal.draft()
    for deal in deals:
        deal.bid(deal.winner, SMALL)
    for deal in deals:
        deal.close()
    return deals


def put_in(
    into: Deal, by: Actor, pence: int, month: Month = JANUARY, *, named: bool = True
) -> str:
    """An input of somebody's organisation, which may name no procurement; its id."""
    assert by.organisation is not None
    spend_id = f"spend-{len(into.play.log):04d}"
    record = RecordInput(
        spend_id=spend_id,
        payer_id=by.organisation,
        procurement_id=into.procurement if named else None,
        period_from=month[0],
        period_to=month[1],
        what="money",
        basis="From its books",
        amount_pence=pence,
    )
    into.play.do(record, by)
    return spend_id


def flags(play: Play, scope: Scope = PORTFOLIO) -> list[tuple[str, str, int | None]]:
    return [(x.subject, x.says, x.value_pence) for x in report_of(play, scope).flags]


def report_of(play: Play, scope: Scope = PORTFOLIO) -> LeverageReport:
    views = play.views()
    return leverage_report(views.tables, as_at=play.now, known_at=views.position, scope=scope)


def test_inputs_of_one_amount_by_two_payers_in_one_time_may_be_one() -> None:
    (deal,) = ranked("0001")
    first = put_in(deal, deal.bidder(deal.winner), 5_000)
    second = put_in(deal, deal.lead, 5_000, TO_FEBRUARY)

    (flag,) = report_of(deal.play).flags
    assert (flag.subject, flag.value_pence) == (second, 5_000)
    assert flag.says == (
        f"as much as {first}, which another payer put into {deal.procurement} in the same "
        "time: if it is the same input, D4 has it twice"
    )
    types = [deal.play.log[position - 1].type for position in flag.positions]
    assert types == ["input-recorded.v1"] * 2


@pytest.mark.parametrize(
    ("payer", "pence", "month", "named"),
    [
        ("community", 5_001, JANUARY, True),
        ("community", 5_000, FEBRUARY, True),
        ("community", 5_000, JANUARY, False),
        ("winner", 5_000, JANUARY, True),
    ],
    ids=["another amount", "another time", "on no procurement", "the same payer"],
)
def test_inputs_that_differ_are_not_one(
    payer: str, pence: int, month: Month, *, named: bool
) -> None:
    (deal,) = ranked("0001")
    put_in(deal, deal.bidder(deal.winner), 5_000)
    by = deal.lead if payer == "community" else deal.bidder(deal.winner)
    put_in(deal, by, pence, month, named=named)

    assert flags(deal.play) == []


def spend_of(*inputs: tuple[str, Month]) -> list[SpendRow]:
    """Inputs of one amount into one procurement, each of a payer and of a time."""
    return [
        SpendRow(
            spend_id=f"spend-{position:04d}",
            kind="input",
            payer_id=payer,
            procurement_id="procurement-p001",
            period_from=month[0],
            period_to=month[1],
            amount_pence=5_000,
            recorded_at=NOON,
            position=position,
        )
        for position, (payer, month) in enumerate(inputs, start=1)
    ]


def flagged_alone(inputs: list[SpendRow]) -> list[tuple[str, str]]:
    """Return what is flagged of inputs where nothing else is on the ledger, and beside what."""
    cohort = Cohort(procurements=frozenset(), spend=tuple(inputs), left_out=())
    frame = SimpleNamespace(cohort=cohort, auctions={}, ranked=(), frozen=())
    remarks = flagged(Tables(), cast("Frame", frame), ())
    return [(one.subject, one.says.split()[3].rstrip(",")) for one in remarks]


def test_there_are_at_most_as_many_flags_as_inputs() -> None:
    inputs = spend_of(*[(f"organisation-{number % 2}", JANUARY) for number in range(40)])
    flags = flagged_alone(inputs)

    assert len(flags) == len({subject for subject, _ in flags}) == 39


def test_three_payers_with_one_input_each_have_none_flagged_twice() -> None:
    inputs = spend_of(*[(f"organisation-{payer}", JANUARY) for payer in "abc"])

    assert flagged_alone(inputs) == [
        ("spend-0002", "spend-0001"),
        ("spend-0003", "spend-0001"),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["organisation-a", "organisation-b", "organisation-c"]),
            st.tuples(DAYS, DAYS).map(lambda two: (min(two), max(two))),
        ),
        max_size=12,
    )
)
def test_whatever_overlaps_an_earlier_input_of_another_payer_is_flagged_beside_one(
    told: list[tuple[str, Month]],
) -> None:
    inputs = spend_of(*told)
    beside = dict(flagged_alone(inputs))
    begun = sorted(inputs, key=lambda row: (row.period_from, row.position))
    may_be = {
        row.spend_id: {
            other.spend_id
            for other in begun[:number]
            if other.payer_id != row.payer_id and other.period_to >= row.period_from
        }
        for number, row in enumerate(begun)
    }

    assert beside.keys() == {name for name, others in may_be.items() if others}
    assert all(first in may_be[second] for second, first in beside.items())


def test_an_input_of_a_community_organisation_that_has_no_need_there_is_named() -> None:
    first, second = ranked("0001", "0002")
    own = put_in(first, first.lead, 100)
    astray = put_in(first, second.lead, 200)
    says = (
        f"put into {first.procurement} by {second.community}, which has no need in an auction "
        "of it that is ranked: it counts in D4"
    )

    assert own != astray
    assert flags(first.play) == [(astray, says, 200)]
    assert flags(first.play, Scope(procurement_id=first.procurement)) == [(astray, says, 200)]
    assert flags(first.play, Scope(procurement_id=second.procurement)) == []


def test_before_an_auction_is_ranked_nothing_is_said_of_whose_needs_it_has() -> None:
    deal, other = (Deal(play, key) for play in (Play(),) for key in ("0001", "0002"))
    for one in (deal, other):
        one.prepare()
    deal.draft()
    put_in(deal, other.lead, 200)

    assert flags(deal.play) == []
