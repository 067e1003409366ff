"""Known at a position: what came later changes nothing, but for what is corrected."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import recorded_at
from svx_ledger.projections.leverage.cut import Cut, cut_now, cut_of, not_known_yet
from svx_ledger.projections.leverage.framing import Asked
from svx_ledger.projections.leverage.parts import LeverageBy
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_by, leverage_report
from svx_ledger.projections.leverage.scope import PORTFOLIO, Scope
from svx_ledger.projections.leverage.spent import corrected_at
from svx_ledger.projections.leverage.vocabulary import DIMENSIONS, Dimension
from svx_ledger.projections.memory import Views
from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.projections.view import View
from tests.projections.deal import Deal
from tests.projections.play import SECOND, Play
from tests.projections.stored.setting import append, drained

from .happening import EVERYTHING, ODD, corrected, played, spent

END = datetime.max.replace(tzinfo=UTC)
SCOPES = (
    PORTFOLIO,
    Scope(procurement_id="procurement-0001"),
    Scope(authority_id="organisation-auth0002"),
    Scope(first_day=date(2026, 3, 2), last_day=date(2026, 3, 2)),
    Scope(last_day=date(2026, 4, 1)),
    Scope(basis="period", last_day=date(2026, 3, 31)),
    Scope(basis="period", first_day=date(2026, 4, 1)),
)


def told(report: LeverageReport, by: Dimension) -> tuple[object, ...]:
    """All that a report says, whole and by one dimension."""
    return report, list(report.figures()), parts_told(report.by(by))


def parts_told(parts: LeverageBy) -> list[object]:
    """All that parts say, and where it came from."""
    return [*parts.figures(), parts.own, parts.parts]


def late() -> Play:
    """Everything, with what was spent corrected again once all else has happened."""
    play, first, *_ = played(EVERYTHING)
    later = Play()
    later.world, later.log, later.now = play.world, [*play.log], play.now
    later._versions = play._versions.copy()
    deal = Deal(later)
    spend = spent(deal, "exchange", 7, date(2026, 4, 3))
    corrected(deal, spend, "amount_pence", old="701", new="999")
    corrected(deal, spend, "period_to", old="2026-04-03", new="2026-03-31")
    assert deal.procurement == first.procurement
    return later


LATE = late()


@cache
def whole() -> Views:
    return LATE.views()


def each_position() -> Iterator[tuple[int, Views]]:
    """Views at every position, as they were then."""
    views = Views(LATE)
    while views.position < len(LATE.log):
        views.refresh(limit=1)
        yield views.position, views


@pytest.mark.parametrize("as_at", ["then", "end"])
def test_a_report_is_as_it_was_made_at_that_position(as_at: str) -> None:
    for position, views in each_position():
        if as_at == "end" and position % 3:
            continue
        scope = SCOPES[position % len(SCOPES)]
        by = DIMENSIONS[position % len(DIMENSIONS)]
        assert views.recorded_at is not None
        asked = Asked(
            as_at=views.recorded_at if as_at == "then" else END,
            known_at=position,
            scope=scope,
        )
        if as_at == "end" and scope.basis == "period":
            asked = Asked(**vars(asked) | {"as_at": datetime(2027, 1, 1, tzinfo=UTC)})
        then = leverage_report(views.tables, **vars(asked))
        now = leverage_report(whole().tables, **vars(asked))

        assert told(now, by) == told(then, by), position
        fast = leverage_by(whole().tables, asked, by)
        assert parts_told(fast) == parts_told(then.by(by)), position


def test_a_restated_report_is_as_it_was_made_at_that_position() -> None:
    """Also between the draft of an auction and its freeze, where nothing has a price yet."""
    for position, views in each_position():
        as_at = recorded_at(LATE.log[position - 1].record)
        then, now = (
            leverage_report(rows, as_at=as_at, known_at=position, restatement=ODD)
            for rows in (views.tables, whole().tables)
        )
        assert (now, now.exclusions) == (then, then.exclusions), position


def test_the_reports_along_the_log_are_not_all_alike() -> None:
    headlines = {
        leverage_report(whole().tables, as_at=END, known_at=position).headline.amount
        for position in range(len(LATE.log) + 1)
    }

    assert len(headlines) == 8


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger that is to be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


def test_stored_views_tell_the_same_as_those_in_memory(url: str) -> None:
    with closing(open_store(url)) as store:
        store.create()
        append(store, LATE.log)
        with closing(open_keeper(url)) as keeper:
            drained(keeper.build())
            with keeper.place.reading() as moment:
                assert moment is not None
                for known_at in range(len(LATE.log), 150, -23):
                    scope = SCOPES[known_at % len(SCOPES)]
                    as_at = datetime(2026, 3, 31, 23, tzinfo=UTC)
                    asked = Asked(as_at=as_at, known_at=known_at, scope=scope)
                    kept = leverage_report(moment.rows, **vars(asked))
                    assert told(kept, "theme") == told(
                        leverage_report(whole().tables, **vars(asked)), "theme"
                    )
                    for by in DIMENSIONS:
                        fast = leverage_by(moment.rows, asked, by)
                        assert parts_told(fast) == parts_told(kept.by(by))


class Corrections:
    """£1,000.01 is recorded; later £900.09 is right, and it was for a later month."""

    def __init__(self) -> None:
        self.deal = deal = Deal(Play())
        deal.prepare()
        self.spend = spent(deal, "exchange", 1_000, date(2026, 3, 31), allocated=False)
        self.recorded = len(deal.play.log)
        self.then = deal.play.now
        corrected(deal, self.spend, "amount_pence", old="100001", new="90009")
        self.amount = len(deal.play.log)
        corrected(deal, self.spend, "period_to", old="2026-03-31", new="2026-04-01")
        self.period = len(deal.play.log)
        corrected(deal, self.spend, "amount_pence", old="90009", new="80008")
        corrected(deal, self.spend, "period_from", old="2026-03-01", new="2026-03-02")
        title = "Facilities management"
        corrected(deal, deal.procurement, "title", old=title, new=f"{title} (fictional)")
        self.rows = deal.play.views().tables

    def report(self, known_at: int, scope: Scope = PORTFOLIO) -> LeverageReport:
        """The report as at the time of the record, whatever was known since."""
        return leverage_report(self.rows, as_at=self.then, known_at=known_at, scope=scope)


@pytest.fixture(scope="module")
def said() -> Corrections:
    return Corrections()


def test_a_correction_counts_from_where_it_is_known_at_any_time(
    said: Corrections,
) -> None:
    known = [
        said.report(position).denominators["D1"].pence
        for position in range(said.recorded - 1, len(said.deal.play.log) + 1)
    ]

    assert known[0] is None
    assert list(dict.fromkeys(known)) == [None, 100_001, 90_009, 80_008]
    assert said.report(said.amount - 1).denominators["D1"].pence == 100_001
    assert said.report(said.amount).denominators["D1"].pence == 90_009


def test_a_corrected_period_moves_spend_from_where_it_is_known(said: Corrections) -> None:
    march = Scope(basis="period", last_day=date(2026, 3, 31))
    awarded = Scope(last_day=date(2026, 3, 31))
    for scope in (march, awarded):
        before, after = said.report(said.period - 1, scope), said.report(said.period, scope)
        assert [row.amount_pence for row in before.spend] == [90_009]
        assert after.spend == ()
        assert after.denominators["D1"].pence is None
    (row,) = said.report(said.period).spend
    assert (row.period_from, row.period_to) == (date(2026, 3, 1), date(2026, 4, 1))
    (row,) = said.report(len(said.deal.play.log)).spend
    assert row.period_from == date(2026, 3, 2)


def test_a_denominator_leads_to_what_corrected_it(said: Corrections) -> None:
    whole, types = (
        said.report(len(said.deal.play.log)),
        [row.type for row in said.deal.play.log],
    )
    d1 = whole.denominators["D1"]
    scope = Scope(procurement_id=said.deal.procurement)
    (remark,) = said.report(said.period, scope).exclusions

    assert [types[position - 1] for position in d1.positions] == [
        "exchange-spend-recorded.v1",
        *["record-corrected.v1"] * 4,
    ]
    assert {*d1.positions} <= {*whole.headline.positions}
    assert whole.unallocated_spend.positions == d1.positions
    assert remark.positions == d1.positions[:3]
    assert said.report(said.recorded).denominators["D1"].positions == (said.recorded,)
    parts = whole.by("procurement")
    assert parts.own is not None
    assert parts.own["unallocated"]["D1"].positions == d1.positions


def test_corrections_of_other_records_are_no_corrections_of_spend(said: Corrections) -> None:
    cut = Cut(said.recorded, said.recorded)
    later = not_known_yet(said.rows, "spend", cut)

    assert (
        [*later] == [*corrected_at(said.rows, Cut(0, len(said.deal.play.log)))] == [said.spend]
    )
    assert [(row.field, row.old) for row in later[said.spend]] == [
        ("period_from", "2026-03-01"),
        ("amount_pence", "90009"),
        ("period_to", "2026-03-31"),
        ("amount_pence", "100001"),
    ]


def test_nothing_is_known_before_the_first_event(said: Corrections) -> None:
    report = leverage_report(said.rows, as_at=END, known_at=0)

    assert report.denominators["D1"].pence is None
    assert (report.lines, report.spend, report.exclusions) == ((), (), ())
    assert report.basis.proxy_sets == ()


def test_a_cut_is_the_earlier_of_what_was_true_and_what_was_known() -> None:
    play, *_ = played(EVERYTHING)
    rows, last = play.views().tables, len(play.log)
    times = [recorded_at(row.record) for row in play.log]
    for position in range(1, last + 1):
        at = times[position - 1]
        by_then = sum(time <= at for time in times)
        assert cut_of(rows, as_at=at, known_at=last) == Cut(by_then, last)
        assert cut_of(rows, as_at=at, known_at=position) == Cut(
            min(by_then, position), position
        )
        before = sum(time < at for time in times)
        just_before = at - SECOND / 1_000_000
        assert cut_of(rows, as_at=just_before, known_at=last) == Cut(before, last)
    assert cut_of(rows, as_at=END, known_at=last) == Cut(last, last)
    assert cut_of(rows, as_at=END, known_at=3) == Cut(3, 3)
    assert cut_now(View(rows, last, times[-1])) == Cut(last, last)
    assert cut_now(View(rows, last, times[0])) == Cut(sum(t <= times[0] for t in times), last)
