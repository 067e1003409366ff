"""One event, and one thing with how it came to be."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from svx_ledger.api.refusals import no_such_thing
from svx_ledger.api.written import position_of
from svx_ledger.eventlog.private_texts import private_texts
from svx_ledger.projections.shown_events import ShownEvent, shown_event
from svx_ledger.projections.visibility import Seen, seen

from .asking import Asking, One, Read
from .folding import folded, read_records


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
    (recorded,) = read_records(asking.store.rows(after=position - 1, limit=1))
    return One(value=_shown(asking, seen(recorded, asking.view.rows, asking.viewer)))


def _stream(asking: Asking) -> One:
    stream = asking.get("stream")
    come_to = folded(asking, stream)
    events = tuple(_shown(asking, event) for event in come_to.events)
    version, state, withheld = come_to.version, come_to.state, come_to.withheld
    thing = Thing(stream, version, state, withheld, events)
    return One(value=thing, version=version)


def _shown(asking: Asking, event: Seen) -> ShownEvent:
    """Return an event with what may be shown of its private texts."""
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
)
