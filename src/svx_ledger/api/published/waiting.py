"""Waiting until the log is published up to a position: many wait, and one looks for them all.

Who waits holds none of the places that requests are worked on in, and no thread. So that a
crowd that waits does no harm either, there are places of their own for waiting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from svx_ledger.api.admission.shares import Places, Share
from svx_ledger.api.refusals import Declined
from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import StoreError

WAIT_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.05
MOST_WAITING: Final = 2_048
SHARE: Final = Share(address=8, key=64)


class Waiting:
    """Who waits, in one event loop. `published` says up to where the log is published."""

    def __init__(self, published: Callable[[], int]) -> None:
        self._published = published
        self._places = Places(SHARE)
        self._waiting: set[tuple[int, asyncio.Future[bool]]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="svx-published")
        self._closed = False

    def close(self) -> None:
        """Look no more; who still waits is told that it is not published."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def until(self, position: int, seconds: float = WAIT_SECONDS) -> bool:
        """Wait until a position is published, so long at most; return whether it is.

        Who finds too many waiting does not wait.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        one = (position, future)
        try:
            with self._places.one(MOST_WAITING):
                self._waiting.add(one)
                if self._looking is None or self._looking.done():
                    self._looking = asyncio.create_task(self._look())
                return await asyncio.wait_for(future, seconds)
        except (Declined, TimeoutError):
            return False
        finally:
            self._waiting.discard(one)

    async def _look(self) -> None:
        while self._waiting and not self._closed:
            try:
                upto = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._published
                )
            except (StoreError, Unreadable, RuntimeError):  # it may be over the next time
                upto = 0
            for position, future in list(self._waiting):
                if position <= upto and not future.done():
                    future.set_result(True)
            await asyncio.sleep(LOOK_SECONDS)
        for _, future in self._waiting:
            if not future.done():
                future.set_result(False)
