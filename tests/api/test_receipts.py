"""The receipt of an event: a proof with the whole record in it, for who may see the whole."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from svx_ledger.api.published.receipts import receipts_of
from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.record import Trace
from svx_ledger.ledger import Sequenced
from svx_ledger.proofs.files.receipt import parse_receipt, verify_receipt
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.tree.merkle import entry_of
from tests.world import OPERATOR, registration

from .published import PublishedService, published

SUPPLIER = "organisation-w001s000"


def fetched(
    one: PublishedService, actor: Actor | None, path: str, **headers: str
) -> httpx2.Response:
    """Return what somebody is answered; the public for nobody."""
    key = one.served.key(actor) if actor else None

    async def ask() -> httpx2.Response:
        async with one.served.client(key) as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def record_at(one: PublishedService, position: int) -> bytes:
    (row,) = one.served.exchange.store.rows(after=position - 1, limit=1)
    return row.record


def bid_in(one: PublishedService) -> int:
    auction = one.served.auction
    done = one.served.exchange.execute(auction.bid(0, pounds=700), auction.bidders[0])
    assert isinstance(done, Sequenced)
    return done.first_position


def test_a_receipt_proves_its_record_to_whoever_trusts_the_log(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        size = one.publish()
        answer = fetched(one, None, "/events/3/receipt")
        receipt = parse_receipt(answer.content)
        record = record_at(one, 3)

    trusted = verify_receipt(receipt, entry_of(record), one.policy)
    assert (receipt.index, receipt.extra) == (2, record)
    assert trusted.checkpoint.size == size
    with pytest.raises(Refused, match="SVX101"):
        verify_receipt(receipt, entry_of(record + b" "), one.policy)


def test_a_receipt_comes_as_a_file_or_as_json(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        one.publish()
        text = fetched(one, None, "/events/3/receipt")
        json = fetched(one, None, "/events/3/receipt", Accept="application/json")
        neither = fetched(one, None, "/events/3/receipt", Accept="text/csv")
        record = record_at(one, 3)

    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert 'filename="position-3.tlog-proof"' in text.headers["Content-Disposition"]
    assert json.json() == {
        "state": "published",
        "position": 3,
        "entry": entry_of(record).decode(),
        "record": record.decode(),
        "receipt": text.text,
    }
    assert neither.status_code == 406


def test_a_receipt_stays_the_same_however_the_log_grows(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        one.publish()
        first = fetched(one, None, "/events/3/receipt")
        bid_in(one)
        one.publish()
        later = fetched(one, None, "/events/3/receipt")
        known = {"If-None-Match": first.headers["ETag"]}
        same = fetched(one, None, "/events/3/receipt", **known)

    assert later.content == first.content
    assert same.status_code == 304


def test_what_is_at_hand_in_one_form_is_not_at_hand_in_the_other(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        one.publish()
        forms = ("text/plain", "application/json")
        tags = {
            form: fetched(one, None, "/events/3/receipt", Accept=form).headers["ETag"]
            for form in forms
        }
        known = [
            fetched(one, None, "/events/3/receipt", Accept=form, **{"If-None-Match": tags[had]})
            for form in forms
            for had in forms
        ]

    assert [answer.status_code for answer in known] == [304, 200, 200, 304]


def test_before_it_is_published_one_is_told_how_far_a_record_has_come(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        one.publish()
        bidder = one.served.auction.bidders[0]
        position = bid_in(one)
        early = fetched(one, bidder, f"/events/{position}/receipt")
        one.publish()
        then = fetched(one, bidder, f"/events/{position}/receipt")

    assert early.status_code == 409
    assert early.json()["type"] == "/problems/not-published"
    assert early.json()["facts"] == {"position": position, "state": "sequenced"}
    assert early.headers["Retry-After"] == "1"
    assert then.status_code == 200


def test_a_bid_has_a_receipt_for_its_bidder_alone_until_the_ranking(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        auction = one.served.auction
        position = bid_in(one)
        others = [None, auction.bidders[1], auction.buyer]
        before = [fetched(one, who, f"/events/{position}/receipt") for who in others]
        one.publish()
        after = [fetched(one, who, f"/events/{position}/receipt") for who in others]
        own = fetched(one, auction.bidders[0], f"/events/{position}/receipt")

    verify_receipt(parse_receipt(own.content), entry_of(record_bytes(own)), one.policy)
    nowhere = {"kind": "receipt"}
    for answer in (*before, *after):
        assert (answer.status_code, answer.json()["facts"]) == (404, nowhere)
        assert b"70000" not in answer.content


def test_what_is_withheld_and_what_is_not_there_are_told_alike(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        position = bid_in(one)
        one.publish()
        hidden = fetched(one, None, f"/events/{position}/receipt")
        nothing = fetched(one, None, "/events/99999/receipt")
        no_number = fetched(one, None, "/events/first/receipt")

    assert hidden.content == nothing.content == no_number.content
    assert {hidden.status_code, nothing.status_code, no_number.status_code} == {404}


def test_a_supplier_has_no_receipt_of_its_invitation_while_a_part_is_withheld(
    tmp_path: Path,
) -> None:
    """Whether or not the part is filled in: else having one would tell."""
    with published(tmp_path) as one:
        auction = one.served.auction
        stream = one.served.exchange.store.stream(auction.auction_id)
        invited = next(row.position for row in stream if row.type == "supplier-invited.v1")
        one.publish()
        event = fetched(one, auction.bidders[0], f"/events/{invited}")
        own = fetched(one, auction.bidders[0], f"/events/{invited}/receipt")
        authority = fetched(one, auction.buyer, f"/events/{invited}/receipt")

    assert event.json()["type"] == "supplier-invited.v1"
    assert "connected_to" not in event.json()["data"]
    assert own.status_code == 404
    assert b"connected_to" not in record_bytes(authority)
    assert authority.status_code == 200


def test_a_record_that_names_a_hidden_command_is_given_to_who_knows_that(
    tmp_path: Path,
) -> None:
    with published(tmp_path) as one:
        auction, exchange = one.served.auction, one.served.exchange
        bid = auction.bid(0, pounds=700)
        assert isinstance(exchange.execute(bid, auction.bidders[0], "the-bid"), Sequenced)
        named, unnamed = (
            exchange.execute(
                registration(f"organisation-{name}", "supplier"),
                OPERATOR,
                trace=Trace(causation=cause),
            )
            for name, cause in (("caused", "the-bid"), ("uncaused", "nothing-there"))
        )
        assert isinstance(named, Sequenced)
        assert isinstance(unnamed, Sequenced)
        one.publish()
        public = fetched(one, None, f"/events/{named.first_position}")
        refused = fetched(one, None, f"/events/{named.first_position}/receipt")
        bidder = fetched(one, auction.bidders[0], f"/events/{named.first_position}/receipt")
        other = fetched(one, None, f"/events/{unnamed.first_position}/receipt")

    assert public.json()["type"] == "organisation-registered.v1"
    assert (refused.status_code, bidder.status_code, other.status_code) == (404, 200, 200)


def test_only_what_is_read_without_a_key_may_be_kept_for_others(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        position = bid_in(one)
        one.publish()
        own = fetched(one, one.served.auction.bidders[0], f"/events/{position}/receipt")
        everybodys = fetched(one, None, "/events/3/receipt")

    assert own.headers["Cache-Control"] == "private, no-cache"
    assert everybodys.headers["Cache-Control"] == "public, no-cache"


def test_of_what_a_command_did_a_record_that_is_withheld_is_left_out(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        auction, serving = one.served.auction, one.served.app.state.serving
        bid = auction.bid(0, pounds=700)
        done = one.served.exchange.execute(bid, auction.bidders[0])
        assert isinstance(done, Sequenced)
        one.publish()
        position = done.first_position
        both = replace(done, first_position=position - 1)
        with one.served.exchange.views.view() as view:
            shown = {
                who: [one["position"] for one in receipts_of(serving, view, who, both)]
                for who in (None, auction.bidders[1], auction.bidders[0])
            }

    assert shown == {
        None: [position - 1],
        auction.bidders[1]: [position - 1],
        auction.bidders[0]: [position - 1, position],
    }


def record_bytes(answer: httpx2.Response) -> bytes:
    """Return the record that a receipt holds."""
    extra = parse_receipt(answer.content).extra
    assert extra is not None
    return extra
