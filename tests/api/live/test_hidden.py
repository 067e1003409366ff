"""Nothing hidden is in any stream: amounts are searched for in every byte that was sent."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.ledger import Sequenced
from tests.api.served import Served
from tests.world import OPERATOR, registration

from .conftest import Serve
from .streamed import Reader, reading

CANARY = 7_654_321
"""Pounds; a bid of them is worth a hundred times as many pence."""
RIVAL = 8_765_432


def people(served: Served) -> dict[str, Actor]:
    """Somebody on every side, beside the first bidder, whose amounts are searched for."""
    auction = served.auction
    authority, other = auction.buyer.organisation, "organisation-elsewhere"
    evaluating = "organisation-w001eval"
    return {
        "buyer": auction.buyer,
        "approver": auction.approver,
        "assessor": auction.assessor,
        "observer": Actor(
            id="person-observer", role="authority.observer", organisation=authority
        ),
        "rival": auction.bidders[1],
        "operator": Actor(id="person-op", role="operator", organisation=other),
        "auditor": Actor(id="person-audit", role="auditor", organisation=evaluating),
        "evaluator": Actor(
            id="person-w001-evaluator", role="evaluator", organisation=evaluating
        ),
        "community": Actor(
            id="person-w001-lead", role="community.lead", organisation="organisation-w001comm"
        ),
    }


def traces(served: Served, pounds: int, bidder: int) -> tuple[bytes, ...]:
    """What would tell of a bid: its amounts, and whose it is."""
    supplier = served.auction.bidders[bidder].organisation or ""
    return str(pounds).encode(), f'"supplier_id":"{supplier}"'.encode()


async def read_all(
    stack: AsyncExitStack, served: Served, keys: Mapping[str, str | None]
) -> dict[str, Reader]:
    """Open each stream that somebody may have, and each page that follows along."""
    auction = f"/auctions/{served.auction.auction_id}"
    readers = {}
    for name, key in keys.items():
        for where, query in (
            ("/events", {"after": 0}),
            ("/events", {"stream": served.auction.auction_id}),
            (auction, {}),
        ):
            opened = reading(served.app, where, key, **query)
            readers[f"{name} {where} {query}"] = await stack.enter_async_context(opened)
    return readers


def test_nobody_finds_an_amount_in_any_stream_before_the_ranking(serve: Serve) -> None:
    served = serve(watchers_each=100, requests=10**6)
    elsewhere = "organisation-elsewhere"
    for known in (
        registration(elsewhere, "operator"),
        VerifyOrganisation(organisation_id=elsewhere, basis="register checked"),
    ):
        assert isinstance(served.exchange.execute(known, OPERATOR), Sequenced)

    async def run() -> None:
        keys: dict[str, str | None] = {n: served.key(a) for n, a in people(served).items()}
        bidder = served.key(served.auction.bidders[0])
        own = f"/auctions/{served.auction.auction_id}/boards/organisation-w001s000"
        async with AsyncExitStack() as stack:
            others = await read_all(stack, served, {"public": None} | keys)
            mine = await stack.enter_async_context(
                reading(served.app, "/events", bidder, after=0)
            )
            rank = await stack.enter_async_context(reading(served.app, own, bidder))
            for pounds, rival in ((CANARY, RIVAL), (CANARY + 1, RIVAL + 1), (CANARY, RIVAL)):
                give(served, 0, pounds)  # the last is less than before: rejected
                give(served, 1, rival)
                await asyncio.sleep(0.15)
            await mine.reaches(served.head())
            await asyncio.sleep(0.3)
            for name, reader in others.items():
                assert reader.status == 200, (name, reader.body)
                hidden = traces(served, CANARY, 0)
                if name.startswith("public"):
                    hidden += traces(served, RIVAL, 1)
                if name.split()[0] in ("buyer", "approver", "assessor"):
                    hidden = hidden[:1]  # they know who was invited
                for trace in (*hidden, b"bid-accepted", b"bid-rejected"):
                    if name.startswith("rival") and trace.startswith(b"bid-"):
                        continue  # its own
                    assert trace not in reader.body, name
            assert str(CANARY).encode() in mine.body
            assert b"bid-rejected.v1" in mine.body
            assert str(RIVAL).encode() not in mine.body + rank.body
            assert b'"rank":2' in rank.body
            close(served)
            for name, reader in others.items():
                if "/auctions/" in name:
                    *_, board, end = await reader.over()
                    places = [one["value_pence"] for one in board.data["ranking"]]
                    assert places == [100 * (RIVAL + 1), 100 * (CANARY + 1)], name
                    assert end.event == "end"
            async with reading(served.app, "/events", after=0, stream="auction-w001") as again:
                await again.reaches(served.head())
                for trace in (*traces(served, CANARY, 0), *traces(served, RIVAL, 1)):
                    assert trace in again.body  # it has come out: who asks again is told

    asyncio.run(run())


def give(served: Served, bidder: int, pounds: int) -> None:
    """Bid."""
    auction = served.auction
    answer = served.exchange.execute(
        auction.bid(bidder, pounds=pounds), auction.bidders[bidder]
    )
    assert isinstance(answer, Sequenced)


def close(served: Served) -> None:
    """Close the auction and rank its bids, when its time has come."""
    served.clock.advance_to(served.auction.closes_at)
    while served.exchange.ticker.tick():
        pass
