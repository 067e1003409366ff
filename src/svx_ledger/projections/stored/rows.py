"""The rows of one generation, read within one snapshot: `Rows` over a database."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from svx_ledger.projections.table import Key, R, Table, Value

from .dialect import Dialect
from .packing import taken
from .statements import Statements

Query = Callable[[str, Sequence[Any]], Iterable[Sequence[Any]]]
"""Runs a query in the snapshot, from its beginning; rows may be taken one by one."""


def place_name(table: str, generation: int) -> str:
    """Return what a table is called in a generation."""
    return f"{table}_g{generation}"


class StoredRows:
    """The tables of one generation as they were at one moment. Not for use by two threads."""

    def __init__(self, dialect: Dialect, generation: int, query: Query) -> None:
        self._dialect = dialect
        self._generation = generation
        self._query = query
        self._known: dict[str, Statements[Any]] = {}

    def get(self, table: Table[R], *key: Value) -> R | None:
        """Return the row with this key, if there is one."""
        assert len(key) == len(table.key)
        return next(iter(self._found(table, table.key, key)), None)

    def select(self, table: Table[R], first: Value) -> Sequence[R]:
        """Return the rows whose first key column has this value."""
        return list(self._found(table, table.key[:1], (first,)))

    def count(self, table: Table[R], first: Value) -> int:
        """Return how many rows `select` would."""
        column = table.key[0]
        statements = self._of(table)
        return self._one(statements.count(column), [taken(first)])

    def all(self, table: Table[R]) -> Iterable[R]:
        """Return every row; read as they are asked for, and anew for each time."""
        return _All(self._query, self._of(table))

    def columns(self, table: Table[R], *names: str) -> Iterable[tuple[Any, ...]]:
        """Return these columns of every row: for sums over a whole table."""
        query, load = self._of(table).some(names)
        return load(self._query(query, ()))

    def where(self, table: Table[R], column: str, value: Value) -> Sequence[R]:
        """Return the rows with this value in a column that the table is `found_by`."""
        assert column in table.found_by
        if value is None:
            return [row for row in self.all(table) if getattr(row, column) is None]
        return list(self._found(table, (column,), (value,)))

    def page(self, table: Table[R], after: Key | None, limit: int) -> Sequence[R]:
        """Return at most `limit` rows whose key comes after this one; the first for None."""
        statements = self._of(table)
        query = statements.select(after=after, limit=limit)
        return list(statements.load(self._query(query, after or ())))

    def size(self, table: Table[Any]) -> int:
        """Return how many rows there are."""
        return self._one(self._of(table).count(), ())

    def _one(self, query: str, given: Sequence[Any]) -> int:
        ((number,),) = self._query(query, given)
        assert isinstance(number, int)
        return number

    def _found(
        self, table: Table[R], columns: Sequence[str], values: Sequence[Value]
    ) -> Iterable[R]:
        statements = self._of(table)
        given = [taken(value) for value in values]
        return statements.load(self._query(statements.select(*columns), given))

    def _of(self, table: Table[R]) -> Statements[R]:
        known: Statements[R] | None = self._known.get(table.name)
        if known is None:
            known = Statements(self._dialect, table, place_name(table.name, self._generation))
            self._known[table.name] = known
        return known


class _All(Iterable[R]):
    """Every row of a table: the query runs once for each time that somebody goes through."""

    def __init__(self, query: Query, statements: Statements[R]) -> None:
        self._query = query
        self._statements = statements

    def __iter__(self) -> Iterator[R]:
        return iter(self._statements.load(self._query(self._statements.select(), ())))
