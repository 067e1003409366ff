"""The limits as callers of the application meet them: quotas, places, and a flood."""

import asyncio
import itertools
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import Request
from fastapi.responses import StreamingResponse

from svx_ledger.api.serving import Config
from svx_ledger.domain.auction.bidding import SubmitBid
from tests.world import open_auction

from .served import Served, served


def test_a_key_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    async def run(here: Served) -> None:
        key = here.key(here.auction.bidders[0])
        async with here.client(key) as client:
            path = f"/auctions/{here.auction.auction_id}/bid"
            said = [await client.post(path) for _ in range(4)]
        assert [one.status_code for one in said] == [400, 400, 400, 429]
        assert [one.headers["RateLimit-Remaining"] for one in said] == ["2", "1", "0", "0"]
        assert {one.headers["RateLimit-Limit"] for one in said} == {"3"}
        assert said[3].json()["type"] == "/problems/too-many-requests"
        assert 1 <= int(said[3].headers["Retry-After"]) <= 80
        async with here.client(here.key(here.auction.bidders[1])) as other:
            assert (await other.post(path)).status_code == 400
            assert (await other.get("/health")).status_code == 200
        serving = here.app.state.serving
        assert serving.limits.working == 0

    with served(tmp_path, config=Config(requests=3)) as here:
        asyncio.run(run(here))


def test_a_stream_is_not_worked_on_once_it_has_begun(tmp_path: Path) -> None:
    async def run(here: Served) -> None:
        serving = here.app.state.serving
        seen: list[int] = []
        end = asyncio.Event()

        async def stream(request: Request) -> StreamingResponse:
            await serving.limits.let_in(request, "events", serving.principals)
            seen.append(serving.limits.working)

            async def parts() -> Any:
                yield b": one\n\n"
                seen.append(serving.limits.working)
                await end.wait()

            return StreamingResponse(parts(), media_type="text/event-stream")

        here.app.add_route("/stream-for-a-test", stream)
        async with here.client() as client:
            asking = asyncio.create_task(client.get("/stream-for-a-test"))
            while len(seen) < 2:  # noqa: ASYNC110 - it is the route that is waited for
                await asyncio.sleep(0.01)
            assert _watchers(here) == 1
            end.set()
            assert (await asking).status_code == 200
        assert seen == [1, 0]
        assert (serving.limits.working, _watchers(here)) == (0, 0)

    with served(tmp_path) as here:
        asyncio.run(run(here))


def _watchers(here: Served) -> float:
    text = here.app.state.serving.metrics.exposition([]).decode()
    (line,) = [one for one in text.splitlines() if one.startswith("svx_watchers ")]
    return float(line.split()[1])


def test_a_body_that_does_not_come_gives_its_place_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("svx_ledger.api.commands.request.BODY_SECONDS", 0.05)

    async def run(here: Served) -> None:
        async def body() -> Any:
            yield b"{"
            await asyncio.sleep(5)

        key = here.key(here.auction.bidders[0])
        sent: list[dict[str, Any]] = []
        parts = iter([{"type": "http.request", "body": b"{", "more_body": True}])

        async def receive() -> dict[str, Any]:
            for part in parts:
                return part
            await asyncio.sleep(30)
            raise AssertionError

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/auctions/{here.auction.auction_id}/bid",
            "raw_path": b"",
            "query_string": b"",
            "headers": [
                (b"authorization", f"Bearer {key}".encode()),
                (b"content-type", b"application/json"),
                (b"idempotency-key", b"slow-one"),
            ],
            "client": ("192.0.2.1", 1),
            "server": ("x", 80),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
        }
        await here.app(scope, receive, send)
        assert sent[0]["status"] == 408
        assert (b"connection", b"close") in sent[0]["headers"]
        assert here.app.state.serving.limits.working == 0

    with served(tmp_path) as here:
        asyncio.run(run(here))


def test_in_the_last_minute_every_bid_gets_through_a_flood(tmp_path: Path) -> None:
    """Ten times as many requests as there are places, by other keys and by the public."""
    places, bids = 16, 10

    async def run(here: Served) -> None:
        other = open_auction(here.exchange, "flood", bidders=8, open_for=timedelta(days=1))
        keys = [here.key(bidder) for bidder in other.bidders]
        mine = [here.key(bidder) for bidder in here.auction.bidders]
        here.clock.advance_to(here.auction.closes_at - timedelta(seconds=60))
        ended = asyncio.Event()
        flood: Counter[int] = Counter()
        pounds = itertools.count(1_000, 7)

        async def flooding(key: str | None, number: int) -> None:
            async with here.client(key) as client:
                for turn in itertools.count():
                    if ended.is_set():
                        return
                    bid = other.bid(number % 8, pounds=next(pounds))
                    said = await _post(client, bid, f"flood-{number}-{turn}")
                    flood[said.status_code] += 1
                    await asyncio.sleep(0.1)  # a tenth of what it is told to wait

        async def bidding(number: int) -> list[httpx2.Response]:
            said = []
            async with here.client(mine[number]) as client:
                for turn in range(bids):
                    bid = here.auction.bid(number, pounds=10_000 + 10 * turn + 5 * number)
                    said.append(await _post(client, bid, f"mine-{number}-{turn}"))
            return said

        flooders = [
            asyncio.create_task(flooding(None if n % 3 == 0 else keys[n % 8], n))
            for n in range(10 * places)
        ]
        while flood[503] < 100:  # noqa: ASYNC110 - until it is full
            await asyncio.sleep(0.01)
        before = flood[503]
        answers = await asyncio.gather(bidding(0), bidding(1))
        ended.set()
        await asyncio.gather(*flooders)

        refused = [one.text for each in answers for one in each if one.status_code == 503]
        assert refused == []
        assert flood[503] > before  # it was full all the while
        log = {row.position: row for row in here.exchange.store.rows()}
        for number, each in enumerate(answers):
            stands = 0
            for one in each:
                told = one.json()
                if one.status_code == 200:
                    assert log[told["position"]].stream == here.auction.auction_id
                    assert told["events"][0]["data"]["supplier_id"].endswith(f"s{number:03d}")
                    stands += 1
                else:
                    assert log[told["recorded"]["position"]].stream == here.auction.auction_id
            assert stands == bids

    config = Config(at_once=places, requests=1_000_000, anonymous_requests=1_000_000)
    with served(tmp_path, config=config) as here:
        asyncio.run(run(here))


async def _post(client: httpx2.AsyncClient, bid: SubmitBid, key: str) -> httpx2.Response:
    lines = [
        {"need_id": line.need_id, "unit": line.unit, "quantity": str(line.quantity)}
        for line in bid.lines
    ]
    return await client.post(
        f"/auctions/{bid.auction_id}/bid",
        json={"supplier_id": bid.supplier_id, "lines": lines},
        headers={"Idempotency-Key": key},
    )
