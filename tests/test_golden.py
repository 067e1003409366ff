"""The bytes of every stored type are frozen: what was written once reads the same for ever."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import orjson
import pytest
import rfc8785

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.private import Private
from svx_ledger.eventlog.record import Recorded, Trace, leaf_of, read_record, write_record
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import TYPES, UPCASTS, stored_name
from tests.golden import FOLDER, LEAVES, RECORDS, Golden, golden, parts
from tests.golden.__main__ import append, candidates

LINES = tuple(golden())
EACH = pytest.mark.parametrize("line", LINES, ids=[line.type for line in LINES])


def encoded(recorded: Recorded) -> bytes:
    """Encode a decoded event again, in the envelope that it came in."""
    return write_record(
        position=recorded.position,
        stream=recorded.stream,
        version=recorded.version,
        recorded_at=recorded.recorded_at,
        actor=shape_of(Actor).encode(recorded.actor),
        command=recorded.command,
        trace=shape_of(Trace).encode(recorded.trace),
        prev=bytes.fromhex(recorded.prev) if recorded.prev else None,
        salt=bytes.fromhex(recorded.salt),
        event=recorded.event,
    ).record


def test_every_stored_type_has_a_golden_line() -> None:
    assert {line.type for line in LINES} >= {*TYPES, *UPCASTS}


def test_every_part_that_any_event_may_have_is_frozen_in_a_line() -> None:
    frozen: dict[str, set[str]] = {}
    for line in LINES:
        frozen.setdefault(line.type, set()).update(parts(line.record))
    missing = {name: declared(cls) - frozen[name] for name, cls in TYPES.items()}

    assert {name: left for name, left in missing.items() if left} == {}


def declared(hint: Any, path: str = "") -> set[str]:
    """The paths of all fields that a class of events has, as `parts` names them."""
    if get_origin(hint) is Annotated:
        return declared(get_args(hint)[0], path)
    if get_origin(hint) in (Union, UnionType):
        return set[str]().union(*(declared(option, path) for option in get_args(hint)))
    if get_origin(hint) is tuple:
        return declared(get_args(hint)[0], f"{path}/*")
    if hint is Private:  # in an event its commitment alone
        return {f"{path}/commitment"}
    if not is_dataclass(hint):
        return set()
    hints = get_type_hints(hint, include_extras=True)
    paths = {name: f"{path}/{name}" for name in (field.name for field in fields(hint))}
    inner = [declared(hints[name], below) for name, below in paths.items()]
    return set(paths.values()).union(*inner)


@EACH
def test_the_leaf_is_the_frozen_one(line: Golden) -> None:
    assert leaf_of(line.record).hex() == line.leaf
    assert line.row.type == line.type


@EACH
def test_the_bytes_decode(line: Golden) -> None:
    recorded = read_record(line.row)

    if line.type in TYPES:
        assert type(recorded.event) is TYPES[line.type]
    assert stored_name(type(recorded.event)) not in UPCASTS


@EACH
def test_what_was_decoded_encodes_to_the_same_bytes(line: Golden) -> None:
    if line.type in UPCASTS:
        pytest.skip("an older version is read, and written as a newer one")

    assert encoded(read_record(line.row)) == line.record


@EACH
def test_the_bytes_are_canonical(line: Golden) -> None:
    assert rfc8785.dumps(orjson.loads(line.record)) == line.record


@EACH
def test_a_changed_byte_is_noticed(line: Golden) -> None:
    for index in range(len(line.record)):
        changed = bytearray(line.record)
        changed[index] ^= 1

        assert leaf_of(bytes(changed)).hex() != line.leaf, index


def test_every_part_of_the_envelope_is_frozen_somewhere() -> None:
    parts = {name for line in LINES for name in orjson.loads(line.record)}
    who = {name for line in LINES for name in orjson.loads(line.record)["actor"]}

    assert parts == {
        *("svx", "salt", "position", "stream", "version", "type", "recorded_at"),
        *("received_at", "actor", "command", "causation", "correlation", "request"),
        *("prev", "data"),
    }
    assert who == {"id", "role", "organisation", "on_behalf_of"}


def test_a_line_for_a_new_type_is_appended_and_no_other_changes(tmp_path: Path) -> None:
    kept = {}
    for file in (RECORDS, LEAVES):
        *others, _ = (FOLDER / file).read_bytes().splitlines(keepends=True)
        kept[file] = b"".join(others)
        (tmp_path / file).write_bytes(kept[file])
    found = candidates()

    assert append(found, tmp_path) == ([LINES[-1].type], [])
    assert append(found, tmp_path) == ([], [])
    assert [line.type for line in golden(tmp_path)] == [line.type for line in LINES]
    for file, before in kept.items():
        assert (tmp_path / file).read_bytes().startswith(before)
