"""Live boards: each change once, at once, as the viewer's own board, until there are none."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from svx_ledger import open_ledger
from svx_ledger.api.application import create_application
from svx_ledger.api.live import drawing, hub
from svx_ledger.api.reads import routes
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.pausing import PauseAuction
from svx_ledger.domain.ending import CancelAuction
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import Sequenced
from svx_ledger.projections.board import Board, board
from tests.api.served import Served
from tests.world import begin, open_auction

from .conftest import Serve
from .streamed import Reader, reading, watching


def bid(served: Served, bidder: int, pounds: int) -> int:
    """Bid, and return the position."""
    auction = served.auction
    answer = served.exchange.execute(
        auction.bid(bidder, pounds=pounds), auction.bidders[bidder]
    )
    assert isinstance(answer, Sequenced)
    return answer.first_position


def own_path(served: Served, bidder: int) -> str:
    supplier = served.auction.bidders[bidder].organisation
    return f"/auctions/{served.auction.auction_id}/boards/{supplier}"


def path(served: Served) -> str:
    return f"/auctions/{served.auction.auction_id}"


async def plain(served: Served, where: str, key: str | None = None) -> Any:
    async with served.client(key) as client:
        return (await client.get(where)).json()


def test_it_begins_with_the_board_and_tells_of_each_change(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        own = served.key(served.auction.bidders[0])
        async with reading(served.app, own_path(served, 0), own) as reader:
            first = await reader.next()
            assert first.data.pop("now")
            assert first.event == "board"
            assert first.data == await plain(served, own_path(served, 0), own)
            for pounds in (100, 300):
                bid(served, 0, pounds)
                bid(served, 1, pounds + 100)
                message = await reader.next()
                if message.data.get("rank") != 2:  # between the two
                    message = await reader.next()
                assert (message.data["rank"], int(message.id)) == (2, served.head())
                assert message.data.pop("now")
                assert message.data == await plain(served, own_path(served, 0), own)

    asyncio.run(run())


def test_what_does_not_change_what_is_seen_is_not_told(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        buyer = served.key(served.auction.buyer)
        async with (
            reading(served.app, path(served)) as everybody,
            reading(served.app, path(served), buyer) as authority,
        ):
            before = (await everybody.next()).data
            assert "participants" not in before
            assert len((await authority.next()).data["participants"]) == 2
            bid(served, 0, 100)
            assert await everybody.nothing()
            assert await authority.nothing(0)
            pause = PauseAuction(auction_id=served.auction.auction_id, reason="A fault")
            assert isinstance(served.exchange.execute(pause, served.auction.buyer), Sequenced)
            for reader in (everybody, authority):
                assert (await reader.next()).data["phase"] == "paused"

    asyncio.run(run())


def test_many_changes_at_once_are_told_together(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        own = served.key(served.auction.bidders[0])
        loop = asyncio.get_running_loop()
        async with reading(served.app, own_path(served, 0), own) as reader:
            await reader.next()
            began = loop.time()
            for n in range(100):
                await asyncio.to_thread(bid, served, n % 2, 100 * (n + 1))
            told = [await reader.next()]
            while int(told[-1].id) < served.head():
                told.append(await reader.next())
            assert len(told) <= 2 + (loop.time() - began) / hub.TICK_SECONDS
            assert told[-1].data["bid_no"] == 99

    asyncio.run(run())


def test_a_reader_that_takes_nothing_is_shown_the_newest_and_then_let_go(serve: Serve) -> None:
    served = serve(slow_seconds=1.0)

    async def run() -> None:
        own = served.key(served.auction.bidders[0])
        async with (
            reading(served.app, own_path(served, 0), own) as slow,
            reading(served.app, own_path(served, 0), own) as stuck,
            reading(served.app, own_path(served, 0), own) as fast,
        ):
            for reader in (slow, stuck, fast):
                await reader.next()
            slow.takes.clear()
            stuck.takes.clear()
            for pounds in (100, 200, 300, 400):
                bid(served, 0, pounds)
                await fast.next()
            slow.takes.set()
            seen = [(await slow.next()).data["bid_no"] for _ in range(2)]
            assert seen == [1, 4]  # one was on its way, and the two between are past
            assert not stuck.is_cut
            await asyncio.sleep(1.8)
            assert stuck.is_cut
            assert watching(served.app) == 2
            assert await slow.nothing(0)
            bid(served, 0, 500)
            assert (await fast.next()).data["bid_no"] == 5
        async with reading(served.app, own_path(served, 0), own, last=stuck_at(stuck)) as again:
            assert (await again.next()).data["bid_no"] == 5

    asyncio.run(run())


def stuck_at(reader: Reader) -> int:
    """The last position that a reader took."""
    ids = [line for line in reader.body.splitlines() if line.startswith(b"id: ")]
    return int(ids[-1].removeprefix(b"id: "))


def test_it_is_never_older_than_what_was_seen(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        async with reading(served.app, path(served)) as one:
            await one.next()
            position = bid(served, 0, 100)
            async with reading(served.app, path(served), last=position) as again:
                assert int((await again.next()).id) >= position
        async with reading(served.app, path(served), last=position + 1) as ahead:
            assert (ahead.status, ahead.headers["retry-after"]) == (503, "1")
            assert b"/problems/behind" in ahead.body
        async with reading(served.app, path(served), last="x") as wrong:
            assert wrong.status == 422

    asyncio.run(run())


def test_what_is_waited_for_is_on_the_first_board(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve()

    async def run() -> None:
        position = served.head() + 1

        async def later() -> None:
            while not watching(served.app):  # noqa: ASYNC110 - nobody tells of a reader
                await asyncio.sleep(0.01)
            bid(served, 0, 100)

        async with (
            reading(served.app, "/events"),
            reading(served.app, path(served), wait_for=position - 1) as there,
        ):
            assert (await there.next()).id == str(position - 1)
            async with asyncio.TaskGroup() as group:
                group.create_task(later())
                async with reading(served.app, path(served), wait_for=position) as board:
                    assert (await board.next()).id == str(position)
        monkeypatch.setattr(routes, "VIEW_SECONDS", 0.1)
        for wanted, status, name in (
            ("zzz", 422, "bad-parameter"),
            (position + 1, 503, "behind"),
        ):
            for accept in ("text/event-stream", "application/json"):
                async with reading(
                    served.app, path(served), accept=accept, wait_for=wanted
                ) as refused:
                    assert refused.status == status
                    assert f"/problems/{name}".encode() in refused.body

    asyncio.run(run())


def test_an_auction_that_is_over_says_so_and_ends_its_streams(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        async with reading(served.app, path(served)) as reader:
            await reader.next()
            cancel = CancelAuction(auction_id=served.auction.auction_id, reason="No money")
            answer = served.exchange.execute(cancel, served.auction.buyer)
            assert isinstance(answer, Sequenced)
            board, end = await reader.over()
            assert (board.event, board.data["phase"]) == ("board", "cancelled")
            assert (end.id, end.event, end.data["phase"]) == ("end", "end", "cancelled")
            assert set(end.data) == {"now", "phase"}
        async with reading(served.app, path(served)) as late:
            assert [one.event for one in await late.over()] == ["board", "end"]
        async with reading(served.app, path(served), last="end") as again:
            assert (again.status, again.body) == (204, b"")
        assert watching(served.app) == 0

    asyncio.run(run())


def test_the_end_was_seen_only_of_a_board_that_is_over(serve: Serve) -> None:
    served = serve()

    async def run() -> None:
        async with reading(served.app, path(served), last="end") as reader:
            assert (await reader.next()).data["phase"] == "open"
        for where, status in (("/auctions/auction-nosuch", 404), (own_path(served, 0), 403)):
            for method in ("GET", "HEAD"):
                async with reading(served.app, where, last="end", method=method) as other:
                    assert other.status == status

    asyncio.run(run())


@pytest.mark.parametrize(
    ("where", "status", "name"),
    [
        ("/auctions/auction-nosuch", 404, "no-such-thing"),
        ("/auctions/organisation-w001auth", 404, "no-such-thing"),
        ("/auctions/auction-w001%00", 404, "no-such-thing"),
        ("/auctions/auction-w001/boards/organisation-w001s000", 403, "not-yours"),
        ("/auctions/auction-w001/boards/organisation-w001auth", 403, "not-yours"),
        ("/auctions/auction-nosuch/boards/organisation-w001s000", 404, "no-such-thing"),
        ("/auctions/auction-w001/boards/person-zzzz", 404, "no-such-thing"),
    ],
)
def test_a_board_that_is_not_there_or_not_theirs_is_not_shown(
    serve: Serve, where: str, status: int, name: str
) -> None:
    served = serve()

    async def run() -> None:
        for accept in ("text/event-stream", "application/json"):
            async with reading(served.app, where, accept=accept) as reader:
                assert (reader.status, reader.headers["content-type"]) == (
                    status,
                    "application/problem+json",
                )
                assert f"/problems/{name}".encode() in reader.body
        assert watching(served.app) == 0

    asyncio.run(run())


def test_what_is_shown_alike_is_drawn_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(watchers_each=200)
    drawn = []

    def noted(*asked: Any) -> Board | None:
        drawn.append(asked)
        return board(*asked)

    monkeypatch.setattr(drawing, "board", noted)

    async def run() -> None:
        authority = served.auction.buyer.organisation
        strangers = [
            Actor(id=f"person-s{n}", role="authority.observer", organisation=authority)
            for n in range(2)
        ]
        keys = [None] * 60 + [served.key(one) for one in strangers for _ in range(20)]
        async with asyncio.TaskGroup() as group:
            for key in keys:
                group.create_task(watch(served, key))
            await asyncio.sleep(1)
            drawn.clear()
            pause = PauseAuction(auction_id=served.auction.auction_id, reason="A fault")
            served.exchange.execute(pause, served.auction.buyer)
        assert len(drawn) == 1

    asyncio.run(run())


async def watch(served: Served, key: str | None) -> None:
    """Watch until the auction is paused."""
    async with reading(served.app, path(served), key) as reader:
        assert (await reader.next()).data["phase"] == "open"
        assert (await reader.next()).data["phase"] == "paused"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Exchange]:
    """A ledger with real time."""
    with open_ledger(f"sqlite:///{tmp_path}/real.db", create=True) as exchange:
        begin(exchange)
        yield exchange


def test_time_alone_closes_an_auction_on_its_board(real: Exchange) -> None:
    auction = open_auction(real, open_for=timedelta(seconds=1.5))
    app = create_application(real, Config(heavy_processes=0))

    async def run() -> None:
        async with reading(app, f"/auctions/{auction.auction_id}") as reader:
            first = await reader.next()
            assert first.data["phase"] == "open"
            closed = await reader.next()
            late = datetime.now(UTC) - auction.closes_at
            assert (closed.id, closed.data["phase"]) == (first.id, "closed")
            assert closed.data["now"] >= closed.data["closes_at"]
            assert timedelta(0) <= late < timedelta(seconds=5)  # on a busy machine

    with ExitStack() as stack:
        stack.callback(app.state.serving.close)
        asyncio.run(run())
