"""The chronicle of a story: what its steps say, with the figures that the ledger recorded."""

import string
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from svx_ledger.domain.kind import Event
from svx_ledger.domain.values import pounds
from svx_ledger.eventlog.shapes import shape_of

WIDTH = 79
"""So that a line fits the narrowest terminal."""
MARGIN = len("19 Jun  ")


class Entry(NamedTuple):
    """What is told, when that was recorded, and what it is a part of, if anything."""

    at: datetime
    of: str
    says: str


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


class _Words(string.Formatter):
    """Writes money, times, dates and numbers as people read them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "money":
                return pounds(value).removesuffix(".00")
            case "time":
                return f"{datetime.fromisoformat(value):%H:%M:%S}"
            case "day":
                return _day(date.fromisoformat(value))
            case "number":
                return f"{Decimal(value):,f}"
            case _:
                return str(value)


_WORDS = _Words()


def told(says: str, events: Iterable[tuple[str, Event]]) -> str:
    """Return what is said of a command, filled in from the first of its events that knows.

    Raises KeyError for a field that none of them has: a mistake in the story.
    """
    fields: dict[str, Any] = {}
    for _, event in events:
        fields = {**_fields(event), **fields}
    return _WORDS.vformat(says, (), fields)


def _fields(event: Event) -> Mapping[str, Any]:
    stored: Mapping[str, Any] = shape_of(type(event)).encode(event)
    return stored


def page(entries: Iterable[Entry]) -> Iterator[str]:
    """Give the lines of a chronicle: years, days, and a paragraph for each subject of a day."""
    year, day = 0, ""
    for (at, of), told_of in groupby(entries, key=lambda entry: (entry.at.date(), entry.of)):
        if at.year != year:
            yield from ("", str(at.year))
        said = " ".join(_capital(entry.says) for entry in told_of)
        date_said = f"{at.day:2} {at:%b}"
        begins = "" if (at.year, date_said) == (year, day) else date_said
        year, day = at.year, date_said
        yield from textwrap.wrap(
            f"{of}. {said}" if of else said,
            width=WIDTH,
            initial_indent=begins.ljust(MARGIN),
            subsequent_indent=" " * MARGIN,
            break_on_hyphens=False,
        )


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
