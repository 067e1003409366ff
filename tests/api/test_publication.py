"""What /ready and /metrics tell of the published log."""

import asyncio
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.api.health import readiness
from svx_ledger.api.serving import Config
from svx_ledger.domain.book import StartEpoch
from svx_ledger.ledger import Sequenced
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import COSIGNATURE, ED25519, SigningKey
from svx_ledger.proofs.notes.note import Note, parse_note
from svx_ledger.publishing.composing import open_publisher
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.state.opening import open_state
from tests.world import OPERATOR

from .published import ORIGIN, PublishedService, published
from .test_health import operators_key

SECOND = SigningKey(f"{ORIGIN}/2", ED25519, b"2" * 32)
WITNESS = SigningKey("witness.example", COSIGNATURE, b"w" * 32)


def ready(one: PublishedService) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        async with one.served.client() as client:
            answer = await client.get("/ready")
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    return asyncio.run(ask())


def metrics(one: PublishedService) -> str:
    key = operators_key(one.served)

    async def ask() -> str:
        async with one.served.client(key) as client:
            return (await client.get("/metrics")).text

    return asyncio.run(ask())


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look anew each time."""
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0.0)


def test_a_log_that_was_never_published_is_not_told_of(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        assert "publication" not in ready(one)
        assert "svx_log_published_position" not in metrics(one)


def test_what_is_not_published_yet_is_counted_and_makes_nobody_unfit(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        size = one.publish()
        none = ready(one)["publication"]
        auction = one.served.auction
        one.served.exchange.execute(auction.bid(0, pounds=700), auction.bidders[0])
        some = ready(one)["publication"]

    assert (none["origin"], none["epoch"]) == (ORIGIN, 1)
    assert (none["integrated"], none["signed"], none["published"]) == (size, size, size)
    assert none["receipted"] == size
    assert (none["lag_events"], none["lag_seconds"]) == (0, 0.0)
    assert none["cosigned_seconds_ago"] == {}
    assert (some["published"], some["lag_events"]) == (size, 1)
    assert some["lag_seconds"] > 0  # the ledger's time is simulated, and lies in the past


def test_a_log_that_nothing_is_published_of_since_a_restore_is_told_of(tmp_path: Path) -> None:
    """Else an alert would have nothing to look at."""
    with published(tmp_path) as one:
        size = one.publish()
        exchange, url = one.served.exchange, one.served.exchange.url
        with closing(open_state(url)) as database:
            note = LogState(database, 1).newest_signed()
        assert note is not None
        assert note.log_note is not None
        (first,) = exchange.store.rows(limit=1)
        started = StartEpoch(
            ledger_id=first.stream,
            epoch=2,
            checkpoint=tuple(note.log_note.decode().removesuffix("\n").split("\n")),
            verifier_key=SECOND.verifier.text,
            reason="The disk was lost.",
        )
        assert isinstance(exchange.execute(started, OPERATOR), Sequenced)
        told, text = ready(one)["publication"], metrics(one)

    assert (told["epoch"], told["signed"], told["published"]) == (2, 0, 0)
    assert told["lag_events"] >= size + 1
    assert told["cosigned_seconds_ago"] == {}
    assert "svx_log_published_position 0.0" in text


def test_what_is_signed_and_was_never_cosigned_is_told_of(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        exchange = one.served.exchange
        (tmp_path / "policy").write_text(
            f"witness w {WITNESS.verifier.text} http://127.0.0.1:1\nquorum w\n"
        )
        policy = str(tmp_path / "policy")
        with (
            open_publisher(exchange.store, exchange.url, policy=policy) as publisher,
            pytest.raises(NotPublished),
        ):
            list(publisher.once())
        told = ready(one)["publication"]

    assert told["signed"] > 0
    assert told["published"] == 0


def test_receipts_that_wait_for_the_policy_are_told_of(tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.write_text(f"witness w {WITNESS.verifier.text}\nquorum w\n")
    with published(tmp_path, Config(policy=str(policy))) as one:
        size = one.publish()
        told, text = ready(one)["publication"], metrics(one)

    assert (told["published"], told["receipted"]) == (size, 0)
    assert "svx_log_receipted_position 0.0" in text


def test_the_numbers_are_those_that_ready_tells(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        size = one.publish()
        text = metrics(one)

    assert f"svx_log_published_position {size}.0" in text
    assert f"svx_log_signed_position {size}.0" in text
    assert f"svx_log_integrated_position {size}.0" in text
    assert "svx_log_publish_lag_events" in text


def test_the_age_of_each_cosignature_is_told(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        size = one.publish()
        state = LogState(open_state(one.served.exchange.url), 1)
        stored = state.checkpoint(size)
        assert stored is not None
        assert stored.log_note is not None
        note = parse_note(stored.log_note)
        line = cosign(WITNESS, note.text_bytes, int(time.time()) - 90)
        state.renew(size, Note(note.text, (*note.signatures, line)).data())
        told = ready(one)["publication"]["cosigned_seconds_ago"]
        state.database.close()

    assert list(told) == ["witness.example"]
    assert 90 <= told["witness.example"] < 120


def test_a_state_that_cannot_be_read_makes_nobody_unfit(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        one.publish()
        for beside in tmp_path.glob("served.log/state.db*"):
            beside.write_bytes(b"no database" * 500)

        assert "publication" not in ready(one)
