"""Checkpoints: a log's signed statement of its size and root (C2SP tlog-checkpoint v1.0.0).

A log signs under its origin: the key's name is the origin. Extension lines, which the
specification allows and advises against, are refused: nobody could check what they say.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from svx_ledger.proofs.finding import Code, Refused, not_canonical
from svx_ledger.proofs.tree.merkle import HASH_BYTES

from .keys import ED25519, SigningKey, VerifierKey, signatures_of_keys
from .note import Note, NoteSignature, base64_bytes, base64_text, is_key_name, parse_note

SIZE_LIMIT: Final = 1 << 63
"""Sizes, indexes and times of logs stay below this, so every program can hold them."""

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: whose, how many leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> bytes:
        """What is signed: origin, size and root in base64, a line each."""
        return f"{self.origin}\n{self.size}\n{base64_text(self.root)}\n".encode()


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint's note.

    Raises Refused (SVX301).
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise not_canonical("a checkpoint that is not three lines: origin, size, root")
    if not is_key_name(lines[0]):
        raise not_canonical("a checkpoint whose origin cannot be the name of its log's key")
    return Checkpoint(lines[0], parse_decimal(lines[1]), parse_hash(lines[2]))


def sign_checkpoint(checkpoint: Checkpoint, keys: Iterable[SigningKey]) -> bytes:
    """Return the note in which the log's keys sign this head: the same bytes every time.

    Raises ValueError without a key, or with one that is not of this log; Refused (SVX301) for
    a head that nobody could read.
    """
    body = checkpoint.body
    parse_checkpoint(body.decode())
    signatures = []
    for key in keys:
        if (key.name, key.algorithm) != (checkpoint.origin, ED25519):
            raise ValueError(f"the key {key.name} is not a log key of {checkpoint.origin}")
        signatures.append(NoteSignature(key.name, key.verifier.key_id, key.sign(body)))
    if not signatures:
        raise ValueError("a checkpoint is signed with at least one key")
    return Note(body.decode(), tuple(signatures)).data()


def open_checkpoint(data: bytes, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Read a signed checkpoint and trust it, if one of the keys signed it as its log.

    Raises Refused: SVX301 for its form, SVX201 where no key of its origin signed it or where
    any of the keys seems to have signed it and did not.
    """
    note = parse_note(data)
    checkpoint = parse_checkpoint(note.text)
    log_signers(note, checkpoint.origin, keys)
    return checkpoint


def log_signers(note: Note, origin: str, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
    """Return the keys that signed the note as the log of this origin: at least one.

    Raises Refused as `open_checkpoint` does.
    """
    signers = []
    for key, signed in signatures_of_keys(
        note, (key for key in keys if key.algorithm == ED25519)
    ):
        if not key.verifies(note.text_bytes, signed.signature):
            raise Refused(Code.KEY_UNKNOWN, f"the signature of {key.name} is wrong")
        if key.name == origin:
            signers.append(key)
    if not signers:
        raise Refused(Code.KEY_UNKNOWN, f"no key that is trusted for {origin!r} signed it")
    return signers


def parse_decimal(text: str) -> int:
    """Read a size, an index or a time: ASCII digits, no sign, no leading zero, below 2^63.

    Raises Refused (SVX301).
    """
    if not _DECIMAL.fullmatch(text) or int(text) >= SIZE_LIMIT:
        raise not_canonical("a number that is not written as one below 2^63")
    return int(text)


def parse_hash(text: str) -> bytes:
    """Read one SHA-256 in base64.

    Raises Refused (SVX301).
    """
    digest = base64_bytes(text)
    if len(digest) != HASH_BYTES:
        raise not_canonical(f"a hash of {len(digest)} bytes; it has {HASH_BYTES}")
    return digest
