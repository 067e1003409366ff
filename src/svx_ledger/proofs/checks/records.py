"""Records against the log: what a stored event says, and where that puts it.

A record is canonical JSON and carries its own position, stream, version, type and time, and the
leaf hash of the event before it on its stream. So whatever holds records beside the tree, such
as a row of a database, can be compared with what was signed.
"""

import json
import re
from datetime import datetime
from typing import Any, Final, NamedTuple, NoReturn

from svx_ledger.proofs.finding import not_canonical

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
