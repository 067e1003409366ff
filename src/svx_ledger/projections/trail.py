"""The audit trail: who did what, on whose behalf and caused by what, one row for each event.

The rows hold what stands around an event, never what it says; the queries are in `trail_search`
and ask `visibility` about every entry. Positions are in the order of time.
"""

from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple, get_args, get_origin, get_type_hints

from svx_ledger.domain.form import STREAM_NAME, Matching, StreamOf
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import ParticipationBegan
from svx_ledger.eventlog.record import Envelope
from svx_ledger.eventlog.types import TYPES

from .projection import Projection
from .table import Change, Changes, Table
from .visibility.rules import PUBLIC
from .visibility.table import PARTS, RULES


class TrailRow(NamedTuple):
    """An event without what it says: who, in which role, for whom, by which command.

    `type` is the newest name of its type. The event is number `n` of the `of` that its command
    led to. `causation` and `correlation` are what the edge said of where the command came from,
    `request` is the edge's own id. By the last three `visibility` tells who may see it, where
    that is not everybody: the supplier it is about, its bid, and its auction.
    """

    position: int
    recorded_at: datetime
    stream: str
    version: int
    type: str
    person_id: str
    role: str
    organisation_id: str | None
    on_behalf_of: str | None
    command_id: str
    command_type: str
    n: int
    of: int
    causation: str | None
    correlation: str | None
    request: str | None
    supplier_id: str | None
    bid_no: int | None
    auction_id: str | None


class MentionRow(NamedTuple):
    """An event names this thing, which is not its own stream, in one of its own fields.

    `part` is that field where not everybody may see it who sees the event.
    """

    thing: str
    position: int
    part: str | None


TRAIL = Table(
    "trail",
    TrailRow,
    found_by=(
        *("stream", "person_id", "organisation_id", "on_behalf_of"),
        *("command_id", "type", "correlation"),
    ),
)
MENTION = Table("trail_mentions", MentionRow, key=2)
AUDIT_TRAIL = Projection("trail", TRAIL, MENTION)
project = AUDIT_TRAIL.project


class _Told(NamedTuple):
    """What the trail takes of one class of event: its name, and its fields that name things."""

    name: str
    hidden: bool
    things: tuple[tuple[str, str | None], ...]


_NAMES: Final = {event: name for name, event in TYPES.items()}


def _told(kind: type[Event]) -> _Told:
    """Return what to take of a class. The parts come first: what is said openly prevails."""
    hints = get_type_hints(kind, include_extras=True)
    parts = PARTS.get(kind, {})
    found = [
        (name, name if name in parts else None)
        for name in (field.name for field in fields(kind))  # type: ignore[arg-type]
        if _names_things(hints[name])
    ]
    found.sort(key=lambda field: field[1] is None)
    return _Told(_NAMES[kind], RULES.get(kind) is not PUBLIC, tuple(found))


def _names_things(hint: Any) -> bool:
    """Whether a field holds names of streams: one, none, or several."""
    if get_origin(hint) is Annotated:
        of, *marks = get_args(hint)
        return (of is str and _is_stream_form(marks)) or _names_things(of)
    return any(_names_things(of) for of in get_args(hint))


def _is_stream_form(marks: list[Any]) -> bool:
    return any(
        isinstance(mark, StreamOf)
        or (isinstance(mark, Matching) and mark.pattern == STREAM_NAME.pattern)
        for mark in marks
    )


def _entry(at: Envelope, event: Event) -> Changes:
    told = _TOLD[type(event)]
    actor, command, trace = at.actor, at.command, at.trace
    about: tuple[str | None, int | None, str | None] = (None, None, None)
    if told.hidden:
        about = _about(at, event)
    row = TrailRow(
        at.position,
        at.recorded_at,
        at.stream,
        at.version,
        told.name,
        actor.id,
        actor.role,
        actor.organisation,
        actor.on_behalf_of,
        command.id,
        command.type,
        command.n,
        command.of,
        trace.causation,
        trace.correlation,
        trace.request,
        *about,
    )
    changes: list[Change] = [TRAIL.put(row)]
    if told.things:
        mentioned: dict[str, str | None] = {}
        for name, part in told.things:
            said = getattr(event, name)
            for thing in (said,) if isinstance(said, str) else said or ():
                mentioned[thing] = part
        mentioned.pop(at.stream, None)
        for thing, part in mentioned.items():
            changes.append(MENTION.put(MentionRow(thing, at.position, part)))
    return changes


def _about(at: Envelope, event: Event) -> tuple[str | None, int | None, str | None]:
    """Return what a rule of visibility asks about an event: supplier, bid and auction."""
    if isinstance(event, ParticipationBegan):
        return at.stream, None, event.auction_id
    return getattr(event, "supplier_id", None), getattr(event, "bid_no", None), None


_TOLD: Final = {kind: _told(kind) for kind in TYPES.values()}
for _kind in _TOLD:
    AUDIT_TRAIL.on(_kind)(_entry)
