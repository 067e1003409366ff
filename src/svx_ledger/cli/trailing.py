"""`report trail`: who did what, on whose behalf and caused by what, a sentence each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from . import showing
from .listing import Csv, listed
from .output import say
from .session import UNREADABLE, Damaged, Session, Usage

if TYPE_CHECKING:
    from svx_ledger.domain.actor import Actor
    from svx_ledger.eventlog.store import Store
    from svx_ledger.projections.table import Rows
    from svx_ledger.projections.trail_search import Entry
    from svx_ledger.projections.visibility import Seen

Person = Annotated[
    str | None, typer.Option("--person", metavar="PERSON", help="What this person did.")
]
Organisation = Annotated[
    str | None,
    typer.Option("--organisation", metavar="ORG", help="Done for it, or on its behalf."),
]
Thing = Annotated[
    str | None,
    typer.Option("--thing", metavar="STREAM", help="On this stream, or naming it."),
]
Command = Annotated[
    str | None, typer.Option("--command", metavar="ID", help="By the command with this id.")
]
Kind = Annotated[
    str | None, typer.Option("--type", metavar="TYPE", help="Of this type, e.g. kpi-set.v1.")
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="From this instant on, UTC.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Before this instant, UTC.")
]
After = Annotated[
    int,
    typer.Option("--after", metavar="POSITION", help="Those after it only.", min=0, max=2**62),
]
Limit = Annotated[
    int, typer.Option("--limit", metavar="N", help="At most so many.", min=1, max=1000)
]


def trail(  # noqa: PLR0913 - one for each thing that entries are found by
    session: Session,
    *,
    person: Person = None,
    organisation: Organisation = None,
    thing: Thing = None,
    command: Command = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    after: After = 0,
    limit: Limit = 100,
    csv: Csv = False,
) -> None:
    """Show the audit trail: who did what, on whose behalf and caused by what.

    What is hidden from whoever asks is found by its stream and its time alone.
    """
    from svx_ledger.projections.trail_search import trail as search

    from .views import viewed, viewer_of

    viewer = viewer_of(session)
    with viewed(session) as view, session.store() as store:
        found = search(
            view.rows,
            viewer,
            person=person,
            organisation=organisation,
            thing=thing,
            command=command,
            type=kind,
            since=_instant("--since", since),
            until=_instant("--until", until),
            after=after,
            limit=limit,
        )
        told = _told(store, view.rows, viewer, found.items)
        items = [Line.told(entry, _says(entry, seen)) for entry, seen in told]
    if not listed(session, Line._fields, items, csv=csv):
        for entry, item in zip(found.items, items, strict=True):
            at, stream = showing.cell(entry.recorded_at), entry.stream or "hidden"
            say(f"{entry.position:>6}  {at}  {stream}  {_by(entry)}{item.says}")
    if found.next is not None:
        say(f"There is more: --after {found.next}", err=True)


class Line(NamedTuple):
    """An entry of the trail, with the plain sentence of its event."""

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

    @classmethod
    def told(cls, entry: "Entry", says: str) -> "Line":
        """Return the line of an entry."""
        kept = {name: getattr(entry, name) for name in cls._fields if hasattr(entry, name)}
        return cls(**kept, says=says)


def _instant(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Usage(f"{option} reads 2026-03-02 or 2026-03-02T12:00:00Z, in UTC.") from None


def _told(
    store: "Store", rows: "Rows", viewer: "Actor | None", entries: "tuple[Entry, ...]"
) -> "Iterator[tuple[Entry, Seen | None]]":
    """Give each entry with its event as the viewer may see it. Raises Damaged."""
    from svx_ledger.eventlog.record import read_record
    from svx_ledger.projections.visibility import seen

    for entry in entries:
        if entry.withheld:
            yield entry, None
            continue
        for row in store.rows(after=entry.position - 1, limit=1):
            try:
                yield entry, seen(read_record(row), rows, viewer)
            except UNREADABLE as fault:
                raise Damaged(f"position {row.position}", fault) from None


def _says(entry: "Entry", told: "Seen | None") -> str:
    """Return the plain sentence of an event; of a hidden one only that it happened."""
    from svx_ledger.eventlog.shapes import shape_of

    from .sentences import sentence

    event = told.event if told else None
    data: dict[str, Any] | None = shape_of(type(event)).encode(event) if event else None
    return sentence(entry.type, entry.stream or "hidden", data)


def _by(entry: "Entry") -> str:
    """Say who did it, for whom, and after what."""
    if entry.withheld:
        return ""
    acting = f" of {entry.organisation_id}" if entry.organisation_id else ""
    behalf = f", for {entry.on_behalf_of}" if entry.on_behalf_of else ""
    caused = f", after {', '.join(map(str, entry.caused_by))}" if entry.caused_by else ""
    return f"{entry.person_id} ({entry.role}{acting}{behalf}{caused}): "
