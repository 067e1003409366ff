"""The SQL of one declared table, as it stands in one generation."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic

from svx_ledger.projections.table import Key, R, Table

from .dialect import Dialect, quoted


def drop(dialect: Dialect, name: str) -> str:
    """Return the statement that removes a table, also one that this program does not know."""
    return f"DROP TABLE IF EXISTS {dialect.place(name)}"


class Statements(Generic[R]):
    """The statements for one table; `name` is what it is called in its generation."""

    def __init__(self, dialect: Dialect, table: Table[R], name: str) -> None:
        self.dialect = dialect
        self.table = table
        self.name = name
        self.place = dialect.place(name)
        self._key = ", ".join(map(quoted, table.key))
        self._is_key = " AND ".join(self._given(column) for column in table.key)
        self.columns = ", ".join(quoted(column.name) for column in table.columns)

    @property
    def create(self) -> str:
        """Return the statement that makes the table."""
        columns = ", ".join(
            f"{quoted(c.name)} {self.dialect.types[c.type]}{'' if c.nullable else ' NOT NULL'}"
            for c in self.table.columns
        )
        key = "" if self._is_keyed_late else f", PRIMARY KEY ({self._key})"
        return f"CREATE TABLE {self.place} ({columns}{key}){self.dialect.after_columns}"

    @property
    def indexes(self) -> list[str]:
        """Return the statements that make what `where` needs: rows of a value, by key.

        Rows without a value are not in the index; `where` goes through all rows for them.
        The key itself comes first, where the table was made without.
        """
        key = (
            f"CREATE UNIQUE INDEX IF NOT EXISTS {quoted(f'{self.name}_key')} "
            f"ON {self.place} ({self._key})"
        )
        return [key] * self._is_keyed_late + [
            f"CREATE INDEX IF NOT EXISTS {quoted(f'{self.name}_{n}')} "
            f"ON {self.place} ({quoted(column)}, {self._key}) "
            f"WHERE {quoted(column)} IS NOT NULL"
            for n, column in enumerate(self.table.found_by)
        ]

    def put_of(self, number: int) -> str:
        """Return the statement that writes so many rows, each in place of the one with its key.

        No key may come twice.
        """
        marks = ", ".join(self.dialect.parameter for _ in self.table.columns)
        rows = ", ".join([f"({marks})"] * number)
        return f"INSERT INTO {self.place} ({self.columns}) VALUES {rows} {self.over}"  # noqa: S608

    @cached_property
    def over(self) -> str:
        """Return what an insert does where the key is there already."""
        rest = [quoted(c.name) for c in self.table.columns[len(self.table.key) :]]
        if self.table.grows == "once":
            return ""
        if self.table.grows or not rest:
            return f"ON CONFLICT ({self._key}) DO NOTHING"
        values = ", ".join(f"{column} = excluded.{column}" for column in rest)
        return f"ON CONFLICT ({self._key}) DO UPDATE SET {values}"

    def update(self, columns: Sequence[str]) -> str:
        """Return the statement that sets these columns of the row with a key."""
        assert set(columns).isdisjoint(self.table.key)
        values = ", ".join(self._given(column) for column in columns)
        return f"UPDATE {self.place} SET {values} WHERE {self._is_key}"  # noqa: S608

    @cached_property
    def delete(self) -> str:
        """Return the statement that deletes the row with a key."""
        return f"DELETE FROM {self.place} WHERE {self._is_key}"  # noqa: S608

    def select(self, *columns: str, after: Key | None = None, limit: int | None = None) -> str:
        """Return the query for rows with values in these columns, by key."""
        where = [self._given(column) for column in columns]
        if after is not None:
            marks = ", ".join(self.dialect.parameter for _ in self.table.key)
            where.append(f"({self._key}) > ({marks})")
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        end = "" if limit is None else f" LIMIT {limit:d}"
        return (
            f"SELECT {self.columns} FROM {self.place}{condition} "  # noqa: S608
            f"ORDER BY {self._key}{end}"
        )

    def some(
        self, names: Sequence[str]
    ) -> tuple[str, Callable[[Iterable[Sequence[Any]]], Iterable[tuple[Any, ...]]]]:
        """Return the query for some columns of every row, by key, and what makes values."""
        types = {column.name: column.type for column in self.table.columns}
        convert = _conversion([self.dialect.load.get(types[name]) for name in names])
        columns = ", ".join(map(quoted, names))
        query = f"SELECT {columns} FROM {self.place} ORDER BY {self._key}"  # noqa: S608
        return query, lambda found: map(tuple, convert(found))

    def count(self, *columns: str) -> str:
        """Return the query that counts rows with values in these columns."""
        where = " AND ".join(self._given(column) for column in columns)
        return f"SELECT count(*) FROM {self.place}{f' WHERE {where}' if where else ''}"  # noqa: S608

    def count_keys(self, number: int) -> str:
        """Return the query that counts how many of so many keys have a row."""
        marks = ", ".join(self.dialect.parameter for _ in self.table.key)
        keys = ", ".join([f"({marks})"] * number)
        return f"SELECT count(*) FROM {self.place} WHERE ({self._key}) IN (VALUES {keys})"  # noqa: S608

    @cached_property
    def load(self) -> Callable[[Iterable[Sequence[Any]]], Iterable[R]]:
        """Return the function that turns what the database gives into rows."""
        convert = _conversion([self.dialect.load.get(c.type) for c in self.table.columns])
        make: Callable[[Sequence[Any]], R] = self.table.row._make  # type: ignore[attr-defined]
        return lambda found: map(make, convert(found))

    @property
    def _is_keyed_late(self) -> bool:
        return self.dialect.keyed_late and self.table.grows == "once"

    def _given(self, column: str) -> str:
        return f"{quoted(column)} = {self.dialect.parameter}"


def _conversion(
    functions: Sequence[Callable[[Any], Any] | None],
) -> Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]]:
    """Return a function over rows that converts the columns that have one; None stays None."""
    wanted = [(n, function) for n, function in enumerate(functions) if function is not None]
    if not wanted:
        return lambda rows: rows

    def convert(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        for row in rows:
            values = list(row)
            for n, function in wanted:
                if values[n] is not None:
                    values[n] = function(values[n])
            yield values

    return convert
