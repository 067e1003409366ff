"""Which auctions close soon, and who may bid in them: for whom places are kept when it is full.

What is known may be a second old: an auction's bidders are settled long before its close, and
its close only moves on. It is asked for only when an ordinary bid would be turned away.
"""

import asyncio
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from svx_ledger.domain.auction.state import Auction
from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import StoreError
from svx_ledger.ledger import Ledger

FRESH_SECONDS: Final = 1.0
MOST_KEPT: Final = 1_000


class _Known(NamedTuple):
    closes_at: datetime | None
    bidders: frozenset[str]
    until: float


class ClosingSoon:
    """The auctions that were asked about just now. Close it at the end."""

    def __init__(self, ledger: Ledger, seconds: int) -> None:
        self._ledger = ledger
        self._near = timedelta(seconds=seconds)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: dict[str, asyncio.Task[_Known]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="svx-closing")

    def close(self) -> None:
        """Ask no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def bids_in(self, supplier_id: str, auction_id: str) -> bool:
        """Whether a supplier may bid in an auction, and that closes soon."""
        known = self._known.get(auction_id)
        if known is None or known.until < time.monotonic():
            asking = self._asking.get(auction_id)
            if asking is None:
                asking = asyncio.create_task(self._ask(auction_id))
                self._asking[auction_id] = asking
                asking.add_done_callback(lambda _: self._asking.pop(auction_id, None))
            known = await asyncio.shield(asking)
        if supplier_id not in known.bidders or known.closes_at is None:
            return False
        now = self._ledger.clock.wall()
        return now < known.closes_at <= now + self._near

    async def _ask(self, auction_id: str) -> _Known:
        loop = asyncio.get_running_loop()
        auction = await loop.run_in_executor(self._thread, self._read, auction_id)
        known = _Known(
            closes_at=auction.closes_at if auction and auction.phase == "open" else None,
            bidders=auction.qualified if auction else frozenset(),
            until=time.monotonic() + FRESH_SECONDS,
        )
        self._known[auction_id] = known
        self._known.move_to_end(auction_id)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return known

    def _read(self, auction_id: str) -> Auction | None:
        try:
            return self._ledger.state(Auction, auction_id)
        except (StoreError, Unreadable):  # whoever bids is told so by the ledger itself
            return None
