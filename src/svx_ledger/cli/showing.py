"""Showing what was found: JSON for programs, tables on a terminal, plain columns in a pipe."""

import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .output import on_terminal, say, say_json
from .session import Session

if TYPE_CHECKING:
    from svx_ledger.ledger import Sequenced


def line(value: Any) -> None:
    """Print one JSON value on one line of standard output."""
    say_json(plain_of(value))


def plain_of(value: Any) -> Any:
    """Return any value of ours as JSON has it: what is None is left out of a thing's fields."""
    from svx_ledger.eventlog import plain

    return plain.plain_of(value)


def cell(value: Any) -> str:
    """Return a value as a person reads it in a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, Decimal):
        return str(plain_of(value))
    return str(value)


def money(value_pence: int | None) -> str:
    """Return pence as a person reads them."""
    from svx_ledger.domain.values import pounds

    return hidden(None) if value_pence is None else pounds(value_pence)


def hidden(value: Any) -> str:
    """Return a value that may be withheld."""
    return "-" if value is None else cell(value)


def table(headings: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """Print rows: a table on a terminal, else columns, each as wide as it has to be.

    A column whose cells are all numbers or money stands to the right.
    """
    cells = [[cell(value) for value in row] for row in rows]
    right = [_is_number([row[n] for row in cells]) for n in range(len(headings))]
    if on_terminal(sys.stdout):
        _rich_table(headings, cells, right, title)
        return
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    if title:
        say(title)
    for row in (headings, *cells):
        aligned = [
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        ]
        say("  ".join(aligned).rstrip())


def _rich_table(
    headings: Sequence[str], cells: list[list[str]], right: list[bool], title: str
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD)
    for heading, to_right in zip(headings, right, strict=True):
        shown.add_column(heading, justify="right" if to_right else "left", overflow="fold")
    for row in cells:
        shown.add_row(*map(Text, row))  # what is in a cell is text, never markup
    Console().print(shown)


def _is_number(column: list[str]) -> bool:
    said = [text.lstrip("-£").replace(",", "").replace(".", "", 1) for text in column]
    return any(said) and all(text.isdigit() for text in said if text)


def sequenced(session: Session, answer: "Sequenced") -> None:
    """Show what a command led to: its stream on standard output, the sentences beside it.

    In place of the stream stands a key that was made for it, before everything else.
    """
    from svx_ledger.eventlog.shapes import shape_of
    from svx_ledger.eventlog.types import stored_name
    from svx_ledger.projections.sentences import sentence

    told = [
        (position, stream, stored_name(type(event)), shape_of(type(event)).encode(event))
        for position, (stream, event) in enumerate(answer.events, start=answer.first_position)
    ]
    if session.json:
        names = ("position", "stream", "type", "data")
        done = {
            "command_id": answer.command_id,
            "stream": answer.stream,
            "version": answer.version,
            "recorded_at": answer.recorded_at,
            "events": [dict(zip(names, event, strict=True)) for event in told],
        }
        line(done if session.key is None else {**done, "key": session.key})
    else:
        if session.key is not None:
            say(session.key)
        for position, stream, kind, data in told:
            say(f"{position}  {sentence(kind, stream, data)}", err=True)
        if session.key is None:
            say(answer.stream)
    if session.key is not None:
        say(f"{answer.stream}: its key is shown this once, and kept nowhere.", err=True)
