"""Records: the stored bytes of an event, and what stands around the fact in them.

A record is canonical JSON. Its bytes are stored, hashed and shown exactly as they are; they
are never encoded again in order to be checked. CHANGELOG, "Stored formats", lists its fields.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.proofs import merkle

from . import malformed as why
from .canonical import canonical
from .malformed import malformed
from .shapes import instant, read_instant, shape_of
from .types import event_type, stored_name, upcast

FORMAT = 1
MAX_RECORD_BYTES = 60 * 1024


class Row(NamedTuple):
    """One stored event as the table holds it."""

    position: int
    stream: str
    version: int
    type: str
    record: bytes


class CommandRef(NamedTuple):
    """The command behind an event; the event is number `n` of the `of` that it led to."""

    id: str
    type: str
    sha256: str
    n: int
    of: int


class Trace(NamedTuple):
    """Where a command came from; evidence only, no rule reads it.

    `received_at` is the edge's clock; `request` its request id; `causation` and
    `correlation` are ids of the command that led to this one and of the whole exchange.
    """

    received_at: datetime | None = None
    causation: str | None = None
    correlation: str | None = None
    request: str | None = None


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
    trace: Trace,
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
    }
    if prev is not None:
        plain["prev"] = prev.hex()
    if trace.received_at is not None:
        plain["received_at"] = instant(trace.received_at)
    for field in ("causation", "correlation", "request"):
        if (value := getattr(trace, field)) is not None:
            plain[field] = value
    record = canonical(plain)
    if len(record) > MAX_RECORD_BYTES:
        malformed(why.TOO_LARGE)
    return Row(position, stream, version, name, record)


def read_event(row: Row) -> Event:
    """Decode the fact of a row, brought up to the newest version of its type.

    Raises Malformed for a type that this program does not know: nothing is skipped.
    """
    return _event(row.type, orjson.loads(row.record)["data"])


def read_record(row: Row) -> Recorded:
    """Decode a row with its envelope; its columns must say what its bytes say."""
    plain = orjson.loads(row.record)
    if plain.get("svx") != FORMAT or row[:4] != (
        plain["position"],
        plain["stream"],
        plain["version"],
        plain["type"],
    ):
        malformed(why.UNKNOWN_TYPE)
    received = plain.get("received_at")
    return Recorded(
        position=row.position,
        stream=row.stream,
        version=row.version,
        type=row.type,
        recorded_at=read_instant(plain["recorded_at"]),
        actor=shape_of(Actor).decode(plain["actor"]),
        command=CommandRef(**plain["command"]),
        trace=Trace(
            read_instant(received) if received else None,
            plain.get("causation"),
            plain.get("correlation"),
            plain.get("request"),
        ),
        prev=plain.get("prev"),
        salt=plain["salt"],
        leaf=leaf_of(row.record),
        event=_event(row.type, plain["data"]),
    )


def recorded_at(record: bytes) -> datetime:
    """Return only the instant of a record."""
    return read_instant(orjson.loads(record)["recorded_at"])


def _event(name: str, data: dict[str, Any]) -> Event:
    name, data = upcast(name, data)
    event = shape_of(event_type(name)).decode(data)
    assert isinstance(event, Event)
    return event
