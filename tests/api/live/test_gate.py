"""Who may watch, and until when: keys, numbers, age, and a process that ends."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from svx_ledger.api.live import followers, gate, hub
from svx_ledger.domain.access import RevokeAccess
from svx_ledger.domain.api_key import RevokeApiKey
from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.store import NotRead
from svx_ledger.ledger import Sequenced
from tests.api.keys import key_for
from tests.api.served import Served
from tests.world import OPERATOR

from .conftest import Serve
from .streamed import Reader, reading, watching


def give(served: Served, command: Command) -> None:
    assert isinstance(served.exchange.execute(command, OPERATOR), Sequenced)


def bid(served: Served, bidder: int, pounds: int) -> None:
    auction = served.auction
    answer = served.exchange.execute(
        auction.bid(bidder, pounds=pounds), auction.bidders[bidder]
    )
    assert isinstance(answer, Sequenced)


def own_path(served: Served) -> str:
    auction = served.auction
    return f"/auctions/{auction.auction_id}/boards/{auction.bidders[0].organisation}"


def revoke(served: Served, key: str) -> None:
    """Revoke a key that was just made."""
    name = f"api-key-{key.split('_')[1]}"
    give(served, RevokeApiKey(api_key_id=name, reason="Lost"))


def test_a_stream_tells_of_nothing_that_came_after_its_key_was_revoked(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        lost, kept = (served.key(served.auction.bidders[0]) for _ in range(2))
        async with (
            reading(served.app, own_path(served), lost) as board,
            reading(served.app, "/events", lost) as feed,
            reading(served.app, own_path(served), kept) as other,
            reading(served.app, "/events") as everybodys,
        ):
            await board.next()
            await other.next()
            revoke(served, lost)
            bid(served, 0, 100)
            assert await board.over() == []
            assert await feed.over() == []
            assert (await other.next()).data["bid_no"] == 1
            assert len(await everybodys.take(2)) == 2
        assert watching(served.app) == 0
        async with reading(served.app, "/events", lost) as again:
            assert again.status == 401

    asyncio.run(run())


def test_a_page_of_what_is_older_is_read_for_keys_in_force_alone(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "PAGE_EVENTS", 5)
    monkeypatch.setattr(hub, "SWEEP_SECONDS", 1_000.0)
    served = serve()

    async def run() -> None:
        key = served.key(served.auction.bidders[0])
        async with reading(served.app, "/events", key, after=0) as reader:
            await reader.take(5)
            reader.takes.clear()
            await asyncio.sleep(0.1)
            revoke(served, key)
            reader.takes.set()
            assert len(await reader.over()) <= 5  # one page was on its way

    asyncio.run(run())


def lasting(reader: Reader) -> dict[str, str]:
    """The headers of an answer that are not of this one request alone."""
    once = {"x-request-id", "ratelimit-remaining", "ratelimit-reset"}
    return {name: value for name, value in reader.headers.items() if name not in once}


async def unchecked(*_: object) -> None:
    """Stand in for the hub's own look at keys, which would come at any moment."""


def test_a_key_that_is_revoked_before_a_page_is_read_is_not_sent_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate.Gate, "check", unchecked)
    served = serve()
    serving = served.app.state.serving

    async def run() -> None:
        lost, kept = (served.key(served.auction.bidders[0]) for _ in range(2))
        read = serving.read

        async def late(*asked: Any, **more: Any) -> Any:
            monkeypatch.setattr(serving, "read", read)
            revoke(served, lost)
            bid(served, 1, 100)
            return await read(*asked, **more)

        monkeypatch.setattr(serving, "read", late)
        async with reading(served.app, "/events", lost, after=served.head() - 1) as feed:
            assert await feed.over() == []
        assert serving.read == read
        async with reading(served.app, "/events", kept, after=served.head() - 1) as again:
            assert (await again.next()).id == str(served.head())

    asyncio.run(run())


def test_a_key_that_is_revoked_before_its_stream_begins_is_sent_nothing(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate.Gate, "check", unchecked)
    served = serve()
    head = served.app.state.serving.head

    async def run() -> None:
        for path in (own_path(served), "/events"):
            lost = served.key(served.auction.bidders[0])

            async def late(key: str = lost) -> int:
                revoke(served, key)
                return int(await head())

            monkeypatch.setattr(served.app.state.serving, "head", late)
            async with reading(served.app, path, lost, last=1) as reader:
                assert reader.status == 200
                assert await reader.over() == []
        assert watching(served.app) == 0

    asyncio.run(run())


def test_without_its_grant_a_key_has_no_stream(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        key = served.key(served.auction.bidders[0])
        (grant,) = served.exchange.store.held("access:").values() or ("",)
        async with reading(served.app, "/events", key) as reader:
            give(served, RevokeAccess(access_id=grant, reason="Left"))
            assert await reader.over() == []

    asyncio.run(run())


def test_a_key_that_expires_ends_its_stream(serve: Serve) -> None:
    served = serve()
    bidder = served.auction.bidders[0]

    async def run() -> None:
        key = key_for(served.exchange, bidder, lasts=timedelta(minutes=5))
        async with reading(served.app, "/events", key) as reader:
            assert await reader.nothing()
            served.clock.advance_to(served.clock.wall() + timedelta(minutes=6))
            assert await reader.over() == []

    asyncio.run(run())


def test_a_key_that_nobody_can_look_up_is_taken_for_revoked(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "KEY_SECONDS", 0.1)
    served = serve()

    async def run() -> None:
        key = served.key(served.auction.bidders[0])
        principals = served.app.state.serving.principals

        async def hangs(_: str) -> None:
            await asyncio.sleep(5)

        async def fails(_: str) -> None:
            raise NotRead("the store is away")

        for of in (hangs, fails):
            async with (
                reading(served.app, "/events", key) as keyed,
                reading(served.app, "/events") as everybodys,
            ):
                monkeypatch.setattr(principals, "of", of)
                assert await keyed.over() == []
                assert not everybodys.is_over
                monkeypatch.undo()
                monkeypatch.setattr(gate, "KEY_SECONDS", 0.1)

    asyncio.run(run())


def test_there_are_so_many_streams_for_a_key_an_address_and_a_process(serve: Serve) -> None:
    served = serve(watchers=5, watchers_each=2)
    board = f"/auctions/{served.auction.auction_id}"

    async def run() -> None:
        key = served.key(served.auction.bidders[0])
        async with (
            reading(served.app, "/events", address="192.0.2.1") as first,
            reading(served.app, board, address="192.0.2.1"),
            reading(served.app, "/events", key),
            reading(served.app, board, key),
        ):
            for name in (None, key):
                for path in (board, "/events"):
                    async with reading(served.app, path, name, address="192.0.2.1") as third:
                        assert (third.status, third.headers["retry-after"]) == (429, "30")
                        assert b"too-many-requests" in third.body
            async with (
                reading(served.app, "/events", address="192.0.2.2"),
                reading(served.app, "/events", address="192.0.2.3") as sixth,
            ):
                assert (sixth.status, sixth.headers["retry-after"]) == (503, "1")
                assert b"/problems/busy" in sixth.body
            first.leave()
            await first.over()
            async with reading(served.app, "/events", address="192.0.2.1") as again:
                assert again.status == 200
        assert watching(served.app) == 0

    asyncio.run(run())


def test_who_asks_for_the_headers_of_a_stream_has_them_and_no_stream(serve: Serve) -> None:
    served = serve(watchers_each=1)
    board = f"/auctions/{served.auction.auction_id}"

    async def run() -> None:
        key = served.key(served.auction.bidders[0])
        for path in ("/events", board, own_path(served)):
            async with reading(served.app, path, key) as stream:
                pass
            for _ in range(3):
                async with reading(served.app, path, key, method="HEAD") as head:
                    assert (head.is_over, head.body, watching(served.app)) == (True, b"", 0)
                    assert head.status == stream.status == 200
                    assert lasting(head) == lasting(stream)
        for path, status in ((own_path(served), 403), ("/auctions/auction-nosuch", 404)):
            async with reading(served.app, path, method="HEAD") as head:
                assert head.status == status
        for path in ("/events", board):
            async with reading(served.app, path, method="HEAD", accept="image/png") as head:
                assert head.status == 406

    asyncio.run(run())
    counted = served.app.state.serving.metrics.exposition(()).decode()
    assert 'svx_request_seconds_count{method="HEAD",route="/events"} 4.0' in counted
    assert 'svx_request_seconds_count{method="GET",route="/events"}' not in counted


def test_streams_end_when_the_process_does(serve: Serve) -> None:
    served = serve()
    board = f"/auctions/{served.auction.auction_id}"

    async def run() -> None:
        async with (
            reading(served.app, "/events") as feed,
            reading(served.app, board) as watched,
        ):
            await watched.next()
            served.app.state.serving.ending.begin()
            assert await feed.over() == await watched.over() == []
        async with reading(served.app, board) as late:
            assert late.status == 503

    asyncio.run(run())


def test_a_stream_does_not_last_for_ever(serve: Serve) -> None:
    served = serve(stream_seconds=0.5)

    async def run() -> None:
        async with reading(served.app, "/events") as reader:
            assert await reader.over() == []
            assert reader.body.startswith(b"retry: ")

    asyncio.run(run())


def test_a_stream_on_which_nothing_happens_has_heartbeats(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "HEARTBEAT_SECONDS", 0.6)
    served = serve()

    async def run() -> None:
        async with reading(served.app, "/events") as reader:
            assert await reader.nothing(2.2)
            assert reader.body.count(b": still here\nid: 35\n\n") in (2, 3)

    asyncio.run(run())


def test_a_fault_of_the_program_ends_the_streams_and_not_what_comes_after(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve()

    async def run() -> None:
        async with reading(served.app, "/events") as reader:
            monkeypatch.setattr(hub.Hub, "_tell", lambda *_: 1 / 0)
            bid(served, 0, 100)
            assert await reader.over() == []
        monkeypatch.undo()
        async with reading(served.app, "/events", last=1) as again:
            assert (await again.next()).id == "2"

    asyncio.run(run())
    assert "all streams of this process end" in caplog.text
