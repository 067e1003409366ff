"""docs/events.md is complete and true: types, commands, what is hidden, where texts stand."""

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from svx_ledger.domain.form import Length
from svx_ledger.domain.vocabulary import COMMANDS, KINDS
from svx_ledger.eventlog.record import read_record
from svx_ledger.eventlog.types import TYPES, UPCASTS, stored_name
from svx_ledger.projections.visibility import RULES
from tests.golden.__main__ import candidates

PAGE = (Path(__file__).parents[1] / "docs" / "events.md").read_text(encoding="utf-8")
EVENTS, TEXTS = PAGE.split("## Where personal data could arrive")
SECTION = re.compile(r"^## .*: `([a-z-]+)-…`$", re.MULTILINE)


def rows(text: str) -> dict[str, list[str]]:
    """The cells of each table row that begins with an event's name, after the name."""
    found = re.findall(r"^\| `([a-z-]+\.v\d+)` \|(.*)\|$", text, re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in found}


def quoted(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def texts_in(hint: Any, path: str) -> Iterator[str]:
    """Where in a field somebody can write a text of their own."""
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *others = get_args(hint)
        marks = tuple(others)
    if hint is str and any(isinstance(mark, Length) for mark in marks):
        yield path
    elif is_dataclass(hint):
        for name, inner in get_type_hints(hint, include_extras=True).items():
            yield from texts_in(inner, f"{path}.{name}")
    elif get_origin(hint) is tuple:
        yield from texts_in(get_args(hint)[0], f"{path}[]")
    elif get_origin(hint) in (Union, UnionType):
        for inner in get_args(hint):
            yield from texts_in(inner, path)


def test_every_stored_type_has_one_row_that_says_something() -> None:
    documented = rows(EVENTS)

    assert documented.keys() == TYPES.keys() | UPCASTS.keys()
    assert all(cells[0].endswith(".") for cells in documented.values())


def test_every_type_stands_under_its_stream() -> None:
    _, *parts = SECTION.split(EVENTS)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    documented = {kind: [*rows(text)] for kind, text in sections.items()}

    assert documented == {
        name: [stored_name(event) for event in kind.events] for name, kind in KINDS.items()
    }


def test_every_command_is_named_and_no_other() -> None:
    named = set().union(*(quoted(cells[-1]) for cells in rows(EVENTS).values()))

    assert named == COMMANDS.keys()


def test_each_event_is_written_by_the_commands_that_the_page_says() -> None:
    recorded = [read_record(row) for row in candidates()]
    documented = {
        (n, command) for n, cells in rows(EVENTS).items() for command in quoted(cells[-1])
    }

    assert {(event.type, event.command.type) for event in recorded} == documented


def test_what_is_said_to_be_hidden_is_hidden() -> None:
    hidden = {name for name, cells in rows(EVENTS).items() if len(cells) == 4 and cells[2]}

    assert hidden == {stored_name(event) for event, r in RULES.items() if r.name != "public"}


def test_the_fields_that_the_page_explains_exist() -> None:
    for name, cells in rows(EVENTS).items():
        hints = get_type_hints(TYPES[name], include_extras=True)
        known = {field for hint in hints.values() for field in _fields(hint)} | hints.keys()

        assert quoted(cells[1]) <= known, name


def test_every_text_that_people_write_is_named() -> None:
    documented = {name: quoted(cells[0]) - {"facts"} for name, cells in rows(TEXTS).items()}
    found = {
        name: {
            path
            for field, hint in get_type_hints(event, include_extras=True).items()
            for path in texts_in(hint, field)
        }
        for name, event in TYPES.items()
    }

    assert documented == {name: paths for name, paths in found.items() if paths}


def _fields(hint: Any) -> Iterator[str]:
    """The names of all fields inside a field."""
    for inner in get_args(hint):
        yield from _fields(inner)
    if is_dataclass(hint):
        for name, inner in get_type_hints(hint, include_extras=True).items():
            yield name
            yield from _fields(inner)
