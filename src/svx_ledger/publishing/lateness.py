"""When it is too late to have a checkpoint cosigned: long after there was more on the log."""

from collections.abc import Callable
from typing import Final

from svx_ledger.eventlog.record import Unreadable, recorded_at
from svx_ledger.eventlog.store import NotRead
from svx_ledger.proofs.checks.brackets import TOLERANCE_SECONDS

from .own_stream import Log

LATE_SECONDS: Final = TOLERANCE_SECONDS // 2
"""How old the record after a checkpoint may be when witnesses cosign that. Whoever checks times
allows for twice as much: the rest is for clocks that differ."""

Recorded = Callable[[int], float | None]
"""When the record at a position was recorded (Unix seconds); None where the log ends before it.
Raises NotRead, and Unreadable for a damaged record."""


def recorded_on(log: Log) -> Recorded:
    """Return what tells when the records of a log were recorded."""

    def recorded(position: int) -> float | None:
        for row in log.rows(position - 1, 1):
            try:
                return recorded_at(row.record).timestamp()
            except (KeyError, TypeError, ValueError):
                raise Unreadable(row, "it says no time") from None
        return None

    return recorded


def is_late(recorded: Recorded, size: int, seen_at: float) -> bool:
    """Whether there was, or may have been, more on the log long before `size` of it is seen."""
    try:
        after = recorded(size + 1)
    except (NotRead, Unreadable):
        return True
    return after is not None and seen_at - after > LATE_SECONDS
