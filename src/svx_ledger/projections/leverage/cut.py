"""Up to where facts count: what was true by a time, as far as it was recorded by a position.

Recorded times never fall along the log, so both bounds come to one position. Only what
corrects an earlier statement is told apart: a correction says what was true all along, and
counts from where it is known.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from svx_ledger.projections.corrections import CORRECTED, CorrectedRow
from svx_ledger.projections.table import Rows
from svx_ledger.projections.trail_search import first_at
from svx_ledger.projections.view import View

_MOMENT = timedelta(microseconds=1)


class Cut(NamedTuple):
    """Facts count that stand at `until` or before, and corrections up to `known_at`."""

    until: int
    known_at: int


def cut_of(rows: Rows, *, as_at: datetime, known_at: int) -> Cut:
    """Return the cut for what was true at an instant, as known at a log position.

    `rows` hold the log up to that position or beyond it.
    """
    end = datetime.max.replace(tzinfo=as_at.tzinfo)
    by_then = known_at if as_at == end else first_at(rows, as_at + _MOMENT) - 1
    return Cut(until=min(by_then, known_at), known_at=known_at)


def cut_now(view: View) -> Cut:
    """Return the cut of a view: all that it holds, up to its own time."""
    return cut_of(view.rows, as_at=view.now, known_at=view.position)


def not_known_yet(rows: Rows, kind: str, cut: Cut) -> dict[str, list[CorrectedRow]]:
    """Return the corrections of a kind of stream that came after `known_at`, latest first."""
    found: dict[str, list[CorrectedRow]] = {}
    for row in rows.all(CORRECTED):
        if row.position > cut.known_at and row.stream.startswith(f"{kind}-"):
            found.setdefault(row.stream, []).insert(0, row)
    return found
