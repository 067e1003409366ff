"""Receipts, and waiting for them, where a policy was set after a log had been published."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from svx_ledger.api.serving import Config
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import StoreError
from svx_ledger.ledger import Sequenced
from svx_ledger.proofs.files.receipt import parse_receipt, verify_receipt
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.proofs.tree.merkle import entry_of
from svx_ledger.publishing.composing import open_publisher
from tests.publishing.setting import Desk
from tests.publishing.witnessed import KEY as WITNESS
from tests.publishing.witnessed import FileWitness
from tests.service import service

from .published import KEY, PublishedService, published
from .test_receipts import fetched, record_at
from .test_serve_publishes import prepared
from .test_wait_published import bidder, in_vain

WITNESSES = f"witness first {WITNESS.verifier.text}\nquorum first\n"


class Witnessed:
    """A served ledger that was published without witnesses, and now has to have one."""

    def __init__(self, one: PublishedService, folder: Path) -> None:
        self.one = one
        self._desk = Desk(url=one.served.exchange.url, folder=folder)
        self._witness = FileWitness(folder / "witness")

    @property
    def policy(self) -> Policy:
        """The policy of a reader who asks for the witness."""
        return parse_policy(f"log {KEY.verifier.text}\n{WITNESSES}")

    def publish(self) -> None:
        """Publish all there is, cosigned."""
        self._desk.publish([KEY], self._witness.quorum())

    def bid(self) -> int:
        """Put a bid on record, and return its position."""
        auction = self.one.served.auction
        done = self.one.served.exchange.execute(auction.bid(0, pounds=700), auction.bidders[0])
        assert isinstance(done, Sequenced)
        return done.last_position


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Witnessed]:
    """Such a ledger."""
    (tmp_path / "policy").write_text(WITNESSES)
    with published(tmp_path, Config(policy=str(tmp_path / "policy"))) as one:
        one.publish()
        yield Witnessed(one, tmp_path)


def test_a_receipt_is_given_once_it_satisfies_the_policy(late: Witnessed) -> None:
    early = fetched(late.one, None, "/events/3/receipt")
    late.bid()
    late.publish()
    then = fetched(late.one, None, "/events/3/receipt")
    receipt = parse_receipt(then.content)
    verify_receipt(receipt, entry_of(record_at(late.one, 3)), late.policy)
    late.bid()
    late.publish()

    assert early.status_code == 409
    assert early.json()["facts"] == {"position": 3, "state": "integrated"}
    assert then.status_code == 200
    assert fetched(late.one, None, "/events/3/receipt").content == then.content


def test_who_waits_is_answered_once_there_is_such_a_receipt(
    late: Witnessed, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_vain(monkeypatch)

    async def go() -> tuple[httpx2.Response, ...]:
        async with bidder(late.one) as first:
            told = await first.bids(700, key="my-bid")
            late.one.publish()  # without witnesses, as before
            unwitnessed = await first.bids(700, key="my-bid")
            other = await first.bids(710, key="another", query="")
            late.publish()
            return told, unwitnessed, other, await first.bids(700, key="my-bid")

    told, unwitnessed, _, then = asyncio.run(go())

    assert (told.status_code, told.json()["state"]) == (202, "sequenced")
    assert (unwitnessed.status_code, unwitnessed.json()["state"]) == (202, "integrated")
    assert (then.status_code, then.json()["state"]) == (200, "published")
    (shown,) = then.json()["receipts"]
    receipt = parse_receipt(shown["receipt"].encode())
    verify_receipt(receipt, entry_of(shown["record"].encode()), late.policy)


def test_nothing_is_served_with_a_policy_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "policy").write_text("quorum nobody-knows\n")

    with (
        pytest.raises(StoreError, match=r"the policy .*line 1"),
        published(tmp_path, Config(policy=str(tmp_path / "policy"))),
    ):
        pass


@pytest.mark.parametrize("workers", [1, 2])
def test_a_service_hands_its_policy_to_all_who_serve(
    workers: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    if workers > 1:
        url = str(request.getfixturevalue("postgres_url"))
    _, _, environment = prepared(url, tmp_path)
    with (
        closing(open_store(url)) as store,
        open_publisher(store, url, keys=environment["SVX_LOG_KEY"]) as publisher,
    ):
        list(publisher.once())
    (tmp_path / "policy").write_text(WITNESSES)
    told = {}
    for policy in ({}, {"SVX_POLICY": str(tmp_path / "policy")}):
        many = ("--workers", str(workers))
        with service(tmp_path, url, *many, environment=environment | policy) as one:
            told[bool(policy)] = httpx2.get(f"{one.url}/events/3/receipt", timeout=10.0)

    assert {asked: answer.status_code for asked, answer in told.items()} == {
        False: 200,
        True: 409,
    }
    assert told[True].json()["facts"] == {"position": 3, "state": "integrated"}
