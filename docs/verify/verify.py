#!/usr/bin/env python3
"""Checks a log of the exchange, its receipts and its growth, without trusting its operator.

Needs Python 3.11 and `cryptography`, and asks nobody on the network. Read it before you
believe it; then: python verify.py --help. Made of the modules of svx_ledger.proofs by
`svx-ledger verify script`.
"""

import argparse
import json
import os
import re
import secrets
import signal
import struct
import sys
import time
import traceback
from base64 import b64decode, b64encode
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Container, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property, lru_cache, partial
from hashlib import sha256
from io import TextIOWrapper
from math import inf
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final, Literal, NamedTuple, NoReturn, Self, TextIO, TypeVar
from urllib.parse import quote
from zlib import crc32


# finding

# What a check finds, in one table: a code, what it means, and the exit code it leads to.
#
# Codes 1xx say that the history was changed, 2xx that nobody trusted vouches for it, 3xx that
# something cannot be read, 4xx that something is kept back, 5xx that it is too old.

VERIFIED: Final = 0
TAMPERED: Final = 1
"""Exit code where history was changed: then there is tamper evidence to keep."""
USAGE: Final = 64
"""Exit code for a command that was not understood (sysexits.h, EX_USAGE)."""
FAILED: Final = 70
"""Exit code where the verifier failed, and nothing is known (sysexits.h, EX_SOFTWARE)."""


class Code(Enum):
    """Everything that a check can find, by number."""

    ENTRY_NOT_IN_TREE = 101, "entry does not hash to the signed tree"
    HISTORY_REWRITTEN = 102, "history was rewritten"
    LOG_SHRANK = 103, "the log shrank"
    TWO_ROOTS = 104, "two roots at one size"
    CHAIN_BROKEN = 105, "a stream's chain is broken"
    OPENING_MISMATCH = 106, "what was opened does not match its commitment"
    TIME_OUTSIDE_BRACKET = 107, "a time lies outside its bracket"
    KEY_UNKNOWN = 201, "no signature of a trusted key"
    QUORUM_MISSING = 202, "too few witnesses that are trusted"
    NOT_CANONICAL = 301, "not canonical"
    WITHHELD = 401, "withheld"
    STALE = 501, "stale"

    def __init__(self, number: int, meaning: str) -> None:
        self.number = number
        self.meaning = meaning

    def __str__(self) -> str:
        return f"SVX{self.number}"

    @property
    def exit_code(self) -> int:
        """1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale."""
        return self.number // 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `index` is the first leaf that it concerns, from 0."""

    code: Code
    detail: str
    index: int | None = None

    def __str__(self) -> str:
        at = "" if self.index is None else f" (leaf {self.index}, position {self.index + 1})"
        return f"{self.code} {self.code.meaning}{at}: {self.detail}"


class Refused(Exception):
    """A check that came out badly. Its text names no content of any record."""

    def __init__(self, code: Code, detail: str, index: int | None = None) -> None:
        self.finding = Finding(code, detail, index)
        super().__init__(str(self.finding))


def not_canonical(detail: str) -> Refused:
    """Return the refusal of bytes that are not as the format has them (SVX301)."""
    return Refused(Code.NOT_CANONICAL, detail)


def worst(findings: list[Finding]) -> int:
    """Return the exit code of all findings together: the first of 1, 2, 3, 4, 5 that occurs."""
    return min((found.code.exit_code for found in findings), default=VERIFIED)


# tree.merkle

# The Merkle tree over the log: RFC 6962 section 2.1, the same hashing as RFC 9162 section 2.1.
#
# A leaf stands for one event, by the hash of its stored bytes; the leaf index is the event's
# position less one. The first byte hashed says whether a hash is of a leaf or of a node, so that
# neither can be passed off as the other.

HASH_BYTES = 32

EMPTY_ROOT = sha256(b"").digest()
"""The root of a log without events (RFC 9162 section 2.1.1: the hash of an empty string)."""


def entry_of(record: bytes) -> bytes:
    """What the log holds of an event: the hash of its record, exactly as the record is stored.

    The salt inside a record keeps this hash from being guessed, so entries can be public while
    their records are still hidden.
    """
    return entry_of_digest(sha256(record).digest())


def entry_of_digest(digest: bytes) -> bytes:
    """The same from the SHA-256 of the record, where the record itself is not at hand."""
    return b"svx-entry/1\n" + digest.hex().encode("ascii") + b"\n"


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry: SHA-256 of a zero byte and the entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256 of a one byte, the left hash and the right hash.

    Raises ValueError for a hash that is not 32 bytes: a shorter and a longer one beside each
    other would hash like another pair.
    """
    return sha256(b"\x01" + _checked(left) + _checked(right)).digest()


def _checked(digest: bytes) -> bytes:
    if len(digest) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes, this one has {len(digest)}")
    return digest


# notes.note

# Signed notes: a text and, under an empty line, signatures of it (C2SP signed-note v1.0.0).
#
# A note says nothing until a signature of a trusted key has been checked; here is only its form.
# Every accepted note has one spelling: what is read and written again is the same bytes.

NOTE_BYTES: Final = 1 << 20
"""The longest note that is read. A checkpoint with sixty signatures has 8,000 bytes."""

NOTE_SIGNATURES: Final = 64
"""The most signatures that are read; the specification asks for at least 16."""

KEY_ID_BYTES: Final = 4

_DASH: Final = "\u2014 "
_CONTROL_IN_NOTE: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NOT_IN_NAME: Final = re.compile(r"[\s+\x00-\x1f]")


class NoteSignature(NamedTuple):
    """One signature line: who says to have signed, with which key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"{_DASH}{self.name} {base64_text(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a newline, and the signature lines under it, unchecked."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @property
    def text_bytes(self) -> bytes:
        """What signatures cover: the text with its last newline, without the empty line."""
        return self.text.encode()

    def data(self) -> bytes:
        """The whole note."""
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}".encode()


def parse_note(data: bytes) -> Note:
    """Read a note. The text ends at the last empty line, so it may itself have empty lines.

    Raises Refused (SVX301) for whatever is not a note exactly as the specification has it, and
    for more than NOTE_BYTES or NOTE_SIGNATURES.
    """
    if len(data) > NOTE_BYTES:
        raise not_canonical(f"a note of more than {NOTE_BYTES} bytes")
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise not_canonical("a note that is not UTF-8") from None
    if _CONTROL_IN_NOTE.search(whole):
        raise not_canonical("a note with a control character")

    text, blank, signed = whole.rpartition("\n\n")
    if not blank:
        raise not_canonical("a note without an empty line before its signatures")
    if not signed.endswith("\n"):
        raise not_canonical("a note without a signature, or without its final newline")
    lines = signed.removesuffix("\n").split("\n")
    if len(lines) > NOTE_SIGNATURES:
        raise not_canonical(f"a note with more than {NOTE_SIGNATURES} signatures")
    return Note(f"{text}\n", tuple(map(parse_signature, lines)))


def parse_signature(line: str) -> NoteSignature:
    """Read one signature line, without its newline.

    Raises Refused (SVX301).
    """
    if not line.startswith(_DASH):
        raise not_canonical("a signature line that does not begin with a dash (U+2014)")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not is_key_name(name):
        raise not_canonical("a signature line without a proper key name")
    signed = base64_bytes(encoded)
    if len(signed) <= KEY_ID_BYTES:
        raise not_canonical("a signature line with no more than a key id")
    return NoteSignature(name, signed[:KEY_ID_BYTES], signed[KEY_ID_BYTES:])


def is_key_name(name: str) -> bool:
    """Whether a key may have this name: something without white space, plus or control."""
    try:
        name.encode()
    except UnicodeEncodeError:  # half of a surrogate pair is no character
        return False
    return bool(name) and not _NOT_IN_NAME.search(name)


def base64_text(data: bytes) -> str:
    """Encode in the standard alphabet with padding (RFC 4648 section 4)."""
    return b64encode(data).decode()


def base64_bytes(text: str) -> bytes:
    """Decode base64 that has its one spelling (RFC 4648 section 3.5).

    Raises Refused (SVX301): bits or padding that decoding would drop could be changed without
    anybody noticing.
    """
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        raise not_canonical("what should be base64 is not") from None
    if base64_text(data) != text:
        raise not_canonical("base64 in another than its one spelling")
    return data


# notes.keys

# Keys of logs and witnesses, as text, and what they sign (C2SP signed-note v1.0.0).
#
# The one module of this room that needs more than the standard library: Ed25519 (RFC 8032) comes
# from `cryptography`, which is loaded when a signature is first made or checked.

ED25519: Final = 1
"""Signature type of a log: Ed25519 over the text of a note."""

COSIGNATURE: Final = 4
"""Signature type of a witness: Ed25519 over a time and the text (C2SP tlog-cosignature)."""

KEY_BYTES: Final = 32
"""Of a public key, and of the seed of a private one (RFC 8032 section 5.1.5)."""

SIGNATURE_BYTES: Final = 64

_PRIVATE: Final = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """What somebody needs to check signatures: public, given by hand, and never by a bundle.

    Raises Refused (SVX301) when made with a name, algorithm or key that cannot be one.
    """

    name: str
    algorithm: int
    public: bytes

    def __post_init__(self) -> None:
        _refuse_unfit(self.name, self.algorithm, self.public)

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; too short to be proof of anything."""
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return sha256(named).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as it is handed on: name, key id and key between plus signs."""
        return _key_text(self.name, self.key_id, self.algorithm, self.public)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the private half of this key signed exactly this message."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. Only `text` shows what is secret in it.

    Raises Refused (SVX301) when made with a name, algorithm or seed that cannot be one.
    """

    name: str
    algorithm: int
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _refuse_unfit(self.name, self.algorithm, self.seed)

    @classmethod
    def generate(cls, name: str, algorithm: int) -> Self:
        """Make a new key from the randomness of the operating system."""
        return cls(name, algorithm, secrets.token_bytes(KEY_BYTES))

    @property
    def text(self) -> str:
        """The key as it is kept: a secret."""
        return _PRIVATE + _key_text(self.name, self.verifier.key_id, self.algorithm, self.seed)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, self.algorithm, private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Sign exactly this message; the same message always gets the same signature."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a public key: `name+<key id in hex>+<base64 of type and key>`.

    Raises Refused (SVX301), also where the key id is not that of the name and the key.
    """
    name, key_id, algorithm, public = _key_parts(text)
    key = VerifierKey(name, algorithm, public)
    if key.key_id.hex() != key_id:
        raise not_canonical("a verifier key whose key id is of another name or key")
    return key


def parse_signing_key(text: str) -> SigningKey:
    """Read a private key: `PRIVATE+KEY+name+<key id in hex>+<base64 of type and seed>`.

    Raises Refused (SVX301), with nothing of the text in it.
    """
    if not text.startswith(_PRIVATE):
        raise not_canonical("a signing key that does not begin as one")
    name, key_id, algorithm, seed = _key_parts(text.removeprefix(_PRIVATE))
    key = SigningKey(name, algorithm, seed)
    if key.verifier.key_id.hex() != key_id:
        raise not_canonical("a signing key whose key id is of another name or key")
    return key


def signatures_of_keys(
    note: Note, keys: Iterable[VerifierKey]
) -> list[tuple[VerifierKey, NoteSignature]]:
    """Return each signature line that names one of the keys, still unchecked.

    Lines of other keys are passed over, also where only the name or only the key id is known.

    Raises Refused (SVX301) for a second line of one key, whatever it holds, and for two keys
    that no line could tell apart.
    """
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise not_canonical("two keys with one name and one key id")
    found: dict[VerifierKey, NoteSignature] = {}
    for signature in note.signatures:
        signer = known.get((signature.name, signature.key_id))
        if signer is None:
            continue
        if signer in found:
            raise not_canonical("two signatures of one key")
        found[signer] = signature
    return list(found.items())


def _key_text(name: str, key_id: bytes, algorithm: int, key: bytes) -> str:
    return f"{name}+{key_id.hex()}+{base64_text(bytes([algorithm]) + key)}"


def _key_parts(text: str) -> tuple[str, str, int, bytes]:
    """Split name, key id, type and key; base64 may have plus signs, a name may not."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise not_canonical("a key without a name, a key id and a key")
    typed = base64_bytes(parts[2])
    if not typed:
        raise not_canonical("a key without a key")
    return parts[0], parts[1], typed[0], typed[1:]


def _refuse_unfit(name: str, algorithm: int, key: bytes) -> None:
    if not is_key_name(name):
        raise not_canonical("a key whose name is empty, or has white space or a plus sign")
    if algorithm not in (ED25519, COSIGNATURE):
        raise not_canonical(f"a key of type {algorithm}, which is not known here")
    if len(key) != KEY_BYTES:
        raise not_canonical(f"a key of {len(key)} bytes; it has {KEY_BYTES}")


# notes.checkpoint

# Checkpoints: a log's signed statement of its size and root (C2SP tlog-checkpoint v1.0.0).
#
# A log signs under its origin: the key's name is the origin. Extension lines, which the
# specification allows and advises against, are refused: nobody could check what they say.

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


# files.bundle

# An evidence bundle: which parts it has, and what its manifest says of them.
#
# manifest.json                      what it is about, and the digest of every other part
# checkpoint                         the head under which everything in it is
# records/000000000042.json          a record, byte for byte, under its position
# receipts/000000000042.tlog-proof   that it is in the log, under this one head
# heads/000000000041.checkpoint      an earlier cosigned head, under its size: it dates records
# heads/000000000041.consistency     that the one head goes on from it: hashes in base64
# policy                             whom the maker trusts (C2SP tlog-policy); shown, not used
# rules.txt, summary.txt, audit.json what the maker says of it; nothing here proves them

BUNDLE_FORMAT: Final = "svx-evidence"
BUNDLE_VERSION: Final = 1

MANIFEST: Final = "manifest.json"
HEAD_NOTE: Final = "checkpoint"
MAKERS_POLICY: Final = "policy"
RULES_TEXT: Final = "rules.txt"
SUMMARY_TEXT: Final = "summary.txt"
AUDIT_RESULT: Final = "audit.json"
WHOLE_PARTS: Final = (HEAD_NOTE, MAKERS_POLICY, RULES_TEXT, SUMMARY_TEXT, AUDIT_RESULT)
"""The parts of which there is one each, beside the manifest."""

PUBLIC_VIEWER: Final = "public"

_NUMBERED: Final = re.compile(
    r"(?:records/([0-9]{12})\.json|receipts/([0-9]{12})\.tlog-proof"
    r"|heads/([0-9]{12})\.(?:checkpoint|consistency))",
    re.ASCII,
)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEXT: Final = re.compile(r"[!-~]{1,300}", re.ASCII)


def record_name(position: int) -> str:
    """The name of the part that is the record at a position."""
    return f"records/{position:012}.json"


def receipt_name(position: int) -> str:
    """The name of its receipt."""
    return f"receipts/{position:012}.tlog-proof"


def head_name(size: int) -> str:
    """The name of an earlier head, of a size."""
    return f"heads/{size:012}.checkpoint"


def growth_name(size: int) -> str:
    """The name of the proof that the bundle's head goes on from it."""
    return f"heads/{size:012}.consistency"


def position_in(name: str) -> int | None:
    """The position that a part is the record or the receipt of; None for other parts."""
    found = _NUMBERED.fullmatch(name)
    text = found and (found[1] or found[2])
    return int(text) if text else None


def size_in(name: str) -> int | None:
    """The size of the head that a part is, or leads on from; None for other parts."""
    found = _NUMBERED.fullmatch(name)
    return int(found[3]) if found and found[3] else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a bundle is about, and what is in it.

    Its head has `origin`, `size` and `root`. It was made of the stream `subject` for
    `viewer`: the public, or a party as ROLE:ORGANISATION/PERSON. At the positions `withheld`
    are records of the streams in it that the viewer may not have. `parts` has the SHA-256 of
    every part but the manifest, in hex, by name.
    """

    origin: str
    size: int
    root: bytes
    subject: str
    viewer: str
    withheld: tuple[int, ...]
    parts: Mapping[str, str]

    def data(self) -> bytes:
        """The manifest as canonical JSON (RFC 8785)."""
        plain = {
            "format": BUNDLE_FORMAT,
            "version": BUNDLE_VERSION,
            "head": {
                "origin": self.origin,
                "size": self.size,
                "root": base64_text(self.root),
            },
            "subject": self.subject,
            "viewer": self.viewer,
            "withheld": list(self.withheld),
            "parts": dict(self.parts),
        }
        spelt = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return spelt.encode()

    @property
    def positions(self) -> list[int]:
        """The positions of the records that it lists, or their receipts, in order."""
        found = map(position_in, self.parts)
        return sorted({position for position in found if position is not None})

    @property
    def sizes(self) -> list[int]:
        """The sizes of the earlier heads that it lists, in order."""
        found = map(size_in, self.parts)
        return sorted({size for size in found if size is not None})


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest, which has one spelling. Raises Refused (SVX301)."""
    try:
        manifest = _manifest(json.loads(data))
        same = manifest.data() == data
    except (ValueError, LookupError, TypeError, RecursionError):
        same = False
    if not same:
        raise not_canonical("its manifest is none of a bundle of this version, to the byte")
    return manifest


def _manifest(plain: Any) -> Manifest:
    """Take the values of a manifest. Raises as whatever in it does not fit."""
    head, withheld, parts = plain["head"], plain["withheld"], plain["parts"]
    size = head["size"]
    if not isinstance(parts, dict):
        raise TypeError("parts")
    texts = (plain["subject"], plain["viewer"], *parts.values())
    if type(size) is not int or not 0 < size < 10**12 or not isinstance(head["origin"], str):
        raise ValueError("head")
    if not all(type(text) is str and _TEXT.fullmatch(text) for text in texts):
        raise ValueError("texts")
    whole = all(type(place) is int and 0 < place <= size for place in withheld)
    if not whole or withheld != sorted(set(withheld)):
        raise ValueError("withheld")
    if not all(_DIGEST.fullmatch(digest) for digest in parts.values()):
        raise ValueError("digests")
    manifest = Manifest(
        origin=head["origin"],
        size=size,
        root=parse_hash(head["root"]),
        subject=plain["subject"],
        viewer=plain["viewer"],
        withheld=tuple(withheld),
        parts=parts,
    )
    return _within(manifest)


def _within(manifest: Manifest) -> Manifest:
    """Accept what lists parts of a bundle only, under its head. Raises ValueError."""
    for name in manifest.parts:
        if name not in WHOLE_PARTS and not _NUMBERED.fullmatch(name):
            raise ValueError(name)
    positions, sizes = manifest.positions, manifest.sizes
    if positions and not 1 <= positions[0] <= positions[-1] <= manifest.size:
        raise ValueError("positions")
    if sizes and not 1 <= sizes[0] <= sizes[-1] < manifest.size:
        raise ValueError("sizes")
    if not set(positions).isdisjoint(manifest.withheld):
        raise ValueError("withheld and not")
    for position in positions:
        if not {record_name(position), receipt_name(position)} <= manifest.parts.keys():
            raise ValueError("a record without its receipt, or the other way")
    for size in sizes:
        if not {head_name(size), growth_name(size)} <= manifest.parts.keys():
            raise ValueError("a head without its proof, or the other way")
    return manifest


def digests_of(parts: Mapping[str, bytes]) -> dict[str, str]:
    """What a manifest says of parts: the SHA-256 of each, in hex."""
    return {name: sha256(data).hexdigest() for name, data in parts.items()}


# notes.cosignature

# Cosignatures: a witness says when it saw which head of a log (C2SP tlog-cosignature v1.0.1).
#
# It also says that this head extends every head that it ever cosigned for the log, so that a log
# cannot show two histories to people who trust the witness.

_TIME_BYTES: Final = 8


def cosign(key: SigningKey, body: bytes, time: int) -> NoteSignature:
    """Sign a checkpoint's body, with its last newline, as seen at `time` (Unix seconds).

    Raises ValueError for a key of another kind, or a time that a cosignature cannot state.
    """
    if key.algorithm != COSIGNATURE:
        raise ValueError(f"the key {key.name} is not for cosignatures")
    if not 0 <= time < SIZE_LIMIT:
        raise ValueError("a cosignature's time lies between 0 and 2^63 - 1 seconds")
    signed = key.sign(_cosigned_message(body, time))
    return NoteSignature(key.name, key.verifier.key_id, time.to_bytes(_TIME_BYTES) + signed)


def cosigned_at(key: VerifierKey, body: bytes, signature: NoteSignature) -> int:
    """Return when the witness saw this body (Unix seconds): its word, no clock was asked.

    Raises Refused (SVX201) where the signature line is not this witness's for this body.
    """
    time, signed = stated_time(signature), signature.signature[_TIME_BYTES:]
    if (
        time is None
        or key.algorithm != COSIGNATURE
        or (signature.name, signature.key_id) != (key.name, key.key_id)
        or not key.verifies(_cosigned_message(body, time), signed)
    ):
        raise Refused(Code.KEY_UNKNOWN, f"the cosignature of {key.name} is wrong")
    return time


def stated_time(signature: NoteSignature) -> int | None:
    """Return the time that a line states (Unix seconds), unchecked; None for no cosignature."""
    time = int.from_bytes(signature.signature[:_TIME_BYTES])
    if len(signature.signature) != _TIME_BYTES + SIGNATURE_BYTES or time >= SIZE_LIMIT:
        return None
    return time


def _cosigned_message(body: bytes, time: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % time + body


# notes.policy

# Whom a verifier trusts: logs, witnesses, and how many of these are enough (C2SP tlog-policy).
#
# A policy comes from the user. It never comes from the operator of the log it judges.

NO_QUORUM: Final = "none"
"""The quorum that asks for no witness."""


class TrustedLog(NamedTuple):
    """A log, whose key's name is its origin. Its address is for whoever wants to ask it."""

    key: VerifierKey
    url: str | None = None


class TrustedWitness(NamedTuple):
    """A witness; the policy knows it by a name that need not be that of its key."""

    key: VerifierKey
    url: str | None = None


class WitnessGroup(NamedTuple):
    """Witnesses and groups, of which `threshold` together count as one."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trusted:
    """A checkpoint that a policy trusts, and why.

    `log_keys` are the keys that signed it as its log, as text. `cosigned` tells when (Unix
    seconds) each witness says to have seen it, by the witness's name in the policy.
    """

    checkpoint: Checkpoint
    log_keys: tuple[str, ...]
    cosigned: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses by name, groups by name in the order of their lines, and the quorum."""

    logs: tuple[TrustedLog, ...]
    witnesses: Mapping[str, TrustedWitness]
    groups: Mapping[str, WitnessGroup]
    quorum: str

    def satisfied_by(self, cosigned: Container[str]) -> bool:
        """Whether cosignatures of just these witnesses are enough."""
        witnessed = {name for name in self.witnesses if name in cosigned}
        for name, group in self.groups.items():  # members stand before their group
            if sum(member in witnessed for member in group.members) >= group.threshold:
                witnessed.add(name)
        return self.quorum == NO_QUORUM or self.quorum in witnessed

    def open(self, data: bytes) -> Trusted:
        """Read a signed checkpoint and trust it, if its log and enough witnesses signed it.

        Raises Refused: SVX301 for its form; SVX201 without the log's signature, or where any
        key of the policy seems to have signed it and did not; SVX202 short of the quorum.
        """
        note = parse_note(data)
        checkpoint = parse_checkpoint(note.text)
        signers = log_signers(note, checkpoint.origin, [log.key for log in self.logs])
        names = {witness.key: name for name, witness in self.witnesses.items()}
        cosigned = {
            names[key]: cosigned_at(key, note.text_bytes, signature)
            for key, signature in signatures_of_keys(note, names)
        }
        if not self.satisfied_by(cosigned):
            raise Refused(
                Code.QUORUM_MISSING,
                f"{len(cosigned)} of the policy's {len(names)} witnesses cosigned it, "
                f"which is not the quorum {self.quorum!r}",
            )
        return Trusted(checkpoint, tuple(key.text for key in signers), cosigned)


def policy_of_keys(keys: Iterable[str]) -> Policy:
    """The policy of somebody who trusts logs by these keys, and asks no witness.

    A text may hold several keys, parted by white space; a key that is repeated counts once.
    Raises Refused (SVX301) naming what is no key of a log, and without any key.
    """
    logs = dict.fromkeys(TrustedLog(_log_key(word)) for text in keys for word in text.split())
    if not logs:
        raise not_canonical("no key is given")
    return Policy(tuple(logs), {}, {}, NO_QUORUM)


def _log_key(text: str) -> VerifierKey:
    try:
        key = parse_verifier_key(text)
    except Refused as refused:
        detail = f"{text!r}: not NAME+ID+BASE64: {refused.finding.detail}"
        raise not_canonical(detail) from None
    if key.algorithm != ED25519:
        raise not_canonical(f"{text!r}: the key of a witness, not of a log")
    return key


# tree.inclusion

# That one entry is in the log: RFC 9162 section 2.1.3, the same as RFC 6962 section 2.1.1.
#
# The path of a leaf are the hashes beside its way up to the root, its own sibling first: with the
# leaf and these, anyone computes the root and compares it with the signed one.

Node = Callable[[int, int], bytes]
"""Where the hashes of a tree are had from: (level, index) → the root of the perfect subtree
over the 2^level leaves that begin at leaf index · 2^level. Level 0 are the leaves."""


def split_of(size: int) -> int:
    """The leaves left of where a tree of `size` leaves splits: the largest power of 2 below.

    A tree of fewer than two leaves does not split.
    """
    return 1 << ((size - 1).bit_length() - 1)


def subtree_root(start: int, stop: int, node: Node) -> bytes:
    """The root over the leaves from `start` up to, not including, `stop`.

    `start` must be where such a tree can begin: a multiple of the smallest power of two that
    is not below the number of leaves.
    """
    level = (stop - start).bit_length() - 1
    reached = node(level, start >> level)
    if start + (1 << level) == stop:
        return reached
    return node_hash(reached, subtree_root(start + (1 << level), stop, node))


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The path of leaf `index` in the tree of `size` leaves: PATH(m, D_n) of section 2.1.3.1.

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + split_of(stop - start)
        if index < middle:
            path.append(subtree_root(middle, stop, node))
            stop = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    path.reverse()
    return path


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that the path leads to from the leaf: section 2.1.3.2, up to the comparison.

    Raises Refused: SVX301 where the tree can have no such leaf or a hash is not 32 bytes,
    SVX101 where the path is longer or shorter than the way up.
    """
    if not 0 <= index < size:
        raise not_canonical(f"a tree of {size} leaves has no leaf {index}")
    require_hashes(leaf, *path)

    reached, at, last = leaf, index, size - 1
    for beside in path:
        if last == 0:
            raise Refused(Code.ENTRY_NOT_IN_TREE, "its path is too long", index)
        if at & 1 or at == last:
            reached = node_hash(beside, reached)
            while at and not at & 1:  # a lone right edge is carried up until it has a sibling
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, beside)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise Refused(Code.ENTRY_NOT_IN_TREE, "its path is too short", index)
    return reached


def verify_inclusion(  # noqa: PLR0917 - what the standard's algorithm takes
    leaf: bytes,
    index: int,
    size: int,
    path: Sequence[bytes],
    root: bytes,
) -> None:
    """Accept that `leaf` is leaf `index` of the tree of `size` leaves with this root.

    Raises Refused: SVX101, with the index, where it is not; SVX301 where the tree can have no
    such leaf or a hash is not 32 bytes.
    """
    require_hashes(root)
    if root_from_inclusion(leaf, index, size, path) != root:
        detail = f"its path does not lead to the root of {size} leaves"
        raise Refused(Code.ENTRY_NOT_IN_TREE, detail, index)


def require_hashes(*hashes: bytes) -> None:
    """Raise Refused (SVX301) where one is not 32 bytes.

    The standard leaves this to the reader. Without it, two hashes of other lengths beside each
    other could be read as another pair.
    """
    for digest in hashes:
        if len(digest) != HASH_BYTES:
            raise not_canonical(f"a hash has {HASH_BYTES} bytes, not {len(digest)}")


# files.receipt

# Receipts: one entry is in the log, provable without the log (C2SP tlog-proof).
#
# A receipt holds the entry's place, the hashes from it up to the root, and the checkpoint that
# signs the root. The entry itself comes from whoever asks; `extra` is signed by nobody.

RECEIPT_BYTES: Final = 2 * NOTE_BYTES
"""The longest receipt that is read: a checkpoint, and as much again for everything else."""

PATH_HASHES: Final = 63
"""The longest path: one hash a level, in a tree of fewer than 2^63 leaves."""

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry is in a log, and all that shows it but the entry itself.

    `index` is the leaf's, from 0; `path` begins with the leaf's sibling; `checkpoint` is the
    signed note as it was published. `extra` is what an application added: believe none of it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def data(self) -> bytes:
        """The receipt as it is handed out, in a file named `*.tlog-proof`."""
        lines = [_FIRST_LINE]
        if self.extra:
            lines.append(f"extra {base64_text(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(map(base64_text, self.path))
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint


def parse_receipt(data: bytes) -> Receipt:
    """Read a receipt; whether it is true, `verify_receipt` says.

    Raises Refused (SVX301), also for an index that the checkpoint's tree does not have.
    """
    if len(data) > RECEIPT_BYTES:
        raise not_canonical(f"a receipt of more than {RECEIPT_BYTES} bytes")
    head, _, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise not_canonical("a receipt with something other than ASCII in it") from None
    lines.reverse()
    if lines.pop() != _FIRST_LINE:
        raise not_canonical("what should be a receipt does not begin as one")
    extra = None
    if lines and lines[-1].startswith("extra "):
        extra = base64_bytes(lines.pop().removeprefix("extra "))
        if not extra:
            raise not_canonical("a receipt with an empty line of extra data")
    if not lines or not lines[-1].startswith("index "):
        raise not_canonical("a receipt without the index of its entry")
    index = parse_decimal(lines.pop().removeprefix("index "))
    if len(lines) > PATH_HASHES:
        raise not_canonical(f"a receipt with more than {PATH_HASHES} hashes")
    path = tuple(map(parse_hash, reversed(lines)))
    if index >= parse_checkpoint(parse_note(checkpoint).text).size:
        raise not_canonical("a receipt for a leaf beyond the checkpoint's tree")
    return Receipt(index, path, checkpoint, extra)


def verify_receipt(receipt: Receipt, entry: bytes, policy: Policy) -> Trusted:
    """Check that the entry is in a log that the policy trusts, and return what vouches for it.

    Raises Refused: SVX201 or SVX202 where the checkpoint is not to be trusted, SVX101 where the
    entry is not at this place in its tree, SVX301 for the form.
    """
    trusted = policy.open(receipt.checkpoint)
    head = trusted.checkpoint
    verify_inclusion(leaf_hash(entry), receipt.index, head.size, receipt.path, head.root)
    return trusted


# files.stored_zip

# ZIP files with one spelling: stored entries in the order of their names, and nothing else.
#
# Any program opens them (APPNOTE 6.3.10). What is read is written again and compared, so no byte
# can be hidden: not between the entries or behind the last, not in comments, extra fields, times,
# second entries of one name, or a directory that says something else than the entries.

ZIP_BYTES: Final = 1 << 28
"""How much the entries come to at most, with their headers: 256 MiB. Nothing is packed."""

ZIP_ENTRIES: Final = (1 << 16) - 2
"""The most entries: what is possible without the extension for large files (ZIP64)."""

NAME_LENGTH: Final = 64
"""The longest name of an entry."""

ZIP_FILE_BYTES: Final = ZIP_BYTES + ZIP_ENTRIES * (46 + NAME_LENGTH) + 22
"""The longest file that is read: the entries, and the directory behind them."""

_ENTRY: Final = struct.Struct("<4s5H3L2H")
_LISTED: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_ENTRY_MARK: Final = b"PK\x03\x04"
_VERSION: Final = 20
_UNIX: Final = 3 << 8
_FIRST_DAY: Final = 0x21
"""1980-01-01, the earliest that the format has: when a file was made is not in it."""
_FILE_MODE: Final = 0o100644 << 16


def pack_zip(parts: Mapping[str, bytes]) -> bytes:
    """Write files into one: the same bytes for the same names and contents, always.

    Raises ValueError for more than `ZIP_BYTES` or `ZIP_ENTRIES`, and for a name that is not
    plain ASCII, or longer than `NAME_LENGTH`.
    """
    entries: list[bytes] = []
    listed: list[bytes] = []
    size = 0
    for name in sorted(parts):
        data, spelt = parts[name], name.encode("ascii")
        if not 0 < len(spelt) <= NAME_LENGTH or not name.isprintable():
            raise ValueError(f"no name for an entry: {name!r}")
        sizes = (crc32(data), len(data), len(data), len(spelt))
        told = (_VERSION, 0, 0, 0, _FIRST_DAY, *sizes, 0)
        attributes = (0, 0, 0, _FILE_MODE, size)
        listed += [_LISTED.pack(b"PK\x01\x02", _UNIX | _VERSION, *told, *attributes), spelt]
        entries += [_ENTRY.pack(_ENTRY_MARK, *told), spelt, data]
        size += _ENTRY.size + len(spelt) + len(data)
        if size > ZIP_BYTES:
            raise ValueError(f"more than {ZIP_BYTES} bytes")
    if len(parts) > ZIP_ENTRIES:
        raise ValueError(f"more than {ZIP_ENTRIES} entries")
    directory = b"".join(listed)
    counts = (0, 0, len(parts), len(parts), len(directory), size, 0)
    return b"".join([*entries, directory, _END.pack(b"PK\x05\x06", *counts)])


def unpack_zip(data: bytes) -> dict[str, bytes]:
    """Read such a file, by name. Raises Refused (SVX301) for any other."""
    if len(data) > ZIP_FILE_BYTES:
        raise not_canonical(f"a file of more than {ZIP_FILE_BYTES} bytes")
    parts: dict[str, bytes] = {}
    at = 0
    while data.startswith(_ENTRY_MARK, at) and len(data) - at >= _ENTRY.size:
        *_, size, _, name_length, _ = _ENTRY.unpack_from(data, at)
        begins = at + _ENTRY.size + name_length
        at = begins + size
        if at > len(data) or name_length > NAME_LENGTH or len(parts) == ZIP_ENTRIES:
            break
        name = data[begins - name_length : begins].decode("latin-1")
        parts[name] = data[begins:at]
    try:
        same = pack_zip(parts) == data
    except ValueError:
        same = False
    if not same:
        raise not_canonical(
            f"it is no ZIP file as evidence bundles are packed{_where(data, parts)}"
        )
    return parts


def _where(data: bytes, parts: Mapping[str, bytes]) -> str:
    """Tell what of a file is not as its entries are packed, where that can be told."""
    try:
        packed = pack_zip(parts)
    except ValueError:
        return ""
    if not parts:
        return ""
    if data.startswith(packed):
        return f": {len(data) - len(packed)} bytes after the end"
    end = 0
    for name in sorted(parts):
        begin, end = end, end + _ENTRY.size + len(name) + len(parts[name])
        if data[begin:end] != packed[begin:end]:
            return f": the part {name!r} is not as it was packed"
    return ": what follows the last part is not its directory"


# checks.brackets

# When events can have happened, by what witnesses saw of the log: a time has two neighbours.
#
# An event was there when a head that contains it was cosigned: it is not newer than the first
# such head. And the last head before it was cosigned without it: an event that claims to be much
# older was put in later, with a time of its choice.

TOLERANCE_SECONDS: Final = 60
"""How far clocks may differ, and how long an event may wait for the head that contains it."""


class Bracket(NamedTuple):
    """Between which cosigned heads an event came in (Unix seconds); None where none is."""

    seen_without: int | None
    seen_with: int | None

    def outside(self, seconds: float, tolerance: int = TOLERANCE_SECONDS) -> str | None:
        """Say in words how far a time lies outside; None where it does not."""
        if self.seen_with is not None and seconds > self.seen_with + tolerance:
            return f"{seconds - self.seen_with:.0f} s after witnesses had seen it in the log"
        if self.seen_without is not None and seconds < self.seen_without - tolerance:
            ahead = self.seen_without - seconds
            return f"{ahead:.0f} s before witnesses saw the log without it"
        return None


class Brackets:
    """The cosigned heads of one log, by size.

    Where the witnesses of a head differ, the reading is taken that suspects nobody. A head that
    was cosigned after a longer one, or less than the tolerance before it, says nothing about
    the time in between: after an outage several are cosigned at once. So a time that lies up
    to twice the tolerance before a head without it can pass.
    """

    def __init__(self, heads: Iterable[Trusted], tolerance: int = TOLERANCE_SECONDS) -> None:
        self._tolerance = tolerance
        first_seen: dict[int, int] = {}
        last_seen: dict[int, int] = {}
        for head in heads:
            if head.cosigned:
                size, times = head.checkpoint.size, _span(head.cosigned)
                first_seen[size] = min(times[1], first_seen.get(size, times[1]))
                last_seen[size] = max(times[0], last_seen.get(size, times[0]))
        self._sizes = sorted(first_seen)
        self._last_seen = [last_seen[size] for size in self._sizes]
        self._first_seen = [first_seen[size] for size in self._sizes]
        for at in reversed(range(len(self._sizes) - 1)):  # what a longer head holds, was there
            self._first_seen[at] = min(self._first_seen[at], self._first_seen[at + 1])
        self._of: dict[int, Bracket] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    def of(self, index: int) -> Bracket:
        """The bracket of leaf `index`."""
        at = bisect_right(self._sizes, index)
        if at not in self._of:
            self._of = {at: self._between(at)}  # leaves are asked for in order, many for a head
        return self._of[at]

    def outside(self, index: int, seconds: float) -> str | None:
        """Say in words how far a time of leaf `index` lies outside; None where it does not."""
        return self.of(index).outside(seconds, self._tolerance)

    def _between(self, at: int) -> Bracket:
        """The bracket of what is in head number `at`, and in none before it."""
        seen_with = self._first_seen[at] if at < len(self._sizes) else None
        latest = inf if seen_with is None else seen_with - self._tolerance
        earlier = (self._last_seen[before] for before in reversed(range(at)))
        return Bracket(next((seen for seen in earlier if seen <= latest), None), seen_with)


def _span(cosigned: Mapping[str, int]) -> tuple[int, int]:
    return min(cosigned.values()), max(cosigned.values())


# notes.policy_file

# A policy file (C2SP tlog-policy), read strictly.
#
# log <verifier key> [<url>]
# witness <name> <verifier key> [<url>]
# group <name> all|any|<k> <name>...
# quorum <name>|none

POLICY_LENGTH: Final = 1 << 20
"""The longest policy that is read: room for thousands of logs and witnesses."""

_CONTROL_IN_POLICY: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_POLICY_SPACE: Final = re.compile(r"[ \t]+")


def parse_policy(text: str) -> Policy:
    """Read a policy file. Names are opaque: no two spellings of one are the same.

    Raises Refused (SVX301), also for a key that stands twice or is both a log's and a
    witness's, for a member of two groups, and for a name that no earlier line defines.
    """
    if len(text) > POLICY_LENGTH:
        raise not_canonical(f"a policy of more than {POLICY_LENGTH} characters")
    if _CONTROL_IN_POLICY.search(text):
        raise not_canonical("a policy with a control character")
    if text and not text.endswith("\n"):
        raise not_canonical("a policy without its final newline")
    reading = _PolicyReading()
    for number, line in enumerate(text.split("\n"), start=1):
        words = _POLICY_SPACE.split(line.strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            try:
                reading.take(words)
            except Refused as refused:
                raise not_canonical(f"line {number}: {refused.finding.detail}") from None
    return reading.policy()


class _PolicyReading:
    """A policy as far as its lines have been read."""

    def __init__(self) -> None:
        self.logs: list[TrustedLog] = []
        self.witnesses: dict[str, TrustedWitness] = {}
        self.groups: dict[str, WitnessGroup] = {}
        self.quorum: str | None = None
        self.publics: set[bytes] = set()
        self.grouped: set[str] = set()

    def take(self, words: list[str]) -> None:
        """Add what one line defines."""
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self.logs.append(TrustedLog(self.new_key(key, ED25519), *url))
            case ["witness", name, key, *url] if len(url) <= 1:
                self.refuse_defined(name)
                self.witnesses[name] = TrustedWitness(self.new_key(key, COSIGNATURE), *url)
            case ["group", name, rule, *members] if members:
                self.refuse_defined(name)
                self.groups[name] = self.group(rule, members)
            case ["quorum", name] if self.quorum is None:
                if name != NO_QUORUM:
                    self.refuse_undefined(name)
                self.quorum = name
            case _:
                raise not_canonical("not a line of a policy, or a second quorum")

    def new_key(self, text: str, algorithm: int) -> VerifierKey:
        """Two keys are one if their public halves are, whatever they are called."""
        key = parse_verifier_key(text)
        if key.algorithm != algorithm:
            raise not_canonical("a log has a key of type 1, a witness one of type 4")
        if key.public in self.publics:
            raise not_canonical("a key that stands in the policy twice")
        self.publics.add(key.public)
        return key

    def group(self, rule: str, members: list[str]) -> WitnessGroup:
        """A name is a member once in the whole file, so that no witness counts twice."""
        for member in members:
            self.refuse_undefined(member)
            if member in self.grouped:
                raise not_canonical(f"{member!r} is a member of a group already")
            self.grouped.add(member)
        if rule in ("any", "all"):
            return WitnessGroup(1 if rule == "any" else len(members), tuple(members))
        threshold = parse_decimal(rule)
        if not 1 <= threshold <= len(members):
            raise not_canonical(f"{threshold} of {len(members)} members is no group")
        return WitnessGroup(threshold, tuple(members))

    def refuse_defined(self, name: str) -> None:
        if name == NO_QUORUM or name in self.witnesses or name in self.groups:
            raise not_canonical(f"{name!r} is defined already")

    def refuse_undefined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise not_canonical(f"no line before defines {name!r}")

    def policy(self) -> Policy:
        """The whole policy, once every line is read."""
        if self.quorum is None:
            raise not_canonical("a policy without a quorum line")
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)


# checks.bundle_parts

# The parts of an evidence bundle, held to its manifest, and what its maker says in them.
#
# What the maker says proves nothing. As the manifest lists it, nobody else changed it.

Parts = Mapping[str, bytes]
"""The parts of a bundle by name, without the manifest."""


def require_no_more(parts: Parts, manifest: Manifest) -> None:
    """Raise Refused (SVX301) for a part that the manifest does not list."""
    if more := sorted(parts.keys() - manifest.parts.keys()):
        raise not_canonical(f"{more[0]!r} is in it, and its manifest does not list it")


def require_no_less(parts: Parts, manifest: Manifest) -> None:
    """Raise Refused (SVX401) for a part that the manifest lists and that is not there."""
    if missing := sorted(manifest.parts.keys() - parts.keys(), key=_by_position):
        detail = f"{missing[0]} is listed and not there, of {len(missing)} such parts"
        raise Refused(Code.WITHHELD, detail, _index_in(missing[0]))


def require_as_listed(parts: Parts, manifest: Manifest) -> None:
    """Raise Refused (SVX301) for a part with another digest than the manifest says."""
    for name, digest in digests_of(parts).items():
        if manifest.parts[name] != digest:
            detail = f"{name} is not the part that its manifest lists"
            raise Refused(Code.NOT_CANONICAL, detail, _index_in(name))


def is_makers_policy(parts: Parts, policy: Policy) -> bool | None:
    """Whether its maker trusts just whom this policy does; None where it does not say.

    Raises Refused (SVX301) for what is no policy.
    """
    own = parts.get(MAKERS_POLICY)
    if own is None:
        return None
    return parse_policy(own[: POLICY_LENGTH + 1].decode("utf-8", "replace")) == policy


def makers_audit_is_clean(parts: Parts) -> bool | None:
    """Whether its maker's audit found nothing; None without an audit.

    Raises Refused (SVX301) for what is no result of an audit.
    """
    audit = parts.get(AUDIT_RESULT)
    if audit is None:
        return None
    try:
        clean = json.loads(audit)["clean"]
    except (ValueError, LookupError, TypeError, RecursionError):
        clean = None
    if type(clean) is not bool:
        raise not_canonical(f"{AUDIT_RESULT} does not say what the audit found")
    return clean


def _index_in(name: str) -> int | None:
    """The leaf that a part is about."""
    position = position_in(name)
    return position and position - 1


def _by_position(name: str) -> tuple[bool, int, str]:
    position = position_in(name)
    return position is None, position or 0, name


# tree.consistency

# That the log only grew: RFC 9162 section 2.1.4, the same as RFC 6962 section 2.1.2.
#
# The path holds the subtrees from which both roots can be computed, the older and the newer one,
# so nothing that was under the older root was changed, moved or taken out.

def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """The path from the tree of `old` leaves to that of `new`: PROOF(m, D_n), section 2.1.4.1.

    It is empty from the empty tree, and from a tree to itself. Raises ValueError where `new`
    is smaller than `old`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a log of {old} leaves does not grow to {new}")
    if old in {0, new}:
        return []
    path = []
    start, stop = 0, new
    while old != stop:
        middle = start + split_of(stop - start)
        if old <= middle:
            path.append(subtree_root(middle, stop, node))
            stop = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    if start:  # else what is left is the whole older tree, whose root the reader has
        path.append(subtree_root(start, stop, node))
    path.reverse()
    return path


def verify_consistency(  # noqa: PLR0917 - two sizes, their roots and what joins them
    old_size: int,
    old_root: bytes,
    new_size: int,
    new_root: bytes,
    path: Sequence[bytes],
) -> None:
    """Accept that the tree under `new_root` is the one under `old_root` and leaves after it.

    Raises Refused: SVX102 where it is not, SVX103 where the newer size is the smaller one,
    SVX104 where one size has two roots, SVX301 where a hash is not 32 bytes, a size is
    negative or a path is given where none is needed.
    """
    require_hashes(old_root, new_root, *path)
    if min(old_size, new_size) < 0:
        raise not_canonical("a tree has no negative size")
    if new_size < old_size:
        raise Refused(Code.LOG_SHRANK, f"from {old_size} leaves to {new_size}")
    for size, root in ((old_size, old_root), (new_size, new_root)):
        if size == 0 and root != EMPTY_ROOT:
            raise Refused(Code.TWO_ROOTS, "an empty log has the hash of nothing as its root")
    if old_size == new_size and old_root != new_root:
        raise Refused(Code.TWO_ROOTS, f"at {old_size} leaves")

    if old_size in {0, new_size}:
        if path:
            raise not_canonical(f"no path is needed from {old_size} leaves to {new_size}")
    elif _roots_from_path(old_size, old_root, new_size, path) != (old_root, new_root):
        detail = f"{new_size} leaves do not begin with the {old_size} before"
        raise Refused(Code.HISTORY_REWRITTEN, detail)


def _roots_from_path(
    old_size: int, old_root: bytes, new_size: int, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """Both roots that the path leads to, where it has the right length: section 2.1.4.2.

    For 0 < old size < new size.
    """
    if not path:
        return None
    if old_size.bit_count() == 1:  # the older tree is one perfect subtree of the newer
        path = (old_root, *path)

    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = path[0]
    for beside in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            older, newer = node_hash(beside, older), node_hash(beside, newer)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, beside)
        at, last = at >> 1, last >> 1
    return (older, newer) if last == 0 else None


# tree.compact_range

# A log's tree while it grows: all that must be kept to append leaves and to tell the root.
#
# RFC 9162 section 2.1.1 splits a tree at the largest power of two below its size. So a tree of n
# leaves is a row of perfect subtrees, one for each bit set in n, the largest first, and their
# roots settle its root and that of every longer tree. A log of a million events needs 20 hashes
# at most.

class CompactRange:
    """The tree over all leaves up to `size`, as the roots of its row of perfect subtrees.

    To go on from a stored row, give the size and the hashes that belong to it. Raises
    ValueError where their number does not fit the size, or one is not 32 bytes.
    """

    __slots__ = ("_row", "_size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        row = list(hashes)
        if size < 0 or len(row) != size.bit_count():
            raise ValueError(f"{len(row)} hashes cannot be the row of {size} leaves")
        if any(len(digest) != HASH_BYTES for digest in row):
            raise ValueError(f"a hash of the row does not have {HASH_BYTES} bytes")
        self._size = size
        self._row = row

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees, the largest first: one for each bit in `size`."""
        return tuple(self._row)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in log order: all of them, or none where one is not 32 bytes."""
        row, size = self._row.copy(), self._size
        for leaf in leaves:
            if len(leaf) != HASH_BYTES:
                raise ValueError(f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf)}")
            joined, carry = leaf, size
            while carry & 1:  # two subtrees of one size become one, as bits carry over
                joined = sha256(b"\x01" + row.pop() + joined).digest()  # `node_hash`, at speed
                carry >>= 1
            row.append(joined)
            size += 1
        self._row, self._size = row, size

    def root(self) -> bytes:
        """The root of the tree over all leaves so far."""
        if not self._row:
            return EMPTY_ROOT
        *larger, top = self._row
        for subtree in reversed(larger):
            top = node_hash(subtree, top)
        return top


def root_over(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in log order, however many go by.

    Raises ValueError for one that is not 32 bytes.
    """
    row = CompactRange()
    row.extend(leaves)
    return row.root()


# tree.tiles

# The pieces a log's tree is published in: C2SP tlog-tiles v0.1.0.
#
# A hash tile holds up to 256 hashes side by side; above level 0, each is the root of a full tile
# one level down. The last tile of a level may be partial, and is then never hashed upward. An
# entry bundle holds the entries whose hashes the tile of level 0 with the same index has.

TILE_WIDTH: Final = 256
ENTRIES: Final = "entries"
"""Stands for the level in the name of an entry bundle."""

LEVEL_BITS: Final = 8
"""One level of tiles spans so many levels of the tree: 2^8 is the width of a tile."""

_TILE_PATH: Final = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})"
    r"/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"  # fewer than 2^63 leaves, so 2^55 tiles
    r"(?:\.p/(?P<width>[0-9]{1,3}))?"
)


class Tile(NamedTuple):
    """One tile; `index` counts those of a level from 0, `width` how much is in it: 1 to 256."""

    level: int | Literal["entries"]
    index: int  # type: ignore[assignment]  # hides a method of tuples that no tile needs
    width: int

    @property
    def span(self) -> int:
        """How many leaves are under each hash; an entry is under itself."""
        return 1 if self.level == ENTRIES else 1 << LEVEL_BITS * self.level

    @property
    def start(self) -> int:
        """The index of the first leaf that the tile covers."""
        return self.index * TILE_WIDTH * self.span

    @property
    def path(self) -> str:
        """Its name below the log's address: `tile/0/x001/x234/067`, partial `….p/17`."""
        *higher, last = f"{self.index:,}".split(",")
        groups = [*(f"x{group:0>3}" for group in higher), f"{last:0>3}"]
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"


def parse_tile_path(text: str) -> Tile:
    """The tile of that name; raises Refused (SVX301) for all that `Tile.path` never gives.

    Levels go to 63 and partial widths from 1 to 255, each without leading zeros.
    """
    match = _TILE_PATH.fullmatch(text)
    if match is None:
        raise not_canonical("not the path of a tile")
    level, index, width = match["level"], match["index"], match["width"] or TILE_WIDTH
    tile = Tile(
        level=ENTRIES if level == ENTRIES else int(level),
        index=int(index.replace("x", "").replace("/", "")),
        width=int(width),
    )
    too_high = tile.level != ENTRIES and tile.level > 63
    if tile.path != text or too_high or not 0 < tile.width <= TILE_WIDTH:
        raise not_canonical("not the path of a tile as it is written")
    return tile


def tile_at(level: int, index: int, size: int) -> Tile:
    """The hash tile with this index, as a tree of `size` leaves has it: full or partial.

    Raises ValueError where that tree has none.
    """
    if min(level, index) >= 0:
        width = (size >> LEVEL_BITS * level) - index * TILE_WIDTH
        if width > 0:
            return Tile(level, index, min(width, TILE_WIDTH))
    raise ValueError(f"a tree of {size} leaves has no tile {index} at level {level}")


def partial_tiles_of(size: int) -> list[Tile]:
    """The partial hash tiles, the highest first: one for each base-256 digit of `size` but 0.

    Their hashes, and nothing else, are needed for the root of the tree.
    """
    levels = reversed(range(-(-size.bit_length() // LEVEL_BITS)))
    digits = ((level, divmod(size >> LEVEL_BITS * level, TILE_WIDTH)) for level in levels)
    return [Tile(level, index, width) for level, (index, width) in digits if width]


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The hash tiles of the tree of `new` leaves that the tree of `old` leaves has not.

    From the leaves up, from left to right. A tile that became wider is another tile. Raises
    ValueError where the tree shrinks.
    """
    _require_growth(old, new)
    level = 0
    while new:
        yield from _added(level, old, new)
        level, old, new = level + 1, old >> LEVEL_BITS, new >> LEVEL_BITS


def entry_tiles_of(size: int) -> Iterator[Tile]:
    """All entry bundles of a log of `size` entries, from left to right."""
    return entry_tiles_between(0, size)


def entry_tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The entry bundles of the log of `new` entries that the log of `old` entries has not."""
    _require_growth(old, new)
    return _added(ENTRIES, old, new)


def _added(level: int | Literal["entries"], old: int, new: int) -> Iterator[Tile]:
    """The tiles of a level that changed when its hashes went from `old` to `new` in number."""
    if old == new:
        return
    for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
        yield Tile(level, index, min(new - index * TILE_WIDTH, TILE_WIDTH))


def _require_growth(old: int, new: int) -> None:
    if not 0 <= old <= new:
        raise ValueError(f"a log of {old} entries does not grow to {new}")


# tree.entries

# Entry bundles: what the leaves of a log are the hashes of (C2SP tlog-tiles v0.1.0).
#
# Each entry stands behind its length in bytes, a 16-bit number with the higher byte first.

LENGTH_BYTES: Final = 2
MAX_ENTRY_BYTES: Final = (1 << 8 * LENGTH_BYTES) - 1


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """The entry bundle of these entries, in their order.

    Raises ValueError where none can be: for no entry or more than 256, and for an entry of
    more than 65,535 bytes.
    """
    if not 0 < len(entries) <= TILE_WIDTH:
        raise ValueError(f"an entry bundle has 1 to {TILE_WIDTH} entries, not {len(entries)}")
    packed = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise ValueError(f"an entry has {MAX_ENTRY_BYTES} bytes at most, not {len(entry)}")
        packed += [len(entry).to_bytes(LENGTH_BYTES), entry]
    return b"".join(packed)


def unpack_entries(data: bytes, width: int) -> list[bytes]:
    """The entries of an entry bundle that holds exactly `width` of them.

    Raises Refused (SVX301) for a bundle that is cut short or has anything behind its last
    entry.
    """
    entries = []
    at = 0
    for _ in range(width):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start])
        entries.append(data[start:at])
    if at != len(data):  # `at` only grows, so it stays beyond the end of a cut bundle
        raise not_canonical(f"an entry bundle of {width} has {len(data)} bytes, not {at}")
    return entries


# tree.tile_hashing

# A tile's worth of hashes at a time: what `merkle` says, at speed.
#
# OpenSSL takes about as long to begin a hash as to finish one of these, so each begins as a copy
# of one that has taken its first bytes already. Lengths are not checked here: whoever read the
# tile did.

_LEAF_BEGUN: Final = sha256(b"\x00")
_LEAF_OF_ENTRY_BEGUN: Final = sha256(b"\x00svx-entry/1\n")
_NODE_BEGUN: Final = sha256(b"\x01")


def hashes_in(joined: bytes) -> list[bytes]:
    """The hashes that stand in a row, one by one."""
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def leaves_of_digests(digests: Iterable[bytes]) -> list[bytes]:
    """The leaf hashes of records with these digests: `leaf_hash` of `entry_of_digest`."""
    leaves = []
    for digest in digests:
        leaf = _LEAF_OF_ENTRY_BEGUN.copy()
        leaf.update(digest.hex().encode() + b"\n")
        leaves.append(leaf.digest())
    return leaves


def leaves_of_bundle(bundle: bytes, width: int) -> list[bytes]:
    """The leaf hashes of a bundle's entries: `leaf_hash` of each of `unpack_entries`.

    Raises Refused (SVX301) as that does.
    """
    leaves = []
    for entry in _entries_in(bundle, width):
        leaf = _LEAF_BEGUN.copy()
        leaf.update(entry)
        leaves.append(leaf.digest())
    return leaves


def nodes_over(row: Sequence[bytes]) -> list[bytes]:
    """The nodes over each two hashes of a row: `node_hash`. An odd last one is left out."""
    nodes = []
    for left, right in zip(row[::2], row[1::2], strict=False):
        node = _NODE_BEGUN.copy()
        node.update(left)
        node.update(right)
        nodes.append(node.digest())
    return nodes


def root_of_full(hashes: Sequence[bytes]) -> bytes:
    """The root over the hashes of a full tile, or of as many as another power of two."""
    while len(hashes) > 1:
        hashes = nodes_over(hashes)
    return hashes[0]


def _entries_in(bundle: bytes, width: int) -> Iterable[bytes]:
    step = LENGTH_BYTES + int.from_bytes(bundle[:LENGTH_BYTES])
    lengths = [bundle[at::step] for at in range(LENGTH_BYTES)]
    if len(bundle) != step * width or lengths != [first[:1] * width for first in lengths]:
        return unpack_entries(bundle, width)
    starts = range(LENGTH_BYTES, len(bundle) + 1, step)  # all of one length, as ours are
    return [bundle[at : at + step - LENGTH_BYTES] for at in starts]


# tree.tiled_tree

# A log's tree read from its tiles, with nothing believed that the signed root does not cover.
#
# The partial tiles, at most one for each level, are the right edge of the tree: together they
# settle its root. The root of every full tile stands in a tile one level up. So whatever is read
# is checked upward to the edge, and the edge against the root, before any hash of it is used.

ReadTile = Callable[[Tile], bytes]
"""Where tiles are had from. A log may drop a partial tile once it has the full one: who reads
then gives the beginning of the full one."""

TileRows = list[list[bytes]]
"""The hashes of a tile and, row upon row, the roots of the perfect subtrees over them."""

TILES_KEPT: Final = 64
"""Of about 40 KB each: many times the way up from two leaves."""


class TiledTree:
    """The tree of `size` leaves under `root`, both from a checkpoint that is trusted.

    A tile is read when it is needed, and refused with SVX101 where it does not hash to the
    root; the first bad leaf is named where that can be told. A tile of another length is
    refused with SVX301. What `read` raises is passed on.
    """

    def __init__(self, size: int, root: bytes, read: ReadTile) -> None:
        require_hashes(root)
        if size == 0 and root != EMPTY_ROOT:
            raise Refused(Code.TWO_ROOTS, "an empty log has the hash of nothing as its root")
        self.size: Final = size
        self.root: Final = root
        self._read = read
        self._rows = lru_cache(TILES_KEPT)(self._authenticated)

    def node(self, level: int, index: int) -> bytes:
        """The root of the perfect subtree over the 2^level leaves from leaf index · 2^level.

        Raises ValueError where the tree has no such subtree.
        """
        if min(level, index) < 0 or (index + 1) << level > self.size:
            raise ValueError(f"{self.size} leaves have no subtree {index} at level {level}")
        tile_level, row = divmod(level, LEVEL_BITS)
        tile_index, first = divmod(index << row, TILE_WIDTH)
        return self._rows(tile_level, tile_index)[row][first >> row]

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """The leaf hashes from leaf `start` up to, not including, `stop`.

        Raises ValueError where the tree has not all of them.
        """
        if not 0 <= start <= stop <= self.size:
            raise ValueError(f"{self.size} leaves have no leaves {start} to {stop}")
        while start < stop:
            index, first = divmod(start, TILE_WIDTH)
            found = self._rows(0, index)[0][first : first + stop - start]
            yield from found
            start += len(found)

    def _authenticated(self, level: int, index: int) -> TileRows:
        """The rows of a tile, once it is known to hash to the root."""
        tile = tile_at(level, index, self.size)
        if tile.width < TILE_WIDTH:
            return self._right_edge[tile]
        stated = self.node((level + 1) * LEVEL_BITS, index)
        rows = self._read_rows(tile)
        if rows[LEVEL_BITS] != [stated]:
            leaf = self._first_disagreement([(tile, rows[0])])
            if leaf is None:
                leaf = tile.start
            detail = f"{tile.path} does not hash to the tree above it"
            raise Refused(Code.ENTRY_NOT_IN_TREE, detail, leaf)
        return rows

    @cached_property
    def _right_edge(self) -> dict[Tile, TileRows]:
        """The rows of the partial tiles, once they are known to make up the root."""
        edge = {tile: self._read_rows(tile) for tile in partial_tiles_of(self.size)}
        subtrees = [
            row[-1]  # of an odd row, the last is half of nothing in its tile
            for rows in edge.values()
            for row in reversed(rows)
            if len(row) & 1
        ]
        if CompactRange(self.size, subtrees).root() != self.root:
            leaf = self._first_disagreement([(tile, rows[0]) for tile, rows in edge.items()])
            detail = f"the partial tiles do not make up the root of {self.size} leaves"
            raise Refused(Code.ENTRY_NOT_IN_TREE, detail, leaf)
        return edge

    def _read_rows(self, tile: Tile) -> TileRows:
        data = self._read(tile)
        if len(data) != tile.width * HASH_BYTES:
            raise not_canonical(f"{tile.path} has {len(data)} bytes")
        rows = [hashes_in(data)]
        while len(rows[-1]) > 1:
            rows.append(nodes_over(rows[-1]))
        return rows

    def _first_disagreement(self, tiles: Iterable[tuple[Tile, list[bytes]]]) -> int | None:
        """The first leaf under a hash of these tiles that what lies beneath does not hash to.

        That something is wrong is known already. Where the layer beneath agrees, or cannot be
        read, it only stays open which leaf.
        """
        try:
            for tile, hashes in tiles:
                for number, hashed in enumerate(self._hashed_beneath(tile)):
                    if hashed != hashes[number]:
                        return tile.start + number * tile.span
        except Exception:  # noqa: BLE001 - whatever `read` raises, the finding stands
            return None
        return None

    def _hashed_beneath(self, tile: Tile) -> Iterator[bytes]:
        """What the hashes of a tile should be, by the entries or the tiles beneath it."""
        if not isinstance(tile.level, int) or tile.level == 0:
            bundle = self._read(Tile(ENTRIES, tile.index, tile.width))
            yield from leaves_of_bundle(bundle, tile.width)
            return
        first = tile.index * TILE_WIDTH
        for index in range(first, first + tile.width):
            rows = self._read_rows(Tile(tile.level - 1, index, TILE_WIDTH))
            yield rows[LEVEL_BITS][0]


# checks.heads

# Heads that were seen before: a log must go on from them, whoever signs what comes next.
#
# A signature says who vouches for a head, not that it is the only one. Whoever keeps the newest
# head that they were shown notices when the log is cut, rewritten or shown in two versions.

HEADS_BYTES: Final = 64 * NOTE_BYTES
"""The longest file of remembered heads that is read."""

_EPOCH: Final = re.compile(r"/([1-9][0-9]{0,17})\Z", re.ASCII)


def head_of(note: bytes) -> Checkpoint:
    """What a signed checkpoint says, whoever signed it. Raises Refused (SVX301)."""
    return parse_checkpoint(parse_note(note).text)


def require_not_behind(kept: Checkpoint, head: Checkpoint) -> None:
    """Accept a head that may go on from one that was kept, as far as the two alone can tell.

    Raises Refused: SVX103 where it is smaller, SVX104 where one size has two roots, SVX201
    where they are heads of two logs.
    """
    if kept.origin != head.origin:
        detail = f"{head.origin!r} is another log than {kept.origin!r}"
        raise Refused(Code.KEY_UNKNOWN, detail)
    if head.size < kept.size:
        detail = f"{kept.size} leaves were signed before, now {head.size}"
        raise Refused(Code.LOG_SHRANK, detail, head.size)
    if head.size == kept.size and head.root != kept.root:
        raise Refused(Code.TWO_ROOTS, f"at {head.size} leaves")


def require_prefix(kept: Checkpoint, tree: TiledTree) -> None:
    """Accept that the first leaves of a tree are those under a head that was kept.

    The kept root is computed again from the tree's own hashes. Raises Refused: SVX102 where it
    comes out as another, SVX103 where the tree has fewer leaves, and what reading it raises.
    """
    if tree.size < kept.size:
        detail = f"{kept.size} leaves were signed before, now {tree.size}"
        raise Refused(Code.LOG_SHRANK, detail, tree.size)
    computed = subtree_root(0, kept.size, tree.node) if kept.size else EMPTY_ROOT
    if computed != kept.root:
        detail = (
            f"the first {kept.size} of {tree.size} leaves have not the root that was signed "
            "for them: one was changed, moved, put in or taken out"
        )
        raise Refused(Code.HISTORY_REWRITTEN, detail)


def same_ledger(one: str, other: str) -> bool:
    """Whether two logs seem to be epochs of one ledger: X, X/2, X/3 and so on."""
    return not {one, _EPOCH.sub("", one)}.isdisjoint({other, _EPOCH.sub("", other)})


def epoch_order(origin: str) -> tuple[int, int]:
    """By what the epochs of one ledger are in order: X comes before X/2."""
    found = _EPOCH.search(origin)
    return origin.count("/"), int(found[1]) if found else 1


def parse_heads(data: bytes) -> dict[str, bytes]:
    """Read a file of remembered heads: by origin, the newest signed checkpoint that was seen.

    Raises Refused (SVX301).
    """
    try:
        plain = json.loads(data) if len(data) <= HEADS_BYTES else None
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        raise not_canonical("what should be a file of remembered heads is none")
    heads = {}
    for origin, note in plain.items():
        if not isinstance(note, str):
            raise not_canonical("a remembered head that is no text")
        heads[origin] = note.encode("utf-8", "surrogatepass")
        if head_of(heads[origin]).origin != origin:
            raise not_canonical("a remembered head under the name of another log")
    return heads


def heads_data(heads: Mapping[str, bytes]) -> bytes:
    """Write a file of remembered heads."""
    plain = {origin: note.decode() for origin, note in heads.items()}
    return json.dumps(plain, indent=1, sort_keys=True).encode() + b"\n"


# checks.earlier_heads

# An earlier head beside a later one, with the proof that the log only went on between them.

def growth_data(path: list[bytes]) -> bytes:
    """A consistency proof as a file: a hash a line, in base64."""
    return "".join(f"{base64_text(digest)}\n" for digest in path).encode()


def parse_growth(data: bytes) -> list[bytes]:
    """Read such a file. Raises Refused (SVX301)."""
    *lines, rest = data.decode("latin-1").split("\n")
    if rest or len(lines) > 2 * PATH_HASHES:
        raise not_canonical("its proof is no list of hashes, a line each")
    return [parse_hash(line) for line in lines]


def require_earlier(older: Checkpoint, newer: Checkpoint, proof: bytes) -> None:
    """Accept a proof that the later of two heads goes on from the earlier one.

    Raises Refused: SVX102, SVX103, SVX104 where it does not, SVX201 for heads of two logs,
    SVX301 for the form of the proof.
    """
    require_not_behind(older, newer)
    path = parse_growth(proof)
    verify_consistency(older.size, older.root, newer.size, newer.root, path)


# checks.first_findings

# What a long check found so far: for each code the first finding.

class FirstFindings:
    """The first finding of each code; what comes after it of the same code says no more."""

    def __init__(self) -> None:
        self.by_code: dict[Code, Finding] = {}

    def add(self, code: Code, detail: str, index: int | None = None) -> None:
        """Take what is wrong; `index` is the first leaf that it concerns."""
        self.by_code.setdefault(code, Finding(code, detail, index))

    def then(self, later: Iterable[Finding]) -> None:
        """Take what was found further on."""
        for found in later:
            self.by_code.setdefault(found.code, found)

    def in_order(self) -> list[Finding]:
        """By the leaf that each concerns, those of no leaf last; of one leaf by their codes."""
        return sorted(
            self.by_code.values(),
            key=lambda found: (found.index is None, found.index or 0, found.code.number),
        )


# checks.records

# Records against the log: what a stored event says, and where that puts it.
#
# A record is canonical JSON and carries its own position, stream, version, type and time, and the
# leaf hash of the event before it on its stream. So whatever holds records beside the tree, such
# as a row of a database, can be compared with what was signed.

RECORD_BYTES: Final = 60 * 1024
"""The longest record."""

INTEGER_LIMIT: Final = 1 << 53
"""Integers stay below this, so that every program reads them alike (RFC 8785 section 3.2.2)."""

_RECORD_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
)
_HEX_HASH: Final = re.compile(r"[0-9a-f]{64}")
_RECORD_SALT: Final = re.compile(r"[0-9a-f]{32}")
_RECORD_FIELDS: Final = {
    *("actor", "command", "data", "position", "recorded_at", "salt", "stream", "svx", "type"),
    "version",
}
_OPTIONAL_FIELDS: Final = {
    *("causation", "correlation", "prev", "received_at", "request", "signed"),
}


class Record(NamedTuple):
    """What a record says of itself, and the fact in it.

    `prev` is the leaf hash of the event before it on its stream, for the first event of a
    stream that of the ledger's first; None only in that one.
    """

    position: int
    stream: str
    version: int
    type: str
    recorded_at: str
    prev: bytes | None
    data: dict[str, Any]

    @property
    def recorded_seconds(self) -> float:
        """When it says that it was recorded, in Unix seconds."""
        return datetime.fromisoformat(self.recorded_at).timestamp()


class Commitment(NamedTuple):
    """Where a record names a private text that is kept apart from it, by a salted digest."""

    field: str
    digest: str


def parse_record(data: bytes) -> Record:
    """Read the stored bytes of an event, which have one spelling.

    Raises Refused (SVX301): for anything but canonical JSON without fractions, with integers
    below 2^53 and without nulls, and for other fields than a record has.
    """
    if len(data) > RECORD_BYTES:
        raise not_canonical(f"a record of more than {RECORD_BYTES} bytes")
    plain = _canonical_json(data)
    fields = set(plain) if isinstance(plain, dict) else set()
    if not fields >= _RECORD_FIELDS or fields - _RECORD_FIELDS - _OPTIONAL_FIELDS:
        raise not_canonical("a record without the fields of one, or with others")
    texts = (plain["stream"], plain["type"], plain["recorded_at"], plain["salt"])
    counts = (plain["svx"], plain["position"], plain["version"])
    if not all(type(text) is str for text in texts) or plain["svx"] != 1:
        raise not_canonical("a record whose fields have other kinds of values")
    if not all(type(count) is int and count > 0 for count in counts):
        raise not_canonical("a record whose position or version is no number from 1")
    if not isinstance(plain["data"], dict) or not _RECORD_SALT.fullmatch(plain["salt"]):
        raise not_canonical("a record without data or without a salt")
    if not _is_time(plain["recorded_at"]):
        raise not_canonical("a record without a time in UTC with six digits of a second")
    prev = plain.get("prev")
    if "prev" in plain and not (type(prev) is str and _HEX_HASH.fullmatch(prev)):
        raise not_canonical("a record whose link is no hash")
    return Record(
        position=plain["position"],
        stream=plain["stream"],
        version=plain["version"],
        type=plain["type"],
        recorded_at=plain["recorded_at"],
        prev=bytes.fromhex(prev) if prev else None,
        data=plain["data"],
    )


def commitments_in(record: Record) -> list[Commitment]:
    """The private texts that a record committed to, by the name of their field."""
    return [
        Commitment(field, digest)
        for field, value in record.data.items()
        if type(value) is dict
        and value.keys() == {"commitment"}
        and type(digest := value["commitment"]) is str
        and _HEX_HASH.fullmatch(digest)
    ]


def _is_time(text: str) -> bool:
    try:
        return bool(_RECORD_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _canonical_json(data: bytes) -> Any:
    """Read JSON whose bytes are exactly those that its value has under RFC 8785.

    Keys are ASCII and there are no fractions, so sorted keys and the shortest escapes are all
    that the RFC asks for. A key that stands twice is written once, so it is noticed too.
    """
    try:
        plain = _DECODER.decode(data.decode())
        same = _ENCODER.encode(plain).encode() == data
        if b"null" in data or not data.isascii():  # most have neither, and need no walk
            _require_profile(plain)
    except (ValueError, RecursionError):
        raise not_canonical("a record that is not JSON as it is stored") from None
    if not same:
        raise not_canonical("a record in another spelling than that of canonical JSON")
    return plain


def _require_profile(plain: Any) -> None:
    """Refuse null and keys beyond ASCII, which records never have."""
    if plain is None:
        raise not_canonical("a record with a null")
    if isinstance(plain, dict):
        for key, value in plain.items():
            if not key.isascii():
                raise not_canonical("a record with a name that is not ASCII")
            _require_profile(value)
    elif isinstance(plain, list):
        for value in plain:
            _require_profile(value)


def _no_fraction(_: str) -> NoReturn:
    raise ValueError


def _whole_number(digits: str) -> int:
    if abs(number := int(digits)) >= INTEGER_LIMIT:
        raise ValueError
    return number


_DECODER: Final = json.JSONDecoder(
    parse_float=_no_fraction, parse_constant=_no_fraction, parse_int=_whole_number
)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# checks.loose_chains

# Records of streams of which some are kept back: what links them, and what is left out.

class LooseChains:
    """Records of a log by position, each linked to the one before it on its stream.

    Where versions of a stream are left out, as many of the `withheld` positions must lie
    between: then nothing but that can be said of the link. `left_out` counts such versions.
    """

    def __init__(self, withheld: Sequence[int]) -> None:
        self._withheld = list(withheld)
        self._ends: dict[str, tuple[int, bytes, int]] = {}
        self._opening: bytes | None = None
        self._with_gaps: set[str] = set()
        self.left_out = 0

    def take(self, record: Record, leaf: bytes) -> None:
        """Take the next record.

        Raises Refused: SVX105 where it does not follow the one before it on its stream, the
        first one of a stream the ledger's first record; SVX401 for versions that are neither
        here nor withheld.
        """
        position, version, index = record.position, record.version, record.position - 1
        if position == 1:
            self._opening = leaf
        first = (0, None if position == 1 else self._opening, 0)
        before, end, after = self._ends.get(record.stream, first)
        self._ends[record.stream] = (version, leaf, position)
        missing = version - before - 1
        if missing > 0:
            self._with_gaps.add(record.stream)
            self.left_out += missing
            if missing > self._withheld_between(after, position):
                detail = f"versions {before + 1} to {version - 1} of its stream are not here"
                raise Refused(Code.WITHHELD, detail, index)
        elif missing < 0:
            detail = f"version {version} comes after version {before}"
            raise Refused(Code.CHAIN_BROKEN, detail, index)
        elif record.prev != end and (end is not None or position == 1):
            detail = "it does not follow the event before it on its stream"
            raise Refused(Code.CHAIN_BROKEN, detail, index)

    def leave_out(self, position: int) -> None:
        """Take a position for withheld, of which something else is wrong already."""
        insort(self._withheld, position)

    def require(self, stream: str) -> None:
        """Accept what has the ledger's first record and one of a stream.

        Raises Refused (SVX401), also where more versions are left out than are withheld.
        """
        if self._opening is None:
            raise Refused(Code.WITHHELD, "the first record of the ledger is not here", 0)
        if stream not in self._ends:
            raise Refused(Code.WITHHELD, "no record of what it is about is here")
        if self.left_out > len(self._withheld):
            detail = f"{self.left_out} versions are left out, and fewer are listed as withheld"
            raise Refused(Code.WITHHELD, detail)

    @property
    def streams(self) -> int:
        """How many streams the records are of."""
        return len(self._ends)

    @property
    def gapless(self) -> int:
        """How many of them have every version up to their last one here."""
        return len(self._ends) - len(self._with_gaps)

    def _withheld_between(self, after: int, before: int) -> int:
        return bisect_left(self._withheld, before) - bisect_right(self._withheld, after)


# checks.bundle

# An evidence bundle, held to a head that the user trusts: its records, and what dates them.
#
# Whom to trust comes from the user. What its maker says in it is read, and trusted in nothing.

RECORDS_AT_ONCE: Final = 256


class BundleCheck:
    """All of a bundle, checked by `run`; then what it came to.

    What is wrong is collected: for each code the first finding. `chains` knows the streams that
    the `records` are of; `dated` counts the records that are there under a cosigned head, and
    `undated_heads` the heads with too few of the user's witnesses to date anything; `sha256` is
    that of the whole file, in hex.
    """

    def __init__(
        self, data: bytes, policy: Policy, *, tolerance: int = TOLERANCE_SECONDS
    ) -> None:
        """Open a bundle and its head.

        Raises Refused: SVX301 for what is no bundle, or one with parts that its manifest does
        not list, or whose manifest names another head than it has; SVX401 without a head,
        SVX201 and SVX202 where that is not to be trusted.
        """
        self._policy = policy
        self._tolerance = tolerance
        self._parts = unpack_zip(data)
        self.sha256 = sha256(data).hexdigest()
        self.manifest = parse_manifest(self._parts.pop(MANIFEST, b""))
        self._first = FirstFindings()
        require_no_more(self._parts, self.manifest)
        self._collect(lambda: require_no_less(self._parts, self.manifest))
        if HEAD_NOTE not in self._parts:
            raise Refused(Code.WITHHELD, "it has no head")
        self.note = self._parts[HEAD_NOTE]
        self.trusted = policy.open(self.note)
        head, told = self.trusted.checkpoint, self.manifest
        if (head.origin, head.size, head.root) != (told.origin, told.size, told.root):
            raise not_canonical("its manifest is of another head than its checkpoint")
        self.chains = LooseChains(self.manifest.withheld)
        self._time = ""
        self._brackets = Brackets([])
        self.records = self.dated = self.undated_heads = 0
        self.audit_clean: bool | None = None
        self.same_policy: bool | None = None

    def run(self) -> Iterator[int]:
        """Check everything; say after some hundred records how many are done."""
        heads = [self.trusted, *self._dating_heads()]
        self._brackets = Brackets(heads, self._tolerance)
        for number, position in enumerate(self.manifest.positions, start=1):
            try:
                self._record(position)
            except Refused as refused:
                self._found(refused, position - 1)
                self.chains.leave_out(position)
            if number % RECORDS_AT_ONCE == 0:
                yield number
        self._collect(lambda: self.chains.require(self.manifest.subject))
        self._collect(lambda: require_as_listed(self._parts, self.manifest))
        self._collect(self._claims)
        yield len(self.manifest.positions)

    @property
    def findings(self) -> list[Finding]:
        """The first finding of each code, by the leaf that it concerns."""
        return self._first.in_order()

    def _found(self, refused: Refused, index: int | None = None) -> None:
        found = refused.finding
        at = index if found.index is None else found.index
        self._first.add(found.code, found.detail, at)

    def _collect(self, check: Callable[[], None]) -> None:
        try:
            check()
        except Refused as refused:
            self._found(refused)

    def _dating_heads(self) -> Iterator[Trusted]:
        """Yield the earlier heads that date records; the head goes on from every one."""
        for size in self.manifest.sizes:
            note, proof = (self._parts.get(name(size)) for name in (head_name, growth_name))
            if note is None or proof is None:
                continue  # found missing already
            try:
                dating = self._dating_head(size, note, proof)
            except Refused as refused:
                detail = f"the head of {size} leaves: {refused.finding.detail}"
                found = refused.finding
                self._found(Refused(found.code, detail, found.index))
                continue
            if dating is not None:
                yield dating

    def _dating_head(self, size: int, note: bytes, proof: bytes) -> Trusted | None:
        try:
            dating = self._policy.open(note)
        except Refused as refused:
            if refused.finding.code is not Code.QUORUM_MISSING:
                raise
            self.undated_heads += 1
            return None
        older, head = dating.checkpoint, self.trusted.checkpoint
        if older.size != size:
            raise not_canonical(f"it has {older.size}")
        require_earlier(older, head, proof)
        return dating

    def _record(self, position: int) -> None:
        """Check one record against its receipt, and what is before it on its stream."""
        data = self._parts.get(record_name(position))
        proof = self._parts.get(receipt_name(position))
        if data is None or proof is None:  # one of those that were found missing
            raise Refused(Code.WITHHELD, "it is listed and not there", position - 1)
        self.records += 1
        index, head, receipt = position - 1, self.trusted.checkpoint, parse_receipt(proof)
        if receipt.checkpoint != self.note or receipt.extra is not None:
            raise not_canonical("its receipt is under another head, or more than a receipt")
        if receipt.index != index:
            detail = f"its receipt is for leaf {receipt.index}"
            raise Refused(Code.ENTRY_NOT_IN_TREE, detail, index)
        leaf = leaf_hash(entry_of(data))
        verify_inclusion(leaf, index, head.size, receipt.path, head.root)
        record = parse_record(data)
        if record.position != position:
            detail = f"its record says position {record.position}"
            raise Refused(Code.ENTRY_NOT_IN_TREE, detail, index)
        self._times(record)
        self._collect(lambda: self.chains.take(record, leaf))

    def _times(self, record: Record) -> None:
        """No record is older than the one before it, nor outside its bracket."""
        index = record.position - 1
        if record.recorded_at < self._time:
            detail = "it was recorded before a record that stands before it"
            self._found(Refused(Code.TIME_OUTSIDE_BRACKET, detail, index))
        self._time = max(self._time, record.recorded_at)
        self.dated += self._brackets.of(index).seen_with is not None
        far = self._brackets.outside(index, record.recorded_seconds)
        if far is not None:
            detail = f"it was recorded {far}"
            self._found(Refused(Code.TIME_OUTSIDE_BRACKET, detail, index))

    def _claims(self) -> None:
        """Take note of what the maker says: whom it trusts, and what its audit found."""
        self.same_policy = is_makers_policy(self._parts, self._policy)
        self.audit_clean = makers_audit_is_clean(self._parts)


# checks.receipt

# A receipt with its record: this event, word for word, is in the log that was signed.

class ReceiptVerified(NamedTuple):
    """A record that is in a log which is trusted, at leaf `index`."""

    index: int  # type: ignore[assignment]  # hides a method of tuples that nobody needs here
    record: Record
    trusted: Trusted


def verify_receipt_of(
    data: bytes, policy: Policy, record: bytes | None = None
) -> ReceiptVerified:
    """Check a receipt for a record: the one given, else the one that comes with it.

    Raises Refused: SVX201 or SVX202 where its head is not to be trusted; SVX101 where another
    record stands at this place, also where the receipt itself carries another one; SVX401
    without a record; SVX301 for the form of either, also of a record that is in the log.
    """
    receipt = parse_receipt(data)
    given = receipt.extra if record is None else record
    if given is None:
        raise Refused(Code.WITHHELD, "the receipt came without its record", receipt.index)
    trusted = verify_receipt(receipt, entry_of(given), policy)
    if receipt.extra not in (None, given):
        detail = "the receipt carries another record than the one that was given"
        raise Refused(Code.ENTRY_NOT_IN_TREE, detail, receipt.index)
    read = parse_record(given)
    if read.position != receipt.index + 1:
        detail = f"its record says position {read.position}"
        raise Refused(Code.ENTRY_NOT_IN_TREE, detail, receipt.index)
    return ReceiptVerified(receipt.index, read, trusted)


# checks.epoch_start

# The record that begins a ledger's next epoch, and the head of the last one in it.

EPOCH_STARTED: Final = "epoch-started.v1"
"""The type of the record with which a restored ledger says so."""


class EpochStart(NamedTuple):
    """Such a record in the later log, and the head that it calls the earlier one's last.

    `common` is how many leaves under that head are in the later log; None where that is not
    known, as nobody shows the earlier log that far.
    """

    receipt: ReceiptVerified
    last: Checkpoint
    common: int | None

    @property
    def leaf(self) -> int:
        """The index of the record in the later log."""
        return self.receipt.index

    @property
    def gone(self) -> int | None:
        """How many leaves under the head on record are not in the later log."""
        return None if self.common is None else self.last.size - self.common

    @property
    def before(self) -> int | None:
        """How many leaves, none of the earlier log's, the later one has ahead of this record.

        They were written on the restored copy, or in place of what is gone, when nothing on
        record said that it was restored.
        """
        return None if self.common is None else self.leaf - self.common


def started_epoch(
    data: bytes, policy: Policy, origin: str, epoch: int
) -> tuple[ReceiptVerified, Checkpoint]:
    """Check the receipt of the record that began an epoch, in the log of this origin.

    The head that it carries need be signed by its log alone: the operator may have had it
    before any witness. Raises ValueError for the receipt of another log, event or epoch;
    Refused as `verify_receipt_of` does, and SVX201 and SVX301 for the head that is carried.
    """
    named = head_of(parse_receipt(data).checkpoint).origin
    if named != origin:
        raise ValueError(f"the receipt is of {named}, not of {origin}")
    verified = verify_receipt_of(data, policy)
    record = verified.record
    if record.type != EPOCH_STARTED:
        raise ValueError(f"the receipt is of {record.type}, not of {EPOCH_STARTED}")
    if record.data.get("epoch") != epoch:
        began = record.data.get("epoch")
        raise ValueError(f"the receipt is of what began epoch {began}, not {epoch}")
    carried = _carried(record)
    try:
        # Lines in the names of other logs are no matter of this head, right or wrong.
        last = head_of(carried).origin
        own = [log.key for log in policy.logs if log.key.name == last]
        return verified, open_checkpoint(carried, own)
    except Refused as refused:
        found = refused.finding
        raise Refused(found.code, f"the head on record: {found.detail}") from None


def _carried(record: Record) -> bytes:
    """The signed checkpoint that the record has by its lines."""
    lines = record.data.get("checkpoint")
    if not isinstance(lines, list) or not all(type(line) is str for line in lines):
        raise not_canonical("no lines of a signed checkpoint")
    return "".join(f"{line}\n" for line in lines).encode()


# files.published_log

# A log as it was published: a checkpoint and tiles under their names (C2SP tlog-tiles v0.1.0).
#
# Nothing here is believed; what reads through it checks what it gets against a signed root.

ENTRY_BUNDLE_BYTES: Final = TILE_WIDTH * (LENGTH_BYTES + MAX_ENTRY_BYTES)
"""The longest entry bundle."""

_READING: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""How a file is opened: without waiting (POSIX), and as the bytes that it has (Windows)."""

CHECKPOINT: Final = "checkpoint"
"""The name of the newest head."""

GetFile = Callable[[str, int], bytes | None]
"""(name, most) → the file of a log with this name, None where there is none. Of a file that is
longer than `most` bytes, more than `most` are given, and not all of it need be read."""


class PublishedLog(NamedTuple):
    """Where the files of a log are had from."""

    get: GetFile

    def checkpoint(self) -> bytes:
        """The newest head that the log shows. Raises Refused (SVX401) without one."""
        found = self.get(CHECKPOINT, NOTE_BYTES)
        if found is None:
            raise Refused(Code.WITHHELD, "there is no checkpoint")
        return found

    def tile(self, tile: Tile) -> bytes:
        """A hash tile or an entry bundle, of whatever bytes.

        A log may drop a partial tile once the full one is there: then it is the beginning of
        the full one. Raises Refused: SVX401 with the first leaf that it covers where there is
        neither, SVX301 where a full entry bundle has no beginning.
        """
        most = ENTRY_BUNDLE_BYTES if tile.level == ENTRIES else TILE_WIDTH * HASH_BYTES
        found = self.get(tile.path, most)
        if found is None and tile.width < TILE_WIDTH:
            full = self.get(tile._replace(width=TILE_WIDTH).path, most)
            found = full and _beginning(tile, full)
        if found is None:
            raise Refused(Code.WITHHELD, f"{tile.path} is not there", tile.start)
        return found


def log_in(folder: Path) -> PublishedLog:
    """The log in a folder, a file for each name, as a web server would hand them out."""
    return PublishedLog(partial(_file_in, folder))


def _file_in(folder: Path, name: str, most: int) -> bytes | None:
    """Read a file in as few calls as there are: a million events are eight thousand files."""
    try:
        file = os.open(f"{folder}/{name}", _READING)
        try:
            found = os.fstat(file)
            if not S_ISREG(found.st_mode):  # such as a pipe, which waits for a writer
                return None
            return os.read(file, min(found.st_size, most) + 1)
        finally:
            os.close(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        why = fault.strerror or type(fault).__name__
        raise Refused(Code.WITHHELD, f"{name} cannot be read: {why}") from None


def _beginning(tile: Tile, full: bytes) -> bytes:
    if tile.level == ENTRIES:
        return pack_entries(unpack_entries(full, TILE_WIDTH)[: tile.width])
    return full[: tile.width * HASH_BYTES]


# tree.beginning

# How far two trees are the same from their first leaf on, whatever comes behind that.

def common_beginning(most: int, one: Node, other: Node) -> int:
    """How many of the first `most` leaves two trees, each with at least as many, have alike.

    Bit by bit, the largest first: each step compares one subtree of both, so that of a tree of
    n leaves log2(n) hashes are read.
    """
    alike = 0
    for level in reversed(range(most.bit_length())):
        after = alike + (1 << level)
        if after <= most and one(level, alike >> level) == other(level, alike >> level):
            alike = after
    return alike


# checks.shown_logs

# Logs as they were shown, to be laid side by side: a head, and its tree where there is one.

class ShownLog(NamedTuple):
    """A log as somebody was shown it: a signed head, and where its tiles are had from.

    Of a head that was kept alone there are no tiles.
    """

    note: bytes
    log: PublishedLog | None = None


class Side(NamedTuple):
    """A head that is trusted, and its tree as far as it can be read."""

    head: Checkpoint
    node: Node | None

    def begins_with(self, head: Checkpoint) -> bool:
        """Whether the first leaves of the tree are those under a head of it, or of another."""
        assert self.node is not None
        if head.size > self.head.size:
            return False
        root = subtree_root(0, head.size, self.node) if head.size else EMPTY_ROOT
        return root == head.root


def side_of(head: Checkpoint, log: PublishedLog | None) -> Side:
    """Return a trusted head with the tree under it. Raises Refused as `possible` does."""
    return Side(possible(head), _node_in(head, log))


def possible(head: Checkpoint) -> Checkpoint:
    """Return a head that can be one: without leaves there is one root (SVX104 for another)."""
    if head.size == 0 and head.root != EMPTY_ROOT:
        detail = f"{head.origin}: an empty log has the hash of nothing as its root"
        raise Refused(Code.TWO_ROOTS, detail)
    return head


def common_of(older: Side, newer: Side) -> int | None:
    """How many leaves two trees begin with alike; None where there is a head alone of one."""
    assert newer.node is not None
    if older.node is None:
        return older.head.size if newer.begins_with(older.head) else None
    most = min(older.head.size, newer.head.size)
    return common_beginning(most, older.node, newer.node)


def _node_in(head: Checkpoint, log: PublishedLog | None) -> Node | None:
    """The tree under a head; what is wrong with it is said with the name of its log."""
    if log is None:
        return None
    tree = TiledTree(head.size, head.root, log.tile)

    def node(level: int, index: int) -> bytes:
        try:
            return tree.node(level, index)
        except Refused as refused:
            found = refused.finding
            raise Refused(found.code, f"{head.origin}: {found.detail}", found.index) from None

    return node


# checks.epoch

# Two epochs of one ledger: what of the log before a restore is still in the log after it.
#
# After a restore the log X goes on as X/2, which is another log: no signature ties them together.
# Their trees do. What the restored copy had is the beginning of both, leaf for leaf; where that
# ends, the rest of X is gone. And the record that began X/2 carries the head of X that the
# operator calls its last, to which any other head of X can be held.

@dataclass(frozen=True, slots=True)
class EpochVerified:
    """How far two epochs of one ledger are the same, and what the later one says of that.

    `common` is how many leaves they begin with alike. None where that is not known: there is
    only a head of the earlier log, and the later one does not begin with all of its leaves.
    """

    old: Trusted
    new: Trusted
    common: int | None
    start: EpochStart | None

    @property
    def most_common(self) -> int:
        """How many that is at most: fewer than all, and none from the new epoch's record on."""
        if self.common is not None:
            return self.common
        assert self.start is not None  # else leaves were gone without a word
        return min(self.old.checkpoint.size - 1, self.start.leaf)

    @property
    def least_before(self) -> int:
        """How many leaves ahead of the new epoch's record cannot be the earlier log's.

        At least: it is `start.before` where that is known.
        """
        assert self.start is not None
        if self.start.before is not None:
            return self.start.before
        most = self.most_common if self.common is None else self.start.last.size - 1
        return max(0, self.start.leaf - most)

    @property
    def gone(self) -> int:
        """How many leaves of the earlier log are not in the later one; without tiles, at least.

        A record says its own position, so it is nowhere else in the later log either.
        """
        return self.old.checkpoint.size - self.most_common


def verify_epoch(
    old: ShownLog, new: ShownLog, policy: Policy, started: bytes | None = None
) -> EpochVerified:
    """Check what a log after a restore has of the log before it.

    `started` is the receipt, with its record, of the `epoch-started` event that followed the
    earlier log. Leaves that are gone are accepted where that record tells of them honestly.

    Raises ValueError for logs that are not two epochs of one ledger in their order, for a later
    log without tiles, and for a receipt of something else. Raises Refused: SVX201 or SVX202
    where a head or the receipt is not to be trusted; SVX401 where leaves are gone and nobody
    shows the record of that; SVX102, SVX103 and SVX104 as `_require_honest` says, or where the
    log that is shown does not go on from the head in the receipt; SVX102 also where the later
    log cannot have even the first leaf, or the earlier one has the record that ended it; SVX104
    for a head of no leaves with another root than theirs; and what reading the trees raises.
    """
    epoch = _epoch_after(head_of(old.note).origin, head_of(new.note).origin)
    if new.log is None:
        raise ValueError("of the later log tiles are needed: give its address or folder")
    opened = policy.open(old.note), policy.open(new.note)
    older = side_of(opened[0].checkpoint, old.log)
    newer = side_of(opened[1].checkpoint, new.log)
    common = common_of(older, newer)
    if started is None:
        _require_all(older.head, newer.head, common)
        return EpochVerified(*opened, common, None)
    receipt, last = started_epoch(started, policy, newer.head.origin, epoch)
    _require_in(newer, receipt)
    _require_honest(possible(last), older, newer)
    start = EpochStart(receipt, last, _common_on_record(last, common, older, newer))
    compared = EpochVerified(*opened, common, start)
    if older.head.size and compared.most_common == 0:
        detail = f"{newer.head.origin} has not even the first leaf of {older.head.origin}"
        raise Refused(Code.HISTORY_REWRITTEN, detail, 0)
    if common is not None and start.leaf < common:
        detail = f"{older.head.origin} was signed over the record that ended it"
        raise Refused(Code.HISTORY_REWRITTEN, detail, start.leaf)
    return compared


def _epoch_after(old: str, new: str) -> int:
    """Which epoch comes after that of the earlier log: 2 after the first name of a ledger.

    Raises ValueError where the two are not epochs of one ledger, the earlier one first.
    """
    earlier, later = epoch_order(old), epoch_order(new)
    if old == new or not same_ledger(old, new):
        raise ValueError(f"{old} and {new} are not two epochs of one ledger, such as X and X/2")
    if earlier > later:
        raise ValueError(f"{old} is a later epoch than {new}: give the earlier one first")
    first_name = earlier[0] < later[0]
    return 2 if first_name else earlier[1] + 1


def _require_all(older: Checkpoint, newer: Checkpoint, common: int | None) -> None:
    """Refuse (SVX401) a later log that lacks leaves, where no record of a restore is shown."""
    if common == older.size:
        return
    alike = "not all" if common is None else f"only the first {common}"
    detail = (
        f"{alike} of the {older.size} leaves of {older.origin} are in {newer.origin}, and no "
        "record of a restore is given: --started, the receipt of its epoch-started event"
    )
    raise Refused(Code.WITHHELD, detail, common)


def _require_in(newer: Side, receipt: ReceiptVerified) -> None:
    """Hold the log that is shown to the head in the receipt, as both are the operator's."""
    head = receipt.trusted.checkpoint
    require_not_behind(head, newer.head)
    if not newer.begins_with(head):
        detail = f"{newer.head.origin} does not go on from the head in the receipt"
        raise Refused(Code.HISTORY_REWRITTEN, detail)


def _require_honest(last: Checkpoint, older: Side, newer: Side) -> None:
    """Hold the head that is on record as the last of the earlier log to the one that was shown.

    Raises Refused: SVX201 for a head of another log; SVX104 where one size has two roots;
    SVX102 where one does not go on from the other, as far as there are tiles to compute that
    from; SVX103 where more was signed than is on record, so that it understates what was lost.
    """
    head = older.head
    if last.origin != head.origin:
        detail = f"the head on record is of {last.origin!r}, not of {head.origin!r}"
        raise Refused(Code.KEY_UNKNOWN, detail)
    if last.size == head.size and last.root != head.root:
        detail = f"the head of {last.size} leaves on record has another root than this one"
        raise Refused(Code.TWO_ROOTS, detail)
    if last.size < head.size:
        if older.node is not None and not older.begins_with(last):
            detail = f"it does not go on from the head of {last.size} leaves on record"
            raise Refused(Code.HISTORY_REWRITTEN, f"{head.origin}: {detail}")
        detail = f"{head.size} leaves of {head.origin} were signed, {last.size} are on record"
        raise Refused(Code.LOG_SHRANK, detail, last.size)
    if newer.begins_with(last) and not newer.begins_with(head):
        detail = f"the head of {last.size} leaves on record does not go on from this one"
        raise Refused(Code.HISTORY_REWRITTEN, f"{head.origin}: {detail}")


def _common_on_record(
    last: Checkpoint, common: int | None, older: Side, newer: Side
) -> int | None:
    """How many leaves under the head on record are in the later log; None where unknown."""
    if newer.begins_with(last):
        return last.size
    known = older.head.size == last.size or (common is not None and common < older.head.size)
    return common if known else None


# checks.growth

# Two signed heads of one log: whatever is under the older one is the same under the newer.

class GrowthVerified(NamedTuple):
    """Two heads of one log; what is under the older one is the beginning of the newer."""

    older: Checkpoint
    newer: Checkpoint
    path: tuple[bytes, ...]
    """The proof, as RFC 9162 section 2.1.4 has it: enough for anybody who has both heads."""


def verify_growth(
    older_note: bytes, newer_note: bytes, policy: Policy, log: PublishedLog | None
) -> GrowthVerified:
    """Check that a log went from one signed head to another without changing what was there.

    The proof is built from the log's tiles, which need not be believed. None will do where no
    proof is needed: heads of one size, or an empty log. Raises Refused: SVX201 or SVX202 where
    a head is not to be trusted; SVX102, SVX103, SVX104 where they are not of one history;
    ValueError for heads of two logs, and where a proof is needed and no log is given.
    """
    origins = head_of(older_note).origin, head_of(newer_note).origin
    if origins[0] != origins[1]:
        raise ValueError(f"two logs: {origins[1]} is another log than {origins[0]}")
    older = policy.open(older_note).checkpoint
    newer = policy.open(newer_note).checkpoint
    require_not_behind(older, newer)
    path: list[bytes] = []
    if older.size not in {0, newer.size}:
        if log is None:
            raise ValueError("a proof needs the log, as the heads differ in size: give --log")
        tree = TiledTree(newer.size, newer.root, log.tile)
        path = consistency_path(older.size, newer.size, tree.node)
    verify_consistency(older.size, older.root, newer.size, newer.root, path)
    return GrowthVerified(older, newer, tuple(path))


# checks.processes

# Several processes for the parts of a long check, which are taken back in their order.
#
# Each is a fresh interpreter with a pipe to whoever started it, which is all that the two share:
# none can hold up another by how it ends, and where one end goes, the other finds out. Ctrl-C is
# for whoever started them.

T = TypeVar("T")
Part = TypeVar("Part")

_AHEAD: Final = 2
"""Parts for each process: one is taken from it while it does the next."""


class ProcessEnded(RuntimeError):
    """Another process was ended from outside before it was done: nothing is known."""


def in_processes(
    processes: int,
    work: Callable[[Part], T],
    parts: Iterable[Part],
    begin: Callable[[], None] | None = None,
) -> Generator[T]:
    """What `work` makes of each part, in their order, however many there are.

    `work`, the parts and `begin`, which each process calls first, are pickled. What `work`
    raises for the first part that it raises for is raised, if it can be pickled too;
    ProcessEnded where a process ended.
    """
    with_pipes = []
    context = get_context("spawn")
    try:
        for _ in range(processes):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(there, work, begin), daemon=True)
            process.start()
            there.close()
            with_pipes.append((process, here))
        free = deque(pipe for _, pipe in with_pipes * _AHEAD)
        busy: deque[Connection] = deque()
        for part in parts:
            if not free:
                yield _taken(busy[0])
                free.append(busy.popleft())
            busy.append(free.popleft())
            _give(busy[-1], part)
        while busy:
            yield _taken(busy.popleft())
    finally:
        for process, pipe in with_pipes:
            pipe.close()
            process.terminate()
        for process, _ in with_pipes:
            process.join()


def _give(pipe: Connection, part: object) -> None:
    try:
        pipe.send(part)
    except OSError:
        raise ProcessEnded(ProcessEnded.__doc__) from None


def _taken(pipe: Connection) -> Any:
    try:
        done, said = pipe.recv()
    except (EOFError, OSError):
        raise ProcessEnded(ProcessEnded.__doc__) from None
    if not done:
        raise said
    return said


def _serve(
    pipe: Connection, work: Callable[[Any], Any], begin: Callable[[], None] | None
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if begin is not None:
        begin()
    with suppress(EOFError, OSError):  # whoever started this has ended, or wants no more
        while True:
            part = pipe.recv()
            try:
                said = (True, work(part))
            except Exception as failure:  # noqa: BLE001 - raised where it is waited for
                said = (False, failure)
            pipe.send(said)


# checks.rebuilding

# The whole tree, built again from the entries and compared with all that was published.
#
# Every entry is hashed, every hash tile is compared byte for byte with what lies beneath it, and
# the root with the signed one. It takes the log once, from left to right, and keeps one tile of
# each level. Several processes may each take a span of the log: the leaves under one full tile of
# level 1.

SPAN: Final = TILE_WIDTH * TILE_WIDTH
"""The leaves that one process takes at a time."""

SPANS_WORTH_IT: Final = 4
"""From so many on, several processes are faster: each takes as long to start as a span."""

_SPAN_LEVELS: Final = 2
_ALL_LEVELS: Final = 8


def rebuild(log: PublishedLog, head: Checkpoint, processes: int = 1) -> Iterator[int]:
    """Check all entries and tiles under a head; say now and then how many leaves are done.

    With more than one process, `log` must be one that can be pickled. Raises Refused: SVX101
    naming the first leaf under which the tree differs, without one where all agrees but the
    root; SVX301 for what has another form, SVX401 for what is kept back.
    """
    rebuilding = _Rebuilding(log, head.size)
    spans = head.size // SPAN
    if processes < 2 or spans < SPANS_WORTH_IT:
        spans = 0
    if spans:
        for index, root in enumerate(_roots_of_spans(log, head.size, spans, processes)):
            rebuilding.push(_SPAN_LEVELS, index, root)
            yield (index + 1) * SPAN
    for bundle in entry_tiles_between(spans * SPAN, head.size):
        rebuilding.take(bundle)
        yield bundle.start + bundle.width
    if rebuilding.root() != head.root:
        detail = "entries and tiles agree with each other, and not with the signed root"
        raise Refused(Code.ENTRY_NOT_IN_TREE, detail)


def _roots_of_spans(
    log: PublishedLog, size: int, spans: int, processes: int
) -> Iterator[bytes]:
    """The root over each full span, in their order. Raises Refused for the first bad one."""
    work = partial(_root_of_span, log, size)
    for root in in_processes(processes, work, range(spans)):
        if isinstance(root, Finding):
            raise Refused(root.code, root.detail, root.index)
        yield root


def _root_of_span(log: PublishedLog, size: int, index: int) -> bytes | Finding:
    """Check one span, in a process of its own: an exception would not come through whole."""
    span = _Rebuilding(log, size, _SPAN_LEVELS)
    first = index * TILE_WIDTH
    try:
        for number in range(first, first + TILE_WIDTH):
            span.take(Tile(ENTRIES, number, TILE_WIDTH))
    except Refused as refused:
        return refused.finding
    return span.top


class _Rebuilding:
    """The tree as far as it was rebuilt, as the last tile of each of its lowest levels."""

    def __init__(self, log: PublishedLog, size: int, levels: int = _ALL_LEVELS) -> None:
        self._log = log
        self._size = size
        self._rows: list[list[bytes]] = [[] for _ in range(levels)]
        """For each level of tiles, the hashes of its last tile so far: the leaves first."""
        self._stated = [b""] * levels
        """What the published tiles say in the same places, and further on."""
        self.top = b""
        """The root over the last full tile of the highest level."""

    def take(self, bundle: Tile) -> None:
        """Hash the next entries and compare what that makes complete."""
        leaves = leaves_of_bundle(self._log.tile(bundle), bundle.width)
        self._begin(0, bundle.index)
        self._compare(bundle._replace(level=0), leaves)
        self._complete(0, bundle.index, leaves)

    def push(self, level: int, index: int, digest: bytes) -> None:
        """Compare the next hash of a level, and what that makes complete."""
        if level == len(self._rows):
            self.top = digest
            return
        tile, number = divmod(index, TILE_WIDTH)
        if number == 0:
            self._begin(level, tile)
        row = self._rows[level]
        row.append(digest)
        self._compare(tile_at(level, tile, self._size), row[-1:], number)
        self._complete(level, tile, row)

    def root(self) -> bytes:
        """The root over all that was taken."""
        subtrees: list[bytes] = []
        for hashes in reversed(self._rows):
            row = CompactRange()
            row.extend(hashes)
            subtrees += row.hashes
        return CompactRange(self._size, subtrees).root()

    def _begin(self, level: int, index: int) -> None:
        """Read the tile that the next hashes of a level belong in."""
        tile = tile_at(level, index, self._size)
        self._stated[level] = self._log.tile(tile)
        if len(self._stated[level]) != tile.width * HASH_BYTES:
            raise not_canonical(f"{tile.path} has not {tile.width} hashes")

    def _complete(self, level: int, index: int, hashes: list[bytes]) -> None:
        """Keep the hashes of a level's last tile; a full one becomes one hash of the next."""
        full = len(hashes) == TILE_WIDTH
        self._rows[level] = [] if full else hashes
        if full:
            self.push(level + 1, index, root_of_full(hashes))

    def _compare(self, tile: Tile, hashes: list[bytes], first: int = 0) -> None:
        """Hold rebuilt hashes to those that the tile states from its hash `first` on."""
        assert isinstance(tile.level, int)
        stated = self._stated[tile.level]
        rebuilt = b"".join(hashes)
        at = first * HASH_BYTES
        if stated[at : at + len(rebuilt)] == rebuilt:
            return
        for number, digest in enumerate(hashes, start=first):
            said = stated[number * HASH_BYTES : (number + 1) * HASH_BYTES]
            if said != digest:
                beneath = "its entry" if tile.level == 0 else "what lies beneath"
                detail = (
                    f"{tile.path} has {said.hex()} as hash {number}, {beneath} hashes to "
                    f"{digest.hex()}"
                )
                raise Refused(Code.ENTRY_NOT_IN_TREE, detail, tile.start + number * tile.span)


# checks.log

# The whole of a published log: its head, all that is under it, what was before, its age.

AHEAD_SECONDS: Final = 300
"""How far ahead of the clock here a witness's clock may be."""

Watch = Callable[[Iterable[int], int], Iterable[int]]
"""Passes on how many leaves are done, of how many, and may show it."""


def unwatched(done: Iterable[int], _: int) -> Iterable[int]:
    """Show nothing."""
    return done


@dataclass(frozen=True, slots=True)
class LogVerified:
    """A log in which every entry hashes into the tree under a head that is trusted.

    `note` is that head as it was signed; `kept` is the head that was remembered of this log
    before, which is a beginning of it.
    """

    trusted: Trusted
    note: bytes
    kept: Checkpoint | None

    @property
    def head(self) -> Checkpoint:
        """The head under which everything was checked."""
        return self.trusted.checkpoint


def verify_log(
    log: PublishedLog,
    note: bytes,
    policy: Policy,
    *,
    kept: bytes | None = None,
    watch: Watch = unwatched,
    processes: int = 1,
) -> LogVerified:
    """Check the head `note` of a log, and all entries and tiles under it.

    `kept` is the signed head that was remembered of this log. Raises Refused: SVX201 and SVX202
    where the head is not to be trusted, SVX102, SVX103 and SVX104 where it does not go on from
    the kept one, and whatever `rebuild` finds.
    """
    trusted = policy.open(note)
    head = trusted.checkpoint
    before = None if kept is None else head_of(kept)
    if before is not None:
        require_not_behind(before, head)
        require_prefix(before, TiledTree(head.size, head.root, log.tile))
    for _ in watch(rebuild(log, head, processes), head.size):
        pass
    return LogVerified(trusted, note, before)


def require_fresh(trusted: Trusted, now: int, most_seconds: int) -> None:
    """Accept a head that every witness counted here has seen within the last seconds.

    Raises Refused (SVX501) where one did not, where no witness says when it was seen, and where
    one says so of a time that is still to come: it would stay fresh for as long as it likes.
    """
    if not trusted.cosigned:
        raise Refused(Code.STALE, "no trusted witness says when it saw this head")
    ahead = max(trusted.cosigned.values()) - now
    if ahead > AHEAD_SECONDS:
        raise Refused(Code.STALE, f"its head was cosigned {ahead} seconds from now")
    age = now - min(trusted.cosigned.values())
    if age > most_seconds:
        raise Refused(Code.STALE, f"its head was cosigned {age} seconds ago")


# files.whole_file

# Files of a verifier that are there whole or not at all, whatever stops it.

def write_whole(file: Path, data: bytes) -> None:
    """Put `data` in a file, in place of what it held; it is on the disk when this returns.

    Two processes may do so at a time: the later one's is there then. Raises OSError, and
    leaves nothing beside the file.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")  # readers pass over it
    try:
        with beside.open("wb") as part:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_names(file.absolute().parent)


def sync_names(folder: Path) -> None:
    """Bring the names in a folder to the disk, where its system lets folders be opened."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# checks.remembering

# The file in which a verifier keeps, for each log, the newest head that it was shown.

class HeadsFile:
    """A file of remembered heads, which need not be there yet.

    Raises ValueError for a file of something else, OSError for one that cannot be read: neither
    says anything about a log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._heads = self._read()

    def kept(self, note: bytes) -> bytes | None:
        """The head that was remembered of the log that a note seems to be of."""
        return self._heads.get(head_of(note).origin)

    def other_epochs(self, note: bytes) -> list[Checkpoint]:
        """What was remembered of the other logs of the same ledger, the first epoch first."""
        origin = head_of(note).origin
        heads = [head_of(kept) for other, kept in self._heads.items() if other != origin]
        same = [head for head in heads if same_ledger(origin, head.origin)]
        return sorted(same, key=lambda head: epoch_order(head.origin))

    def remember(self, note: bytes) -> None:
        """Keep a head that was verified, unless one at least as long was remembered meanwhile.

        The file is there whole, as it was or as it is to be, whenever this is cut short. One
        that was damaged meanwhile stays as it is: raises ValueError, as opening it does.
        """
        head = head_of(note)
        with _locked(self._path.absolute().parent):
            self._heads = self._read()
            before = self._heads.get(head.origin)
            if before is None or head_of(before).size < head.size:
                self._write(self._heads | {head.origin: note})

    def _read(self) -> dict[str, bytes]:
        try:
            with self._path.open("rb") as file:
                return parse_heads(file.read(HEADS_BYTES + 1))
        except FileNotFoundError:
            return {}
        except Refused as refused:
            raise ValueError(
                f"{self._path}: {refused.finding.detail}; it stays as it is: put back a copy "
                "of it, or remember in another file, which begins anew"
            ) from None

    def _write(self, heads: dict[str, bytes]) -> None:
        write_whole(self._path, heads_data(heads))
        self._heads = heads


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time write a file in a folder, where its system can lock folders."""
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # a network file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# files.evidence_file

# Tamper evidence: where history was changed, the finding, and the signed heads that show it.
#
# Two heads that contradict each other are proof against whoever signed both, for anybody who
# has the public key. A single bad tile proves nothing to others: only heads are signed.

NAME_DIGITS = 8
"""How many of its own digest's digits are in the name of the file."""


def write_evidence(
    findings: list[Finding],
    *,
    note: bytes | None,
    kept: bytes | None = None,
    path: Path | None = None,
    doubt: str | None = None,
    receipt: bytes | None = None,
) -> Path:
    """Write findings and heads as JSON and return where: the file given, else one made here.

    `note` is the head that was checked, `kept` one that was kept from before, `doubt` why the
    finding may be of something else than was meant, and `receipt` one that was held to both.
    """
    plain = {
        "findings": [
            {
                "code": str(found.code),
                "meaning": found.code.meaning,
                "leaf": found.index,
                "detail": found.detail,
            }
            for found in findings
        ],
        **({} if doubt is None else {"doubt": doubt}),
        "checkpoint": note and note.decode("utf-8", "backslashreplace"),
        "kept": kept and kept.decode("utf-8", "backslashreplace"),
        **({} if receipt is None else {"receipt": receipt.decode("utf-8", "backslashreplace")}),
    }
    data = json.dumps(plain, indent=1).encode() + b"\n"
    digest = sha256(data).hexdigest()[:NAME_DIGITS]
    written = path or Path(f"svx-evidence-{findings[0].code}-{digest}.json")
    written.write_bytes(data)
    return written


# files.kept_head

# Heads that were verified, in a folder, a file each: what nobody can take back any more.

_NAME_CHARACTERS: Final = 150
"""How much of a log's name is in that of a file: file systems take 255 bytes in all."""
_SIZE_DIGITS: Final = 19
"""A tree has fewer than 2^63 leaves."""
_NOTE_DIGITS: Final = 32


def keep_head(folder: Path, note: bytes) -> Path:
    """Keep a signed checkpoint in a folder, which is made if need be; return in which file.

    It is on the disk when this returns. Names sort by log, then by size, and end with the
    digest of the note: the same note is kept once, and another of the same size beside it.
    Raises OSError; ValueError where a file of this name holds something else, which stays.
    """
    file = folder / kept_name(note)
    folder.mkdir(exist_ok=True)
    try:
        with file.open("rb") as kept:
            same = kept.read(len(note) + 1) == note
    except FileNotFoundError:
        write_whole(file, note)
    else:
        if not same:
            raise ValueError(f"{file} is not the head that its name says: move it away")
        sync_names(folder)  # who wrote it may have been cut short before that
    sync_names(folder.absolute().parent)
    return file


def kept_name(note: bytes) -> str:
    """The name of the file that a note is kept in: log, size and digest, joined by `+`."""
    head = parse_checkpoint(parse_note(note).text)
    log = quote(head.origin, safe="")[:_NAME_CHARACTERS]
    if log.startswith("."):  # else it would be hidden, and passed over
        log = f"%2E{log[1:]}"
    digest = sha256(note).hexdigest()[:_NOTE_DIGITS]
    return f"{log}+{head.size:0{_SIZE_DIGITS}}+{digest}"


# telling.log

# What a check came to, in lines for a person: what is proven, and what is not.
#
# Texts from files are shown with everything but plain characters escaped, so that none can move
# the cursor or pass itself off as a line of ours.

def shown(text: str) -> str:
    r"""A text as it can be printed anywhere: what is not printable as `\x1b` or `\u202e`."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def log_lines(
    verified: LogVerified, epochs: Iterable[Checkpoint] = (), file: Path | None = None
) -> list[str]:
    """Tell that a log is verified, and the `file` in which its head is kept now.

    `epochs` are remembered heads of its ledger's other logs.
    """
    head, kept = verified.head, verified.kept
    lines = [f"verified: {shown(head.origin)}, {head.size} events"]
    lines += vouched_lines(verified.trusted)
    proven = "the log has exactly these entries in this order, as they were signed"
    if kept is not None:
        lines.append(f"  remembered: its head of {kept.size} events")
        proven += f"; of the first {kept.size} nothing was changed since they were remembered"
    if file is not None:
        lines.append(f"  kept in {shown(str(file))}")
    unproven = [
        "what the records behind the entries say, or that it is true",
        "that there never was an event above this head that was cut off",
    ]
    if kept is None:
        unproven.append("that it goes on from what was shown before: remember a head for that")
    return [
        *lines,
        f"proven: {proven}.",
        *not_proven_lines(
            [*unproven, *_epochs(head, epochs), *_alone(verified.trusted)],
        ),
    ]


def _epochs(head: Checkpoint, others: Iterable[Checkpoint]) -> list[str]:
    """Nothing signed ties one epoch to the next: a new one is a new log."""
    name, order = shown(head.origin), epoch_order(head.origin)
    lines = []
    for other in others:
        earlier = epoch_order(other.origin) < order
        what = "goes on from" if earlier else "was not given up for"
        remembered = f"of which {other.size} events are remembered"
        lines.append(f"that {name} {what} {shown(other.origin)}, {remembered}")
    return lines


def receipt_lines(verified: ReceiptVerified) -> list[str]:
    """Tell that a receipt is verified, and what its record says."""
    record, head = verified.record, verified.trusted.checkpoint
    proven = f"exactly this record was in the log, at position {record.position}"
    return [
        f"verified: event {record.position} of {shown(head.origin)}",
        f"  record: {shown(record.type)}, version {record.version} of {shown(record.stream)}",
        f"  recorded at {record.recorded_at}, as it says",
        *_said_lines(record),
        f"  leaf {verified.index} of {head.size}",
        *vouched_lines(verified.trusted),
        f"proven: {proven}, when this head was signed.",
        *not_proven_lines(
            [
                "that what the record says is true, or that it was recorded when it says",
                "that the log still has it: verify the log for that",
                *_alone(verified.trusted),
            ]
        ),
    ]


def _said_lines(record: Record) -> Iterator[str]:
    """What a record says, a line for each of its own fields, in their own names and units."""
    if record.data:
        yield "  it says:"
    for name, value in record.data.items():
        text = value if isinstance(value, str) else _compact(value)
        yield f"    {shown(name)}: {shown(text)}"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def growth_lines(verified: GrowthVerified) -> list[str]:
    """Tell that one head goes on from another."""
    older, newer = verified.older, verified.newer
    return [
        f"verified: {shown(newer.origin)} went from {older.size} to {newer.size} events",
        f"  proof of {len(verified.path)} hashes",
        f"proven: the first {older.size} events are the same under both heads.",
        *not_proven_lines(["what the events are: verify the log for that"]),
    ]


def vouched_lines(trusted: Trusted) -> list[str]:
    """Who signed a head, and when witnesses saw it."""
    lines = [f"  root {base64_text(trusted.checkpoint.root)}"]
    lines += [f"  signed by {shown(key)}" for key in trusted.log_keys]
    lines += [
        f"  cosigned by {shown(name)} at {time_text(seconds)}"
        for name, seconds in sorted(trusted.cosigned.items())
    ]
    return lines


def _alone(trusted: Trusted) -> list[str]:
    if trusted.cosigned:
        return []
    return ["that everybody is shown this head, or when it was made: no witness was asked"]


def not_proven_lines(things: Iterable[str]) -> list[str]:
    """What a check leaves open, a line each."""
    return [f"not proven: {thing}." for thing in things]


def time_text(seconds: int) -> str:
    """Unix seconds as a time in UTC; seconds where no calendar has it."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"


# telling.bundle

# What a check of an evidence bundle came to, in lines for a person.

def bundle_lines(done: BundleCheck) -> list[str]:
    """Tell that a bundle is verified, and what that does not say."""
    manifest, head = done.manifest, done.trusted.checkpoint
    withheld = len(manifest.withheld)
    lines = [
        f"verified: evidence of {shown(manifest.subject)}, from {shown(head.origin)}",
        f"  {done.records} records of {head.size} events, made for {shown(manifest.viewer)}",
        f"  SHA-256 of the file {done.sha256}",
        *vouched_lines(done.trusted),
        f"  {done.chains.streams} streams, {done.chains.gapless} of them without a gap",
        f"  {withheld} records of these streams are withheld, listed by position alone",
        f"  {done.dated} records are dated by cosigned heads",
    ]
    if done.undated_heads:
        few = "heads that date nothing: too few of your witnesses cosigned them"
        lines.append(f"  {done.undated_heads} {few}")
    lines += _claim_lines(done)
    proven = (
        "each of these records was in the log, byte for byte, at its position, when this head "
        "was signed; where versions of a stream follow each other, nothing was between them"
    )
    says = "audit.json, rules.txt and summary.txt are what the maker of this file says"
    last = "the last one of each stream that is here"
    unproven = [
        f"that what the records say is true, or follows the rules: {says}; audit the ledger",
        f"that these are all records: only up to {last}, and where no version is left out",
        "that nothing was recorded since, or that the log still has this: verify the log",
    ]
    if withheld:
        unproven.append("what the withheld records say, or of which stream each one is")
    if not done.dated:
        unproven.append("when it was recorded: no witness that you trust dates it")
    return [*lines, f"proven: {proven}.", *not_proven_lines(unproven)]


def _claim_lines(done: BundleCheck) -> list[str]:
    claims = []
    if done.audit_clean is not None:
        found = (
            "nothing against the rules" if done.audit_clean else "SOMETHING AGAINST THE RULES"
        )
        claims.append(f"  its maker says: the audit found {found}")
    if done.same_policy is not None:
        like = "the one that you gave" if done.same_policy else "another than the one you gave"
        claims.append(f"  its maker's policy is {like}; only yours was used")
    return claims


# telling.epoch

# What a comparison of two epochs came to, in lines for a person: what is gone comes first.

def epoch_lines(verified: EpochVerified) -> list[str]:
    """Tell what the later log has of the earlier one, and what is on record of that."""
    old, new = verified.old.checkpoint, verified.new.checkpoint
    earlier, later = shown(old.origin), shown(new.origin)
    lines = [f"verified: {later} after {earlier}"]
    for trusted, name in ((verified.old, earlier), (verified.new, later)):
        lines += [f"  {name}: {trusted.checkpoint.size} events", *vouched_lines(trusted)]
    lines += _gone_lines(verified, earlier, later)
    if verified.start is not None:
        lines += _record_lines(verified, verified.start)
    return [*lines, f"proven: {_proven(verified)}.", *not_proven_lines(_unproven(verified))]


def places_text(first: int, end: int) -> str:
    """The positions of the leaves from `first` up to, not including, `end`."""
    return f"position {end}" if end == first + 1 else f"positions {first + 1} to {end}"


def _gone_lines(verified: EpochVerified, earlier: str, later: str) -> list[str]:
    old, new, common = verified.old.checkpoint, verified.new.checkpoint, verified.common
    if common is None:
        return [f"GONE: at least {verified.gone} of {old.size} events of {earlier}"]
    lines = [f"  the first {common} of {old.size} events are in both, at the same positions"]
    if verified.gone:
        where = places_text(common, old.size)
        lines = [f"GONE: {verified.gone} of {old.size} events of {earlier}, {where}", *lines]
    return [*lines, f"  {later} has {new.size - common} events beyond them"]


def _record_lines(verified: EpochVerified, start: EpochStart) -> list[str]:
    record, last, old = start.receipt.record, start.last, verified.old.checkpoint
    ended = f"{shown(old.origin)} ended with {last.size} events"
    lines = [
        f"  on record at position {record.position}: {ended}",
        f"  recorded at {record.recorded_at}, as it says",
        f"  why, as it says: {shown(str(record.data.get('reason', '')))}",
    ]
    if start.gone and last.size > old.size:
        lines.append(f"GONE: {start.gone} of these {last.size} events")
    if before := verified.least_before:
        why = "written on the copy before that was on record, or in place of what is gone"
        stand = f"at least {before} events that cannot be of {shown(old.origin)} stand"
        if start.common is not None:
            stand = f"{before} events, {places_text(start.common, start.leaf)}, stand"
        lines.append(f"LOOK AT: {stand} before it: {why}")
    return lines


def _proven(verified: EpochVerified) -> str:
    old, common, start = verified.old.checkpoint, verified.common, verified.start
    if common is None:
        proven = f"not all of the first {old.size} leaves are the same in both logs"
    else:
        proven = f"the first {common} leaves are the same in both logs"
        if verified.gone:
            proven += f", and the later one lacks the other {verified.gone}"
    if start is not None:
        proven += "; a record of the later one says so, and does not understate this head"
        if start.before == 0:
            proven += ", and no record that the earlier log lacks stands before that one"
    return proven


def _unproven(verified: EpochVerified) -> list[str]:
    start, later = verified.start, shown(verified.new.checkpoint.origin)
    unproven = ["what the records behind the entries say, or that it is true"]
    if verified.common is None:
        unproven.append("which events are gone: for that give the earlier log with its tiles")
    if start is None:
        unproven += [
            "that the operator put the restore on record: give the receipt of that, --started",
            "that no event above this head of the earlier log was signed, and is gone",
        ]
    else:
        unproven.append(
            f"that {start.last.size} events were the last: hold any larger head that somebody "
            "kept to this"
        )
        unproven.append(
            f"that this is the only record in {later} of how it began: somebody else may be "
            "shown another, so compare the position with theirs"
        )
        unproven += _unproven_of(verified, start)
    if not (verified.old.cosigned and verified.new.cosigned):
        unproven.append("that everybody is shown these heads: no witness was asked")
    return unproven


def _unproven_of(verified: EpochVerified, start: EpochStart) -> list[str]:
    unproven, shown_size = [], verified.old.checkpoint.size
    if start.last.size > shown_size and start.gone != 0:
        unproven.append(f"that the head on record goes on from the one of {shown_size} events")
    if start.common is None:
        where = "what was written on the copy before the restore was on record"
        unproven.append(f"how many of the events on record are gone, or {where}")
    if verified.least_before:
        unproven.append(
            "when the events before the record were written: ask for their receipts; one that "
            "says to be older than a dated head of the earlier log was put in afterwards"
        )
    return unproven


# script.saying

# What the verifier prints. A check does not depend on whether anybody takes what it says.

def say(lines: Sequence[str]) -> int:
    """Print what was verified. FAILED where it cannot be written, such as on a full disk.

    Who stops reading a pipe has read all they want.
    """
    try:
        _write(sys.stdout, "".join(f"{line}\n" for line in lines))
    except BrokenPipeError:
        return VERIFIED
    except OSError as fault:
        complain(f"what was verified could not be shown: {fault}")
        return FAILED
    return VERIFIED


def tell_found(text: str) -> None:
    """Tell a finding; where nobody takes it, the exit code has to do."""
    with suppress(OSError):
        _write(sys.stdout, f"{shown(text)}\n")


def complain(text: str) -> None:
    """Say on standard error why there is no answer."""
    with suppress(OSError):
        _write(sys.stderr, f"{shown(text)}\n")


def tell_failure() -> None:
    """Print the exception that is being handled, with where it came from."""
    with suppress(OSError):
        _write(sys.stderr, traceback.format_exc())


def _write(stream: TextIO | None, text: str) -> None:
    """Write a text at once, to a stream that may be closed (None). Raises OSError."""
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        # What is left in the buffer fails again when Python ends, with an exit code of its own.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        raise


# script.streams

# Standard output and error, in whatever encoding they are.

def escape_unencodable() -> None:
    r"""Let both streams print what their encoding has not as `\u0177`: a text ends no run.

    UTF-8 has every character, so nothing changes there.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a closed one is None
            stream.reconfigure(errors="backslashreplace")


# script.stand_alone

# The verifier as a program of its own: Python and `cryptography`, and no line of the exchange.
#
# Exit codes: 0 verified, 1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale, 64 usage;
# 70 where this program failed itself, and nothing is known.

class _Parser(argparse.ArgumentParser):
    """Reads arguments; what it does not understand has the exit code of a usage error."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {shown(message)}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the arguments name; return the exit code."""
    escape_unencodable()
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
    except Refused as refused:
        tell_found(str(refused))
        code = refused.finding.code.exit_code
    except (OSError, ValueError) as fault:
        complain(str(fault))
        code = USAGE
    except Exception:  # noqa: BLE001 - what is wrong in this program is no finding
        tell_failure()
        code = FAILED
    return code


def _parser() -> _Parser:
    parser = _Parser(prog="verify.py", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="log|receipt|consistency|epoch|bundle")

    def verb(name: str, run: Callable[[argparse.Namespace], int], what: str) -> _Parser:
        made = verbs.add_parser(name, help=what, description=what)
        made.set_defaults(run=run)
        trust = made.add_mutually_exclusive_group(required=True)
        meaning = "a log's public key; repeat it for each key"
        trust.add_argument("--key", action="append", metavar="VKEY", help=meaning)
        trust.add_argument("--policy", type=Path, help="whom to trust (C2SP tlog-policy)")
        return made

    log = verb("log", _log, "Check a whole log: a folder with its checkpoint and tiles.")
    log.add_argument("log", type=Path, metavar="DIR")
    log.add_argument("--remember", type=Path, help="keep the newest head in this file")
    log.add_argument("--keep", type=Path, metavar="DIR", help="keep the head, a file each")
    log.add_argument("--max-age", type=int, metavar="SECONDS", help="of the cosignatures")
    log.add_argument("--evidence", type=Path, help="where tamper evidence goes, if any")
    log.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    receipt = verb("receipt", _receipt, "Check receipts: that a log has their records.")
    receipt.add_argument("receipt", type=Path, nargs="+", metavar="FILE")
    receipt.add_argument("--record", type=Path, help="the record, if the receipt is without")
    growth = verb("consistency", _growth, "Check that one signed head goes on from another.")
    growth.add_argument("old", type=Path)
    growth.add_argument("new", type=Path)
    growth.add_argument("--log", type=Path, metavar="DIR", help="where the proof comes from")
    growth.add_argument("--evidence", type=Path, help="where tamper evidence goes, if any")
    epoch = verb("epoch", _epoch, "Check a restore: what a log has of the one before it.")
    epoch.add_argument("old", type=Path, metavar="OLD", help="a folder, or a signed checkpoint")
    epoch.add_argument("new", type=Path, metavar="NEW", help="a folder")
    epoch.add_argument("--started", type=Path, help="the receipt of the epoch-started event")
    epoch.add_argument("--evidence", type=Path, help="where tamper evidence goes, if any")
    bundle = verb("bundle", _bundle, "Check an evidence bundle about an auction or an award.")
    bundle.add_argument("bundle", type=Path, metavar="FILE")
    bundle.add_argument("--evidence", type=Path, help="where tamper evidence goes, if any")
    return parser


def _log(asked: argparse.Namespace) -> int:
    policy, log = _policy(asked), _log_in(asked.log)
    heads = asked.remember and HeadsFile(asked.remember)
    note = log.checkpoint()
    kept = heads.kept(note) if heads else None
    try:
        verified = verify_log(log, note, policy, kept=kept, processes=asked.processes)
    except Refused as refused:
        return _refused([refused.finding], asked.evidence, note, kept)
    if asked.max_age is not None:
        require_fresh(verified.trusted, int(time.time()), asked.max_age)
    file = asked.keep and keep_head(asked.keep, note)
    if heads:
        heads.remember(note)
    return say(log_lines(verified, heads.other_epochs(note) if heads else (), file))


def _receipt(asked: argparse.Namespace) -> int:
    policy = _policy(asked)
    record = asked.record and _read(asked.record, RECORD_BYTES)
    if record is not None and len(asked.receipt) > 1:
        raise ValueError("--record goes with one receipt")
    findings = []
    code = VERIFIED
    for path in asked.receipt:
        try:
            verified = verify_receipt_of(_read(path, RECEIPT_BYTES), policy, record)
        except Refused as refused:
            findings.append(refused.finding)
            tell_found(f"{path}: {refused}")
        except OSError as fault:
            complain(str(fault))
            code = max(code, USAGE)
        else:
            code = max(code, say(receipt_lines(verified)))
    return worst(findings) or code


def _growth(asked: argparse.Namespace) -> int:
    policy, log = _policy(asked), asked.log and _log_in(asked.log)
    older, newer = _read(asked.old, NOTE_BYTES), _read(asked.new, NOTE_BYTES)
    try:
        verified = verify_growth(older, newer, policy, log)
    except Refused as refused:
        return _refused([refused.finding], asked.evidence, newer, older)
    return say(growth_lines(verified))


def _epoch(asked: argparse.Namespace) -> int:
    policy = _policy(asked)
    older, newer = (
        ShownLog(log_in(path).checkpoint(), log_in(path))
        if path.is_dir()
        else ShownLog(_read(path, NOTE_BYTES))
        for path in (asked.old, asked.new)
    )
    receipt = asked.started and _read(asked.started, RECEIPT_BYTES)
    try:
        verified = verify_epoch(older, newer, policy, receipt)
    except Refused as refused:
        return _refused([refused.finding], asked.evidence, newer.note, older.note, receipt)
    return say(epoch_lines(verified))


def _bundle(asked: argparse.Namespace) -> int:
    done = BundleCheck(_read(asked.bundle, ZIP_FILE_BYTES), _policy(asked))
    for _ in done.run():
        pass
    if done.findings:
        return _refused(done.findings, asked.evidence, done.note, None)
    return say(bundle_lines(done))


def _log_in(folder: Path) -> PublishedLog:
    """The log in a folder. Raises ValueError without one: nothing was shown or withheld."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder: give the one in which the checkpoint is")
    return log_in(folder)


def _read(path: Path, most: int) -> bytes:
    """Read a file, or a little more than `most` bytes of a longer one. Raises OSError."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _policy(asked: argparse.Namespace) -> Policy:
    """Whom the user trusts: the keys alone, or a policy with witnesses.

    Raises ValueError or OSError: what is wrong here is nobody's but the user's.
    """
    try:
        if asked.key:
            return policy_of_keys(asked.key)
        return parse_policy(_read(asked.policy, POLICY_LENGTH).decode())
    except Refused as refused:
        raise ValueError(f"{asked.policy or '--key'}: {refused.finding.detail}") from None


def _refused(  # noqa: PLR0917 - what tamper evidence is made of
    findings: list[Finding],
    path: Path | None,
    note: bytes,
    kept: bytes | None,
    receipt: bytes | None = None,
) -> int:
    """Say what was found; where history was changed, keep what shows it."""
    for found in findings:
        tell_found(str(found))
    code = worst(findings)
    if code == TAMPERED:
        try:
            written = write_evidence(findings, note=note, kept=kept, path=path, receipt=receipt)
        except OSError as fault:
            complain(f"no tamper evidence could be written: {fault}")
        else:
            tell_found(f"evidence: {written}")
    return code


if __name__ == "__main__":
    sys.exit(main())
