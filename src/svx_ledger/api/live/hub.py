"""The hub: one per process. It notices what is new, and tells those who watch.

It is told of commits of its own process, and while anybody watches it asks the log ten times a
second for those of others. What came within a tenth of a second is told at once: who watches is
sent the newest board. A stream is sent nothing of a position before every key was checked
against all that is on the log up to there.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from svx_ledger.api.feed.pages import Wanted
from svx_ledger.api.refusals import BUSY, Declined

from .channels import Channels
from .drawing import BoardKey
from .followers import Followers
from .gate import Gate
from .looking import Asked, Found, look
from .news import News
from .watchers import BoardWatcher, FeedWatcher, Watcher, Who

if TYPE_CHECKING:
    from svx_ledger.api.serving import Serving

POLL_SECONDS: Final = 0.1
"""Between two questions to the log, while anybody watches (ADR 65)."""
TICK_SECONDS: Final = 0.1
"""Between two looks: what came meanwhile is told together."""
SWEEP_SECONDS: Final = 0.5
HEARTBEAT_SECONDS: Final = 15.0
VIEW_SECONDS: Final = 2.0

_log = logging.getLogger(__name__)


class Hub:
    """All streams of a process. Used in its event loop, but for `start` and `close`."""

    def __init__(self, serving: "Serving") -> None:
        self._serving = serving
        self._gate = Gate(serving.config.watchers, serving.config.watchers_each)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="svx-live")
        self._source = News(serving.exchange)
        self._channels = Channels()
        self._followers = Followers(serving)
        self._position: int | None = None
        """Up to where everything was told."""
        self._news = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._looked_at = self._swept_at = 0.0
        self._failing: str | None = None

    @property
    def position(self) -> int | None:
        """Up to which position those who watch were told; None while nobody does."""
        return self._position

    def start(self) -> None:
        """Begin to keep the views up to date, where this process does."""
        if self._serving.config.follow:
            self._source.follow()

    def close(self) -> None:
        """End all streams, and let go of threads."""
        self._end_all()
        self._source.close()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def watch_board(self, who: Who, key: BoardKey, floor: int = 0) -> BoardWatcher:
        """Return somebody new who watches a board, and is shown it soon. Raises Declined."""
        self._unless_full(who)
        watcher = BoardWatcher(who, key, floor)
        self._channels.join(watcher)
        self._join(watcher)
        self._news.set()
        return watcher

    def follow_feed(self, who: Who, wanted: Wanted, after: int | None = None) -> FeedWatcher:
        """Return somebody new who follows the feed, after a position or from now on.

        Raises Declined.
        """
        self._unless_full(who)
        follower = FeedWatcher(who, wanted, after, self._followers.older)
        self._join(follower)
        self._followers.join(follower, self._position)
        self._news.set()
        return follower

    def leave(self, watcher: Watcher) -> None:
        """Forget somebody who watched. Harmless when repeated."""
        self._gate.leave(watcher)
        if isinstance(watcher, BoardWatcher):
            self._channels.leave(watcher)
        elif isinstance(watcher, FeedWatcher):
            self._followers.leave(watcher)

    def _unless_full(self, who: Who) -> None:
        if self._serving.ending.begun:
            raise Declined(BUSY)
        self._gate.unless_full(who.counted)

    def _join(self, watcher: Watcher) -> None:
        self._gate.join(watcher)
        if self._running is None or self._running.done():
            self._news = asyncio.Event()
            self._followers.begin()
            self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """Go on for as long as anybody watches."""
        loop = asyncio.get_running_loop()
        self._source.tell(loop, self._news)
        try:
            while self._gate.watchers:
                await self._until_news(loop)
                if self._serving.ending.begun:
                    self._end_all()
                    await asyncio.sleep(TICK_SECONDS)
                    continue
                await self._sweep(loop.time())
                await self._look(loop)
        except Exception:  # noqa: BLE001 - who watches comes again, and so does this
            _log.exception("all streams of this process end")
            self._end_all()
        finally:
            self._source.tell(None, self._news)
            self._position = None

    async def _until_news(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until something may be new, and a moment longer for what comes with it."""
        now = loop.time()
        until = min(now + POLL_SECONDS, self._swept_at + SWEEP_SECONDS, self._turn(now))
        try:
            async with asyncio.timeout_at(max(until, now)):
                await self._news.wait()
        except TimeoutError:
            pass
        pause = self._looked_at + TICK_SECONDS - loop.time()
        if pause > 0:
            await asyncio.sleep(pause)

    def _turn(self, now: float) -> float:
        """Return the loop's time at which a board becomes another by time alone."""
        turn = None if self._is_simulated else self._channels.next_turn()
        if turn is None:
            return now + POLL_SECONDS
        return now + (turn - datetime.now(UTC)).total_seconds()

    @property
    def _is_simulated(self) -> bool:
        """Whether no time passes but by events."""
        return self._serving.exchange.clock.kind == "simulated"

    async def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look whether anything is new, and tell of it."""
        self._looked_at = loop.time()
        self._news.clear()
        self._source.heard()
        turned = set() if self._is_simulated else self._channels.turned(datetime.now(UTC))
        asked = Asked(
            since=self._position,
            boards=self._channels.keys,
            at_once=turned | self._channels.awaited,
            followers=self._followers.viewers,
        )
        try:
            found = await loop.run_in_executor(self._thread, self._find, asked)
        except Exception as fault:  # noqa: BLE001 - it goes on when that is over
            self._failed(fault)
            return
        self._failed(None)
        if found is None:
            return
        if found.keys_touched:
            await self._gate.check(self._serving.principals)
        self._tell(found)
        if found.position < found.head:
            self._news.set()

    def _find(self, asked: Asked) -> Found | None:
        exchange = self._serving.exchange
        timeout = 0 if self._source.is_following else VIEW_SECONDS
        return look(exchange.store, exchange.views, asked, timeout=timeout)

    def _tell(self, found: Found) -> None:
        self._position = found.position
        self._followers.tell(found.told, found.position)
        for key, outcome in found.boards.items():
            self._channels.show(key, outcome, found.position)

    async def _sweep(self, now: float) -> None:
        """See to keys, heartbeats, and streams that are old or take nothing."""
        if now < self._swept_at + SWEEP_SECONDS:
            return
        self._swept_at = now
        config = self._serving.config
        await self._gate.check(self._serving.principals)
        for watcher in list(self._gate.watchers):
            since = watcher.sending_since
            if since is not None and now - since > config.slow_seconds:
                watcher.let_go()
            elif now - watcher.joined_at > config.stream_seconds * watcher.share:
                watcher.end()
            elif now - watcher.sent_at >= HEARTBEAT_SECONDS:
                watcher.beat()

    def _end_all(self) -> None:
        for watcher in self._gate.watchers:
            watcher.end()

    def _failed(self, fault: Exception | None) -> None:
        said = None if fault is None else type(fault).__name__
        if said is not None and said != self._failing:
            _log.warning("the boards and the feed stand still: %s", said)
        self._failing = said
