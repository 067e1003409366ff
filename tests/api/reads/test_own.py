"""With real keys: who asks, what became of a command, and a bidder's own reads."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger.api.reads import folding
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.store import OutcomeRow
from svx_ledger.ledger import Sequenced
from svx_ledger.ledger.answer import rule_called
from tests.api.served import Served, served


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


def get(small: Served, path: str, key: str | None) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        async with small.client(key) as client:
            return await client.get(path)

    return asyncio.run(ask())


def ok(small: Served, path: str, key: str) -> Any:
    answer = get(small, path, key)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_key_says_whom_it_stands_for(small: Served) -> None:
    bidder = small.auction.bidders[0]
    key = small.key(bidder, "read")
    answer = get(small, "/me", key)

    assert answer.json() == {
        "person_id": bidder.id,
        "role": "supplier.bidder",
        "organisation_id": bidder.organisation,
        "api_key_id": f"api-key-{key.split('_')[1]}",
        "scopes": ["read"],
    }
    assert answer.headers["cache-control"] == "no-store"
    assert get(small, "/me", None).status_code == 401


def test_what_became_of_a_command_is_told_to_who_gave_it(small: Served) -> None:
    bidder, rival = small.auction.bidders[:2]
    key, other = small.key(bidder, "read"), small.key(rival, "read")
    done = small.exchange.execute(small.auction.bid(0, pounds=500), bidder, "the-first")
    again = small.exchange.execute(small.auction.bid(0, pounds=500), bidder, "the-second")
    assert isinstance(done, Sequenced)
    assert isinstance(again, Sequenced)

    first = ok(small, "/outcomes/the-first", key)
    second = ok(small, "/outcomes/the-second", key)

    assert first["state"] == "sequenced"
    assert (first["position"], first["version"]) == (done.first_position, done.version)
    assert first["events"][0]["type"] == "bid-accepted.v1"
    assert first["command_id"] == "the-first"
    assert second["state"] == "rejected"
    assert second["problem"]["status"] == 409
    assert second["position"] == again.first_position
    for path, asker in (("/outcomes/the-first", other), ("/outcomes/the-third", key)):
        assert get(small, path, asker).status_code == 404
    assert get(small, "/outcomes/the-first", None).status_code == 401
    assert get(small, "/outcomes/" + "x" * 129, key).status_code == 422


def test_a_key_that_only_acts_learns_who_it_is_and_what_became_of_its_commands(
    small: Served,
) -> None:
    bidder, rival = small.auction.bidders[:2]
    key, other = (small.key(one, "act:SubmitBid") for one in (bidder, rival))
    done = small.exchange.execute(small.auction.bid(0, pounds=500), bidder, "the-first")
    assert isinstance(done, Sequenced)

    assert ok(small, "/me", key)["scopes"] == ["act:SubmitBid"]
    assert ok(small, "/outcomes/the-first", key)["position"] == done.first_position
    for path, asker, status in (
        ("/outcomes/the-first", other, 404),
        ("/outcomes/the-second", key, 404),
        ("/reports/my-bids", key, 403),
    ):
        assert get(small, path, asker).status_code == status, path


def test_what_is_everybodys_a_key_that_only_acts_reads_as_the_public_does(
    small: Served,
) -> None:
    bidder = small.auction.bidders[0]
    done = small.exchange.execute(small.auction.bid(0, pounds=7_654_321), bidder, "canary-id")
    assert isinstance(done, Sequenced)
    keys = small.key(bidder, "act:SubmitBid"), None, small.key(bidder, "read")
    auction, supplier = small.auction.auction_id, bidder.organisation
    differs = 0
    for path in (
        *("/auctions", f"/auctions/{auction}", f"/auctions/{auction}/boards/{supplier}"),
        *(f"/auctions/{auction}/timeline", f"/streams/{auction}", "/access", "/api-keys"),
        *(f"/organisations/{supplier}", f"/events/{done.first_position}", "/health"),
        *(f"/events/{done.first_position}/receipt", "/trail?command=canary-id", "/problems"),
    ):
        acts, public, reads = (get(small, path, key) for key in keys)

        assert (acts.status_code, acts.text) == (public.status_code, public.text), path
        assert acts.headers.get("cache-control") == public.headers.get("cache-control"), path
        differs += reads.text != public.text
    assert differs > 6


def test_damage_to_what_was_done_is_logged_by_its_place(
    small: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bidder = small.auction.bidders[0]
    done = small.exchange.execute(small.auction.bid(0, pounds=500), bidder, "the-first")
    assert isinstance(done, Sequenced)
    key = small.key(bidder, "read")

    def damaged(_: object) -> None:
        raise KeyError("leaf")

    monkeypatch.setattr(folding, "read_record", damaged)
    answer = get(small, "/outcomes/the-first", key)

    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/fault")
    at = f"Unreadable: {small.auction.auction_id} at position {done.first_position}, request "
    assert [one.getMessage() for one in caplog.records if at in one.getMessage()]


def test_a_refusal_by_a_rule_of_another_version_is_told_again(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = small.auction.buyer
    row = OutcomeRow(
        buyer.principal, "long-ago", "0" * 64, None, None, '{"rule":"gone","facts":{"n":3}}'
    )
    monkeypatch.setattr(small.exchange.store, "outcome", lambda *_: row)

    told = ok(small, "/outcomes/long-ago", small.key(buyer, "read"))

    assert told["problem"]["type"] == "/problems/gone"
    assert (
        told["problem"]["title"] == rule_called("gone").demands == "A rule of another version."
    )
    assert told["problem"]["facts"] == {"n": 3}


def test_a_refusal_is_told_again(small: Served) -> None:
    buyer = small.auction.buyer
    key = small.key(buyer, "read")
    refused = small.exchange.execute(small.auction.bid(0, pounds=500), buyer, "not-mine")
    assert isinstance(refused, Refusal)

    answer = get(small, "/outcomes/not-mine", key)

    if answer.status_code == 404:  # what is forbidden is not on record
        assert refused.rule.kind == "forbidden"
    else:
        assert answer.json()["state"] == "refused"
        assert answer.json()["problem"]["type"] == f"/problems/{refused.rule.name}"


def test_nobody_else_reads_a_bid_while_bids_are_hidden(small: Served) -> None:
    bidder = small.auction.bidders[0]
    keys = {
        "own": small.key(bidder, "read"),
        "rival": small.key(small.auction.bidders[1], "read"),
        "buyer": small.key(small.auction.buyer, "read"),
        "public": None,
    }
    auction, supplier = small.auction.auction_id, bidder.organisation
    done = small.exchange.execute(small.auction.bid(0, pounds=7_654_321), bidder, "canary-id")
    assert isinstance(done, Sequenced)
    paths = (
        *("/auctions", f"/auctions/{auction}", f"/auctions/{auction}/boards/{supplier}"),
        *(f"/auctions/{auction}/timeline", f"/streams/{auction}", f"/streams/{supplier}"),
        *(f"/streams/{auction}/replay", f"/auctions/{auction}/replay"),
        *(f"/events/{done.first_position}", "/trail?limit=1000", f"/trail?thing={auction}"),
        *(
            f"/trail?organisation={supplier}",
            "/trail?command=canary-id",
            "/awards",
            "/reports/needs",
        ),
        *(f"/organisations/{supplier}", "/requests", "/leverage", "/leverage/lines"),
        *("/reports/rejected-bids", "/reports/late-bids", "/reports/lines"),
        *("/reports/screens", "/reports/same-person", "/outcomes/canary-id"),
        *("/reports/my-bids", "/reports/receipts", "/trail?format=csv&limit=1000"),
    )
    seen = {
        (who, path)
        for who, key in keys.items()
        for path in paths
        if any(c in get(small, path, key).text for c in ("7654321", "7,654,321", "canary"))
    }

    assert {who for who, _ in seen} == {"own"}
    assert {path for _, path in seen} >= {
        f"/events/{done.first_position}",
        "/outcomes/canary-id",
        "/reports/my-bids",
    }
