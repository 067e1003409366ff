"""Callers of the ledger: what people, importers and web requests do to it, many at once."""

import asyncio
import gc
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import count
from time import perf_counter

from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.ledger import Ledger, Sequenced

from .measure import Sample
from .scene import Bidder

try:
    import uvloop
except ImportError:  # it comes with the `api` extra
    LOOP = "asyncio"
    loop_factory = None
else:
    LOOP = f"uvloop {version('uvloop')}"
    loop_factory = uvloop.new_event_loop


class Callers:
    """Bidders who each wait for one answer before they give the next bid."""

    def __init__(self, ledger: Ledger, bidders: Sequence[Bidder], first_bid: int = 1) -> None:
        self._ledger = ledger
        self._bidders = bidders
        self._first = first_bid

    def _take(self, each: int) -> list[list[SubmitBid]]:
        """Return each bidder's next bids, made before the clock starts."""
        bids = [bidder.bids(self._first, each) for bidder in self._bidders]
        self._first += each
        return bids

    def from_event_loop(self, each: int) -> Sample:
        """Let all bidders give so many bids each, as coroutines of one event loop."""
        bids = self._take(each)
        gc.collect()
        gc.freeze()  # the bids that wait here are not what the ledger leaves behind
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            sample = runner.run(self._all(bids))
        gc.unfreeze()
        return sample

    def alone(self, bids: int) -> Sample:
        """Let the first bidder give bids one after another, with nobody else about."""
        bidder = self._bidders[0]
        waits = []
        ready = bidder.bids(self._first, bids)
        self._first += bids
        began = perf_counter()
        for bid in ready:
            asked = perf_counter()
            _done(self._ledger.execute(bid, bidder.actor))
            waits.append(perf_counter() - asked)
        return Sample(bids, perf_counter() - began, waits)

    def as_import(self, bids: int) -> Sample:
        """Let the first bidder give bids in bulk."""
        self.alone(1)  # reads the auction: what is cold comes back out of order
        bidder = self._bidders[0]
        ready = bidder.bids(self._first, bids)
        self._first += bids
        began = perf_counter()
        answers = self._ledger.execute_all([(bid, None) for bid in ready], bidder.actor)
        seconds = perf_counter() - began
        for answer in answers:
            _done(answer)
        return Sample(bids, seconds)

    def for_seconds(self, seconds: float) -> Sample:
        """Let all bidders bid until the time is up."""
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(self._until(perf_counter() + seconds))

    async def _all(self, bids: list[list[SubmitBid]]) -> Sample:
        waits: list[float] = []
        began = perf_counter()
        async with asyncio.TaskGroup() as group:
            for bidder, own in zip(self._bidders, bids, strict=True):
                group.create_task(self._bid(bidder, iter(own), waits))
        return Sample(len(waits), perf_counter() - began, waits)

    async def _until(self, deadline: float) -> Sample:
        waits: list[float] = []
        began = perf_counter()
        first = self._first

        def bids(bidder: Bidder) -> Iterator[SubmitBid]:
            for number in count(first):
                if perf_counter() > deadline:
                    self._first = max(self._first, number)
                    return
                yield from bidder.bids(number, 1)

        async with asyncio.TaskGroup() as group:
            for bidder in self._bidders:
                group.create_task(self._bid(bidder, bids(bidder), waits))
        return Sample(len(waits), perf_counter() - began, waits)

    async def _bid(self, bidder: Bidder, bids: Iterator[SubmitBid], waits: list[float]) -> None:
        for bid in bids:
            asked = perf_counter()
            _done(await self._ledger.submit(bid, bidder.actor))
            waits.append(perf_counter() - asked)


def _done(answer: object) -> None:
    """Stop the run when a bid was not accepted: its figures would mean nothing."""
    if not isinstance(answer, Sequenced):
        raise TypeError(f"a bid was refused: {answer}")
    if type(answer.events[0][1]).__name__ != "BidAccepted":
        raise TypeError(f"a bid was rejected: {answer.events[0][1]}")
