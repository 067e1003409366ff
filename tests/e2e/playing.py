"""The whole auction, from the first registration to a confirmed delivery, with what it left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

from svx_ledger.client import AsyncClient
from svx_ledger.domain.api_key import RevokeApiKey
from tests.faults.history import Call
from tests.service import Service, service

from .bidding import Bidding, Board, Seen
from .cast import Beginnings, Cast, beginnings
from .concluding import conclude
from .line import Cut, Line, line_to
from .steps import Bought, buy
from .traffic import Traffic

LEAST_NOTICE: Final = 1.5
FINALLY: Final = 15.0
SEED: Final = 1
Disturb = Callable[[Service], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of an auction that was played over HTTP; its server still runs."""

    ledger: str
    service: Service
    known: int
    """Up to here the log was there before anybody asked over HTTP."""
    bought: Bought
    contract: str
    seen: list[Seen]
    public: list[Board]
    followed: list[int]
    """The positions that one follower of the feed was sent, from the first on."""
    final: dict[str, Board]
    """Each bidder's own board when all was over, and the public one under the auction."""
    calls: list[Call]
    traffic: Traffic
    cuts: dict[Cut, int]
    revoked: str
    """A bidder's key that was revoked when all was over."""
    killed: bool
    """Whether the server was, once."""


async def played(
    ledger: str,
    running: Service,
    began: Beginnings,
    *,
    bidders: int,
    open_for: float,
    disturb: Disturb | None = None,
) -> Played:
    """Play an auction on a server that runs; `disturb` it in the middle of the bidding."""
    traffic = Traffic()
    async with line_to(running.port) as line, _cast(line, began, traffic) as cast:
        began_at = monotonic()
        await cast.join(bidders)
        notice = max(LEAST_NOTICE, monotonic() - began_at)  # as slow as this machine is now
        bought = await buy(cast, notice=notice, open_for=open_for)
        public = AsyncClient(line.url, transport=traffic.transport())
        bidding = Bidding(cast, bought, line, Random(SEED))
        followed: list[int] = []
        async with _following(cast, followed) as follower:
            disturbing = bought.opens_at + 0.4 * timedelta(seconds=open_for)
            beside = asyncio.create_task(_disturbed(disturb, running, disturbing))
            await bidding.run(public, open_for * 0.35)
            await beside
            contract = await conclude(cast, bought)
            await asyncio.gather(*(caller.recollect() for caller in cast.callers))
            final = {
                one.supplier: await one.bidder.client.board(bought.auction, one.supplier)
                for one in cast.bidders
            }
            final[bought.auction] = await public.board(bought.auction)
            revoked = await _revoke_last(cast)
            head = (await cast.operator.client.get("/ready"))["position"]
            await _until(lambda: bool(followed) and followed[-1] >= head, follower)
        await public.aclose()
        return Played(
            ledger=ledger,
            service=running,
            known=began.known,
            bought=bought,
            contract=contract,
            seen=bidding.seen,
            public=bidding.public,
            followed=followed,
            final=final,
            calls=[call for caller in cast.callers for call in caller.calls],
            traffic=traffic,
            cuts=dict(line.done),
            revoked=revoked,
            killed=disturb is not None,
        )


@contextmanager
def play(
    folder: Path,
    ledger: str,
    *options: str,
    bidders: int,
    open_for: float,
    disturb: Disturb | None = None,
) -> Iterator[Played]:
    """Serve a new ledger and play an auction on it; the server goes on until the end."""
    began = beginnings(ledger)
    with service(folder, ledger, *options) as running:
        yield asyncio.run(
            played(ledger, running, began, bidders=bidders, open_for=open_for, disturb=disturb)
        )


@asynccontextmanager
async def _cast(line: Line, began: Beginnings, traffic: Traffic) -> AsyncIterator[Cast]:
    cast = Cast(line.url, began, traffic)
    try:
        yield cast
    finally:
        await cast.close()


@asynccontextmanager
async def _following(cast: Cast, into: list[int]) -> AsyncIterator[asyncio.Task[None]]:
    """Let the auditor follow the feed from the first event on."""

    async def follow() -> None:
        client = cast["auditor"].client
        async with aclosing(client.stream_events(after=0)) as events:
            async for event in events:
                into.append(event["position"])  # noqa: PERF401 - somebody waits for each

    following = asyncio.create_task(follow())
    try:
        yield following
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


async def _revoke_last(cast: Cast) -> str:
    """Have the key of the last bidder revoked by who signs there, and return it."""
    last = cast.bidders[-1]
    name = "api-key-" + last.bidder.key.split("_")[1]
    await last.signatory.give(RevokeApiKey(api_key_id=name, reason="The auction is over"))
    return last.bidder.key


async def _until(true: Callable[[], bool], unless_ended: asyncio.Task[None]) -> None:
    async with asyncio.timeout(FINALLY):
        while not true():
            assert not unless_ended.done()
            await asyncio.sleep(0.02)


async def _disturbed(disturb: Disturb | None, running: Service, at: datetime) -> None:
    if disturb is not None:
        await asyncio.sleep((at - datetime.now(UTC)).total_seconds())
        await disturb(running)
