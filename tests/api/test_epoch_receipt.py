"""Whoever asks gets the receipt of the record with which an epoch began: it is public whole."""

import asyncio
from pathlib import Path
from typing import Any

from svx_ledger.domain.book import StartEpoch
from svx_ledger.ledger import Sequenced
from svx_ledger.proofs.checks.epoch_start import started_epoch
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.notes.policy import policy_of_keys
from svx_ledger.publishing.keys.key_file import add_key
from svx_ledger.publishing.state.opening import key_path
from tests.world import OPERATOR

from .published import KEY, ORIGIN, PublishedService, published


def fetched(one: PublishedService, path: str) -> Any:
    """What the public is answered."""

    async def ask() -> Any:
        async with one.served.client(None) as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_everybody_gets_the_receipt_of_what_began_an_epoch(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        exchange = one.served.exchange
        second = SigningKey(f"{ORIGIN}/2", ED25519, b"e" * 32)
        size = one.publish()
        note = fetched(one, "/log/checkpoint").content
        (first,) = exchange.store.rows(limit=1)
        command = StartEpoch(
            ledger_id=first.stream,
            epoch=2,
            checkpoint=tuple(note.decode().removesuffix("\n").split("\n")),
            verifier_key=second.verifier.text,
            reason="Restored from a copy",
        )
        path = key_path(exchange.url, None)
        assert path is not None
        add_key(path, second)
        started = exchange.execute(command, OPERATOR)
        assert isinstance(started, Sequenced)
        one.publish()
        (event,) = fetched(one, "/events?type=epoch-started.v1").json()["items"]
        receipt = fetched(one, f"/events/{event['position']}/receipt").content

    trusted = policy_of_keys([KEY.verifier.text, second.verifier.text])
    verified, last = started_epoch(receipt, trusted, second.name, 2)
    assert verified.record.position == started.first_position
    assert (last.origin, last.size) == (ORIGIN, size)
