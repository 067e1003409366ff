"""Before the close nothing that is published lets anybody compute or guess a hidden bid."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger import open_ledger
from svx_ledger.api.application import create_application
from svx_ledger.api.serving import Config
from svx_ledger.proofs.files.published_log import log_in
from svx_ledger.proofs.files.receipt import parse_receipt
from svx_ledger.proofs.tree.entries import unpack_entries
from svx_ledger.proofs.tree.tiles import entry_tiles_of
from svx_ledger.publishing.composing import open_publisher
from tests.api.published import sign_with_key
from tests.world import OpenedAuction

from .guessing import Bidding, Known, guesses, hits
from .hushed import CANARIES, REJECTED, bid_in, viewers_of
from .sweep import Viewer, amount

PLENTY = 10**9
AMOUNTS = (*CANARIES, *REJECTED, 100, 1_000_000, 7_654_322)


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """All that anybody was given, while an auction that was bid in is open."""

    auction: OpenedAuction
    known: Known
    files: dict[str, bytes]
    """The published folder."""
    given: dict[str, bytes]
    """What each viewer was given of receipts, the feed and /log, put together."""
    hidden: dict[int, dict[str, Any]]
    """The records of the bids, by position, as nobody but the bidder may have them."""


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    folder = tmp_path_factory.mktemp("guessing")
    with open_ledger(f"sqlite:///{folder}/ledger.db", create=True) as ledger:
        auction = bid_in(ledger)
        sign_with_key(ledger)
        viewers = list(viewers_of(ledger, auction))
        public = folder / "public"
        with open_publisher(ledger.store, ledger.url, directory=public) as publisher:
            list(publisher.once())
        hidden = {
            row.position: json.loads(row.record)
            for row in ledger.store.stream(auction.auction_id)
            if row.type.startswith("bid-")
        }
        config = Config(requests=PLENTY, anonymous_requests=PLENTY)
        app = create_application(ledger, config)
        size = ledger.store.head().position
        try:
            given = asyncio.run(_given(app, viewers, size))
        finally:
            app.state.serving.close()
    files = {
        str(path.relative_to(public)): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file()
    }
    entries = []
    for tile in entry_tiles_of(size):
        entries += unpack_entries(files[tile.path], tile.width)
    public_given = given["the public"]
    known = Known(
        entries=entries,
        events={event["position"]: event for event in public_given.events},
        records=public_given.records,
    )
    return Everything(
        auction=auction,
        known=known,
        files=files,
        given={name: one.everything for name, one in given.items()},
        hidden=hidden,
    )


@dataclass(slots=True)
class Given:
    """What one viewer was given."""

    events: list[dict[str, Any]]
    records: dict[int, bytes]
    everything: bytes = b""


async def _given(app: Any, viewers: list[Viewer], size: int) -> dict[str, Given]:
    """Ask for every receipt, the whole feed and the whole of /log, as each of the viewers."""
    found = {}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://svx.test") as client:
        for viewer in viewers:
            one = found[viewer.name] = Given([], {})
            for path in _paths(size):
                answer = await client.get(path, headers=viewer.headers)
                assert answer.status_code in (200, 404), (viewer.name, path, answer.text)
                one.everything += answer.content + b"\n"
                if answer.status_code != 200:
                    continue
                if path.endswith("/receipt"):
                    receipt = parse_receipt(answer.content)
                    assert receipt.extra is not None
                    one.everything += receipt.extra
                    one.records[receipt.index + 1] = receipt.extra
                elif path.startswith("/events"):
                    one.events += answer.json()["items"]
    return found


def _paths(size: int) -> Iterator[str]:
    yield "/events?limit=1000"
    yield "/log/checkpoint"
    yield f"/log/tile/0/000.p/{size}"
    yield f"/log/tile/entries/000.p/{size}"
    for position in range(1, size + 1):
        yield f"/events/{position}/receipt"
        yield f"/proofs/inclusion?position={position}"


def _bidding(everything: Everything) -> list[Bidding]:
    """What a guesser supposes: who bids for each, and how their programs name commands."""
    ids = [f"canary-{n}" for n in range(3)]
    return [
        Bidding(
            supplier_id=bidder.organisation or "",
            person_id=bidder.id,
            role=bidder.role,
            need_id=everything.auction.need_ids[0],
            command_ids=ids,
        )
        for bidder in everything.auction.bidders
    ]


def test_no_guess_has_a_published_hash_without_the_salt(everything: Everything) -> None:
    known, bidding = everything.known, _bidding(everything)
    salts = list(known.salts())
    assert len(salts) > 60

    for position in everything.hidden:
        tried = guesses(known, position, bidding, AMOUNTS, bids=6)
        assert hits(known, tried, salts[:40]) == set()


def test_no_public_salt_is_that_of_a_hidden_bid(everything: Everything) -> None:
    hidden = {record["salt"] for record in everything.hidden.values()}

    assert len(hidden) == len(everything.hidden) == 6
    assert hidden.isdisjoint(everything.known.salts())


def test_with_the_salt_the_guess_hits_and_nothing_else_does(everything: Everything) -> None:
    """The test of the test: guesses are right in all but the salt."""
    known, bidding = everything.known, _bidding(everything)
    accepted = {
        at: record
        for at, record in everything.hidden.items()
        if record["type"] == "bid-accepted.v1"
    }

    for position, record in accepted.items():
        tried = guesses(known, position, bidding, AMOUNTS, bids=6)
        found = hits(known, tried, [record["salt"]])
        assert found == {record["data"]["value_pence"]}
    assert {r["data"]["value_pence"] for r in accepted.values()} == set(CANARIES)


def test_nothing_that_is_published_has_an_amount_a_bidder_or_a_salt_in_it(
    everything: Everything,
) -> None:
    published = b"\n".join(everything.files.values())

    for said in _hidden_words(everything.hidden.values()):
        assert said not in published, said
    names = {name.rpartition("/")[2] for name in everything.files}
    assert "checkpoint" in names
    assert not any("w001" in name for name in everything.files)


def test_no_receipt_and_no_page_of_the_feed_has_what_is_anothers(
    everything: Everything,
) -> None:
    own = {
        "the first bidder": everything.auction.bidders[0].organisation,
        "the second bidder": everything.auction.bidders[1].organisation,
        "the third bidder": everything.auction.bidders[2].organisation,
    }
    assert own.keys() < everything.given.keys()

    for name, given in everything.given.items():
        for record in everything.hidden.values():
            is_own = own.get(name) == record["data"]["supplier_id"]
            for said in _hidden_words([record]):
                assert (said in given) <= is_own, (name, said)
            assert (record["salt"].encode() in given) == is_own, name


def test_what_is_published_is_a_whole_log(everything: Everything, tmp_path: Path) -> None:
    """Nothing is hidden by being left out."""
    for name, data in everything.files.items():
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    assert len(everything.known.entries) == len(everything.known.events)
    assert log_in(tmp_path).checkpoint() == everything.files["checkpoint"]


def _hidden_words(records: Any) -> Iterator[bytes]:
    """Give how what is hidden could read: as text, and as what a hash or base64 makes of it."""
    for record in records:
        data = record["data"]
        pence = data.get("value_pence") or data["facts"]["value_pence"]
        yield from (spelt.encode() for spelt in amount(pence))
        yield record["salt"].encode()
        yield bytes.fromhex(record["salt"])
        yield base64.b64encode(bytes.fromhex(record["salt"]))
        yield record["command"]["id"].encode() + b'"'
        yield record["command"]["sha256"].encode()
