"""Reads over both stores, real keys and all."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from svx_ledger.api.addressed import BY_STATE
from svx_ledger.api.reads.catalogue import READS
from svx_ledger.ledger import Sequenced
from tests.api.served import Served, served


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with served(tmp_path, url=url) as one:
        yield one


def statuses(ledger: Served, key: str | None) -> dict[str, int]:
    """Ask for every read, and for each of a strange name; return what each is answered."""
    auction = ledger.auction
    named = {
        "auction_id": auction.auction_id,
        "award_id": "award-8f3k2m7q",
        "organisation_id": str(auction.buyer.organisation),
        "supplier_id": str(auction.bidders[0].organisation),
        "stream": auction.auction_id,
        "position": "3",
        **{one.field: f"{one.kind}-8f3k2m7q" for one in BY_STATE.values()},
        "procurement_id": auction.procurement_id,
    }
    strange = dict.fromkeys(named, "%00'%ff%F0%9F%92%A9")
    given = {
        "leverage-explanation": "?figure=confirmed.gross.D1",
        "leverage-parts": "?by=measure",
        "report-sample": "?seed=x&size=5",
    }

    async def ask() -> dict[str, int]:
        async with ledger.client(key) as client:
            found = {}
            for read in READS.values():
                for names in (named, strange):
                    address = read.path.format(**names) + given.get(read.name, "")
                    found[address] = (await client.get(address)).status_code
            return found

    return asyncio.run(ask())


def test_every_read_is_answered_over_each_store(ledger: Served) -> None:
    key = ledger.key(ledger.auction.bidders[0], "read")
    bid = ledger.exchange.execute(ledger.auction.bid(0, pounds=500), ledger.auction.bidders[0])
    assert isinstance(bid, Sequenced)

    told = statuses(ledger, key)

    assert set(told.values()) == {200, 403, 404, 422}  # nothing is confirmed to be sampled
    asked_in_vain = [address for address, status in told.items() if status == 404]
    assert all("%00" in address or "-8f3k2m7q" in address for address in asked_in_vain)
    assert told[f"/procurements/{ledger.auction.procurement_id}"] == 200
    assert [address for address, status in told.items() if status == 422] == [
        "/reports/sample?seed=x&size=5"
    ]
    assert [address for address, status in told.items() if status == 403] == [
        f"/reports/{verb}" for verb in ("asked", "promised", "waiting", "disputes")
    ]
