"""Moments of the past: a position of the log, and the instant that it stood for.

Two axes of time meet here, and both are those of the *record*: "known at" is a log position,
"as at" an instant of `recorded_at`, and the second is turned into the first (the last event
recorded by then; several of one instant come or go together). What the exchange itself says
happened earlier or later (a delivery's period, a due date, `AuctionClosed.closed_at`) is data
inside events: it counts from the event that told of it, and never moves that event in time.
The one thing that moves between events is the clock: a moment's `as_at` is the "now" by which
a deadline that had passed, though nobody had written it down yet, had passed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple, Protocol

from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.eventlog.record import Row, Unreadable, recorded_at
from svx_ledger.eventlog.scalars import instant
from svx_ledger.eventlog.store import Head


class Log(Protocol):
    """What a replay asks of a store."""

    def head(self) -> Head:
        """Return the last record."""

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""

    def stream(self, name: str, after: int = 0) -> Iterator[Row]:
        """Stream one stream's records by version, those after version `after`."""


class Moment(NamedTuple):
    """What was on record up to `position`, seen with the clock at `as_at`."""

    position: int
    as_at: datetime


NO_SUCH_MOMENT: Final = Rule(
    "no-such-moment",
    "A moment lies between the first event of what is asked for and the last of the log.",
    "Name a position or an instant between these; `svx-ledger events` lists both.",
    "not-found",
)


class NoSuchMoment(Exception):
    """Nothing is on record for the moment that was asked for; `refusal` says what there is."""

    def __init__(self, message: str, **facts: str) -> None:
        super().__init__(message)
        self.refusal: Refusal = NO_SUCH_MOMENT.refuse(**facts)


def moment(log: Log, *, at: datetime | None = None, position: int | None = None) -> Moment:
    """Return the moment at an instant or a position; the last one where neither is given.

    At a position, the clock stands where its event was recorded. At an instant it stands
    there, also after the last event: nothing is foretold by it but deadlines that pass.
    Raises NoSuchMoment before the first event and beyond the head, ValueError for both or
    for an instant without an offset, and Unreadable.
    """
    if at is not None and position is not None:
        raise ValueError("a moment is at an instant or at a position, not at both")
    head = log.head().position
    if at is not None:
        if at.tzinfo is None:
            raise ValueError("an instant has an offset from UTC")
        return Moment(_last_by(log, head, at), at.astimezone(UTC))
    asked = head if position is None else position
    if not 1 <= asked <= head:
        told = f"there is no position {asked}: the log has {head}"
        raise NoSuchMoment(told, position=str(asked), head=str(head))
    return Moment(asked, instant_at(log, asked))


def instant_at(log: Log, position: int) -> datetime:
    """Return when the event at a position that exists was recorded. Raises Unreadable."""
    for row in log.rows(after=position - 1, limit=1):
        try:
            return recorded_at(row.record)
        except (ValueError, LookupError, TypeError) as fault:
            raise Unreadable(row, f"its time: {fault}") from None
    raise NoSuchMoment(f"there is no position {position}", position=str(position))


def _last_by(log: Log, head: int, at: datetime) -> int:
    """Return the last position recorded at or before an instant.

    By halving, in some twenty reads of a log of a million: `recorded_at` never decreases along
    the log (invariant 24), which the audit checks.
    """
    low, high = 0, head  # what is at `low` was recorded by then, what comes after `high` later
    while low < high:
        middle = (low + high + 1) // 2
        if instant_at(log, middle) <= at:
            low = middle
        else:
            high = middle - 1
    if low:
        return low
    first = instant(instant_at(log, 1)) if head else "none"
    raise NoSuchMoment(
        f"nothing was on record at {instant(at)}: the first event is of {first}",
        at=instant(at),
        first_event=first,
    )
