"""The ledger's time: a port, its two adapters, and the guard that stops a bad clock.

Deadlines are judged by this time alone, when a command is decided under the write lock. A
forward step would close auctions and, since recorded time never decreases, stay for ever:
so a clock that jumps stops the writing until a person accepts the step.
"""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

from svx_ledger.domain.book import Book

from .answer import ClockRefused

MAX_STEP = timedelta(seconds=1)
"""Between the wall clock and the monotonic one, or between this machine and the server."""
MAX_AHEAD = timedelta(seconds=5)
"""By which the last recorded instant may lie ahead of the clock."""
TICK = timedelta(microseconds=1)
"""Recorded time grows by at least this from command to command."""
_CREEP = timedelta(seconds=60)

_REMEDY = (
    "Set the clock right, or let the operator accept the step: "
    "svx-ledger clock accept --reason TEXT"
)


def wall_clock() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Where `now` comes from."""

    kind: str
    """`real` or `simulated`; the ledger's first event says which, for ever."""

    def now(self, server: datetime | None) -> datetime:
        """Return the time for a batch, given the store's own clock where it has one."""

    def check(self, last: datetime | None, ledger: Book | None) -> None:
        """Raise ClockRefused if writing at this time could not be undone.

        `last` is the instant of the last record; `ledger` knows which steps were accepted.
        """


class SystemClock:
    """Real time: the store's clock on PostgreSQL, this machine's on SQLite."""

    kind = "real"

    def __init__(self) -> None:
        self._offset: float | None = None
        self._steps = 0
        self._now: datetime | None = None
        self._skew = timedelta(0)

    def now(self, server: datetime | None) -> datetime:
        """Return real time, and remember how far this machine is from the server."""
        wall = wall_clock()
        if server is None:  # the ticker asks too, from its own thread: it forgets no skew
            return wall
        self._skew, self._now = abs(server - wall), server
        return server

    def check(self, last: datetime | None, ledger: Book | None) -> None:
        """Refuse a step, a skew, or a log that lies ahead of the clock."""
        steps, until = (ledger.steps, ledger.accepted_until) if ledger else (0, None)
        now = self._now or wall_clock()
        offset = wall_clock().timestamp() - monotonic()
        if self._offset is None or steps > self._steps:
            self._offset, self._steps = offset, steps
        if abs(offset - self._offset) > MAX_STEP.total_seconds():
            raise ClockRefused(f"clock: it jumped by {offset - self._offset:+.1f} s. {_REMEDY}")
        self._offset = offset  # a slow correction by NTP is not a step
        if self._skew > MAX_STEP:
            seconds = self._skew.total_seconds()
            raise ClockRefused(f"clock: {seconds:.1f} s from the server's. {_REMEDY}")
        if (
            last is not None
            and last > now + MAX_AHEAD
            and (until is None or last > until + _CREEP)
        ):
            seconds = (last - now).total_seconds()
            raise ClockRefused(f"clock: {seconds:.1f} s behind the last record. {_REMEDY}")


class SimulatedClock:
    """Time that a history dictates: for the demo and for replayed bid histories.

    Only on a ledger whose first event says so.
    """

    kind = "simulated"

    def __init__(self, at: datetime) -> None:
        self._at = at

    def advance_to(self, at: datetime) -> None:
        """Move on to a later instant; moving back raises ValueError."""
        if at < self._at:
            message = "simulated time only moves forward"
            raise ValueError(message)
        self._at = at

    def now(self, server: datetime | None) -> datetime:
        """Return the simulated instant."""
        del server
        return self._at

    def check(self, last: datetime | None, ledger: Book | None) -> None:
        """Accept any time: nothing real depends on it."""
