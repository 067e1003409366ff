"""What a stream has come to, read from its records: as far as the views have come."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from svx_ledger.api.refusals import no_such_thing
from svx_ledger.domain import vocabulary
from svx_ledger.eventlog.record import Recorded, Row, Unreadable, read_record
from svx_ledger.projections.replay import Look, shown_state
from svx_ledger.projections.visibility import Seen, may_know, seen

from .asking import Asking


class Folded(NamedTuple):
    """A stream as its viewer may see it: plain values, and the names of the fields `withheld`.

    `events` are those that the viewer may know to be of it, and `version` is that of the last.
    """

    version: int | None
    state: Mapping[str, Any]
    withheld: tuple[str, ...]
    events: Sequence[Seen]


def folded(asking: Asking, stream: str, kind: str = "stream") -> Folded:
    """Return what a stream has come to; `kind` is what it is called where there is none.

    Raises Declined where there is none that may be known, and Unreadable.
    """
    if not may_know(stream, asking.viewer):
        raise no_such_thing(kind)
    rows = (row for row in asking.store.stream(stream) if row.position <= asking.view.position)
    recorded = [*read_records(rows)]
    each = (seen(event, asking.view.rows, asking.viewer) for event in recorded)
    events = [event for event in each if event.stream is not None]
    if not events:
        raise no_such_thing(kind)
    state: object = None
    for event in recorded:
        state = vocabulary.evolve(stream, state, event.event)
    eyes = (Look(asking.viewer, asking.view.rows),)
    plain, withheld = shown_state(stream, state, eyes, asking.view.now)
    return Folded(events[-1].version, plain, withheld, events)


def read_records(rows: Iterable[Row]) -> Iterator[Recorded]:
    """Read records as they are stored. Raises Unreadable."""
    for row in rows:
        try:
            yield read_record(row)
        except (ValueError, LookupError, TypeError) as fault:
            raise Unreadable(row, str(fault)) from None
