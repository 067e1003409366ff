"""The tables in memory, and `Views`: projections that follow a log.

The same changes applied by a database give the same rows; this backend is the reference.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from svx_ledger.domain.values import exactly
from svx_ledger.eventlog.record import Row, read_record

from .catalogue import PROJECTIONS
from .projection import Projection
from .table import Change, Key, Patch, Put, R, Remove, Table, Value


class Log(Protocol):
    """What a view asks of a store."""

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""


class OutOfStep(Exception):
    """The log or its rows are not what they must be: the view stops and is built again."""


class Tables:
    """Rows by table, then by the first key column, then by the rest of the key."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Value, dict[Key, Any]]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tables) and self._flat() == other._flat()

    __hash__ = None  # type: ignore[assignment]  # they change

    def apply(self, changes: Iterable[Change]) -> None:
        """Make the changes, in order. Raises OutOfStep for a row that should be there."""
        for change in changes:
            match change:
                case Put(table=table, row=row):
                    key = table.key_of(row)
                    group = self._rows.setdefault(table.name, {}).setdefault(key[0], {})
                    there = group.get(key[1:])
                    if there and table.grows and (table.grows == "once" or there != row):
                        raise OutOfStep(f"{table.name} has a row {key} already")
                    group[key[1:]] = row
                case Patch(table=table, key=key, columns=columns):
                    assert columns.keys().isdisjoint(table.key)
                    assert not table.grows
                    group = self._group(table, key)
                    group[key[1:]] = group[key[1:]]._replace(**columns)
                case Remove(table=table, key=key):
                    assert not table.grows
                    del self._group(table, key)[key[1:]]

    def get(self, table: Table[R], *key: Value) -> R | None:
        """Return the row with this key, if there is one."""
        assert len(key) == len(table.key)
        found: R | None = self._rows.get(table.name, {}).get(key[0], {}).get(key[1:])
        return found

    def select(self, table: Table[R], first: Value) -> Sequence[R]:
        """Return the rows whose first key column has this value."""
        return sorted(self._rows.get(table.name, {}).get(first, {}).values(), key=table.key_of)

    def count(self, table: Table[R], first: Value) -> int:
        """Return how many rows `select` would."""
        return len(self._rows.get(table.name, {}).get(first, {}))

    def all(self, table: Table[R]) -> Sequence[R]:
        """Return every row."""
        groups = self._rows.get(table.name, {}).values()
        return sorted((row for group in groups for row in group.values()), key=table.key_of)

    def columns(self, table: Table[R], *names: str) -> Iterable[tuple[Any, ...]]:
        """Return these columns of every row: for sums over a whole table."""
        return (tuple(getattr(row, name) for name in names) for row in self.all(table))

    def where(self, table: Table[R], column: str, value: Value) -> Sequence[R]:
        """Return the rows with this value in a column that the table is `found_by`."""
        assert column in table.found_by
        return [row for row in self.all(table) if getattr(row, column) == value]

    def page(self, table: Table[R], after: Key | None, limit: int) -> Sequence[R]:
        """Return at most `limit` rows whose key comes after this one; the first for None."""
        later = (row for row in self.all(table) if after is None or table.key_of(row) > after)
        return list(islice(later, limit))

    def _flat(self) -> dict[tuple[str, Value, Key], Any]:
        return {
            (name, first, rest): row
            for name, groups in self._rows.items()
            for first, group in groups.items()
            for rest, row in group.items()
        }

    def _group(self, table: Table[Any], key: Key) -> dict[Key, Any]:
        group = self._rows.get(table.name, {}).get(key[0], {})
        if key[1:] not in group:
            raise OutOfStep(f"{table.name} has no row {key}")
        return group


class Views:
    """The projections of one log, up to `position` (0 before the first refresh).

    `recorded_at` is the instant of the event at that position.
    """

    def __init__(self, log: Log, projections: Sequence[Projection] = PROJECTIONS) -> None:
        self.tables = Tables()
        self.position = 0
        self.recorded_at: datetime | None = None
        self._log = log
        self._projections = projections

    @exactly()
    def refresh(self, limit: int | None = None) -> int:
        """Take in the events that came since, at most `limit`; return the new position.

        Raises Unreadable for a record that is not what it should be and OutOfStep for a gap
        or a missing row: nothing is skipped in silence. `position` is that of the last good
        event.
        """
        for row in islice(self._log.rows(after=self.position), limit):
            if row.position != self.position + 1:
                raise OutOfStep(f"position {row.position} came after {self.position}")
            recorded = read_record(row)
            changes = [c for p in self._projections for c in p.project(recorded)]
            self.tables.apply(changes)
            self.position, self.recorded_at = row.position, recorded.recorded_at
        return self.position
