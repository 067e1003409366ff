"""Tables after events that were told one by one, each on its stream, in whatever envelope."""

from dataclasses import replace
from datetime import timedelta

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import Recorded, read_record
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Changes
from svx_ledger.projections.trail import ACT, ENTRY, ActRow, EntryRow
from svx_ledger.projections.trail_rows import TrailRow
from tests.domain.outcome import NOON
from tests.golden.handmade import handmade

TELLER = Actor(id="person-teller", role="operator", organisation="organisation-teller")
"""Who did all that is told."""


def at(position: int, stream: str, event: Event) -> Recorded:
    """An event at a position, a minute after the one before it."""
    return replace(
        read_record(next(iter(handmade()))),
        position=position,
        recorded_at=NOON + timedelta(minutes=position),
        stream=stream,
        actor=TELLER,
        event=event,
    )


def tables_after(projection: Projection, *told: tuple[str, Event]) -> Tables:
    """The rows of a projection after these events, the first of them at position 1.

    Each row holds what its columns declare.
    """
    tables = Tables()
    for position, (stream, event) in enumerate(told, start=1):
        tables.apply(projection.project(at(position, stream, event)))
    for table in projection.tables:
        for row in tables.all(table):
            for column, value in zip(table.columns, row, strict=True):
                assert (column.nullable and value is None) or type(value) is column.type
    return tables


def trailed(row: TrailRow) -> Changes:
    """What makes this row of the trail, which nobody says where it came from."""
    given = row._asdict() | {"act": f"{row.type} by {row.person_id} of {row.organisation_id}"}
    entry, act = ({name: given.get(name) for name in of._fields} for of in (EntryRow, ActRow))
    return [
        ENTRY.put(EntryRow(**entry | {"traced": False})),  # type: ignore[arg-type]
        ACT.put(ActRow(**act)),  # type: ignore[arg-type]
    ]
