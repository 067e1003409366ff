"""Whether this process can serve: each part of it is tried, a second apart at most."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeVar

from svx_ledger.api.published.log import Published
from svx_ledger.api.refusals import NOT_AUTHENTICATED, Declined
from svx_ledger.domain.book import Book
from svx_ledger.eventlog import causes
from svx_ledger.eventlog.record import Unreadable, recorded_at
from svx_ledger.eventlog.store import StoreError
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import ClockRefused, SimulatedClock, SystemClock

from .publication import Publication, publication_of

FRESH_SECONDS: Final = 1.0
WAIT_SECONDS: Final = 3.0
VIEWS_SECONDS: Final = 1.0
"""For which a look takes part in bringing the views up to the log."""
NO_KEY: Final = f"Bearer svx_{'0' * 16}_{'0' * 64}"
"""Opens nothing; whether it does has to be looked up all the same."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Check(NamedTuple):
    """One part that was tried. `detail` is for everybody to read: it names no place."""

    ok: bool
    detail: str


WRITES: Final = Check(True, "writes")


class Readiness(NamedTuple):
    """What was found, and where the log and the views were, and what is published of it.

    A number is None where what it is of did not answer: a zero would read as one that did.

    `views_followed`: a follower keeps the views; where none does, readers bring them up.
    """

    ready: bool
    position: int | None
    views_position: int | None
    lag_seconds: float | None
    checks: dict[str, Check]
    publication: Publication | None = None
    views_followed: bool = False

    @property
    def lag_events(self) -> int | None:
        """How many events the views are behind."""
        if self.position is None or self.views_position is None:
            return None
        return max(0, self.position - self.views_position)


class _Found(NamedTuple):
    position: int | None
    views_position: int | None
    lag_seconds: float | None
    checks: dict[str, Check]
    publication: Publication | None = None
    views_followed: bool = False


class Prober:
    """Tries the parts of a process. What it found is good for a second, for all who ask."""

    def __init__(
        self,
        exchange: Exchange,
        look_up: Callable[[str], Awaitable[object]],
        published: Published,
        *,
        most_lag_seconds: float,
    ) -> None:
        self._exchange = exchange
        self._published = published
        self._look_up = look_up
        self._most_lag = most_lag_seconds
        self._clock = SystemClock()
        self._clock.check(None, None)  # from here on it would see a step
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="svx-ready")
        self._looking: asyncio.Task[Readiness] | None = None
        self._found: tuple[float, Readiness] | None = None
        self.also: dict[str, Callable[[], Check]] = {}
        """What else this process is there for; to be told at once."""

    def close(self) -> None:
        """Try nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def readiness(self) -> Readiness:
        """Return how things are, or were less than a second ago."""
        if self._found is not None and time.monotonic() - self._found[0] < FRESH_SECONDS:
            return self._found[1]
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> Readiness:
        keys, found = await asyncio.gather(self._keys(), self._parts())
        also = {name: look() for name, look in self.also.items()}
        checks = found.checks | {"keys": keys} | also
        if self._exchange.stopped is not None:
            checks["writer"] = Check(False, "writes no more: restart")
        now = Readiness(
            ready=all(check.ok for check in checks.values()),
            position=found.position,
            views_position=found.views_position,
            lag_seconds=None if found.lag_seconds is None else round(found.lag_seconds, 3),
            checks=checks,
            publication=found.publication,
            views_followed=found.views_followed,
        )
        before = self._found
        if not now.ready and (before is None or before[1].ready):
            amiss = [
                f"{name}: {check.detail}" for name, check in checks.items() if not check.ok
            ]
            _log.warning("not ready: %s", "; ".join(amiss))
        self._found = time.monotonic(), now
        return now

    async def _keys(self) -> Check:
        try:
            await asyncio.wait_for(self._look_up(NO_KEY), WAIT_SECONDS)
        except Declined as declined:
            if declined.problem is NOT_AUTHENTICATED:
                return Check(True, "are looked up")
            return Check(False, "are not looked up")
        except (StoreError, Unreadable, TimeoutError):
            return Check(False, "are not looked up")
        return Check(True, "are looked up")

    async def _parts(self) -> _Found:
        loop = asyncio.get_running_loop()
        try:
            looking = loop.run_in_executor(self._thread, self._look_at_the_store)
            return await asyncio.wait_for(asyncio.shield(looking), WAIT_SECONDS)
        except TimeoutError:
            return _no_store("does not answer in time")

    def _look_at_the_store(self) -> _Found:
        checks: dict[str, Check] = {}
        try:
            head = self._exchange.store.head()
            last = recorded_at(head.record) if head.position else None
            checks["store"] = Check(True, "answers")
        except (StoreError, ValueError, LookupError, TypeError):
            return _no_store("does not answer")
        checks["writer"] = self._writer()
        checks["clock"] = self._clock_check(last)
        position: int | None = None
        lag: float | None = None
        followed = False
        try:
            with self._exchange.views.view(timeout=VIEWS_SECONDS) as view:
                at = view.position
            lag = self._lag(at)
            position = at
            behind = f"{lag:.1f} s behind the log"
            checks["views"] = Check(lag <= self._most_lag, behind)
            followed = self._exchange.views.keeper.followed()
        except (StoreError, Unreadable):
            checks["views"] = Check(False, "cannot be read")
        published = self._publication(head.position)
        return _Found(head.position, position, lag, checks, published, followed)

    def _writer(self) -> Check:
        """Look whether commands can be written; after one could not, try it.

        Nobody sends commands to a process that is not ready, so it has to find out by itself
        that it can go on. Damage is found by a command that meets it, and by no trial.
        """
        exchange = self._exchange
        if isinstance(exchange.clock, SimulatedClock):  # it is there to be read
            return WRITES
        met = exchange.hindrance
        try:
            exchange.store.check_writing()
            if met is not None and not causes.is_damage(met):
                exchange.store.try_writing()
                met = None
        except StoreError as refused:
            met = causes.lasting(refused) or met or "see the doctor"
        return WRITES if met is None else Check(False, f"cannot write: {met}")

    def _publication(self, head: int) -> Publication | None:
        try:
            return publication_of(self._published, self._exchange.store, head)
        except (StoreError, Unreadable, ValueError):
            return None

    def _clock_check(self, last: datetime | None) -> Check:
        if isinstance(self._exchange.clock, SimulatedClock):
            return Check(True, "is simulated")
        try:
            self._clock.check(last, self._book())
        except ClockRefused:
            return Check(False, "cannot be trusted: nothing is written")
        except (StoreError, Unreadable):
            return Check(False, "cannot be held against the log")
        return Check(True, "runs on")

    def _book(self) -> Book | None:
        first = next(self._exchange.store.rows(limit=1), None)
        return None if first is None else self._exchange.state(Book, first.stream)

    def _lag(self, position: int) -> float:
        first = next(self._exchange.store.rows(after=position, limit=1), None)
        if first is None:
            return 0.0
        return max(0.0, (datetime.now(UTC) - recorded_at(first.record)).total_seconds())


def _no_store(said: str) -> _Found:
    """Return what is known where the store does not answer: of what rests on it, nothing."""
    checks = {
        "store": Check(False, said),
        "writer": Check(False, "cannot write: the store does not answer"),
    }
    return _Found(None, None, None, checks)
