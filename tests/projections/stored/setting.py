"""What the tests of stored views have in common: logs, and rows held against memory's."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.memory import Tables, Views
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.stored.keeping import Keeper, Positions
from svx_ledger.projections.table import Rows, Table

HEALED_SECONDS = 5.0
"""From the end of a fault until the views have to be complete and right."""
PATIENCE_SECONDS = 30.0
"""For what is no goal, on a machine that has much else to do."""


def append(store: Store, rows: Sequence[Row]) -> None:
    """Write records as the write path does, a batch of them in a commit."""
    with closing(store.writer()) as writer:
        for first in range(0, len(rows), 200):
            writer.begin([], [], {}, known=0)
            writer.append(rows[first : first + 200], [], [])


def drained(positions: Positions) -> list[int]:
    """Return the positions that were reached."""
    return list(positions)


def in_memory(store: Store, projections: Sequence[Projection] = PROJECTIONS) -> Tables:
    """Return the rows that the reference backend makes of a log."""
    views = Views(store, projections)
    views.refresh()
    return views.tables


def tables_of(projections: Sequence[Projection] = PROJECTIONS) -> list[Table[Any]]:
    """Return all tables of all projections."""
    return [table for projection in projections for table in projection.tables]


def assert_same_rows(rows: Rows, tables: Sequence[Table[Any]], expected: Tables) -> int:
    """Hold every row of every table against the reference, with types; return how many."""
    seen = 0
    for table in tables:
        found, wanted = list(rows.all(table)), list(expected.all(table))
        assert found == wanted, table
        for row, other in zip(found, wanted, strict=True):
            assert type(row) is table.row
            assert [type(value) for value in row] == [type(value) for value in other], table
        seen += len(found)
    return seen


def assert_kept(keeper: Keeper) -> None:
    """Assert that the served views are complete and right."""
    with keeper.place.reading() as moment:
        assert moment is not None
        assert moment.generation.position == keeper.store.head().position
        assert_same_rows(
            moment.rows, keeper.tables, in_memory(keeper.store, keeper.projections)
        )


def until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds; fail where it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.01)
