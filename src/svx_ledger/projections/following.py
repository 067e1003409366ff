"""The follower: a thread that keeps stored views up to date, whatever happens around it.

It asks the log for news at least once a second. What tells it sooner (`hint`, NOTIFY) is only
a hint: a lost one costs no more than that second. After any fault it begins again with a new
connection, soon at first and once a second at the latest.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import StoreError
from svx_ledger.projections.stored.generation import Busy, Fenced, Moved
from svx_ledger.projections.stored.hints import Hints
from svx_ledger.projections.stored.keeping import Keeper

from .memory import OutOfStep

POLL_SECONDS: Final = 0.25
MOST_SECONDS: Final = 1.0
BEAT: Final = timedelta(seconds=2)
SWEEP: Final = timedelta(minutes=1)

_log = logging.getLogger(__name__)


class Report(NamedTuple):
    """How a follower is: where it is, what kept it last, whether another took its place."""

    position: int
    fault: str | None
    superseded: bool


class Follower:
    """Keeps the views of one keeper up to date, in a thread of its own, until it is stopped.

    It ends by itself only where another program's views have taken the place of its own. It
    says so by `kept` whenever they have come along; that must return at once.
    """

    def __init__(
        self,
        keeper: Keeper,
        *,
        hints: Hints | None = None,
        kept: Callable[[], None] = lambda: None,
    ) -> None:
        self._keeper = keeper
        self._hints = hints
        self._kept = kept
        self._stopping = threading.Event()
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name="svx-views", daemon=True)
        self._position = 0
        self._fault: str | None = None
        self._has_served = self._superseded = False
        self._beaten = self._swept = datetime.min.replace(tzinfo=UTC)

    @property
    def report(self) -> Report:
        """How it is just now."""
        return Report(self._position, self._fault, self._superseded)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def hint(self) -> None:
        """Say that there may be news; from any thread, at no cost."""
        self._news.set()

    def stop(self) -> None:
        """End between two batches, and wait until it has."""
        self._stopping.set()
        self._news.set()
        self._thread.join()
        if self._hints is not None:
            self._hints.close()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it ended by itself; return whether it did."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause = POLL_SECONDS
        while not self._stopping.is_set() and not self._superseded:
            try:
                self._round()
            except (Moved, Fenced):
                continue  # another was here: look again
            except Busy:
                pass
            except (StoreError, OutOfStep, Unreadable) as fault:
                pause = self._failed(fault, pause)
            except Exception as fault:  # noqa: BLE001 - it must go on when that is over
                _log.exception("the views cannot be kept")
                pause = self._failed(fault, pause)
            else:
                if self._fault is not None:
                    _log.warning("the views are kept again, at position %d", self._position)
                self._fault, pause = None, POLL_SECONDS
            self._pause(pause)

    def _failed(self, fault: Exception, pause: float) -> float:
        said = f"{type(fault).__name__}: {fault}"
        if said != self._fault:
            _log.warning("the views are not kept: %s", said)
        self._fault = said
        return min(2 * pause, MOST_SECONDS)

    def _pause(self, seconds: float) -> None:
        if self._hints is None:
            self._news.wait(seconds)
        else:
            self._hints.wait(seconds)
        self._news.clear()

    def _round(self) -> None:
        """Take in what came since."""
        keeper = self._keeper
        served = keeper.served()
        if served is None:
            if self._has_served and keeper.current() is not None:
                self._superseded = True
                return
            steps = keeper.build()
        else:
            self._position = served.position
            steps = keeper.advance(served, keeper.store.head().position)
        try:
            for self._position in steps:
                if self._stopping.is_set():
                    return
                self._kept()
                self._beat()
        finally:
            steps.close()
        self._has_served = True
        self._beat()
        if datetime.now(UTC) - self._swept >= SWEEP:
            keeper.sweep()
            self._swept = datetime.now(UTC)

    def _beat(self) -> None:
        """Say that somebody follows, unless that was said a moment ago."""
        now = datetime.now(UTC)
        if now - self._beaten >= BEAT:
            current = self._keeper.current()
            if current is not None and current.fingerprint == self._keeper.fingerprint:
                self._keeper.place.beat(current.number)
            self._beaten = now
