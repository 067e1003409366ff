"""A record that is not as it should be: what is wrong with it, by the strict codec's word."""

import hashlib
from typing import Any, Final

import orjson

from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.record import FORMAT, MAX_RECORD_BYTES, CommandRef
from svx_ledger.eventlog.scalars import read_instant
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import TYPES, UPCASTS, upcast

from .envelope_parts import TRACED, checked_trace, known_actor
from .reading import LEAF, NOT_AN_EVENT, SALT, Fault, Read

_HAS: Final = frozenset(
    (
        *("actor", "command", "data", "position", "recorded_at"),
        *("salt", "stream", "svx", "type", "version"),
    )
)
_COMMAND: Final = {"id": str, "n": int, "of": int, "sha256": str, "type": str}


def doubtful(row: RawRow) -> Read:
    """Read a row part by part, each as far as it can be."""
    done = Read(row)
    try:
        plain = orjson.loads(row[4])
    except ValueError:
        plain = None
    if type(plain) is not dict:
        done.faults += (("unreadable", "no JSON object", None),)
        return done
    said = plain.get("position"), plain.get("stream"), plain.get("version"), plain.get("type")
    if said != row[:4]:
        done.faults += (("columns-differ", list(row[:4]), list(said)),)
        if type(said[3]) is str:
            done.type = said[3]
    _read_salt(done, plain)
    try:
        _read_envelope(done, plain)
    except (*NOT_AN_EVENT, AttributeError) as fault:
        done.faults += (("unreadable", f"its envelope: {fault}", None),)
    _read_event(done, plain)
    if done.event is not None and done.command is not None:
        data = plain["data"] if done.data is None else done.data
        written = canonical({**plain, "data": data})
        if written != row[4] or len(written) > MAX_RECORD_BYTES:
            done.faults += (_not_canonical(row[4], written),)
    return done


def _read_salt(done: Read, plain: dict[str, Any]) -> None:
    salt = plain.get("salt")
    if type(salt) is not str or SALT(salt) is None:
        done.faults += (("no-salt", salt, None),)
    else:
        done.salt = salt


def _read_envelope(done: Read, plain: dict[str, Any]) -> None:
    done.at = plain["recorded_at"]
    done.recorded_at = read_instant(done.at)
    done.actor, _ = known_actor(orjson.dumps(plain["actor"]))
    done.prev = plain.get("prev")
    if done.prev is not None and LEAF(done.prev) is None:
        raise ValueError("prev")
    traced: dict[str, Any] = {name: plain[name] for name in TRACED if name in plain}
    done.traced = checked_trace(traced) if traced else {}
    known = {*_HAS, *traced, *(("prev",) if "prev" in plain else ())}
    if plain["svx"] != FORMAT or plain.keys() | {"salt"} != known:
        raise ValueError("fields")
    if any(type(plain[name]) is not int for name in ("svx", "position", "version")):
        raise ValueError("a number that is not whole")  # though 1.0 equals 1
    command = plain["command"]
    if command.keys() != _COMMAND.keys() or any(
        type(command[name]) is not kind for name, kind in _COMMAND.items()
    ):
        raise ValueError("command")
    done.command = CommandRef(**command)


def _read_event(done: Read, plain: dict[str, Any]) -> None:
    name, data = done.type, plain.get("data")
    current = name in TYPES
    if not current:
        if name not in UPCASTS or type(data) is not dict:
            done.faults += (("unknown-type", name, None),)
            return
        name, data = upcast(name, data)
    shape = shape_of(TYPES[name])
    try:
        event = shape.decode(data)
        written = shape.encode(event)
    except Malformed as fault:
        done.faults += (("unreadable", str(fault), None),)
        return
    done.event = event
    if current:
        done.written = written


def _not_canonical(record: bytes, written: bytes) -> Fault:
    """Tell two byte strings apart without showing what they say."""
    return (
        "not-canonical",
        {"sha256": hashlib.sha256(record).hexdigest()},
        {"sha256": hashlib.sha256(written).hexdigest()},
    )
