"""Making a report: from the rows of a view, whole or by parts."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache

from svx_ledger.domain.values import exactly
from svx_ledger.projections.proxy_sets import PROXY, ProxyRow
from svx_ledger.projections.table import Rows

from .beside import observed
from .between import Movers, cuts_of, lines_between, moved_by, movers_of, sums_between
from .cut import Cut
from .dimensions import PartOf
from .exclusions import excluded, unvalued
from .flags import flagged
from .framing import Asked, Frame, frame, years
from .lines import lines
from .movements import movements
from .parts import LeverageBy
from .report import LeverageReport, Lines
from .scope import PORTFOLIO, Scope
from .sums import Part, Sums, sums
from .taking_apart import taken_apart
from .valuing import GREEN_BOOK, Discounting, Restatement
from .vocabulary import Dimension, Stage

LinesAt = Callable[[Cut], Lines]
"""What gives the lines at a cut."""
Summed = Callable[[Frame, Dimension], Sums]
"""What gives the sums of a frame by a dimension."""


@exactly()
def leverage_report(
    rows: Rows,
    *,
    as_at: datetime,
    known_at: int,
    scope: Scope = PORTFOLIO,
    discounting: Discounting = GREEN_BOOK,
    restatement: Restatement | None = None,
) -> LeverageReport:
    """Return the report of a scope: what was true at `as_at`, as known at a log position.

    `rows` are the tables of views that follow the log up to position `known_at` or beyond.
    What is recorded later changes nothing in it.
    """
    one = frame(
        rows,
        Asked(
            as_at=as_at,
            known_at=known_at,
            scope=scope,
            discounting=discounting,
            restatement=restatement,
        ),
    )
    dated = scope.basis == "period"
    movers = movers_of(movements(rows)) if dated else {}

    @cache
    def at(cut: Cut) -> Lines:
        """Give the lines at a cut, made once: the last year ends where the whole does."""
        return lines(rows, cut, one.valued) if cut.until else ()

    inside = _inside(one, at, movers)
    return LeverageReport(
        frame=one,
        lines=inside,
        proxies=_proxies(rows, inside),
        indicators=observed(rows, one.ends),
        by_year=_by_year(rows, one, at, movers) if dated else None,
        exclusions=(
            *excluded(rows, one.cohort, inside, one.ends, prices=one.valued),
            *unvalued(one.ranked, one.frozen, one.valued),
        ),
        flags=flagged(rows, one, inside),
    )


@exactly()
def leverage_by(
    rows: Rows, asked: Asked, by: Dimension, summed: Summed | None = None
) -> LeverageBy:
    """Return the parts alone, from sums over the tables: the fast way to a large ledger.

    `summed` gives the same sums from elsewhere, such as a columnar copy.
    The events behind a figure are looked up when they are asked for, in the same rows.
    """
    one = frame(rows, asked, (by,))
    if summed is not None:
        found = summed(one, by)
    elif by == "year" and asked.scope.basis == "period":
        found = _sums_by_year(rows, one)
    else:
        was = _sums_at(rows, one, one.begins, one.parts[by])
        found = sums_between(was, _sums_at(rows, one, one.ends, one.parts[by]))

    @cache
    def clearly() -> LeverageBy:
        return leverage_report(rows, **vars(asked)).by(by)

    def behind(part: Part, stage: Stage) -> Iterable[int]:
        return clearly().behind(part, stage)

    return taken_apart(one, by, found, behind)


def _proxies(rows: Rows, inside: Lines) -> tuple[ProxyRow, ...]:
    """Return the proxies that lines are valued by, at the prices that they are valued at."""
    found = set()
    for price in {line.price for line in inside}:
        proxy = rows.get(PROXY, price.proxy_set_id, price.measure)
        if proxy is not None:  # prices may be the asker's own
            pounds, year = price.pounds_per_unit, price.price_year
            found.add(proxy._replace(pounds_per_unit=pounds, price_year=year))
    return tuple(sorted(found))


def _sums_at(rows: Rows, one: Frame, cut: Cut, part_of: PartOf) -> Sums:
    """Return what is in scope at a cut; at the beginning of the log, nothing."""
    if not cut.until:
        return {}
    return sums(rows, cut, lambda key: part_of(key) if one.in_scope(key) else None, one.valued)


def _sums_by_year(rows: Rows, one: Frame) -> Sums:
    """Return what moved in each year: the end of one is where the next begins."""
    found: Sums = {}
    before = _sums_at(rows, one, one.begins, lambda _: "")
    for year, first, last in years(rows, one):
        _, ends = cuts_of(rows, first, last, one.ends)
        after = _sums_at(rows, one, ends, lambda _: "")
        found[year] = sums_between(before, after).get("", {})  # one part: all that is in scope
        before = after
    return found


def _inside(one: Frame, at: LinesAt, movers: Movers) -> Lines:
    begins, ends = one.begins, one.ends
    found = at(ends)
    if begins.until:
        moved = lines_between(at(begins), found)
        found = moved_by(moved, movers, begins.until, ends.until)
    return tuple(line for line in found if one.in_scope(line.key))


def _by_year(rows: Rows, one: Frame, at: LinesAt, movers: Movers) -> dict[str, Lines]:
    """Return what moved in each year: the end of one is where the next begins."""
    found: dict[str, Lines] = {}
    begins = one.begins
    for year, first, last in years(rows, one):
        _, ends = cuts_of(rows, first, last, one.ends)
        moved = lines_between(at(begins), at(ends))
        if begins.until:
            moved = moved_by(moved, movers, begins.until, ends.until)
        found[year] = tuple(line for line in moved if one.in_scope(line.key))
        begins = ends
    return found
