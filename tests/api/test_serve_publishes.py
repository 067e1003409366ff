"""`serve --publish`: a service that takes bids publishes its log, in whatever shape it runs."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger import open_ledger
from svx_ledger.client import Client, Done
from svx_ledger.proofs.files.receipt import parse_receipt, verify_receipt
from svx_ledger.proofs.notes.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.policy import policy_of_keys
from svx_ledger.proofs.tree.merkle import entry_of
from tests.service import Service, service
from tests.world import OpenedAuction, begin, open_auction

from .keys import key_for
from .published import KEY, ORIGIN, sign_with_key

SECONDS = 30.0


def prepared(url: str, folder: Path) -> tuple[OpenedAuction, str, dict[str, str]]:
    """Fill a ledger, put a key for its log beside it, and give one to a bidder."""
    file = folder / "signing-key"
    with open_ledger(url, create=True) as ledger:
        begin(ledger)
        auction = open_auction(ledger)
        sign_with_key(ledger, file)
        key = key_for(ledger, auction.bidders[0])
    return auction, key, {"SVX_LOG_KEY": str(file)}


def is_proven(done: Done) -> bool:
    (one,) = done.receipts
    policy = policy_of_keys([KEY.verifier.text])
    trusted = verify_receipt(parse_receipt(one.receipt), entry_of(one.record), policy)
    return trusted.checkpoint.size >= done.position


def got(one: Service, path: str) -> httpx2.Response:
    return httpx2.get(one.url + path, timeout=10.0)


def until(holds: Callable[[], Any]) -> Any:
    """Wait until something holds, and return it."""
    ends = time.monotonic() + SECONDS
    while not (found := holds()):
        assert time.monotonic() < ends
        time.sleep(0.05)
    return found


def test_one_process_publishes_what_it_takes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    auction, key, environment = prepared(url, tmp_path)
    public = tmp_path / "public"
    with service(tmp_path, url, "--publish", str(public), environment=environment) as one:
        with Client(one.url, key) as client:
            done = client.execute(auction.bid(0, pounds=700), wait_published=True)
        told = got(one, "/ready").json()["publication"]
        note = got(one, "/log/checkpoint").content
        until(lambda: (public / "checkpoint").read_bytes() == note)
        assert one.stop() == 0

    assert is_proven(done)
    assert (told["published"], told["lag_events"]) == (done.position, 0)
    assert open_checkpoint(note, [KEY.verifier]).size == done.position


def test_several_workers_have_one_publisher(postgres_url: str, tmp_path: Path) -> None:
    auction, key, environment = prepared(postgres_url, tmp_path)
    options = ("--workers", "2", "--publish", "true")
    with service(tmp_path, postgres_url, *options, environment=environment) as one:
        with Client(one.url, key) as client:
            bids = [
                client.execute(auction.bid(0, pounds=700 + 10 * n), wait_published=True)
                for n in range(4)
            ]
        assert one.stop() == 0

    assert all(map(is_proven, bids))


def test_a_projector_publishes_for_those_who_only_answer(
    postgres_url: str, tmp_path: Path
) -> None:
    auction, key, environment = prepared(postgres_url, tmp_path)
    beside = tmp_path / "projector"
    beside.mkdir()
    asked = {"publish": "true"}
    with service(
        tmp_path, postgres_url, "--role", "api", settings=asked, environment=environment
    ) as one:
        projector = Service(
            beside,
            postgres_url,
            *("--role", "projector"),
            settings=asked,
            environment=environment,
        )
        with Client(one.url, key) as client:
            missing = got(one, "/log/checkpoint").status_code
            projector.begin()
            try:
                until(lambda: got(one, "/log/checkpoint").status_code == 200)
                done = client.execute(auction.bid(0, pounds=700), wait_published=True)
            finally:
                projector.kill()

    assert missing == 404
    assert is_proven(done)


@pytest.mark.parametrize("wrong", ["no file", "for all to read"])
def test_without_keys_that_can_be_used_nothing_is_served(tmp_path: Path, wrong: str) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    _, _, environment = prepared(url, tmp_path)
    file = Path(environment["SVX_LOG_KEY"])
    if wrong == "no file":
        file.unlink()
    else:
        file.chmod(0o644)
    one = Service(tmp_path, url, "--publish", "true", environment=environment)
    one.begin()

    assert one.wait() != 0
    assert "signing-key" in one.text


def test_a_ledger_restored_from_before_what_it_published_is_not_served(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    auction, key, environment = prepared(url, tmp_path)
    shutil.copy(tmp_path / "ledger.db", tmp_path / "older.db")
    with service(tmp_path, url, "--publish", "true", environment=environment) as one:
        with Client(one.url, key) as client:
            client.execute(auction.bid(0, pounds=700), wait_published=True)
        one.stop()
    for file in tmp_path.glob("ledger.db-*"):
        file.unlink()
    (tmp_path / "older.db").replace(tmp_path / "ledger.db")
    again = Service(tmp_path, url, environment=environment)
    again.begin()

    assert again.wait() != 0
    assert "restored from an older copy" in again.text


def test_a_service_that_finds_its_log_forked_ends(tmp_path: Path) -> None:
    """Somebody else holds a signed head that this ledger does not have."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    _, _, environment = prepared(url, tmp_path)
    mark = tmp_path / "mark"
    environment |= {"SVX_MARK": str(mark)}
    with service(tmp_path, url, "--publish", "true", environment=environment) as one:
        until(mark.exists)
        beyond = Checkpoint(ORIGIN, 10_000, b"r" * 32)
        mark.write_bytes(sign_checkpoint(beyond, [KEY]))
        code = one.wait()

    assert code != 0
    assert "10000 records" in one.text.replace(",", "")
