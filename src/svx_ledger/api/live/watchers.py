"""Those who watch: one connection each, and what it is to be sent next."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from svx_ledger.api.admission.principals import Principal
from svx_ledger.api.feed.pages import Wanted
from svx_ledger.domain.actor import Actor

from .drawing import BoardKey, Drawn, Outcome
from .ring import Chunk, Ring
from .wire import heartbeat


class Who(NamedTuple):
    """Who watches: what was sent as a key, and by what it counts, that or an address."""

    principal: Principal
    authorization: str | None
    counted: str

    @property
    def actor(self) -> Actor | None:
        """The person, or nobody in particular."""
        return self.principal.actor


class Watcher(ABC):
    """A connection that is told what is new. Used in the event loop alone."""

    def __init__(self, who: Who) -> None:
        self.who = who
        self.joined_at = self.sent_at = asyncio.get_running_loop().time()
        self.share = random.uniform(0.9, 1.1)  # noqa: S311 - so that not all end at once
        """How long it lasts, as a share of what is usual."""
        self.sending_since: float | None = None
        """Since when the connection has not taken what it was sent last."""
        self.let_go: Callable[[], None] = lambda: None
        """Ends a connection that takes nothing."""
        self.is_ended = False
        self._beats = False
        self._has_news = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def goes_on_after(self) -> int | None:
        """Where it is to go on when it comes again, whatever it is sent until then."""
        return None

    def end(self) -> None:
        """Send nothing more."""
        self.is_ended = True
        self.wake()

    def beat(self) -> None:
        """Send a heartbeat, unless there is something to send."""
        self._beats = True
        self.wake()

    def wake(self) -> None:
        """Say that there may be something to send."""
        self._has_news = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def next(self) -> bytes | None:
        """Return what is to be sent next, as soon as there is anything; None at the end."""
        while not self.is_ended:
            self._has_news = False
            chunk = await self._take()
            if self.is_ended:  # also while a page was read for it
                return None
            if not chunk and self._beats:
                chunk = heartbeat(self.goes_on_after)
            if chunk:
                self._beats = False
                return chunk
            if not self._has_news:
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
        return None

    @abstractmethod
    async def _take(self) -> bytes:
        """Return what there is to send now; nothing where there is nothing."""


class BoardWatcher(Watcher):
    """Watches one board: it is sent the newest, and never what was before it.

    What it is sent first is no older than `floor`, a position that it has seen.
    """

    def __init__(self, who: Who, key: BoardKey, floor: int) -> None:
        super().__init__(who)
        self.key = key
        self.floor = floor
        self.first: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._newest: bytes = b""
        self._is_over = False

    def answer(self, outcome: Outcome) -> None:
        """Say what came of asking for the board, once."""
        if not self.first.done():
            self.first.set_result(outcome)

    def show(self, drawn: Drawn) -> None:
        """Have it see this board, instead of one that was not sent yet."""
        if self._is_over:
            return
        self._newest = drawn.message + (drawn.last or b"")
        self._is_over = drawn.last is not None
        self.wake()

    async def _take(self) -> bytes:
        newest, self._newest = self._newest, b""
        if not newest and self._is_over:
            self.end()
        return newest


class FeedWatcher(Watcher):
    """Follows the log, from its own cursor, as fast as it reads.

    It takes what is new from the ring of its viewer, and what is older page by page.
    """

    def __init__(
        self,
        who: Who,
        wanted: Wanted,
        after: int | None,
        read: "Callable[[FeedWatcher], Awaitable[Chunk | None]]",
    ) -> None:
        super().__init__(who)
        self.wanted = wanted
        self.cursor = -1 if after is None else after
        self._ring: Ring | None = None
        self.first: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Where the log was when it was first looked at for it."""
        self._read = read

    def begin(self, ring: Ring, position: int) -> None:
        """Take from a ring from now on; what it asked for begins here unless it said where."""
        self._ring = ring
        if self.cursor < 0:
            self.cursor = position
        if not self.first.done():
            self.first.set_result(position)
        self.wake()

    @property
    def goes_on_after(self) -> int | None:
        """Its cursor: nothing is missed on a stream of which it was sent nothing."""
        return self.cursor

    async def _take(self) -> bytes:
        while self._ring is not None:
            chunk = self._ring.since(self.cursor, self.wanted) or await self._read(self)
            if chunk is None:
                self.end()
                return b""
            moved, self.cursor = chunk.upto > self.cursor, chunk.upto
            if chunk.data or not moved:
                return chunk.data
        return b""
