"""Rows that are asked for again and again within one moment, each read once."""

from collections.abc import Iterable, Sequence
from typing import Any

from .table import Key, R, Rows, Table, Value


class Remembered:
    """The rows of one moment, with those kept that were asked for by their key or its first.

    What decides who sees a record is the same few rows for each record of a stream. For as
    long as the moment that it reads, and for one thread.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._got: dict[tuple[str, Key], Any] = {}
        self._selected: dict[tuple[str, Value], Sequence[Any]] = {}

    def get(self, table: Table[R], *key: Value) -> R | None:
        """Return the row with this key, if there is one."""
        asked = (table.name, key)
        if asked not in self._got:
            self._got[asked] = self._rows.get(table, *key)
        found: R | None = self._got[asked]
        return found

    def select(self, table: Table[R], first: Value) -> Iterable[R]:
        """Return the rows whose first key column has this value."""
        asked = (table.name, first)
        if asked not in self._selected:
            self._selected[asked] = list(self._rows.select(table, first))
        found: Sequence[R] = self._selected[asked]
        return found

    def count(self, table: Table[R], first: Value) -> int:
        """Return how many rows `select` would."""
        return self._rows.count(table, first)

    def all(self, table: Table[R]) -> Iterable[R]:
        """Return every row."""
        return self._rows.all(table)

    def columns(self, table: Table[R], *names: str) -> Iterable[tuple[Any, ...]]:
        """Return these columns of every row."""
        return self._rows.columns(table, *names)

    def where(self, table: Table[R], column: str, value: Value) -> Iterable[R]:
        """Return the rows with this value in a column that the table is `found_by`."""
        return self._rows.where(table, column, value)

    def page(self, table: Table[R], after: Key | None, limit: int) -> Iterable[R]:
        """Return at most `limit` rows whose key comes after this one."""
        return self._rows.page(table, after, limit)
