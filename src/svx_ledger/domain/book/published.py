"""What of the published log stands on the ledger: its names, its keys, a checkpoint of it.

The formats are those of C2SP (signed-note v1.0.0, tlog-checkpoint v1.0.0). Whether a signature
is right is no rule of the exchange: rules compute no elliptic curves. Whoever reads the record
can check it, and `svx-ledger epoch start` does before it writes.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Collection
from hashlib import sha256
from typing import Annotated, Final, NamedTuple

from svx_ledger.domain.form import Between, Count, Matching

Epoch = Annotated[int, Between(1, 10**6)]
"""Which publication of the ledger this is: one more after each restore."""

LogKeyText = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9._~:/-]{1,208}[+][0-9a-f]{8}[+]A[Q-Za-f][A-Za-z0-9+/]{42}",
        "a verifier key: name+key id+key, as svx-ledger key log show --vkey prints it",
    ),
]
"""A verifier key, `name+key id in hex+base64`: of Ed25519, the type byte 0x01 and 32 bytes."""
MOST_SIGNATURES: Final = 20
"""Of a checkpoint on record."""
_SIGNATURE_LINE: Final = r"— [A-Za-z0-9._~:/-]{1,208} [A-Za-z0-9+/]{8,200}={0,2}"
NoteLine = Annotated[
    str,
    Matching(
        rf"(?:{_SIGNATURE_LINE}|[A-Za-z0-9._~:/+=-]{{0,208}})", "a line of a signed checkpoint"
    ),
]
SignedNote = Annotated[tuple[NoteLine, ...], Count(5, 4 + MOST_SIGNATURES)]
"""A signed checkpoint by its lines: the note is these, each with a newline after it.

Origin, size, root in base64, an empty line, and one to twenty signatures.
"""

_KEY_NAME: Final = re.compile(r"[A-Za-z0-9._~:/-]{1,208}", re.ASCII)
_SIZE: Final = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_ROOT: Final = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=", re.ASCII)
_EPOCH: Final = re.compile(r"[1-9][0-9]{0,5}|1000000", re.ASCII)
_DASH: Final = "— "
_LOG_SIGNATURE_BYTES: Final = 4 + 64
"""A key id and an Ed25519 signature."""
_COSIGNATURE_BYTES: Final = 4 + 8 + 64
"""A witness's has a time between them, too."""
_LEFT_OUT: Final = 3
"""The rank of a line that does not go into a record."""


class LogKey(NamedTuple):
    """A verifier key taken apart; `key_id` as it is stated, in hex."""

    name: str
    key_id: str
    public: str

    @property
    def due_key_id(self) -> str:
        """The key id that follows from name and key: SHA-256(name, newline, type, key)[:4]."""
        return sha256(self.name.encode() + b"\n" + b64decode(self.public)).hexdigest()[:8]


def log_key(text: str) -> LogKey:
    """Take a well-formed verifier key apart: base64 may have plus signs, a name may not."""
    return LogKey(*text.split("+", 2))


def can_be_key_name(origin: str) -> bool:
    """Whether a log of this name can have keys: without one it cannot be published."""
    return _KEY_NAME.fullmatch(origin) is not None


def origin_of(first_origin: str, epoch: int) -> str:
    """Return the name of the log in an epoch: the first origin, then `<first origin>/2`."""
    return first_origin if epoch == 1 else f"{first_origin}/{epoch}"


def epoch_of(first_origin: str, origin: str) -> int | None:
    """Return in which epoch a log has this name; None for the name of no log of this ledger."""
    if origin == first_origin:
        return 1
    before, _, last = origin.rpartition("/")
    known = before == first_origin and last != "1" and _EPOCH.fullmatch(last) is not None
    return int(last) if known else None


def faulty_line(checkpoint: tuple[str, ...]) -> int | None:
    """Return the first line, from 1, that no signed checkpoint has there; None for a good one.

    The line after the last is at fault where the log itself did not sign: a signature is by
    the key whose name is the origin.
    """
    origin, size, root, empty, *signatures = checkpoint
    in_place = (
        bool(origin) and not origin.startswith(_DASH) and "+" not in origin,
        _SIZE.fullmatch(size) is not None,
        _ROOT.fullmatch(root) is not None,
        not empty,
        *(_signature(line) is not None for line in signatures),
    )
    if not all(in_place):
        return in_place.index(False) + 1
    signed = any(_signature(line) == (origin, _LOG_SIGNATURE_BYTES) for line in signatures)
    return None if signed else len(checkpoint) + 1


def as_recorded(checkpoint: tuple[str, ...], verified: Collection[str]) -> tuple[str, ...]:
    """Return a signed checkpoint with those of its signatures that go into a record.

    `verified` are its lines whose signatures were found right. Anybody can add lines to a note,
    and what is on record stays: so the log's own verified ones go first, then other verified
    ones, then cosignatures of unknown witnesses, each in their order. A line in the log's name
    that nobody could verify is left out, as is what has not the form of a line.
    """
    origin, size, root, empty, *signatures = checkpoint
    formed = (line for line in signatures if re.fullmatch(_SIGNATURE_LINE, line, re.ASCII))
    ranked = {line: _rank(line, origin, verified) for line in formed}
    fit = sorted(
        (line for line, rank in ranked.items() if rank < _LEFT_OUT), key=ranked.__getitem__
    )
    kept = fit[:MOST_SIGNATURES]
    return origin, size, root, empty, *(line for line in ranked if line in kept)


def _rank(line: str, origin: str, verified: Collection[str]) -> int:
    name, length = _signature(line) or ("", 0)
    if line in verified:
        return 0 if name == origin else 1
    return 2 if length == _COSIGNATURE_BYTES and name != origin else _LEFT_OUT


def _signature(line: str) -> tuple[str, int] | None:
    """Return who signed and the length of key id and signature; None for no signature line."""
    if not line.startswith(_DASH):
        return None
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        signed = b64decode(encoded, validate=True)
    except ValueError:
        return None
    return (name, len(signed)) if b64encode(signed).decode() == encoded else None
