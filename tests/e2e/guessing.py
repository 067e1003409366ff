"""What somebody can try who guesses a hidden bid and has its published hash to check against.

The guesser knows all that is published, all amounts and bidders that come into question, who
acts for each bidder and by which command ids: everything but a bid's salt. Were the published
hash of a record without a salt of its own, one of the guesses would hit.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.commands import command_bytes, command_from, sha256_of
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash

Plain = dict[str, Any]
SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is published: each position's entry, and the events as the public is told of them.

    `records` are those that the public has receipts of, by position.
    """

    entries: Sequence[bytes]
    events: Mapping[int, Plain]
    records: Mapping[int, bytes]

    def prev_of(self, position: int) -> str | None:
        """The hash of the record before on the same stream, as the record names it."""
        told = self.events[position]
        before = [
            at
            for at, event in self.events.items()
            if event.get("stream") == told["stream"] and at < position
        ]
        return leaf_hash(self.entries[max(before) - 1]).hex() if before else None

    def salts(self) -> Iterator[str]:
        """Salts to be tried: plain ones, those that are public, and those beside these."""
        yield from (bytes([n]).hex() * SALT_BYTES for n in (0, 255))
        for record in self.records.values():
            salt = int(json.loads(record)["salt"], 16)
            for near in (salt - 1, salt, salt + 1):
                yield f"{near % 2 ** (8 * SALT_BYTES):0{2 * SALT_BYTES}x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidding:
    """One bidder, and what is known, or supposed, of how it bids."""

    supplier_id: str
    person_id: str
    role: str
    need_id: str
    command_ids: Sequence[str]


def guesses(
    known: Known,
    position: int,
    bidding: Iterable[Bidding],
    amounts: Sequence[int],
    *,
    bids: int,
) -> Iterator[Plain]:
    """Give every record that a bid at this position could have, but for its salt.

    `bids` is how many the auction may have had by then.
    """
    told, prev = known.events[position], known.prev_of(position)
    for one in bidding:
        for pence in amounts:
            line = {
                "need_id": one.need_id,
                "quantity": format(Decimal(pence) / 100, "f"),
                "unit": "£",
            }
            body = {
                "auction_id": told["stream"],
                "supplier_id": one.supplier_id,
                "lines": [line],
            }
            digest = sha256_of(command_bytes(command_from("SubmitBid", body)))
            for command_id in one.command_ids:
                for bid_no in range(1, bids + 1):
                    yield {
                        "actor": {
                            "id": one.person_id,
                            "organisation": one.supplier_id,
                            "role": one.role,
                        },
                        "command": {
                            "id": command_id,
                            "n": 1,
                            "of": 1,
                            "sha256": digest,
                            "type": "SubmitBid",
                        },
                        "data": {
                            "bid_no": bid_no,
                            "lines": [line],
                            "supplier_id": one.supplier_id,
                            "value_pence": pence,
                        },
                        "position": position,
                        "prev": prev,
                        "recorded_at": told["recorded_at"],
                        "stream": told["stream"],
                        "svx": 1,
                        "type": "bid-accepted.v1",
                        "version": told["version"],
                    }


def hits(known: Known, tried: Iterable[Plain], salts: Sequence[str]) -> set[int]:
    """Return the amounts whose record, with one of the salts or none, has a published hash."""
    published = set(known.entries)
    found = set()
    for guess in tried:
        spelt = [guess, *({**guess, "salt": salt} for salt in salts)]
        for one in spelt:
            record = canonical(one)
            bare = b"svx-entry/1\n%s\n" % sha256(record).hexdigest().encode()
            if entry_of(record) in published or bare in published:
                found.add(guess["data"]["value_pence"])
    return found
