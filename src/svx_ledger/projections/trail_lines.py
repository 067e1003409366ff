"""The audit trail in lines: each entry with the plain sentence of its event."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.record import Unreadable, read_record
from svx_ledger.eventlog.store import Store

from .sentences import sentence
from .shown_events import shown_event
from .table import Rows
from .trail_search import Entry
from .visibility import seen


class Line(NamedTuple):
    """An entry of the trail; `says` what happened, of a hidden event only that it did."""

    position: int
    recorded_at: datetime
    stream: str | None
    version: int | None
    type: str
    person_id: str | None
    role: str | None
    organisation_id: str | None
    on_behalf_of: str | None
    command_id: str | None
    command_type: str | None
    n: int | None
    of: int | None
    causation: str | None
    caused_by: tuple[int, ...]
    correlation: str | None
    withheld: bool
    says: str


def lines(
    store: Store, rows: Rows, viewer: Actor | None, entries: Iterable[Entry]
) -> Iterator[Line]:
    """Give the line of each entry, which is as this viewer sees it. Raises Unreadable."""
    for entry in entries:
        says = _says(store, rows, viewer, entry)
        kept: dict[str, Any] = {name: getattr(entry, name) for name in Line._fields[:-1]}
        yield Line(**kept, says=says)


def _says(store: Store, rows: Rows, viewer: Actor | None, entry: Entry) -> str:
    data: Any = None
    if not entry.withheld:
        (row,) = store.rows(after=entry.position - 1, limit=1)
        try:
            data = shown_event(seen(read_record(row), rows, viewer)).data
        except (ValueError, LookupError, TypeError) as fault:
            raise Unreadable(row, str(fault)) from None
    return sentence(entry.type, entry.stream or "hidden", data)
