"""The audit trail: who did what, on whose behalf and caused by what, one row for each event.

The rows hold what stands around an event, never what it says. What many events have alike
stands once (`ActRow`), and what few have beside them (`TraceRow`); `trail_rows` puts them
together again. The queries are in `trail_search` and ask `visibility` about every entry.
Positions are in the order of time.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import Envelope
from svx_ledger.eventlog.types import TYPES

from .projection import Projection
from .table import Change, Changes, Put, Table
from .trail_fields import About, Things, about_of, only_thing, things_of


class EntryRow(NamedTuple):
    """An event without what it says: where it is, by which command, as what act of whom.

    The event is number `n` of the `of` that its command led to. By the supplier it is about,
    and its bid, `visibility` tells who may see it, where that is not everybody. `traced` says
    that there is a `TraceRow`.
    """

    position: int
    recorded_at: datetime
    stream: str
    version: int
    act: str
    command_id: str
    n: int
    of: int
    supplier_id: str | None
    bid_no: int | None
    traced: bool


class ActRow(NamedTuple):
    """A person in a role, for an organisation, did this with that command; again and again.

    `act` is a digest of all the rest: who sees an event knows its act without reading any row.
    `type` is the newest name of the event's type.
    """

    act: str
    type: str
    person_id: str
    role: str
    organisation_id: str | None
    on_behalf_of: str | None
    command_type: str


class TraceRow(NamedTuple):
    """What the edge said of where a command came from, and the edge's own id of it."""

    position: int
    causation: str | None
    correlation: str | None
    request: str | None


class MentionRow(NamedTuple):
    """An event names this thing, which is not its own stream, in one of its own fields.

    `part` is that field where not everybody may see it who sees the event.
    """

    thing: str
    position: int
    part: str | None


ENTRY = Table("trail", EntryRow, found_by=("stream", "act", "command_id"), grows="once")
ACT = Table(
    "trail_acts",
    ActRow,
    found_by=("type", "person_id", "organisation_id", "on_behalf_of"),
    grows="alike",
)
TRACE = Table("trail_traces", TraceRow, found_by=("correlation",), grows="once")
MENTION = Table("trail_mentions", MentionRow, key=2, grows="once")
AUDIT_TRAIL = Projection("trail", ENTRY, ACT, TRACE, MENTION)
project = AUDIT_TRAIL.project


_Known = tuple[Actor, str, Put[ActRow]]
"""An actor, the type of a command, and the act that it was."""
_NOTHING: Final[About] = (None, None)


class _Told(NamedTuple):
    """What the trail takes of one class of event: its name, and its fields that name things.

    `named` is the one field that does so, where that is open and holds one thing at most.
    `about` is None where everybody may see the event at once. `acts` are those that came
    before, by the identity of the actor, who is kept with them.
    """

    name: str
    about: Callable[[Any], About] | None
    things: Things
    named: str | None
    acts: dict[int, _Known]


_NAMES: Final = {event: name for name, event in TYPES.items()}


def _told(kind: type[Event]) -> _Told:
    things = things_of(kind)
    return _Told(_NAMES[kind], about_of(kind), things, only_thing(kind, things), {})


def _entry(at: Envelope, event: Event) -> Changes:
    told = _TOLD[type(event)]
    actor, command, trace = at.actor, at.command, at.trace
    known = told.acts.get(id(actor))
    if known is None or known[0] is not actor or known[1] != command.type:
        known = _learn(told, actor, command.type)
    act = known[2]
    traced = not (trace.causation is trace.correlation is trace.request is None)
    supplier, bid = told.about(event) if told.about else _NOTHING
    row = _made(
        EntryRow,
        (
            at.position,
            at.recorded_at,
            at.stream,
            at.version,
            act.row[0],
            command.id,
            command.n,
            command.of,
            supplier,
            bid,
            traced,
        ),
    )
    changes: list[Change] = [Put(ENTRY, row), act]
    if traced:
        came_from = (trace.causation, trace.correlation, trace.request)
        changes.append(Put(TRACE, TraceRow(at.position, *came_from)))
    if told.named is not None:
        thing = getattr(event, told.named)
        if thing is not None and thing != at.stream:
            changes.append(Put(MENTION, _made(MentionRow, (thing, at.position, None))))
    elif told.things:
        changes += _mentions(at, event, told)
    return changes


def _mentions(at: Envelope, event: Event, told: _Told) -> list[Change]:
    """Return a row for each thing that an event names, whatever it names it as."""
    mentioned: dict[str, str | None] = {}
    for name, part in told.things:
        said = getattr(event, name)
        for thing in (said,) if isinstance(said, str) else said or ():
            mentioned[thing] = part
    mentioned.pop(at.stream, None)
    return [Put(MENTION, MentionRow(of, at.position, part)) for of, part in mentioned.items()]


def _learn(told: _Told, actor: Actor, command: str) -> _Known:
    """Return the row of an act, and remember it: the same few come again and again."""
    if len(told.acts) >= _KNOWN_ACTORS:
        told.acts.clear()
    who = (actor.id, actor.role, actor.organisation, actor.on_behalf_of)
    said = (told.name, *who, command)
    digest = sha256(orjson.dumps(said)).digest()[:_DIGEST_BYTES]
    act = urlsafe_b64encode(digest).decode()
    known = told.acts[id(actor)] = (actor, command, Put(ACT, ActRow(act, *said)))
    return known


_made: Final = tuple.__new__
"""Makes a named tuple of a tuple, at a third of what its class takes."""
_KNOWN_ACTORS: Final = 10_000
"""For each class of event; readers of the log make one object of each actor."""
_DIGEST_BYTES: Final = 15
"""That two acts have the same digest is not to be feared, nor to be brought about."""
_TOLD: Final = {kind: _told(kind) for kind in TYPES.values()}
for _kind in _TOLD:
    AUDIT_TRAIL.on(_kind)(_entry)
