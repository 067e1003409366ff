"""Reading records for an audit: fast, and held to their exact bytes.

A record is decoded by msgspec, its event straight into its class. The bytes of the event must
match the pattern of its class (`usual`), and what is around them must be the stored bytes when
it is written again. What does not look as usual the strict codec encodes, checking the form of
every field: what comes out must be the bytes that are stored. Whatever is doubtful even then is
read by the strict codec alone, and by it is said what is wrong.
"""

import re
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final, Literal

import msgspec
import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.record import MAX_RECORD_BYTES, CommandRef, Trace, leaf_of
from svx_ledger.eventlog.scalars import MAX_INTEGER, Shape, read_instant
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import TYPES, UPCASTS, upcast

from .usual import Matches, usual

NOT_AN_EVENT: Final = (ValueError, LookupError, TypeError, msgspec.MsgspecError, RecursionError)
LEAF: Final = re.compile("[0-9a-f]{64}", re.ASCII).fullmatch
SALT: Final = re.compile("[0-9a-f]{32}", re.ASCII).fullmatch
TRACED: Final = ("received_at", "causation", "correlation", "request")

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


class Read:
    """A record as it was read, with what is wrong with its bytes.

    `event` is None where it cannot be read, and `command` where even its envelope cannot.
    `written` has the event as the strict codec writes it, as plain values or as bytes.
    """

    __slots__ = (
        *("actor", "at", "command", "event", "faults", "position", "prev", "record"),
        *("recorded_at", "salt", "stream", "traced", "type", "version", "written"),
    )

    def __init__(self, row: RawRow) -> None:
        self.position, self.stream, self.version, self.type, self.record = row
        self.event: Event | None = None
        self.command: CommandRef | None = None
        self.written: dict[str, Any] | bytes | None = None
        self.faults: list[Fault] = []
        self.traced: dict[str, Any] = {}
        self.salt: str | None = None
        self.prev: str | None = None
        self.actor: Actor
        self.at: str
        self.recorded_at: datetime

    @property
    def data(self) -> dict[str, Any] | None:
        """The event's plain values, as the strict codec writes them."""
        written = self.written
        if isinstance(written, bytes):
            plain: dict[str, Any] = orjson.loads(written)
            self.written = plain
            return plain
        return written

    @property
    def leaf(self) -> bytes:
        """The Merkle leaf of the record."""
        return leaf_of(self.record)


envelope_of: Final = msgspec.json.Decoder(Envelope).decode


def read(row: RawRow) -> Read:
    """Read a row as strictly as there is: faults are in what is returned."""
    if type(row[4]) is not bytes:  # SQLite keeps in a column whatever it is given
        text = Read((*row[:4], str(row[4]).encode("utf-8", "replace")))
        text.faults.append(("unreadable", "it is not kept as bytes", None))
        return text
    done = Read(row)
    try:
        at = envelope_of(row[4])
        if _looks_usual(done, at, row) or _well(done, at, row):
            return done
    except NOT_AN_EVENT:
        pass
    from .doubting import doubtful

    return doubtful(row)


def _looks_usual(done: Read, at: Envelope, row: RawRow) -> bool:
    """Read a record in which everything looks as it mostly does; false for any other."""
    position, stream, version, name, record = row
    command, prev = at.command, at.prev
    if (
        (at.position, at.stream, at.version, at.type) != (position, stream, version, name)
        or name not in TYPES
        or b"\\" in record
        or SALT(at.salt) is None
        or at.received_at
        or at.causation
        or at.correlation
        or at.request
        or not 0 < command.n <= command.of <= MAX_INTEGER
        or not f"{command.id}{command.sha256}{command.type}{stream}".isprintable()
        or not (prev is None or LEAF(prev))
        or len(record) > MAX_RECORD_BYTES
    ):
        return False
    decode, _, matches = _both(name)
    data = bytes(at.data)
    if matches is None or matches(data) is None:
        return False
    done.actor, actor = usual_actor(bytes(at.actor))
    done.recorded_at = read_instant(at.recorded_at)
    before = (
        f'{{"actor":{actor},"command":{{"id":"{command.id}","n":{command.n},'
        f'"of":{command.of},"sha256":"{command.sha256}","type":"{command.type}"}},"data":'
    )
    link = "" if prev is None else f'"prev":"{prev}",'
    after = (
        f',"position":{position},{link}"recorded_at":"{at.recorded_at}","salt":"{at.salt}",'
        f'"stream":"{stream}","svx":1,"type":"{name}","version":{version}}}'
    )
    if b"%b%b%b" % (before.encode(), data, after.encode()) != record:
        return False
    done.event, done.written = decode(data), data
    done.at, done.command, done.salt, done.prev = at.recorded_at, command, at.salt, prev
    return True


def _well(done: Read, at: Envelope, row: RawRow) -> bool:
    """Read a record that is as it should be; false, or an exception, for any other."""
    name = row[3]
    if (at.position, at.stream, at.version, at.type) != row[:4] or name not in TYPES:
        return False
    if SALT(at.salt) is None or (at.prev is not None and LEAF(at.prev) is None):
        return False
    decode, shape, _ = _both(name)
    done.event = decode(at.data)
    done.written = data = shape.encode(done.event)
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


def checked_trace(traced: dict[str, Any]) -> dict[str, Any]:
    """Return a trace in the exact form. Raises ValueError for any other."""
    shape = shape_of(Trace)
    if shape.encode(shape.decode(traced)) != traced:
        raise ValueError("trace")
    return traced


@lru_cache(maxsize=4096)
def known_actor(said: bytes) -> tuple[Actor, dict[str, Any]]:
    """Return who acts, with the plain values; the same few again and again.

    Raises ValueError where it is not in the exact form.
    """
    plain = orjson.loads(said)
    actor: Actor = shape_of(Actor).decode(plain)
    if shape_of(Actor).encode(actor) != plain:
        raise ValueError("actor")
    return actor, plain


@lru_cache(maxsize=4096)
def usual_actor(said: bytes) -> tuple[Actor, str]:
    """Return who acts, and the canonical text that these bytes are.

    Raises ValueError where they are in another form.
    """
    actor, plain = known_actor(said)
    if canonical(plain) != said:
        raise ValueError("actor")
    return actor, said.decode()


@cache
def _both(name: str) -> tuple[Any, Shape, Matches | None]:
    cls = TYPES[name]
    return msgspec.json.Decoder(cls).decode, shape_of(cls), usual(cls)


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
    decoded: Event = _both(row[3])[0](data)
    return decoded
