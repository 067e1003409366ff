"""Who is let in: so many requests a minute for each, and so many at once for all together.

Bids come in the last minute, and so does every curious reader. A quarter of the places of a
process is for bidders of auctions that are about to close, whoever else asks for what. All
counts are those of one process; each of `n` workers is given an nth of what may be asked in a
minute (`cli.serving`).
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from fastapi import Request

from svx_ledger.api.headers import header_of
from svx_ledger.api.refusals import BUSY, TOO_MANY_REQUESTS, Declined
from svx_ledger.eventlog.record import Unreadable

from .addresses import counted_as
from .per_minute import PerMinute
from .principals import PUBLIC, Principal
from .shares import ASKER, Asker

KEPT_SHARE: Final = 4
"""One place in so many is kept for bidders, and one of theirs in so many is one bidder's."""
MOST_OF_ONE: Final = 4
"""One of so many of the other places is the most that one key or one address has."""
STRANGERS: Final = 8
"""Of keys that were never seen here, so many times fewer than places are looked up at once:
those that are known do not wait for a crowd of invented ones. The others stand in a queue."""
FEW_STRANGERS: Final = 16
QUEUES: Final = 16
"""The queue has so many times more places."""
QUEUE_SECONDS: Final = 30.0
"""As long as a program waits: the first wave of a morning is all strangers, and is let in."""
MOST_FRIENDS: Final = 20_000
_BID: Final = "SubmitBid"


class Knows(Protocol):
    """Whoever knows the keys."""

    async def of(self, authorization: str | None) -> Principal:
        """Return who sent this header. Raises Declined."""


class Limits:
    """The limits of one process, for one event loop."""

    def __init__(
        self,
        *,
        requests: int,
        anonymous_requests: int,
        at_once: int,
        may_bid_soon: Callable[[str, str], Awaitable[bool]],
    ) -> None:
        # Counts of their own: a crowd of addresses fills theirs, and takes no key's with it.
        self._of_key = PerMinute(requests)
        self._of_address = PerMinute(anonymous_requests)
        self._failures = PerMinute(anonymous_requests)
        self._at_once = at_once
        self._kept = at_once // KEPT_SHARE
        self._may_bid_soon = may_bid_soon
        self._having: Counter[str] = Counter()
        self._bidding: Counter[str] = Counter()
        self._friends: OrderedDict[str, None] = OrderedDict()
        self._strangers = asyncio.Semaphore(max(FEW_STRANGERS, at_once // STRANGERS))
        self._queue = 0
        self.working = 0
        """Requests that are being worked on; a stream is not, once it has begun."""

    async def let_in(self, request: Request, operation: str, knows: Knows) -> Principal:
        """Return who asks, once counted and given a place, which the edge takes back.

        Raises Declined: for who has no key in force, who asks too often, or when it is full.
        """
        authorization = header_of(request, "authorization")
        address = address_of(request)
        if authorization is None:
            self._count(request, self._of_address, address)
            principal, name = PUBLIC, address
        else:
            principal = await self._recognise(authorization, address, knows)
            name = principal.api_key_id or address
            self._count(request, self._of_key, name)
        await self._take_place(request, operation, principal, name)
        ASKER.set(Asker(name, keyed=principal.api_key_id is not None))
        return principal

    async def _recognise(self, authorization: str, address: str, knows: Knows) -> Principal:
        """Return whose key it is. One that opens nothing counts as its address's failure.

        These are counted apart from what the address reads without a key. A key that opened
        something here before is looked up however often its address failed.
        """
        named = authorization[:48].rpartition("_")[0]
        if named in self._friends:
            return await self._tried(authorization, address, knows)
        self._unless_failing(address)
        if self._queue >= QUEUES * self._at_once:
            raise Declined(BUSY)
        self._queue += 1
        try:
            async with asyncio.timeout(QUEUE_SECONDS), self._strangers:
                self._unless_failing(address)  # it may have failed since it came
                principal = await self._tried(authorization, address, knows)
        except TimeoutError:
            raise Declined(BUSY) from None
        finally:
            self._queue -= 1
        self._friends[named] = None
        if len(self._friends) > MOST_FRIENDS:
            self._friends.popitem(last=False)
        return principal

    async def _tried(self, authorization: str, address: str, knows: Knows) -> Principal:
        try:
            return await knows.of(authorization)
        except (Declined, Unreadable):  # one that cannot be read anybody can name, too
            left = self._failures.hit(address)
            if not left.allowed:
                raise Declined(TOO_MANY_REQUESTS, left.headers()) from None
            raise

    def _unless_failing(self, address: str) -> None:
        left = self._failures.test(address)
        if not left.allowed:
            raise Declined(TOO_MANY_REQUESTS, left.headers())

    def _count(self, request: Request, limit: PerMinute, name: str) -> None:
        left = limit.hit(name)
        if not left.allowed:
            raise Declined(TOO_MANY_REQUESTS, left.headers())
        request.state.headers = left.headers()

    async def _take_place(
        self, request: Request, operation: str, principal: Principal, name: str
    ) -> None:
        ordinary = self._at_once - self._kept
        if self.working < ordinary and self._having[name] < max(1, ordinary // MOST_OF_ONE):
            self._take(request, self._having, name)
            return
        supplier = principal.actor.organisation if principal.actor else None
        if (
            operation == _BID
            and supplier is not None
            and self._has_kept(supplier)
            and await self._may_bid_soon(supplier, request.path_params["auction_id"])
            and self._has_kept(supplier)  # others came meanwhile
        ):
            self._take(request, self._bidding, supplier)
            return
        raise Declined(BUSY)

    def _has_kept(self, supplier: str) -> bool:
        mine = self._bidding[supplier]
        return self.working < self._at_once and mine < max(1, self._kept // KEPT_SHARE)

    def _take(self, request: Request, whose: Counter[str], name: str) -> None:
        self.working += 1
        whose[name] += 1

        def leave() -> None:
            self.working -= 1
            whose[name] -= 1
            if not whose[name]:
                del whose[name]

        request.state.leave = leave


def address_of(request: Request) -> str:
    """Return by what the address is counted that a request comes from."""
    return counted_as(request.client.host if request.client else "unknown")
