"""Canaries: hidden amounts with digits that stand nowhere else, and who is shown them.

Before the close nobody but the bidder is, wherever one looks (docs/visibility.md).
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from fastapi import Request, Response

from svx_ledger import open_ledger
from svx_ledger.api.responses import JsonAnswer
from svx_ledger.api.routing import Operation, add_route, policy_of, serving_of
from svx_ledger.domain.auction.state import Auction
from svx_ledger.ledger import Sequenced
from tests.api.published import sign_with_key
from tests.api.served import served
from tests.service import service

from .hushed import (
    BYSTANDER,
    CANARIES,
    CLOSELY,
    SECOND,
    Hushed,
    asked_of,
    bid_in,
    bid_later,
    line_of,
    positions_of,
    sees_who_takes_part,
    suppliers_of,
    tokens,
    viewers_of,
)
from .sweep import Found, Listener, Viewer, addresses, masked, sweep


@pytest.fixture(scope="module")
def hushed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hushed]:
    folder = tmp_path_factory.mktemp("canaries")
    url = f"sqlite:///{folder}/ledger.db"
    with open_ledger(url, create=True) as ledger:
        auction = bid_in(ledger)
        sign_with_key(ledger)
        viewers = list(viewers_of(ledger, auction))
        positions = positions_of(ledger, auction)
    most = {"requests": 1_000_000, "anonymous_requests": 1_000_000}
    with service(folder, url, "--publish", str(folder / "public"), settings=most) as running:
        yield Hushed(
            ledger=url,
            service=running,
            auction=auction,
            viewers=viewers,
            asked=asked_of(folder, auction, positions, closely=False),
            closely=asked_of(folder, auction, positions, closely=True),
            tokens=list(tokens(auction)),
        )


def test_nobody_is_told_of_a_hidden_bid_but_who_made_it(hushed: Hushed) -> None:
    found = asyncio.run(_swept(hushed))

    assert found.leaks == []
    assert found.asked > 1_500
    own = {token for viewer, token in found.known if viewer == "the first bidder"}
    said = {token.what for token in hushed.tokens if "first" in token.what}
    assert own == said - {"what the first bid later"}
    assert ("the second bidder", "what the second bid") in found.known
    assert ("the authority.buyer", "who bids for the first") in found.known
    _unless_asked_alike(hushed, found)


def test_no_live_stream_tells_of_one(hushed: Hushed) -> None:
    listeners = asyncio.run(_listened(hushed))

    found = Found()
    for one in listeners:
        assert one.status in (200, 401, 403, 404), (one.viewer.name, one.path, one.status)
        found.look(one.viewer, one.path, one.heard, hushed.tokens)
    assert found.leaks == []
    assert ("the first bidder", "what the first bid later") in found.known
    streams = [one.heard for one in listeners if one.status == 200]
    assert len(streams) > 2 * len(hushed.viewers)
    assert all("\nevent: " in heard for heard in streams)


def test_the_log_of_the_server_has_none_of_it(hushed: Hushed) -> None:
    found = Found()
    found.look(Viewer("whoever reads the log"), "stderr", hushed.service.text, hushed.tokens)

    assert found.leaks == []
    assert BYSTANDER not in hushed.service.text


def test_a_route_that_leaks_is_caught(tmp_path: Path) -> None:
    """The test of the test: what the rules hold is answered as it is."""
    with served(tmp_path) as one:
        bid = replace(one.auction.bid(0, pounds=1), lines=(line_of(one.auction, CANARIES[0]),))
        assert isinstance(
            one.exchange.execute(bid, one.auction.bidders[0], "canary-0"), Sequenced
        )

        async def leak(request: Request) -> Response:
            state = serving_of(request).exchange.state(Auction, one.auction.auction_id)
            assert state is not None
            return JsonAnswer({"standing": [str(bid) for bid in state.standing.values()]})

        add_route(
            one.app,
            leak,
            Operation(
                name="leak",
                method="GET",
                path="/leaks/{auction_id}",
                tag="auction",
                summary="",
                policy=policy_of("auction"),
            ),
        )
        operations: list[Operation] = one.app.state.operations
        values = {"auction_id": [one.auction.auction_id]}
        asked = [
            (Viewer("the public"), *asking) for asking in addresses(operations[-1:], values)
        ]

        async def swept() -> Found:
            async with one.client() as client:
                return await sweep(client, asked, list(tokens(one.auction)))

        leaks = asyncio.run(swept()).leaks
    assert leaks == [
        "the public was told what the first bid by /leaks/auction-w001 as application/json"
    ]


async def _swept(hushed: Hushed) -> Found:
    async with _client(hushed) as client:
        return await sweep(client, _asking(hushed), hushed.tokens)


async def _listened(hushed: Hushed) -> list[Listener]:
    """Let everybody listen to everything, bid, and return what they heard a second later."""
    auction, suppliers = hushed.auction.auction_id, suppliers_of(hushed.auction)
    paths = ["/events", f"/events?stream={auction}", f"/auctions/{auction}"]
    paths += [f"/auctions/{auction}/boards/{supplier}" for supplier in suppliers[:2]]
    listeners = [Listener(viewer, path) for viewer in hushed.viewers for path in paths]
    async with _client(hushed) as client:
        listening = [asyncio.create_task(one.listen(client)) for one in listeners]
        async with asyncio.timeout(30.0):
            await asyncio.gather(*(one.begun.wait() for one in listeners))
        await asyncio.to_thread(bid_later, hushed)
        await asyncio.sleep(SECOND)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    return listeners


def _asking(hushed: Hushed) -> Iterator[tuple[Viewer, str, str]]:
    for viewer in hushed.viewers:
        asked = hushed.closely if viewer.name in CLOSELY else hushed.asked
        yield from ((viewer, *one) for one in asked)


def _client(hushed: Hushed) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=500, max_keepalive_connections=16)
    return httpx2.AsyncClient(base_url=hushed.service.url, timeout=30.0, limits=limits)


def _unless_asked_alike(hushed: Hushed, found: Found) -> None:
    """Whoever may not know that it takes part is told of a bidder what it is of a bystander."""
    bidder = suppliers_of(hushed.auction)[1]
    for viewer in hushed.viewers:
        actor = viewer.actor
        if actor is not None and (
            sees_who_takes_part(actor, bidder) or actor.organisation == BYSTANDER
        ):
            continue
        for address, _ in hushed.closely if viewer.name in CLOSELY else hushed.asked:
            if BYSTANDER in address:
                of_bidder = found.answers[viewer.name, address.replace(BYSTANDER, bidder)]
                of_other = found.answers[viewer.name, address]
                said = (viewer.name, address)
                assert _shape(of_bidder, bidder) == _shape(of_other, BYSTANDER), said


def _shape(answer: str, supplier: str) -> str:
    return masked(answer, supplier, supplier.removeprefix("organisation-"))
