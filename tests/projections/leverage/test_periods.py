"""Facts dated in a time: the years sum to the whole, and a day begins at midnight in London."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.domain.pledge.disputing import DisputeDelivery, ResolveDispute
from svx_ledger.projections.leverage import reporting
from svx_ledger.projections.leverage.between import (
    cut_before,
    cuts_of,
    lines_between,
    moved_by,
    movers_of,
    sums_between,
)
from svx_ledger.projections.leverage.cut import Cut
from svx_ledger.projections.leverage.framing import Asked, frame, years
from svx_ledger.projections.leverage.lines import Line, lines
from svx_ledger.projections.leverage.movements import movements
from svx_ledger.projections.leverage.pricing import Prices
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import Scope
from svx_ledger.projections.leverage.sums import Sum, Sums
from svx_ledger.projections.leverage.vocabulary import EVERY_STAGE, Stage, Weight
from svx_ledger.projections.table import Rows
from tests.projections.deal import Deal
from tests.projections.play import Play

from .happening import EVERYTHING, FEATURES, bid, claim, confirm, played, spent

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 3, 31, 23, tzinfo=UTC)
"""Summer time began two days before: 1 April begins an hour before midnight in UTC."""
OF_LINES: tuple[Weight, ...] = ("gross", "net")
INSTANT = timedelta(microseconds=1)
histories = st.frozensets(st.sampled_from(FEATURES))
days = st.dates(min_value=date(2026, 3, 1), max_value=date(2026, 4, 3))


def period(first: date | None = None, last: date | None = None) -> Scope:
    return Scope(basis="period", first_day=first, last_day=last)


def report_of(play: Play, scope: Scope) -> LeverageReport:
    views = play.views()
    return leverage_report(views.tables, as_at=play.now, known_at=views.position, scope=scope)


def pence(report: LeverageReport) -> dict[Stage, tuple[int, int]]:
    return {
        stage: (report.pence(stage, "gross"), report.pence(stage, "net"))
        for stage in EVERY_STAGE
    }


@settings(max_examples=25)
@given(histories, st.lists(days, min_size=1, max_size=3, unique=True))
def test_times_one_after_the_other_sum_to_the_whole(
    having: frozenset[str], begins: list[date]
) -> None:
    play, *_ = played(having)
    whole = report_of(play, Scope())
    edges = [None, *sorted(begins), None]
    each = [
        report_of(play, period(first, end - DAY if end else None))
        for first, end in pairwise(edges)
    ]

    for stage, (gross, net) in pence(whole).items():
        assert sum(pence(one)[stage][0] for one in each) == gross
        assert sum(pence(one)[stage][1] for one in each) == net
    quantities = [
        {
            line.key: at.quantity
            for line in one.lines
            for s, at in line.stages.items()
            if s == "claimed"
        }
        for one in (whole, *each)
    ]
    for key, quantity in quantities[0].items():
        assert sum(found.get(key, Decimal(0)) for found in quantities[1:]) == quantity
    for per, denominator in whole.denominators.items():
        if per in ("D1", "D3"):
            found = [one.denominators[per].pence or 0 for one in each]
            assert sum(found) == (denominator.pence or 0)


def test_the_years_of_a_report_sum_to_it_and_say_what_fell_into_each() -> None:
    play, *_ = played(EVERYTHING)
    whole = report_of(play, period())
    by_year = whole.by("year")

    assert whole.by_year is not None
    assert [*whole.by_year] == ["2025/26", "2026/27"]
    assert by_year.parts == ("2025/26", "2026/27")
    for stage in EVERY_STAGE:
        for n, weight in enumerate(OF_LINES):
            each = [by_year.pence(year, stage, weight) for year in by_year.parts]
            assert sum(each) == pence(whole)[stage][n]
    assert pence(report_of(play, period(last=MARCH))) == {
        stage: (
            by_year.pence("2025/26", stage, "gross"),
            by_year.pence("2025/26", stage, "net"),
        )
        for stage in EVERY_STAGE
    }
    assert by_year.pence("2026/27", "confirmed", "gross") > 0
    assert by_year.pence("2025/26", "pledged", "gross") > 0
    assert by_year.pence("2026/27", "pledged", "gross") == 0


def test_each_year_is_what_moved_between_its_own_ends_and_no_cut_is_made_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play, *_ = played(EVERYTHING)
    rows = play.views().tables
    made: list[Cut] = []

    def counted(rows: Rows, cut: Cut, prices: Prices | None) -> tuple[Line, ...]:
        made.append(cut)
        return lines(rows, cut, prices)

    monkeypatch.setattr(reporting, "lines", counted)
    report = report_of(play, period())
    moved = movers_of(movements(rows))

    assert report.by_year is not None
    assert len(made) == len(set(made)) == len(report.by_year) == 2
    for year, first, last in years(rows, report.frame):
        begins, ends = cuts_of(rows, first, last, report.frame.ends)
        expected = lines_between(lines(rows, begins), lines(rows, ends))
        if year != "2025/26":  # before it there was nothing
            expected = moved_by(expected, moved, begins.until, ends.until)
        assert report.by_year[year] == expected


def under_contract(*spend: tuple[int, date]) -> Deal:
    """A thousand pounds of cash are owed, and this was spent."""
    deal = Deal(Play())
    deal.prepare()
    for pounds, last in spend:
        spent(deal, "exchange", pounds, last)
    deal.draft()
    bid(deal, deal.winner, {"cash": ("1000", None)})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    return deal


def at_midnight() -> Deal:
    """Claims of 1, 2 and 4 pounds: before, at and after the midnight that begins April."""
    deal = under_contract((10, MARCH), (20, APRIL))
    for pounds, at in (
        ("1", MIDNIGHT - INSTANT),
        ("2", MIDNIGHT),
        ("4", MIDNIGHT + timedelta(minutes=30)),
    ):
        claim(deal, "cash", pounds, at)
    return deal


def test_a_day_begins_at_midnight_in_london() -> None:
    deal = at_midnight()
    views = deal.play.views()
    march, april = report_of(deal.play, period(last=MARCH)), report_of(deal.play, period(APRIL))
    times = [row.position for row in deal.play.log if row.type == "delivery-claimed.v1"]

    assert march.pence("claimed") == 100
    assert april.pence("claimed") == 600
    (line,) = april.lines
    assert line.stages["claimed"].positions == tuple(times[1:])
    head = Cut(views.position, views.position)
    assert cut_before(views.tables, APRIL, head).until == times[0]
    assert cut_before(views.tables, date(2026, 4, 2), head) == head
    early = Cut(5, 9)
    assert cut_before(views.tables, APRIL, early) == early
    assert report_of(deal.play, period(MARCH, MARCH)).pence("claimed") == 100
    assert report_of(deal.play, period(APRIL, APRIL)).pence("claimed") == 600


def test_spend_is_dated_by_the_last_day_that_it_was_for() -> None:
    deal = at_midnight()

    for scope, pounds in (
        (period(last=MARCH), 10),
        (period(APRIL), 20),
        (period(APRIL, APRIL), 20),
        (period(date(2026, 4, 2)), None),
        (period(MARCH, APRIL), 30),
    ):
        found = report_of(deal.play, scope).denominators["D1"].pence
        assert found == (None if pounds is None else 100 * pounds + (2 if pounds == 30 else 1))


def test_contracts_are_dated_by_their_entry() -> None:
    deal = at_midnight()
    entered = date(2026, 3, 21)

    for scope, there in (
        (period(entered, entered), True),
        (period(entered + DAY), False),
        (period(last=entered - DAY), False),
        (period(last=entered), True),
        (Scope(first_day=date(2026, 3, 2), last_day=date(2026, 3, 2)), True),  # the cohort
    ):
        assert (report_of(deal.play, scope).denominators["D3"].pence is not None) == there


def test_a_time_of_neither_end_is_everything() -> None:
    play, *_ = played(EVERYTHING)
    rows, head = play.views().tables, len(play.log)
    cut = Cut(head - 1, head)

    assert cuts_of(rows, None, None, cut) == (Cut(0, head), cut)
    assert cuts_of(rows, None, date.max, cut) == (Cut(0, head), cut)
    first, end = cuts_of(rows, date(2026, 3, 3), MARCH, cut)
    assert 0 < first.until < end.until < cut.until
    assert first.known_at == end.known_at == head


def test_what_a_void_takes_back_in_a_time_is_negative_and_leads_to_what_there_was() -> None:
    play, _, _, third = played(frozenset({"voided"}))
    rows = play.views().tables
    void = next(row.position for row in play.log if row.type == "auction-voided.v1")
    before, after = lines(rows, Cut(void - 1, void)), lines(rows, Cut(void, void))
    moved = lines_between(before, after)

    was = [line for line in before if line.auction_id == third.auction]
    assert [line.key for line in moved] == [line.key for line in was]
    for line, earlier in zip(moved, was, strict=True):
        now, then = line.stages["offered"], earlier.stages["offered"]
        assert (now.quantity, now.counted) == (-then.quantity, -then.counted)
        assert (now.gross_pence, now.net_pence) == (-then.gross_pence, -then.net_pence)
        assert now.positions == then.positions
    for line in moved_by(moved, movers_of(movements(rows)), void - 1, void):
        assert line.stages["offered"].positions == (void,)  # it is the void that took it back


def test_only_what_moved_is_in_a_time_each_with_its_own_events() -> None:
    play, first, *_ = played(frozenset({"over"}))
    rows, last = play.views().tables, len(play.log)
    confirmed = [row.position for row in play.log if row.type == "delivery-confirmed.v1"]
    claimed = [row.position for row in play.log if row.type == "delivery-claimed.v1"]
    since = claimed[-1] - 1
    moved = lines_between(lines(rows, Cut(since, last)), lines(rows, Cut(last, last)))
    moved = moved_by(moved, movers_of(movements(rows)), since, last)

    (line,) = moved
    assert line.need_id == first.need("laptop")
    assert {*line.stages} == {"claimed", "confirmed"}
    assert line.stages["confirmed"].positions == (confirmed[-1],)
    assert line.stages["confirmed"].quantity == 11
    assert line.stages["confirmed"].counted == 9
    assert line.stages["confirmed"].beyond_pence == 2 * 30_000
    assert line.by == {"community": 11}
    assert line.outside_period == (claimed[-1],)
    hours = lines_between(
        lines(rows, Cut(confirmed[0], last)), lines(rows, Cut(confirmed[1], last))
    )
    assert [(one.need_id, one.by, one.outside_period) for one in hours] == [
        (first.need("volunteer"), {"community": Decimal("0.5")}, (claimed[1],))
    ]
    now = lines(rows, Cut(last, last))
    assert lines_between(now, now) == ()
    assert lines_between((), now) == now
    assert [line.by for line in lines_between(now, ()) if line.by] == [
        {"community": -quantity} for line in now if (quantity := line.by.get("community"))
    ]


def test_a_stage_may_lose_value_in_a_time() -> None:
    """A variation takes back; what was beyond becomes owed; a dispute is resolved."""
    deal = under_contract()
    confirm(deal, "cash", claim(deal, "cash", "1200"), "1200")
    deal.play.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    deal.vary({"cash": 1_300})
    march, april = report_of(deal.play, period(last=MARCH)), report_of(deal.play, period(APRIL))

    assert [x.value_pence for x in march.exclusions] == [20_000, 20_000]
    assert april.exclusions == ()
    assert april.pence("awarded") == 30_000
    assert april.pence("confirmed") == april.pence("claimed") == 20_000
    (line,) = april.lines
    assert line.stages["confirmed"].beyond_pence == -20_000
    assert line.stages["confirmed"].quantity == 0


def test_a_dispute_that_is_resolved_in_a_time_is_no_remark_of_it() -> None:
    deal = under_contract()
    pledge, number = deal.pledge("cash"), claim(deal, "cash", "200.02")
    deal.play.do(DisputeDelivery(pledge_id=pledge, claim_no=number, reason="Never"), deal.lead)
    deal.play.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    resolve = ResolveDispute(
        pledge_id=pledge, claim_no=number, quantity=Decimal(50), reason="Some did"
    )
    deal.play.do(resolve, deal.person("authority.contract_manager"))
    march, april = report_of(deal.play, period(last=MARCH)), report_of(deal.play, period(APRIL))

    assert [(x.says, x.value_pence) for x in march.exclusions] == [
        ("disputed and not resolved: claimed, not confirmed", 20_002)
    ]
    assert april.exclusions == ()
    assert (april.pence("disputed"), april.pence("confirmed")) == (-20_002, 5_000)
    assert f"{april.total('disputed')}".startswith("-£200.02 of disputed gross social value")


def test_sums_move_by_differences_part_by_part() -> None:
    proxy, other = ("set", "cash"), ("set", "hours")
    before: Sums = {
        "a": {proxy: {"claimed": Sum(5, 4, 3)}},
        "gone": {proxy: {"offered": Sum(1, 1, 0)}},
    }
    after: Sums = {
        "a": {proxy: {"claimed": Sum(7, 5, 1), "awarded": Sum(9, 8, 0)}, other: {}},
        "new": {other: {"claimed": Sum(2, 2, 2)}},
    }

    assert sums_between(before, after) == {
        "a": {proxy: {"claimed": Sum(2, 1, -2), "awarded": Sum(9, 8, 0)}, other: {}},
        "gone": {proxy: {"offered": Sum(-1, -1, 0)}},
        "new": {other: {"claimed": Sum(2, 2, 2)}},
    }


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (
            period(),
            [
                ("2025/26", date(2026, 3, 2), MARCH),
                ("2026/27", APRIL, APRIL),
            ],
        ),
        (
            period(date(2024, 3, 31), date(2026, 3, 30)),
            [
                # from the first fact to the last event
                ("2025/26", date(2026, 3, 2), date(2026, 3, 21)),
            ],
        ),
        (period(APRIL), [("2026/27", APRIL, APRIL)]),
        (period(date(2026, 4, 2)), []),
    ],
)
def test_the_years_of_a_time(scope: Scope, expected: list[tuple[str, date, date]]) -> None:
    play, *_ = played(frozenset())
    views = play.views()
    as_at = MIDNIGHT + timedelta(days=700)
    one = frame(views.tables, Asked(as_at=as_at, known_at=views.position, scope=scope))

    assert years(views.tables, one) == expected


def test_the_first_year_is_that_of_the_first_spend_where_that_is_earlier() -> None:
    deal = Deal(Play())
    deal.prepare()
    spent(deal, "exchange", 10, date(2025, 3, 31))
    views = deal.play.views()
    one = frame(
        views.tables, Asked(as_at=deal.play.now, known_at=views.position, scope=period())
    )

    assert [year for year, *_ in years(views.tables, one)] == ["2024/25", "2025/26"]


def test_where_nothing_happened_there_are_no_years() -> None:
    report = leverage_report(Play().views().tables, as_at=MIDNIGHT, known_at=0, scope=period())

    assert report.by_year == {}


def test_a_time_without_end_has_no_years_after_the_last_event() -> None:
    play, *_ = played(EVERYTHING)
    views = play.views()
    report = leverage_report(
        views.tables,
        as_at=datetime.max.replace(tzinfo=UTC),
        known_at=views.position,
        scope=period(last=date.max),
    )

    assert report.by_year is not None
    assert [*report.by_year] == ["2025/26", "2026/27"]
    assert report.by("year").parts == ("2025/26", "2026/27")


def test_an_exchange_before_its_first_bid_has_no_years() -> None:
    deal = Deal(Play())
    deal.prepare()

    assert report_of(deal.play, period()).by_year == {}
