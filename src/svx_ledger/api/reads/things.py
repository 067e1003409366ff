"""One event, one thing with how it came to be, and the same as it was at a moment."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from svx_ledger.api.parameters import Parameter, Position, bad_parameters, position_of
from svx_ledger.api.refusals import no_such_thing
from svx_ledger.domain import vocabulary
from svx_ledger.domain.auction.state import Auction
from svx_ledger.eventlog.private_fields import private_fields
from svx_ledger.eventlog.private_texts import private_texts
from svx_ledger.eventlog.record import Recorded, Row, Unreadable, read_record
from svx_ledger.projections.board import Board
from svx_ledger.projections.replay import (
    AuctionHistory,
    Look,
    Moment,
    NoSuchMoment,
    NoSuchStream,
    Sight,
    StreamHistory,
    StreamSeen,
    moment,
    shown_state,
)
from svx_ledger.projections.replay.telling import told_auction, told_stream
from svx_ledger.projections.shown_events import ShownEvent, shown_event
from svx_ledger.projections.visibility import may_know, seen

from .asking import Asking, One, Read, allowed

_ASKED: Final = frozenset({"at", "position", "stream"})
"""Facts that repeat what was asked."""


class Thing(NamedTuple):
    """What a stream has come to, as its viewer may see it: its state, and its events.

    `withheld` names the fields that are hidden for now.
    """

    stream: str
    version: int | None
    state: Mapping[str, Any]
    withheld: tuple[str, ...]
    events: tuple[ShownEvent, ...]


def _event(asking: Asking) -> One:
    position = position_of(asking.get("position"))
    if not 1 <= position <= asking.view.position:
        raise no_such_thing("event")
    (recorded,) = _read(asking.store.rows(after=position - 1, limit=1))
    return One(value=_shown(asking, recorded))


def _stream(asking: Asking) -> One:
    stream = asking.get("stream")
    if not may_know(stream, asking.viewer):
        raise no_such_thing("stream")
    rows = (row for row in asking.store.stream(stream) if row.position <= asking.view.position)
    recorded = [*_read(rows)]
    events = tuple(one for one in (_shown(asking, e) for e in recorded) if one.stream)
    if not events:
        raise no_such_thing("stream")
    state: object = None
    for event in recorded:
        state = vocabulary.evolve(stream, state, event.event)
    eyes = (Look(asking.viewer, asking.view.rows),)
    plain, withheld = shown_state(stream, state, eyes, asking.view.now)
    version = events[-1].version
    thing = Thing(stream, version, plain, withheld, events)
    return One(value=thing, version=version, steady=_is_steady(state, recorded))


def _is_steady(state: object, recorded: list[Recorded]) -> bool:
    """Whether a stream is shown alike for as long as nothing is recorded on it.

    An auction's phase follows the clock, and private texts can be erased.
    """
    private = any(private_fields(type(event.event)) for event in recorded)
    return not (private or isinstance(state, Auction))


def _replay(asking: Asking) -> One:
    at, position = asking.get("at"), asking.get("position")
    if at is not None and position is not None:
        raise bad_parameters(
            ("/query/position", "An instant or a position: one stands for the other.")
        )
    try:
        when = moment(asking.store, at=at, position=position)
        return _as_it_was(asking, when, is_past=position is not None or at is not None)
    except NoSuchStream:
        raise no_such_thing(asking.get("show") or "stream") from None
    except NoSuchMoment as missing:
        refused = missing.refusal
        facts = {name: said for name, said in refused.facts.items() if name not in _ASKED}
        return allowed(replace(refused, facts=facts))


def _as_it_was(asking: Asking, when: Moment, *, is_past: bool) -> One:
    stream, sight = asking.get("stream"), Sight(asking.viewer)
    asked = asking.get("position")
    is_fixed = is_past and (asked is not None or when.position < asking.store.head().position)
    if asking.get("show") == "board":
        auction = AuctionHistory(asking.store, stream, sight)
        told = told_auction(auction.at(when), auction.step_at(when.position))
        return One(value=told, final=is_fixed and auction.is_open(when))
    history = StreamHistory(asking.store, stream, sight)
    told = told_stream(history.at(when), history.step_at(when.position))
    return One(value=told, final=is_fixed and history.is_open(when))


def _shown(asking: Asking, recorded: Recorded) -> ShownEvent:
    """Return an event as the viewer may see it, with what may be shown of its private texts."""
    event = seen(recorded, asking.view.rows, asking.viewer)
    if event.event is None or event.stream is None or event.actor is None:
        return shown_event(event)
    texts = private_texts(
        asking.store,
        event.stream,
        event.event,
        written_by=event.actor,
        reader=asking.viewer,
    )
    return shown_event(event, texts)


def _read(rows: Iterable[Row]) -> Iterator[Recorded]:
    for row in rows:
        try:
            yield read_record(row)
        except (ValueError, LookupError, TypeError) as fault:
            raise Unreadable(row, str(fault)) from None


READS: Final = (
    Read(
        name="event",
        path="/events/{position}",
        tag="replay",
        summary="Show one event, as whoever asks may see it now.",
        ask=_event,
        answer=ShownEvent,
    ),
    Read(
        name="stream",
        path="/streams/{stream}",
        tag="replay",
        summary="Show one thing, and how it came to be.",
        ask=_stream,
        answer=Thing,
    ),
    Read(
        name="replay",
        path="/streams/{stream}/replay",
        tag="replay",
        summary="Show one thing as it was at a moment, as far as it may be seen now, and what "
        "its last event changed.",
        ask=_replay,
        answer=StreamSeen | Board,
        parameters=(
            Parameter(name="at", form=datetime, meaning="As at an instant."),
            Parameter(name="position", form=Position, meaning="As known at this log position."),
            Parameter(
                name="show",
                form=Literal["state", "board"],
                meaning="What it had come to; or of an auction its board, and who led.",
            ),
        ),
        takes_long=True,
    ),
)
