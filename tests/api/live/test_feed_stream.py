"""The feed as a stream: nothing is left out and nothing comes twice, wherever it begins."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from svx_ledger.api.live import followers, looking, ring
from svx_ledger.domain.erasing import EraseSubject
from svx_ledger.domain.private import Private
from svx_ledger.domain.procurement import DeclareInterest
from svx_ledger.ledger import Sequenced
from tests.api.served import Served
from tests.world import OPERATOR, registration

from .conftest import Serve
from .streamed import Message, reading

TEXT = "Somebody's own words (fictional)"


def bid(served: Served, bidder: int, pounds: int) -> int:
    """Bid, and return the position."""
    auction = served.auction
    answer = served.exchange.execute(
        auction.bid(bidder, pounds=pounds), auction.bidders[bidder]
    )
    assert isinstance(answer, Sequenced)
    return answer.first_position


async def pages(served: Served, key: str | None = None, after: int = 0) -> list[Any]:
    async with served.client(key) as client:
        answer = await client.get("/events", params={"after": after, "limit": 1000})
        found: list[Any] = answer.json()["items"]
        return found


def ids(messages: list[Message]) -> list[int]:
    return [int(message.id) for message in messages]


def test_it_goes_on_at_every_position_without_a_gap_or_a_repetition(serve: Serve) -> None:
    served = serve(watchers_each=100)

    async def run() -> None:
        head = served.head()
        async with AsyncExitStack() as stack:
            readers = [
                await stack.enter_async_context(reading(served.app, "/events", last=cut))
                for cut in range(head + 1)
            ]
            for pounds in (100, 200, 300):
                bid(served, 0, pounds)
                await asyncio.sleep(0.05)
            whole = await pages(served)
            for cut, reader in enumerate(readers):
                got = await reader.take(head + 3 - cut)
                assert ids(got) == list(range(cut + 1, head + 4))
                assert [one.data for one in got] == whole[cut:]
                assert {one.event for one in got} == {"event"}
                assert await reader.nothing(0)

    asyncio.run(run())


def test_a_reader_that_comes_again_and_again_gets_everything_once(serve: Serve) -> None:
    served = serve()

    async def run() -> list[int]:
        got: list[int] = []
        for pounds in range(100, 1_000, 100):
            async with reading(served.app, "/events", last=max(got, default=0)) as reader:
                bid(served, 0, pounds)
                got += ids(await reader.take(4))
        async with reading(served.app, "/events", after=3, last=max(got)) as reader:
            got += ids(await reader.take(served.head() - max(got)))
        return got

    assert asyncio.run(run()) == list(range(1, served.head() + 1))


def test_without_a_position_it_begins_at_the_head(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        async with (
            reading(served.app, "/events") as first,
            reading(served.app, "/events") as second,
            reading(served.app, "/events", after=served.head() - 1) as third,
        ):
            assert first.headers["svx-position"] == str(served.head())
            assert ids(await third.take(1)) == [served.head()]
            position = bid(served, 0, 100)
            for reader in (first, second, third):
                assert ids(await reader.take(1)) == [position]

    asyncio.run(run())


def test_who_was_told_of_nothing_knows_where_to_go_on(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        head = served.head()
        async with reading(served.app, "/events") as reader:
            assert await reader.nothing()
            _, said = reader.body.split(b"\n", 1)
            assert said == b"id: %d\n\n" % head
        bid(served, 0, 100)
        async with reading(served.app, "/events", last=head) as again:
            assert ids(await again.take(1)) == [head + 1]

    asyncio.run(run())


def test_a_filtered_stream_tells_of_nothing_else(serve: Serve) -> None:
    served = serve()
    auction = served.auction.auction_id

    async def run() -> None:
        own = served.key(served.auction.bidders[0])
        query = {"stream": auction, "type": "bid-accepted.v1"}
        async with (
            reading(served.app, "/events", own, **query, after=1) as mine,
            reading(served.app, "/events", **query, after=1) as everybodys,
            reading(served.app, "/events", stream=auction) as streams,
        ):
            position = bid(served, 0, 100)
            elsewhere = registration("organisation-elsewhere", "supplier")
            assert isinstance(served.exchange.execute(elsewhere, OPERATOR), Sequenced)
            other = bid(served, 1, 200)
            assert ids(await mine.take(1)) == [position]
            assert ids(await streams.take(2)) == [position, other]
            assert await streams.nothing(0)
            assert await everybodys.nothing()
            assert await mine.nothing(0)

    asyncio.run(run())


def test_who_falls_behind_what_is_kept_reads_the_log(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_NEWS", 3)
    monkeypatch.setattr(ring, "MOST_KEPT", 2)
    monkeypatch.setattr(ring, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(followers, "PAGE_EVENTS", 2)
    served = serve()

    async def run() -> None:
        async with (
            reading(served.app, "/events", last=0) as all_of_it,
            reading(served.app, "/events") as newest,
        ):
            head = served.head()
            for size in (1, 2, 5, 3, 4):
                for _ in range(size):
                    bid(served, 0, 100 * (1 + served.head()))
                await asyncio.sleep(0.15)
            assert ids(await all_of_it.take(head + 15)) == list(range(1, head + 16))
            assert ids(await newest.take(15)) == list(range(head + 1, head + 16))

    asyncio.run(run())


def test_a_text_that_was_erased_is_not_told_from_memory(serve: Serve) -> None:
    served = serve()
    buyer, exchange = served.auction.buyer, served.exchange

    def declare(number: int) -> None:
        interest = DeclareInterest(
            procurement_id=served.auction.procurement_id,
            person_id=f"person-{number}",
            organisation_id=served.auction.bidders[0].organisation or "",
            nature="family",
            details=Private(text=f"{TEXT} {number}", salt=f"{number:064x}"),
        )
        assert isinstance(exchange.execute(interest, buyer), Sequenced)

    async def run() -> None:
        key = served.key(buyer)
        async with (
            reading(served.app, "/events", key) as fast,
            reading(served.app, "/events", key) as slow,
        ):
            slow.takes.clear()
            declare(1)
            await fast.next()
            await asyncio.sleep(0.1)  # by now the first is on its way to the slow one
            declare(2)
            told = await fast.next()
            assert told.data["private"] == {"details": f"{TEXT} 2"}
            erase = EraseSubject(
                stream=served.auction.procurement_id,
                commitments=(told.data["data"]["details"]["commitment"],),
                basis="data-subject-request",
                reason="DSR-2026-1",
            )
            assert isinstance(exchange.execute(erase, OPERATOR), Sequenced)
            await fast.next()
            slow.takes.set()
            first, second, third = await slow.take(3)
            assert first.data["private"] == {"details": f"{TEXT} 1"}
            assert second.data["private"] == {"details": "(erased)"}
            assert third.data["type"] == "subject-erased.v1"

    asyncio.run(run())
