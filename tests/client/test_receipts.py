"""Receipts through the client: with a command's answer, by position, and when they are late."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from svx_ledger.api.published.waiting import Waiting
from svx_ledger.client import Done, NotAnswered, Refused
from svx_ledger.proofs.files.receipt import parse_receipt, verify_receipt
from svx_ledger.proofs.tree.merkle import entry_of
from tests.api.published import PublishedService, published, publishing

from .running import running
from .setting import Either, Sort


@pytest.fixture
def one(tmp_path: Path) -> Iterator[PublishedService]:
    with published(tmp_path) as one:
        yield one


def client(one: PublishedService, sort: Sort, url: str, **settings: float) -> Either:
    return Either(sort, url, one.served.key(one.served.auction.bidders[0]), **settings)


def test_a_command_that_waits_comes_back_with_its_receipts(
    one: PublishedService, sort: Sort
) -> None:
    bid = one.served.auction.bid(0, pounds=700)
    with running(one.served.app) as url, publishing(one):
        done: Done = client(one, sort, url, timeout=10.0).ask(
            "execute", bid, wait_published=True
        )

    (receipt,) = done.receipts
    proof = parse_receipt(receipt.receipt)
    assert (done.state, receipt.position) == ("published", done.position)
    assert (proof.extra, receipt.entry) == (receipt.record, entry_of(receipt.record))
    verify_receipt(proof, entry_of(receipt.record), one.policy)


def test_a_rejected_bid_comes_back_with_the_receipt_of_that(
    one: PublishedService, sort: Sort
) -> None:
    auction = one.served.auction
    one.served.exchange.execute(auction.bid(0, pounds=700), auction.bidders[0])
    lower = auction.bid(0, pounds=600)
    with running(one.served.app) as url, publishing(one), pytest.raises(Refused) as no:
        client(one, sort, url, timeout=10.0).ask("execute", lower, wait_published=True)

    assert no.value.recorded is not None
    assert no.value.recorded.state == "published"
    assert [r.position for r in no.value.recorded.receipts] == [no.value.recorded.position]


def test_what_is_not_published_in_time_is_done_all_the_same(
    one: PublishedService, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Waiting.until, "__defaults__", (0.1,))
    bid = one.served.auction.bid(0, pounds=700)
    with running(one.served.app) as url:
        done: Done = client(one, sort, url).ask("execute", bid, wait_published=True)

    assert (done.state, done.receipts) == ("sequenced", ())
    assert [event.type for event in done.events] == ["bid-accepted.v1"]


def test_a_receipt_is_asked_for_until_it_is_there(one: PublishedService, sort: Sort) -> None:
    def later() -> None:
        time.sleep(0.5)
        one.publish()

    with running(one.served.app) as url:
        publisher = threading.Thread(target=later)
        publisher.start()
        found: bytes = Either(sort, url, retry_for=30.0).ask("receipt", 3)
        publisher.join()

    receipt = parse_receipt(found)
    assert receipt.index == 2
    assert receipt.extra is not None
    verify_receipt(receipt, entry_of(receipt.extra), one.policy)


def test_a_receipt_that_does_not_come_is_not_answered(
    one: PublishedService, sort: Sort
) -> None:
    with running(one.served.app) as url, pytest.raises(NotAnswered) as late:
        Either(sort, url, retry_for=1.5).ask("receipt", 3)

    assert late.value.problem is not None
    assert late.value.problem.name == "not-published"


def test_a_receipt_of_what_is_not_to_be_known_is_refused(
    one: PublishedService, sort: Sort
) -> None:
    auction = one.served.auction
    one.served.exchange.execute(auction.bid(1, pounds=700), auction.bidders[1])
    position = one.publish()
    with running(one.served.app) as url, pytest.raises(Refused) as no:
        client(one, sort, url).ask("receipt", position)

    assert no.value.rule == "no-such-thing"
