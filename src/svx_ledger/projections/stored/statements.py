"""The SQL of one declared table, as it stands in one generation."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic

from svx_ledger.projections.table import Key, R, Table, Value

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
        key = f"PRIMARY KEY ({self._key})"
        return f"CREATE TABLE {self.place} ({columns}, {key}){self.dialect.after_columns}"

    @property
    def indexes(self) -> list[str]:
        """Return the statements that make what `where` needs: rows of a value, by key."""
        return [
            f"CREATE INDEX IF NOT EXISTS {quoted(f'{self.name}_{n}')} "
            f"ON {self.place} ({quoted(column)}, {self._key})"
            for n, column in enumerate(self.table.found_by)
        ]

    @cached_property
    def insert(self) -> str:
        """Return the statement that writes a row where there is none."""
        marks = ", ".join(self.dialect.parameter for _ in self.table.columns)
        return f"INSERT INTO {self.place} ({self.columns}) VALUES ({marks})"  # noqa: S608

    @cached_property
    def upsert(self) -> str:
        """Return the statement that writes a row, in place of the one with its key."""
        return f"{self.insert} {self.over}"

    @cached_property
    def over(self) -> str:
        """Return what an insert does where the key is there already."""
        rest = [quoted(c.name) for c in self.table.columns[len(self.table.key) :]]
        values = ", ".join(f"{column} = excluded.{column}" for column in rest)
        return f"ON CONFLICT ({self._key}) DO {f'UPDATE SET {values}' if rest else 'NOTHING'}"

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
    def dump(self) -> Callable[[Iterable[R]], Iterable[Sequence[Any]]]:
        """Return the function that turns rows into what the database takes."""
        return _by_column([self.dialect.dump.get(c.type) for c in self.table.columns])

    @cached_property
    def load(self) -> Callable[[Iterable[Sequence[Any]]], Iterable[R]]:
        """Return the function that turns what the database gives into rows."""
        convert = _conversion([self.dialect.load.get(c.type) for c in self.table.columns])
        make: Callable[[Sequence[Any]], R] = self.table.row._make  # type: ignore[attr-defined]
        return lambda found: map(make, convert(found))

    def value(self, column: str, value: Value) -> Any:
        """Return one column's value as the database takes it."""
        (kind,) = (c.type for c in self.table.columns if c.name == column)
        dump = self.dialect.dump.get(kind)
        return value if dump is None or value is None else dump(value)

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


def _by_column(
    functions: Sequence[Callable[[Any], Any] | None],
) -> Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]]:
    """The same for many rows at hand, column after column: few calls for a large batch."""
    if not any(functions):
        return lambda rows: rows

    def convert(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        columns = [
            values
            if function is None
            else [None if value is None else function(value) for value in values]
            for function, values in zip(functions, zip(*rows, strict=True), strict=True)
        ]
        return zip(*columns, strict=True)

    return convert
