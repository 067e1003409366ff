"""The rows about leverage: from columns and from the tables, beside reading the raw rows.

All on one generated ledger. The raw side is the driver's own cursor over every row, with
nothing made of them; from columns, a question is one query of an open copy.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from svx_ledger import open_views
from svx_ledger.exports.columns.layout import SIZE
from svx_ledger.exports.columns.reading import Copy, opened
from svx_ledger.exports.columns.source import Source, source_of
from svx_ledger.exports.columns.tail import OpenPart, at_head
from svx_ledger.exports.columns.writing import write
from svx_ledger.projections.leverage.cut import Cut, cut_now
from svx_ledger.projections.leverage.dimensions import part_of, procurement_parts
from svx_ledger.projections.leverage.pricing import frozen_prices
from svx_ledger.projections.leverage.sums import sums
from svx_ledger.projections.leverage.vocabulary import DIMENSIONS, Dimension
from svx_ledger.projections.view import View

from . import rebuilding
from .measure import Sample, in_turn
from .places import Place, PostgresPlace
from .report import Line, line
from .scale import Scale

GOAL = 30.0
"""Times the raw read, for one figure of each part of a million events."""
GOAL_SECONDS = 2.0
"""From the tables of a million events."""
MILLION = 10**6
"""Of fewer, what a query costs however few there are is most of it: no goal is set."""
_WHOLE: tuple[Dimension, ...] = ("measure", "supplier", "procurement")
"""Dimensions of few parts and of many, asked for every stage at once."""


def leverage(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """Leverage by every dimension, and what it takes to have it from columns."""
    address = place.address()
    events = rebuilding.history(address, scale.leverage_events, scale.kept)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="svx-bench-"))) / "copy"
        views = stack.enter_context(open_views(address))
        view = stack.enter_context(views.view(timeout=None))
        source = source_of(address, views)
        written = _written(folder, source, min(SIZE, 1 << (events // 6).bit_length()))
        copy = stack.enter_context(opened(folder))
        asked = _Asked(copy, source, view)
        done = in_turn(
            f"leverage, {place.name}",
            {
                "raw": partial(rebuilding.raw, address, events),
                **{f"one {by}": partial(asked.one, by) for by in DIMENSIONS},
                **{f"whole {by}": partial(asked.whole, by) for by in _WHOLE},
                "head": asked.head,
                "tables": asked.tables,
            },
            scale.rounds and 3,
        )
    beside = "raw rows by " + (
        "psycopg's cursor" if isinstance(place, PostgresPlace) else "sqlite3's cursor"
    )
    rows: list[tuple[str, str, float | None]]
    goal_of_one = GOAL if events >= MILLION else None
    rows = [(f"confirmed by {by}, from columns", f"one {by}", goal_of_one) for by in DIMENSIONS]
    rows += [(f"all stages by {by}, from columns", f"whole {by}", None) for by in _WHOLE]
    rows += [("all stages by measure, columns and the open part", "head", None)]
    rows += [("all stages by measure, from the tables", "tables", None)]
    for what, side, goal in rows:
        yield line(
            "leverage",
            store=place.name,
            what=what,
            measured=done[side],
            beside=beside,
            against=done["raw"],
            goal=goal,
        )
    yield line(
        "leverage",
        store=place.name,
        what=f"{written.count:,} events written to columns",
        measured=written,
        beside=beside,
        against=done["raw"],
        goal=None,
    )
    yield _seconds(place, events, done["tables"].seconds)


class _Asked:
    """The questions, each a side: what was answered counts as the events it is of."""

    def __init__(self, copy: Copy, source: Source, view: View) -> None:
        self._copy = copy
        self._source = source
        self._view = view
        self._cut = cut_now(view)
        closed = Cut(copy.last, copy.last)
        self._years = procurement_parts(view.rows, closed, "year")

    def one(self, by: Dimension) -> Sample:
        """One figure for each part, the headline's: what was confirmed, gross."""
        began = perf_counter()
        years = self._years if by == "year" else None
        self._copy.pence(self._copy.last, by, "confirmed", years=years)
        return Sample(self._copy.last, perf_counter() - began)

    def whole(self, by: Dimension) -> Sample:
        """Every stage, gross, net and beyond, by proxy: what a whole report is made of."""
        began = perf_counter()
        self._copy.sums(self._copy.last, by)
        return Sample(self._copy.last, perf_counter() - began)

    def head(self) -> Sample:
        """The same at the head of the log."""
        rest = OpenPart(self._source, self._view.rows)
        began = perf_counter()
        at_head(self._copy, rest, self._view.position, "measure")
        return Sample(self._view.position, perf_counter() - began)

    def tables(self) -> Sample:
        """The same from the tables of the views."""
        rows = self._view.rows
        began = perf_counter()
        sums(rows, self._cut, part_of(rows, self._cut, "measure"), frozen_prices(rows))
        return Sample(self._view.position, perf_counter() - began)


def _written(folder: Path, source: Source, size: int) -> Sample:
    began, reached = perf_counter(), 0
    for position in write(folder, source, size):
        reached = position
    return Sample(reached, perf_counter() - began)


def _seconds(place: Place, events: int, seconds: float) -> Line:
    return Line(
        name="leverage",
        store=place.name,
        what=f"the tables of {events:,} events, seconds",
        measured=0.0,
        beside="",
        against=0.0,
        value=seconds,
        unit="s",
        goal=GOAL_SECONDS if events >= MILLION else None,
    )
