"""Who watches with a key that may not read: as the public does, while it is in force."""

import asyncio

from svx_ledger.domain.api_key import RevokeApiKey
from svx_ledger.ledger import Sequenced
from tests.api.served import Served
from tests.world import OPERATOR

from .conftest import Serve
from .streamed import reading


def bid(served: Served, pounds: int) -> None:
    bidder = served.auction.bidders[0]
    answer = served.exchange.execute(served.auction.bid(0, pounds=pounds), bidder)
    assert isinstance(answer, Sequenced)


def revoke(served: Served, key: str) -> None:
    name = f"api-key-{key.split('_')[1]}"
    answer = served.exchange.execute(RevokeApiKey(api_key_id=name, reason="Lost"), OPERATOR)
    assert isinstance(answer, Sequenced)


def test_a_key_that_only_acts_watches_as_the_public_does(serve: Serve) -> None:
    served = serve()
    bidder = served.auction.bidders[0]
    board = f"/auctions/{served.auction.auction_id}"
    own = f"{board}/boards/{bidder.organisation}"

    async def run() -> None:
        acts, reads = served.key(bidder, "act:SubmitBid"), served.key(bidder, "read")
        async with (
            reading(served.app, "/events", acts) as feed,
            reading(served.app, "/events") as everybodys,
            reading(served.app, "/events", reads) as theirs,
            reading(served.app, board, acts) as shown,
            reading(served.app, own, acts) as refused,
            reading(served.app, own) as refused_to_all,
        ):
            assert (feed.status, shown.status) == (200, 200)
            assert refused.status == refused_to_all.status == 403
            bid(served, 100)
            told = [(await one.next()).data for one in (feed, everybodys, theirs)]
            assert told[0] == told[1] != told[2]
            revoke(served, acts)
            assert await feed.over() == []

    asyncio.run(run())
