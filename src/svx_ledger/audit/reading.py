"""Reading records for an audit: fast, and held to their exact bytes.

A record that matches the pattern of its type (`usual`) is canonical in every byte, and the
groups of the match are its parts; msgspec decodes its event straight into its class. What does
not look as usual the strict codec encodes, checking the form of every field: what comes out
must be the bytes that are stored. Whatever is doubtful even then is read by the strict codec
alone, and by it is said what is wrong.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import msgspec
import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.record import MAX_RECORD_BYTES, CommandRef, leaf_of
from svx_ledger.eventlog.scalars import Shape, read_instant
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import TYPES, UPCASTS, upcast

from .envelope_parts import (
    TRACED,
    checked_trace,
    in_order,
    known_actor,
    usual_actor,
    usual_trace,
)
from .usual import Usual, usual_record

NOT_AN_EVENT: Final = (ValueError, LookupError, TypeError, msgspec.MsgspecError, RecursionError)
LEAF: Final = re.compile("[0-9a-f]{64}", re.ASCII).fullmatch
SALT: Final = re.compile("[0-9a-f]{32}", re.ASCII).fullmatch

Fault = tuple[str, Any, Any]
"""A rule of the audit's own, what the record says and what it should."""


class Envelope(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A record with its actor, command and event as they are written."""

    svx: Literal[1]
    position: int
    stream: str
    version: int
    type: str
    recorded_at: str
    actor: msgspec.Raw
    command: CommandRef
    salt: str
    data: msgspec.Raw
    prev: str | None = None
    received_at: str | None = None
    causation: str | None = None
    correlation: str | None = None
    request: str | None = None


_NOTHING: Final[Mapping[str, Any]] = {}


class Read:
    """A record as it was read, with what is wrong with its bytes.

    `event` is None where it cannot be read, and `command` where even its envelope cannot.
    `match` has the parts of a usual record; of any other `written` has the event as the strict
    codec writes it.
    """

    __slots__ = (
        *("actor", "at", "command", "event", "faults", "match", "position", "prev", "record"),
        *("recorded_at", "salt", "stream", "traced", "type", "version", "written"),
    )

    def __init__(self, row: RawRow) -> None:
        self.position, self.stream, self.version, self.type, self.record = row
        self.event: Event | None = None
        self.command: CommandRef | None = None
        self.match: re.Match[str] | None = None
        self.written: dict[str, Any] | None = None
        self.faults: tuple[Fault, ...] = ()
        self.traced: Mapping[str, Any] = _NOTHING
        self.salt: str | None = None
        self.prev: str | None = None
        self.actor: Actor
        self.at: str
        self.recorded_at: datetime

    @property
    def data(self) -> dict[str, Any] | None:
        """The event's plain values, as the strict codec writes them."""
        if self.match is not None:
            plain: dict[str, Any] = orjson.loads(self.match["data_"])
            return plain
        return self.written

    @property
    def leaf(self) -> bytes:
        """The Merkle leaf of the record."""
        return leaf_of(self.record)


envelope_of: Final = msgspec.json.Decoder(Envelope).decode


def read(row: RawRow) -> Read:
    """Read a row as strictly as there is: faults are in what is returned."""
    done = Read(row)
    try:
        if _looks_usual(done, row) or _well(done, envelope_of(row[4]), row):
            return done
    except NOT_AN_EVENT:
        pass
    from .doubting import doubtful

    return doubtful(row)


_PARTS: Final = (
    *("data_", "recorded_at_", "actor_", "prev_", "salt_"),
    *("id_", "sha256_", "command_", "n_", "of_", "position_", "stream_", "version_"),
    *(f"{name}_" for name in TRACED),
)


def _looks_usual(done: Read, row: RawRow) -> bool:
    """Read a record in which everything looks as it mostly does; false for any other."""
    known = _READ_AS.get(row[3]) or _read_as(row[3])
    usual, record = known.usual, row[4]
    if usual is None or len(record) > MAX_RECORD_BYTES:
        return False
    match = usual.fullmatch(record.decode())
    if match is None:
        return False
    (
        data, at, actor, prev, salt, command_id, sha256, command, n, of,
        position, stream, version, received_at, causation, correlation, request,
    ) = match.group(*known.parts)  # fmt: skip
    if stream != row[1] or int(position) != row[0] or int(version) != row[2]:
        return False
    if int(n) > int(of):
        return False
    if usual.facts and not all(in_order(match[name]) for name in usual.facts):
        return False
    if received_at or causation or correlation or request:
        done.traced = usual_trace(received_at, causation, correlation, request)
    done.recorded_at = datetime.fromisoformat(at)
    done.actor = usual_actor(actor)
    done.event = known.decode(data)
    done.at, done.salt, done.prev, done.match = at, salt, prev, match
    done.command = CommandRef(command_id, command, sha256, int(n), int(of))
    return True


def _well(done: Read, at: Envelope, row: RawRow) -> bool:
    """Read a record that is as it should be; false, or an exception, for any other."""
    name = row[3]
    if (at.position, at.stream, at.version, at.type) != row[:4] or name not in TYPES:
        return False
    if SALT(at.salt) is None or (at.prev is not None and LEAF(at.prev) is None):
        return False
    known = _READ_AS.get(name) or _read_as(name)
    done.event = known.decode(at.data)
    done.written = data = known.shape.encode(done.event)
    done.actor, actor = known_actor(bytes(at.actor))
    done.at, done.command, done.salt, done.prev = at.recorded_at, at.command, at.salt, at.prev
    done.recorded_at = read_instant(at.recorded_at)
    command = at.command
    plain: dict[str, Any] = {
        "actor": actor,
        "command": {
            "id": command.id,
            "n": command.n,
            "of": command.of,
            "sha256": command.sha256,
            "type": command.type,
        },
        "data": data,
        "position": at.position,
        "recorded_at": at.recorded_at,
        "salt": at.salt,
        "stream": at.stream,
        "svx": 1,
        "type": at.type,
        "version": at.version,
    }
    if at.prev is not None:
        plain["prev"] = at.prev
    if at.received_at or at.causation or at.correlation or at.request:
        traced = {key: said for key in TRACED if (said := getattr(at, key)) is not None}
        done.traced = checked_trace(traced)
        plain |= traced
    return canonical(plain) == row[4] and len(row[4]) <= MAX_RECORD_BYTES


class ReadAs(NamedTuple):
    """What reads the records of one type."""

    decode: Callable[[bytes | str | msgspec.Raw], Event]
    shape: Shape
    usual: Usual | None
    parts: tuple[int, ...]
    """Where in a match are the parts of a record."""


_READ_AS: dict[str, ReadAs] = {}


def _read_as(name: str) -> ReadAs:
    """Return it for a stored name. Raises LookupError for one that is in no table."""
    cls = TYPES[name]
    usual = usual_record(name, cls)
    parts = tuple(usual.groups[part] for part in _PARTS) if usual else ()
    known = ReadAs(msgspec.json.Decoder(cls).decode, shape_of(cls), usual, parts)
    _READ_AS[name] = known
    return known


class _Facts(msgspec.Struct, gc=False):
    data: msgspec.Raw


_facts: Final = msgspec.json.Decoder(_Facts).decode


def event_of(row: RawRow) -> Event:
    """Return only the event of a row that somebody else holds to its form.

    Raises one of `NOT_AN_EVENT`.
    """
    data = _facts(row[4]).data
    if row[3] in UPCASTS:
        name, plain = upcast(row[3], orjson.loads(data))
        event: Event = shape_of(TYPES[name]).decode(plain)
        return event
    return (_READ_AS.get(row[3]) or _read_as(row[3])).decode(data)
