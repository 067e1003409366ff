"""A history as its commands tell it: what a forger reads, and may alter."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event, fields_of
from svx_ledger.eventlog.record import Row, read_record
from svx_ledger.eventlog.shapes import shape_of

from .tables import Tables

Edit = Callable[[dict[str, Any]], object]


@dataclass(eq=False, kw_only=True)
class Fact:
    """One event on its way to the table. `at` is its own time, where it has one."""

    stream: str
    event: Event
    salt: bytes
    at: datetime | None = None
    prev: str | None = None
    """A link that is not the leaf before it."""
    edit: Edit | None = None
    """What is done to the plain record before it is written in canonical form."""
    spoil: Callable[[bytes], bytes] | None = None
    """What is done to the bytes."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """Columns of the row that do not say what its bytes say."""
    honest: Event | None = None
    """What it said before anybody altered it."""
    position: int = 0
    """Where it came to stand."""

    def set(self, **fields: Any) -> "Fact":
        """Let the event say something else."""
        self.event = replace(self.event, **fields)  # type: ignore[type-var]
        return self


@dataclass(eq=False, kw_only=True)
class Told:
    """A command as history tells of it: who gave it, when, and what came of it."""

    command: str
    id: str
    sha256: str
    actor: Actor
    at: datetime
    facts: list[Fact]
    trace: Mapping[str, Any] = field(default_factory=dict)
    of: int | None = None
    """How many events it says it led to, where that is not how many there are."""
    digested: bool = False
    """Whether its digest stands as it is, whatever its events say."""

    @property
    def first(self) -> Fact:
        """Its first event."""
        return self.facts[0]

    def fact(self, kind: type[Event], nth: int = 0) -> Fact:
        """Return its so-manieth event of a kind."""
        return [fact for fact in self.facts if isinstance(fact.event, kind)][nth]

    def by(self, actor: Actor) -> "Told":
        """Let somebody else have given it, wherever its events name who did."""
        for fact in self.facts:
            fact.event = _renamed(fact.event, self.actor.id, actor.id)
        self.actor = actor
        return self


class Honest:
    """A history as it was written, read once."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._told = _told(tables.rows)
        self.refused = [row for row in tables.outcomes if row.first_position is None]
        self.texts = {row.commitment: row for row in tables.private}

    def told(self) -> list[Told]:
        """Return its commands, to be altered at will."""
        fresh = [copy(told) for told in self._told]
        for told in fresh:
            told.facts = [copy(fact) for fact in told.facts]
        return fresh


def _told(rows: list[Row]) -> list[Told]:
    """Read the commands back from an honest log."""
    recorded = [read_record(row) for row in rows]
    told = []
    for _, events in groupby(recorded, lambda one: (one.actor.principal, one.command.id)):
        first, *others = events
        plain = shape_of(type(first.trace)).encode(first.trace)
        told.append(
            Told(
                command=first.command.type,
                id=first.command.id,
                sha256=first.command.sha256,
                actor=first.actor,
                at=first.recorded_at,
                trace=plain,
                facts=[
                    Fact(
                        stream=one.stream,
                        event=one.event,
                        honest=one.event,
                        salt=bytes.fromhex(one.salt),
                    )
                    for one in (first, *others)
                ],
            )
        )
    return told


def _renamed(event: Event, was: str, person: str) -> Event:
    """Return an event that names another person wherever it named this one."""
    named = {
        name: person for name in fields_of(type(event)) if getattr(event, name) == was != person
    }
    return replace(event, **named) if named else event  # type: ignore[type-var]
