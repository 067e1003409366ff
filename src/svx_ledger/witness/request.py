"""What a log sends a witness: `add-checkpoint` of C2SP tlog-witness v1.0.0.

old <size>
<hash in base64>, at most 63 lines
(an empty line)
<signed checkpoint>
"""

from dataclasses import dataclass
from typing import Final

from svx_ledger.proofs.finding import not_canonical
from svx_ledger.proofs.notes.checkpoint import (
    Checkpoint,
    parse_checkpoint,
    parse_decimal,
    parse_hash,
)
from svx_ledger.proofs.notes.note import parse_note

BODY_BYTES: Final = 64 * 2**10
"""The longest request that is read: the longest proof and hundreds of signatures fit."""

PROOF_HASHES: Final = 63
"""The most hashes that a client may send; a tree below 2^63 leaves needs no more."""

_OLD: Final = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A head that is to be cosigned, with the proof that it extends that of `old_size` leaves.

    `head` is what the note says. Nobody's signature on it is checked yet.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes
    head: Checkpoint


def parse_request(body: bytes) -> AddCheckpoint:
    """Read the body of a request.

    Raises Refused (SVX301), and nothing else, for what is not exactly as the protocol has it.
    """
    if len(body) > BODY_BYTES:
        raise not_canonical(f"a request of more than {BODY_BYTES} bytes")
    before, blank, note = body.partition(b"\n\n")
    if not blank:
        raise not_canonical("a request without an empty line before the checkpoint")
    if not before.isascii():
        raise not_canonical("a proof that is not ASCII")
    first, *hashes = before.decode("ascii").split("\n")
    if not first.startswith(_OLD):
        raise not_canonical("a request that does not begin with the old size")
    if len(hashes) > PROOF_HASHES:
        raise not_canonical(f"a proof of more than {PROOF_HASHES} hashes")
    return AddCheckpoint(
        old_size=parse_decimal(first.removeprefix(_OLD)),
        proof=tuple(map(parse_hash, hashes)),
        note=note,
        head=parse_checkpoint(parse_note(note).text),
    )
