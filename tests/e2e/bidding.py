"""Bids in all the places where bids go wrong: cut off, in a pause, at the closing instant.

Each bidder follows its own board as it is sent, and bids by what that says.
"""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from svx_ledger.client import AsyncClient, Done, NotFulfilled, Problem, Refused, Unknown
from svx_ledger.domain.auction.opening import OpenAuction
from svx_ledger.domain.auction.pausing import ApproveResume, PauseAuction, RequestResume

from .caller import Caller
from .cast import Bidder, Cast
from .line import Cut, Line
from .steps import Bought

Board = dict[str, Any]
OFFSETS: Final = (-0.5, -0.2, -0.1, -0.05, -0.02, -0.005, -0.001, 0.0, 0.001, 0.005)
"""Seconds from the closing instant, as it is known, at which last bids are sent; on their way
they take a few more."""
QUIET: Final = 1.3
"""Before the close nobody bids for so long but with last bids: each of them then extends it."""
LATE: Final = 3.0
_GOING_ON: Final = ("scheduled", "open", "paused")


@dataclass(slots=True)
class Seen:
    """One bidder: what it was shown of its own board, and what it offers."""

    one: Bidder
    hasty: Caller
    """The same person, with a client that tries once."""
    boards: list[Board] = field(default_factory=list)
    unknown: int = 0
    same: int = 0
    """How often two connections were told the same of one bid."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    pounds: int = 0

    @property
    def closes_at(self) -> datetime:
        """When the auction closes, by the newest board."""
        return datetime.fromisoformat(self.boards[-1]["closes_at"])

    def goes_on(self) -> bool:
        """Whether bids can still be accepted, by the newest board."""
        return self.boards[-1]["phase"] in _GOING_ON

    async def change(self, seconds: float) -> None:
        """Wait for another board, so long at most."""
        self.changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.changed.wait()


class Bidding:
    """One auction, from its opening until its last board was seen by all who watch."""

    def __init__(self, cast: Cast, bought: Bought, line: Line, random: Random) -> None:
        self.seen = [
            Seen(one, cast.known(one.bidder.actor, one.bidder.key, retry_for=0.0))
            for one in cast.bidders
        ]
        cast.callers += [seen.hasty for seen in self.seen]
        self.public: list[Board] = []
        self._cast = cast
        self._bought = bought
        self._line = line
        self._random = random

    async def run(self, public: AsyncClient, pause: float) -> None:
        """Open the auction, and let everybody bid until it is over.

        It is paused `pause` seconds after the opening.
        """
        left = (self._bought.opens_at - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(0.0, left))
        buyer = self._cast["authority.buyer"]
        await buyer.give(OpenAuction(auction_id=self._bought.auction))
        async with asyncio.TaskGroup() as going_on:
            going_on.create_task(self._watch_public(public))
            going_on.create_task(self._pause(pause))
            for n, seen in enumerate(self.seen):
                going_on.create_task(self._watch(seen))
                going_on.create_task(self._bid(n, seen))

    async def _watch(self, seen: Seen) -> None:
        client = seen.one.bidder.client
        async with aclosing(client.watch(self._bought.auction, seen.one.supplier)) as boards:
            async for board in boards:
                seen.boards.append(board)
                seen.changed.set()

    async def _watch_public(self, public: AsyncClient) -> None:
        async with aclosing(public.watch(self._bought.auction)) as boards:
            async for board in boards:
                self.public.append(board)

    async def _pause(self, after: float) -> None:
        """Stop the bidding, and let it go on: it takes two organisations."""
        auction, buyer = self._bought.auction, self._cast["authority.buyer"]
        await asyncio.sleep(after)
        await buyer.give(PauseAuction(auction_id=auction, reason="A question came in"))
        await asyncio.sleep(0.25)
        asked = await buyer.give(RequestResume(auction_id=auction, reason="It was answered"))
        await asyncio.sleep(0.25)
        number = asked.events[0].data["request_no"]
        resumed = ApproveResume(auction_id=auction, request_no=number)
        await self._cast.operator.give(resumed)

    async def _bid(self, n: int, seen: Seen) -> None:
        while not seen.boards:
            await seen.change(1.0)
        seen.pounds = 1_000 + self._random.randrange(500)
        for bids in count(1):
            await asyncio.sleep(self._random.uniform(0.15, 0.55))
            quiet_at = seen.closes_at - timedelta(seconds=QUIET)
            if datetime.now(UTC) >= quiet_at or not seen.goes_on():
                break
            if bids == 2:
                await self._cut(n, seen)
            elif bids == 3:
                await self._twice(seen)
            else:
                await self._raise(seen, too_little=bids % 6 == 0)
        if n % 2 == 0:
            await self._at_the_close(seen, OFFSETS[n // 2 % len(OFFSETS)])
        while seen.goes_on():
            await seen.change(1.0)
        await self._raise(seen)  # too late, whatever it offers

    async def _raise(
        self, seen: Seen, command_id: str | None = None, *, too_little: bool = False
    ) -> None:
        """Bid more than before; or too little, which is rejected on record."""
        if not too_little:
            seen.pounds += self._random.randint(1, 90)
        pounds = 1 if too_little else seen.pounds
        bid = self._bought.bid(seen.one.supplier, pounds)
        await seen.one.bidder.tell(bid, command_id)

    async def _cut(self, n: int, seen: Seen) -> None:
        """Bid on a connection that is cut; whoever is left in doubt asks again."""
        caller = seen.one.bidder
        command_id = caller.next_id()
        where = (Cut.ASKED, Cut.TOLD, Cut.TOLD)[n % 3]
        self._line.cut(command_id, where)
        if n % 3 == 2:
            seen.pounds += 1
            bid = self._bought.bid(seen.one.supplier, seen.pounds)
            word = await seen.hasty.tell(bid, command_id)
            assert isinstance(word, Unknown), word
            assert word.idempotency_key == command_id
            seen.unknown += 1
            assert _definite(await caller.tell(bid, command_id)) is not None
        else:
            await self._raise(seen, command_id)

    async def _twice(self, seen: Seen) -> None:
        """Bid on two connections at once, under one key: it is one bid."""
        command_id = seen.one.bidder.next_id()
        seen.pounds += 1
        bid = self._bought.bid(seen.one.supplier, seen.pounds)
        first, second = await asyncio.gather(
            seen.one.bidder.tell(bid, command_id), seen.hasty.tell(bid, command_id)
        )
        told = [_definite(answer) for answer in (first, second)]
        if None not in told:
            assert told[0] == told[1]
            seen.same += 1

    async def _at_the_close(self, seen: Seen, offset: float) -> None:
        """Bid at the closing instant, and at the next one wherever it was moved to."""
        while seen.goes_on():
            closes_at = seen.closes_at
            at = closes_at + timedelta(seconds=offset)
            await asyncio.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))
            await self._raise(seen)
            until = datetime.now(UTC) + timedelta(seconds=LATE)
            while seen.goes_on() and seen.closes_at == closes_at and datetime.now(UTC) < until:
                await seen.change(0.2)


def _definite(answer: Done | NotFulfilled) -> Done | Problem | None:
    """Return what is said of a command for good; None where one is to ask again."""
    if isinstance(answer, Refused):
        return answer.problem
    return answer if isinstance(answer, Done) else None
