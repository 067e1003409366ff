"""Making a report: from the rows of a view, whole or by parts."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache

from svx_ledger.projections.proxy_sets import PROXY, ProxyRow
from svx_ledger.projections.table import Rows

from .beside import observed
from .between import cuts_of, lines_between, sums_between
from .cut import Cut
from .dimensions import Dimension, PartOf
from .exclusions import excluded, flagged, unvalued
from .figures import Stage
from .framing import Asked, Frame, frame, years
from .in_force import rankings
from .lines import LineKey, lines
from .parts import LeverageBy
from .report import LeverageReport, Lines
from .scope import PORTFOLIO, Scope
from .sums import Part, Sums, sums
from .taking_apart import taken_apart
from .valuing import GREEN_BOOK, Discounting, Restatement

Summed = Callable[[Frame, Dimension], Sums]
"""What gives the sums of a frame by a dimension."""


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
    inside = _inside(rows, one, one.begins, one.ends)
    return LeverageReport(
        frame=one,
        lines=inside,
        proxies=_proxies(rows, one, inside),
        indicators=observed(rows, one.ends),
        by_year=_by_year(rows, one) if scope.basis == "period" else None,
        exclusions=(
            *excluded(rows, one.cohort, inside, one.ends),
            *unvalued(_ranked(rows, one), one.frozen, one.valued),
        ),
        flags=flagged(inside),
    )


def leverage_by(
    rows: Rows, asked: Asked, by: Dimension, summed: Summed | None = None
) -> LeverageBy:
    """Return the parts alone, from sums over the tables: the fast way to a large ledger.

    `summed` gives the same sums from elsewhere, such as a columnar copy.
    The events behind a figure are looked up when they are asked for, in the same rows.
    """
    one = frame(rows, asked, (by,))
    found: Sums = {}
    if summed is not None:
        found = summed(one, by)
    elif by == "year" and asked.scope.basis == "period":
        for year, first, last in years(rows, one):
            begins, ends = cuts_of(rows, first, last, one.ends)
            found |= _sums(rows, one, (begins, ends), lambda _, year=year: year)  # type: ignore[misc]
    else:
        found = _sums(rows, one, (one.begins, one.ends), one.parts[by])

    @cache
    def clearly() -> LeverageBy:
        return leverage_report(rows, **vars(asked)).by(by)

    def behind(part: Part, stage: Stage) -> Iterable[int]:
        return clearly().behind(part, stage)

    return taken_apart(one, by, found, behind)


def _ranked(rows: Rows, one: Frame) -> set[str]:
    return one.auctions.keys() & rankings(rows, one.ends).keys()


def _proxies(rows: Rows, one: Frame, inside: Lines) -> tuple[ProxyRow, ...]:
    frozen = {one.frozen[line.auction_id, line.need_id] for line in inside}
    used = {(price.proxy_set_id, price.measure) for price in frozen}
    return tuple(row for row in rows.all(PROXY) if row[:2] in used)


def _sums(rows: Rows, one: Frame, cuts: tuple[Cut, Cut], part_of: PartOf) -> Sums:
    def within(key: LineKey) -> Part | None:
        return part_of(key) if one.in_scope(key) else None

    begins, ends = cuts
    found = sums(rows, ends, within, one.valued)
    return (
        sums_between(sums(rows, begins, within, one.valued), found) if begins.until else found
    )


def _inside(rows: Rows, one: Frame, begins: Cut, ends: Cut) -> Lines:
    found = lines(rows, ends, one.valued)
    if begins.until:
        found = lines_between(lines(rows, begins, one.valued), found)
    return tuple(line for line in found if one.in_scope(line.key))


def _by_year(rows: Rows, one: Frame) -> dict[str, Lines]:
    found = {}
    for year, first, last in years(rows, one):
        begins, ends = cuts_of(rows, first, last, one.ends)
        found[year] = _inside(rows, one, begins, ends)
    return found
