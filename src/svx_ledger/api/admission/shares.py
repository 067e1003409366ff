"""What one asker may have of what there is little of: places in a queue, and turns.

Who asks is known where a request is let in, and needed deep below, where it comes to stand in
a queue: it goes there in the context of the request. What a process does for itself has no
asker, and no share.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

from svx_ledger.api.refusals import BUSY, Declined


class Asker(NamedTuple):
    """By what a request is counted: the name of its key, or else its address."""

    name: str
    keyed: bool


class Share(NamedTuple):
    """How many an address may have at a time, and how many a key."""

    address: int
    key: int

    def of(self, asker: Asker) -> int:
        """Return how many somebody may have."""
        return self.key if asker.keyed else self.address


ASKER: Final[ContextVar[Asker | None]] = ContextVar("svx_asker", default=None)


class Places:
    """The places of one queue, for one event loop. Half of them addresses never have."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._having: Counter[Asker] = Counter()
        self._taken = self._by_addresses = 0

    @contextmanager
    def one(self, most: int) -> Iterator[None]:
        """Have a place of so many. Raises Declined."""
        asker = ASKER.get()
        by_address = asker is not None and not asker.keyed
        if self._taken >= most or (by_address and self._by_addresses >= max(1, most // 2)):
            raise Declined(BUSY)
        if asker is not None and self._having[asker] >= self._share.of(asker):
            raise Declined(BUSY)
        self._taken += 1
        self._by_addresses += by_address
        if asker is not None:
            self._having[asker] += 1
        try:
            yield
        finally:
            self._taken -= 1
            self._by_addresses -= by_address
            if asker is not None:
                self._having[asker] -= 1
                if not self._having[asker]:
                    del self._having[asker]


class Turns:
    """Whose turn it is to be worked for, for one event loop. Others wait for theirs.

    All addresses together have half of what works, so that a crowd of them keeps no key out.
    """

    def __init__(self, share: Share, working: int) -> None:
        self._share = share
        self._addresses = asyncio.Semaphore(max(1, working // 2))
        self._lines: dict[Asker, asyncio.Semaphore] = {}
        self._standing: Counter[Asker] = Counter()

    @asynccontextmanager
    async def one(self, seconds: float) -> AsyncIterator[None]:
        """Have a turn, within so many seconds. Raises Declined."""
        asker = ASKER.get()
        if asker is None:
            yield
            return
        line = self._lines.setdefault(asker, asyncio.Semaphore(self._share.of(asker)))
        gates = [line] if asker.keyed else [line, self._addresses]
        self._standing[asker] += 1
        try:
            async with AsyncExitStack() as passed:
                try:
                    async with asyncio.timeout(seconds):
                        for gate in gates:
                            await passed.enter_async_context(gate)
                except TimeoutError:
                    raise Declined(BUSY) from None
                yield
        finally:
            self._standing[asker] -= 1
            if not self._standing[asker]:
                del self._standing[asker], self._lines[asker]
