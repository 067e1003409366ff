"""Parts: contributions sum to the ratio of the whole, own denominators to the denominators."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import product

import pytest

from svx_ledger.domain.leverage import NOTHING_RECORDED, contributions, rounded
from svx_ledger.projections.leverage.dimensions import part_of, procurement_parts
from svx_ledger.projections.leverage.figures import Figure
from svx_ledger.projections.leverage.listing import each_line, each_part, line_rows, part_rows
from svx_ledger.projections.leverage.parts import LeverageBy
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import PORTFOLIO, Scope
from svx_ledger.projections.leverage.taking_apart import UNALLOCATED
from svx_ledger.projections.leverage.vocabulary import (
    DIMENSIONS,
    EVERY_STAGE,
    HEADLINE,
    NOT_AWARDED,
    WEIGHTS,
    WITH_DENOMINATORS,
    Dimension,
    Per,
    PeriodBasis,
    Stage,
    Weight,
    meaning,
)
from svx_ledger.projections.procurements import AREA, AreaRow
from svx_ledger.projections.spending import SPEND
from tests.projections.deal import Deal
from tests.projections.play import Play

from .happening import EVERYTHING, bid, delivered, played, spent

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
KINDS = ("exchange", "administration", "input")
OF_LINES: tuple[Weight, ...] = ("gross", "net")
PERS: tuple[Per, ...] = ("D1", "D2", "D3", "D4")
RATIOS: tuple[Per, ...] = ("D1", "D2", "D4")
CONTRIBUTING = sorted({*DIMENSIONS} - WITH_DENOMINATORS)


def report_of(play: Play, scope: Scope = PORTFOLIO) -> LeverageReport:
    views = play.views()
    return leverage_report(views.tables, as_at=play.now, known_at=views.position, scope=scope)


@pytest.fixture(scope="module")
def everything() -> LeverageReport:
    return report_of(played(EVERYTHING)[0])


@pytest.mark.parametrize("by", DIMENSIONS)
def test_parts_sum_to_the_whole(everything: LeverageReport, by: Dimension) -> None:
    parts = everything.by(by)
    for stage in EVERY_STAGE:
        for weight in OF_LINES:
            pence = {part: parts.pence(part, stage, weight) for part in parts.parts}
            assert sum(pence.values()) == everything.pence(stage, weight)
            assert sum(contributions(pence, 100).values()) == Fraction(
                everything.pence(stage, weight), 100
            )
        present = sum(parts.pence(part, stage, "present") for part in parts.parts)
        rounding = len(parts.parts)  # each for itself, by half a penny at most
        assert abs(present - everything.pence(stage, "present")) * 2 <= rounding + 1


@pytest.mark.parametrize("by", CONTRIBUTING)
def test_a_contribution_is_of_the_whole_denominator_and_has_no_other(
    everything: LeverageReport, by: Dimension
) -> None:
    parts = everything.by(by)
    d1 = everything.denominators["D1"]

    assert parts.own is None
    assert parts.whole == everything.denominators
    for part in parts.parts:
        figure = parts.leverage(part, "claimed", "gross", "D1")
        pence = parts.pence(part, "claimed", "gross")
        assert d1.pence is not None
        assert figure.amount == rounded(Fraction(pence, d1.pence), 2)
        assert f"contributed by {by} {part} per £1 of {d1.name}" in figure.text
        assert {*d1.positions} <= {*figure.positions}


def paid() -> Play:
    """Two authorities, both years, with a procurement and without: every kind of spend."""
    play = Play()
    deals = [Deal(play, f"000{n}") for n in (1, 2)]
    for deal in deals:
        deal.prepare()
        for last, kind, allocated in product((MARCH, APRIL), KINDS, (True, False)):
            spent(deal, kind, len(play.log), last, allocated=allocated)
    for deal in deals:
        deal.draft()
    for deal in deals:
        bid(deal, deal.winner, {"cash": ("1000", None)})
    for deal in deals:
        deal.close()
    for deal in deals:
        deal.disclose()
        deal.approve()
    for deal in deals:
        deal.announce()
    for deal in deals:
        deal.enter()
    delivered(deals[0], "cash", "500")
    return play


PAID = paid()


@pytest.mark.parametrize("basis", ["cohort", "period"])
@pytest.mark.parametrize("by", sorted(WITH_DENOMINATORS))
@pytest.mark.parametrize("authority", [None, "organisation-auth0002"])
def test_own_denominators_sum_to_those_of_the_whole(
    by: Dimension, basis: PeriodBasis, authority: str | None
) -> None:
    scope = Scope(basis=basis, authority_id=authority, first_day=date(2026, 3, 1))
    report = report_of(PAID, scope)
    own = report.by(by).own

    assert own is not None
    for per, whole in report.denominators.items():
        each = [of[per] for of in own.values()]
        assert whole.pence
        assert sum(one.pence or 0 for one in each) == whole.pence
        positions = sorted(position for one in each for position in one.positions)
        assert tuple(positions) == whole.positions
    assert {*own} <= {
        "authority": {"organisation-auth0001", "organisation-auth0002"},
        "procurement": {"procurement-0001", "procurement-0002", UNALLOCATED},
        "year": {"2025/26", "2026/27"},
    }[by]


def test_which_parts_own_which_denominators() -> None:
    own = {by: report_of(PAID).by(by).own or {} for by in WITH_DENOMINATORS}

    assert {*own["authority"]} == {"organisation-auth0001", "organisation-auth0002"}
    assert {*own["procurement"]} == {"procurement-0001", "procurement-0002", UNALLOCATED}
    assert {*own["year"]} == {"2025/26", "2026/27"}
    assert own["procurement"][UNALLOCATED]["D3"].pence is None
    assert own["procurement"]["procurement-0001"]["D3"].pence == 5 * 10**9
    assert own["year"]["2026/27"]["D3"].pence is None
    assert own["year"]["2025/26"]["D3"].pence == 10**10


def test_what_another_pays_for_a_procurement_is_of_its_authority() -> None:
    play, first, *_ = played(EVERYTHING)
    report = report_of(play)
    (row, *_) = [row for row in report.spend if row.procurement_id == first.procurement]
    other = row._replace(spend_id="spend-other", payer_id=first.winner, position=1)
    views = play.views()
    views.tables.apply([SPEND.put(other)])
    parts = leverage_report(views.tables, as_at=play.now, known_at=views.position)
    own = parts.by("authority").own or {}

    assert first.winner not in own
    assert 1 in own[first.authority]["D4"].positions


def amounts(last: Iterable[date], kind: str, *, allocated: bool | None = None) -> int:
    """What is recorded for these periods, by what the test recorded."""
    return sum(
        row.amount_pence
        for row in report_of(PAID).spend
        if row.kind == kind
        and row.period_to in last
        and allocated in (None, row.procurement_id is not None)
    )


def test_spend_of_a_year_is_that_of_its_procurements_or_else_of_its_period() -> None:
    cohort = report_of(PAID).by("year").own or {}
    period = report_of(PAID, Scope(basis="period")).by("year").own or {}

    later = amounts([APRIL], "exchange", allocated=False)
    assert cohort["2026/27"]["D1"].pence == later
    assert cohort["2025/26"]["D1"].pence == amounts([MARCH, APRIL], "exchange") - later
    for year, last in (("2025/26", MARCH), ("2026/27", APRIL)):
        assert period[year]["D1"].pence == amounts([last], "exchange")
        d4 = sum(amounts([last], kind) for kind in KINDS)
        assert period[year]["D4"].pence == d4


def test_a_year_says_of_how_many_procurements_it_knows_what_was_paid() -> None:
    period = report_of(PAID, Scope(basis="period")).by("year").own or {}
    cohort = report_of(PAID).by("year").own or {}

    for year in ("2025/26", "2026/27"):  # all of it was recorded for both
        assert "recorded for" not in period[year]["D2"].name
        assert "recorded for" not in period[year]["D4"].name
    assert "recorded for" not in cohort["2025/26"]["D2"].name
    partly = report_of(played(frozenset({"spent"}))[0], Scope(basis="period")).by("year").own
    assert partly is not None
    assert "recorded for" not in partly["2025/26"]["D2"].name
    assert partly["2026/27"]["D2"].name.endswith(
        "administration cost recorded for 0 of 3 procurements"
    )
    by_award = report_of(played(frozenset({"spent"}))[0]).by("year").own
    assert by_award is not None
    assert "recorded for" not in by_award["2026/27"]["D2"].name  # none was awarded then
    own = report_of(played(frozenset({"spent"}))[0], Scope(basis="period")).by("authority").own
    assert own is not None
    for denominators in own.values():
        assert "recorded for" not in denominators["D2"].name


def test_a_contract_is_of_the_year_of_its_award_or_else_of_its_entry() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    bid(deal, deal.winner, {"cash": ("1000", None)})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.play.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    deal.enter()
    for basis, year in (("cohort", "2025/26"), ("period", "2026/27")):
        own = report_of(deal.play, Scope(basis=basis)).by("year").own  # type: ignore[arg-type]
        assert own is not None
        assert [part for part, of in own.items() if of["D3"].pence] == [year]


@pytest.mark.parametrize("by", sorted(WITH_DENOMINATORS))
def test_a_ratio_of_a_part_is_by_its_own_denominator(by: Dimension) -> None:
    parts = report_of(PAID).by(by)
    assert parts.own is not None
    for part in parts.parts:
        for per in RATIOS:
            denominator = parts.own[part][per].pence
            figure = parts.leverage(part, "confirmed", "gross", per)
            assert denominator
            pence = parts.pence(part, "confirmed", "gross")
            assert figure.amount == rounded(Fraction(pence, denominator), 2)
            assert f" of {by} {part} per £1 of " in figure.text


def test_a_part_without_spend_has_no_ratio_and_one_without_lines_is_nothing() -> None:
    play, _, second, third = played(frozenset())
    views = play.views()
    parts = report_of(play).by("procurement")
    spent_only = report_of(PAID).by("procurement")

    assert views.position == len(play.log)
    assert parts.parts == ("procurement-0001", second.procurement, third.procurement)
    for per in PERS:
        figure = parts.leverage(third.procurement, "offered", "gross", per)
        assert (figure.amount, figure.reason) == (None, NOTHING_RECORDED)
    assert spent_only.total(UNALLOCATED, "confirmed", "gross").amount == 0
    assert spent_only.leverage(UNALLOCATED, "confirmed", "gross", "D1").amount == 0


def test_where_a_line_belongs() -> None:
    play, first, second, third = played(frozenset({"voided"}))
    views = play.views()
    report = report_of(play)
    found = {by: report.by(by).parts for by in DIMENSIONS}

    assert found == {
        "authority": (first.authority, second.authority, third.authority),
        "force": ("E23000001",),
        "authority-force": ("E23000001",),
        "local-authority": ("E09000001",),
        "supplier": tuple(sorted({first.winner, first.rival, second.winner, second.rival})),
        "community": (first.community, second.community),
        "measure": ("cash", "expert", "laptop", "volunteer"),
        "theme": ("ToMs:NT11",),
        "year": ("2025/26",),
        "procurement": (first.procurement, second.procurement, third.procurement),
    }
    assert len({meaning(by, "cohort") for by in DIMENSIONS}) == len(DIMENSIONS)
    assert meaning("year", "period") == "the financial year of the facts"
    views.tables.apply([AREA.put(AreaRow(first.procurement, "E23000000"))])
    views.tables.apply([AREA.remove(second.procurement, "E23000001")])
    of = procurement_parts(views.tables, report.frame.ends, "authority-force")
    assert [of[deal.procurement] for deal in (first, second, third)] == [
        "E23000000+E23000001",
        "none",
        "E23000001",
    ]
    line = (first.auction, first.winner, first.need("cash"))
    by_line = part_of(views.tables, report.frame.ends, "authority-force")
    assert by_line(line) == "E23000000+E23000001"


def test_what_was_not_awarded_has_a_year_of_its_own() -> None:
    play, *_ = played(frozenset())
    years = report_of(play).by("year")

    assert years.parts == ("2025/26", NOT_AWARDED)
    assert years.pence(NOT_AWARDED, "pledged", "gross") == 0
    assert years.pence(NOT_AWARDED, "offered", "gross") > 0
    assert years.leverage(NOT_AWARDED, "offered", "gross", "D1").amount is None


def test_every_figure_of_every_part_has_a_name_of_its_own(everything: LeverageReport) -> None:
    for by in DIMENSIONS:
        parts = everything.by(by)
        figures = list(parts.figures())
        each = len(EVERY_STAGE) * len(WEIGHTS) * (1 + len(everything.denominators))
        assert (
            len({figure.name for figure in figures}) == len(figures) == len(parts.parts) * each
        )
        for figure in figures:
            assert f" {by} " in figure.name
            assert str(everything.basis) in figure.text


def test_the_events_behind_a_part_are_those_of_its_lines(everything: LeverageReport) -> None:
    parts = everything.by("measure")
    for stage in EVERY_STAGE:
        for measure in parts.parts:
            expected = {
                position
                for line in everything.lines
                if line.measure == measure
                for position in line.positions(stage)
            }
            assert parts.total(measure, stage, "gross").positions == tuple(sorted(expected))


def test_rows_are_given_one_by_one_and_are_those_of_the_list(
    everything: LeverageReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, headline = everything.by("measure"), HEADLINE
    named: list[str] = []
    total = LeverageBy.total

    def counted(self: LeverageBy, part: str, stage: Stage, weight: Weight) -> Figure:
        named.append(part)
        return total(self, part, stage, weight)

    monkeypatch.setattr(LeverageBy, "total", counted)
    first = next(each_part(parts, headline))

    assert named == [first.part]
    assert [*each_part(parts, headline)] == part_rows(parts, headline)
    assert [*each_line(everything)] == line_rows(everything)
