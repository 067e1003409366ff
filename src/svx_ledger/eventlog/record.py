"""Records: the stored bytes of an event, and what stands around the fact in them.

A record is canonical JSON. Its bytes are stored, hashed and shown exactly as they are; they
are never encoded again in order to be checked. CHANGELOG, "Stored formats", lists its fields.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple, Protocol

import msgspec
import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Matching
from svx_ledger.domain.kind import Event
from svx_ledger.proofs.tree import merkle

from . import malformed as why
from .canonical import canonical
from .malformed import malformed
from .scalars import instant, read_instant
from .shapes import shape_of
from .types import event_type, stored_name, upcast

_UNREADABLE = (ValueError, LookupError, TypeError)
_TRACED = ("received_at", "causation", "correlation", "request")

FORMAT = 1
MAX_RECORD_BYTES = 60 * 1024


class Row(NamedTuple):
    """One stored event as the table holds it."""

    position: int
    stream: str
    version: int
    type: str
    record: bytes


class CommandRef(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The command behind an event; the event is number `n` of the `of` that it led to."""

    id: str
    type: str
    sha256: str
    n: int
    of: int


TraceId = Annotated[
    str, Matching(r"[!-~]{1,128}", "1 to 128 printable ASCII characters, no spaces")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where a command came from; evidence only, no rule reads it.

    `received_at` is the edge's clock; `request` its request id; `causation` and
    `correlation` are ids of the command that led to this one and of the whole exchange.
    """

    received_at: datetime | None = None
    causation: TraceId | None = None
    correlation: TraceId | None = None
    request: TraceId | None = None


class Unreadable(ValueError):
    """A stored record that is not what the log says it is, or that this program cannot read.

    Nothing is skipped: whatever needs its stream stops here, until somebody has verified the
    ledger or brought a program that knows the type.
    """

    def __init__(self, row: Row, why: str) -> None:
        super().__init__(f"{row.stream} cannot be read at position {row.position}: {why}")
        self.where = f"{row.stream} at position {row.position}"
        self._made_of = row, why

    def __reduce__(self) -> tuple[type["Unreadable"], tuple[Row, str]]:
        """Go to another process, which tells whoever asked."""
        return type(self), self._made_of


class Envelope(Protocol):
    """What stands around an event in its record, however it was read (`record`, `narrow`)."""

    @property
    def position(self) -> int:
        """Return its place in the log, from 1."""

    @property
    def stream(self) -> str:
        """Return the name of its stream."""

    @property
    def version(self) -> int:
        """Return its number on the stream, from 1."""

    @property
    def type(self) -> str:
        """Return its stored name."""

    @property
    def recorded_at(self) -> datetime:
        """Return when it was recorded, by the ledger."""

    @property
    def actor(self) -> Actor:
        """Return who asked for it."""

    @property
    def command(self) -> CommandRef:
        """Return the command that it came from."""

    @property
    def trace(self) -> Trace:
        """Return where that command came from."""

    @property
    def salt(self) -> str:
        """Return the salt of its entry, in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with its envelope, as read back from the log."""

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    actor: Actor
    command: CommandRef
    trace: Trace
    prev: str | None
    salt: str
    leaf: bytes
    event: Event


def leaf_of(record: bytes) -> bytes:
    """Return the Merkle leaf hash of a record."""
    return merkle.leaf_hash(merkle.entry_of(record))


def write_record(  # noqa: PLR0913 - the envelope has this many parts, all named
    *,
    position: int,
    stream: str,
    version: int,
    recorded_at: datetime,
    actor: dict[str, Any],
    command: CommandRef,
    trace: Mapping[str, Any],
    prev: bytes | None,
    salt: bytes,
    event: Event,
) -> Row:
    """Encode one event into its row. Raises Malformed when a field breaks its form."""
    name = stored_name(type(event))
    plain: dict[str, Any] = {
        "actor": actor,
        "command": {
            "id": command.id,
            "n": command.n,
            "of": command.of,
            "sha256": command.sha256,
            "type": command.type,
        },
        "data": shape_of(type(event)).encode(event),
        "position": position,
        "recorded_at": instant(recorded_at),
        "salt": salt.hex(),
        "stream": stream,
        "svx": FORMAT,
        "type": name,
        "version": version,
        **trace,
    }
    if prev is not None:
        plain["prev"] = prev.hex()
    record = canonical(plain)
    if len(record) > MAX_RECORD_BYTES:
        malformed(why.RECORD_TOO_LARGE)
    return Row(position, stream, version, name, record)


def read_event(row: Row) -> Event:
    """Decode the fact of a row, brought up to the newest version of its type.

    Raises Unreadable: a row's columns must say what its bytes say, and nothing is skipped.
    """
    return read_link(row)[1]


def read_link(row: Row) -> tuple[str | None, Event]:
    """Decode `prev` and the fact of a row. Raises Unreadable."""
    plain = _open(row)
    return plain.get("prev"), _event(row, plain)


def read_record(row: Row) -> Recorded:
    """Decode a row with its envelope. Raises Unreadable."""
    plain = _open(row)
    event = _event(row, plain)
    try:
        traced = {name: plain[name] for name in _TRACED if name in plain}
        return Recorded(
            position=row.position,
            stream=row.stream,
            version=row.version,
            type=row.type,
            recorded_at=read_instant(plain["recorded_at"]),
            actor=shape_of(Actor).decode(plain["actor"]),
            command=CommandRef(**plain["command"]),
            trace=shape_of(Trace).decode(traced),
            prev=plain.get("prev"),
            salt=plain["salt"],
            leaf=leaf_of(row.record),
            event=event,
        )
    except _UNREADABLE as fault:
        raise Unreadable(row, f"its envelope: {fault}") from None


def recorded_at(record: bytes) -> datetime:
    """Return only the instant of a record."""
    return read_instant(orjson.loads(record)["recorded_at"])


def unbroken(stream: Iterable[Row]) -> Iterator[Row]:
    """Pass the rows of a stream on, from its first. Raises Unreadable where one is missing."""
    for version, row in enumerate(stream, start=1):
        if row.version != version:
            raise Unreadable(row, "it does not follow the event before it")
        yield row


def _open(row: Row) -> dict[str, Any]:
    try:
        plain = orjson.loads(row.record)
        said = plain["position"], plain["stream"], plain["version"], plain["type"]
        known = plain["svx"] == FORMAT
    except _UNREADABLE:
        raise Unreadable(row, "it is no record") from None
    if row.position < 1:
        raise Unreadable(row, "the log begins with position 1")
    if said != row[:4] or not known:
        raise Unreadable(row, "its columns do not say what its bytes say")
    assert isinstance(plain, dict)
    return plain


def _event(row: Row, plain: Mapping[str, Any]) -> Event:
    try:
        name, data = upcast(row.type, plain["data"])
        event = shape_of(event_type(name)).decode(data)
    except _UNREADABLE as fault:
        raise Unreadable(row, f"{row.type}: {fault}") from None
    assert isinstance(event, Event)
    return event
