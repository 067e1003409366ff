"""The threads that read for requests, and what one asker may have of them.

Some are for what bidders ask of their own (what became of a bid, how one stands) and for looks
at the head of the log: these are short, and never wait behind what others read.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from svx_ledger.api.admission.shares import Places, Share, Turns

T = TypeVar("T")
READERS: Final = 4
OWN_READERS: Final = 2
MOST_WAITING: Final = 64
SHARE: Final = Share(address=16, key=32)
"""What one asker may have of the places, those that wait included."""
AT_ONCE: Final = Share(address=2, key=8)
"""How many of its reads are done, or wait for a thread, at a time; its others wait for them."""
TURN_SECONDS: Final = 5.0


class Readers:
    """The readers of one process, for one event loop. Close them at the end."""

    def __init__(self, head: Callable[[], int]) -> None:
        self._all = ThreadPoolExecutor(READERS, thread_name_prefix="svx-read")
        self._own = ThreadPoolExecutor(OWN_READERS, thread_name_prefix="svx-own")
        self._places, self._own_places = Places(SHARE), Places(SHARE)
        self._turns, self._own_turns = Turns(AT_ONCE, READERS), Turns(AT_ONCE, OWN_READERS)
        self._head = head
        self._looking: asyncio.Task[int] | None = None
        self._next: asyncio.Task[int] | None = None

    def close(self) -> None:
        """Read no more."""
        self._all.shutdown(wait=True, cancel_futures=True)
        self._own.shutdown(wait=True, cancel_futures=True)

    async def do(self, work: Callable[[], T], *, own: bool) -> T:
        """Do something that reads; `own`: of who asks, and short. Raises Declined."""
        places, turns, threads = (
            (self._own_places, self._own_turns, self._own)
            if own
            else (self._places, self._turns, self._all)
        )
        with places.one(MOST_WAITING):
            async with turns.one(TURN_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(threads, work)

    async def head(self) -> int:
        """Return where the log ends, as it is now.

        Those who ask together share one look. Who comes while one is going on waits for the
        next, which began after that: it misses nothing that was written before.
        """
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._look(self._looking))
        return await asyncio.shield(self._next)

    async def _look(self, before: asyncio.Task[int] | None) -> int:
        if before is not None and not before.done():
            await asyncio.wait((before,))
        self._looking, self._next = self._next, None
        return await asyncio.get_running_loop().run_in_executor(self._own, self._head)
