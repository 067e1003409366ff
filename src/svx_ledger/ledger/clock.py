"""The ledger's time: a port, its two adapters, and the guard that stops a bad clock.

Deadlines are judged by this time alone, when a command is decided under the write lock. A
forward step would close auctions and, since recorded time never decreases, stay for ever:
so a clock that jumps stops the writing until a person accepts the step.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from svx_ledger.domain.book import AcceptClockStep, Book
from svx_ledger.domain.kind import Command

from .answer import ClockRefused, WrongClock

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
_SKEW_REMEDY = "Set this machine's clock and the server's by the same source of time."


def wall_clock() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)


def uptime() -> float:
    """Return seconds that no setting of the clock changes, a suspended machine's included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def accepts_a_step(command: Command) -> bool:
    """Whether this command is what lets the ledger write again after a step."""
    return isinstance(command, AcceptClockStep)


class Clock(Protocol):
    """Where `now` comes from."""

    kind: str
    """`real` or `simulated`; the ledger's first event says which, for ever."""

    def wall(self) -> datetime:
        """Return the time as this process has it."""

    def now(self, server: datetime | None, asked_at: datetime) -> datetime:
        """Return the time for a batch: the store's, where it has a clock of its own.

        `asked_at` is the wall time before the store was asked.
        """

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

    def wall(self) -> datetime:
        """Return this machine's time."""
        return wall_clock()

    def now(self, server: datetime | None, asked_at: datetime) -> datetime:
        """Return real time, and remember how far this machine is from the server.

        The server answered between `asked_at` and now; how long that took is no skew.
        """
        answered_at = wall_clock()
        self._now = server or answered_at
        self._skew = max(asked_at - self._now, self._now - answered_at, timedelta(0))
        return self._now

    def check(self, last: datetime | None, ledger: Book | None) -> None:
        """Refuse a step, a skew, or a log that lies ahead of the clock."""
        steps, until = (ledger.steps, ledger.accepted_until) if ledger else (0, None)
        now = self._now or wall_clock()
        offset = wall_clock().timestamp() - uptime()
        if self._offset is None or steps > self._steps:
            self._offset, self._steps = offset, steps
        if abs(offset - self._offset) > MAX_STEP.total_seconds():
            raise ClockRefused(f"clock: it jumped by {offset - self._offset:+.1f} s. {_REMEDY}")
        self._offset = offset  # a slow correction by NTP is not a step
        if self._skew > MAX_STEP:
            seconds = self._skew.total_seconds()
            raise ClockRefused(f"clock: {seconds:.1f} s from the server's. {_SKEW_REMEDY}")
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
        self._at = at.astimezone(UTC)

    def advance_to(self, at: datetime) -> None:
        """Move on to a later instant; moving back raises ValueError."""
        later = at.astimezone(UTC)  # in one zone Python would compare by the wall clock
        if later < self._at:
            message = "simulated time only moves forward"
            raise ValueError(message)
        self._at = later

    def wall(self) -> datetime:
        """Return the simulated instant."""
        return self._at

    def now(self, server: datetime | None, asked_at: datetime) -> datetime:
        """Return the simulated instant."""
        del server, asked_at
        return self._at

    def check(self, last: datetime | None, ledger: Book | None) -> None:
        """Accept any time: nothing real depends on it."""


def unless_of_its_kind(clock: Clock, ledger: Book | None) -> None:
    """Raise WrongClock where a ledger's time is of the other kind than this clock's."""
    if ledger is not None and ledger.clock != clock.kind:
        raise WrongClock(
            f"This ledger's time is {ledger.clock}, as its first event says, and "
            f"{clock.kind} time may not enter it. Open another ledger for that."
        )
