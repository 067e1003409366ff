"""Tables and the changes of their rows: all that a projection may ask of a backend.

A row is a named tuple whose first fields are its key; the tuple is the order of the columns.
The changes are few and exact, so that a dictionary and a database make the same of them:
`Put` writes a whole row, `Patch` some columns of a row that exists, `Remove` deletes one.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    Any,
    Final,
    Generic,
    Literal,
    NamedTuple,
    Protocol,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

Value = str | int | bool | Decimal | date | datetime | None
Key = tuple[Value, ...]
"""The values of the key columns, in their order."""
COLUMN_TYPES: Final = frozenset({str, int, bool, Decimal, date, datetime})
KEY_TYPES: Final = frozenset({str, int, bool})
"""Of key columns: their order is the same in every backend, text by code point."""

R = TypeVar("R", bound=tuple[Any, ...])


class Column(NamedTuple):
    """One column: its type, and whether a value may be absent (None)."""

    name: str
    type: type
    nullable: bool


class Table(Generic[R]):
    """A declared table: its name, the named tuple of its rows, how many columns are the key.

    `found_by` are further columns by which rows are looked up (`Rows.where`): each is indexed.
    `grows` says that no row is ever changed or removed, so that nobody has to look for what
    was there: a row is put "once", or each time "alike", as all that it says follows from its
    key.

    Raises TypeError for a column of another type than those that every backend can keep, and
    for a key of a type whose order differs between backends.
    """

    __slots__ = ("columns", "found_by", "grows", "key", "name", "row")

    def __init__(
        self,
        name: str,
        row: type[R],
        key: int = 1,
        *,
        found_by: tuple[str, ...] = (),
        grows: Literal["once", "alike"] | None = None,
    ) -> None:
        self.name = name
        self.row = row
        self.grows = grows
        self.columns = tuple(_column(*hint) for hint in get_type_hints(row).items())
        self.key = tuple(column.name for column in self.columns[:key])
        self.found_by = found_by
        if any(column.nullable for column in self.columns[:key]) or not self.key:
            raise TypeError(f"{name}: a key has columns, and each has a value")
        if any(column.type not in KEY_TYPES for column in self.columns[:key]):
            raise TypeError(f"{name}: a key is of text, whole numbers and yes or no")
        if not {column.name for column in self.columns}.issuperset(found_by):
            raise TypeError(f"{name}: an index is on its own columns")

    def __repr__(self) -> str:
        return f"Table({self.name!r})"

    def key_of(self, row: R) -> Key:
        """Return the values of a row's key columns."""
        return row[: len(self.key)]

    def put(self, row: R) -> "Put[R]":
        """Return the change that writes this row."""
        return Put(self, row)

    def patch(self, *key: Value, **columns: Value) -> "Patch":
        """Return the change that sets these columns of the row with this key."""
        return Patch(self, key, columns)

    def remove(self, *key: Value) -> "Remove":
        """Return the change that deletes the row with this key."""
        return Remove(self, key)


def _column(name: str, hint: Any) -> Column:
    options = set(get_args(hint)) if isinstance(hint, UnionType) else {hint}
    nullable = NoneType in options
    options.discard(NoneType)
    if get_origin(hint) is Literal:  # a column of text that takes few values
        options = {type(value) for value in get_args(hint)}
    if len(options) != 1 or not options <= COLUMN_TYPES:
        raise TypeError(f"{name}: no column holds {hint}")
    return Column(name, options.pop(), nullable)


class Put(msgspec.Struct, Generic[R], frozen=True, gc=False):
    """Write this row, in place of the one with the same key if there is one."""

    table: Table[R]
    row: R


class Patch(msgspec.Struct, frozen=True, gc=False):
    """Set some columns, none of them of the key, of the one row with this key."""

    table: Table[Any]
    key: Key
    columns: Mapping[str, Value]


class Remove(msgspec.Struct, frozen=True, gc=False):
    """Delete the one row with this key."""

    table: Table[Any]
    key: Key


Change = Put[Any] | Patch | Remove
Changes = Iterable[Change]


class Rows(Protocol):
    """What queries ask of a backend. Rows come in the order of their keys."""

    def get(self, table: Table[R], *key: Value) -> R | None:
        """Return the row with this key, if there is one."""

    def select(self, table: Table[R], first: Value) -> Iterable[R]:
        """Return the rows whose first key column has this value."""

    def count(self, table: Table[R], first: Value) -> int:
        """Return how many rows `select` would."""

    def all(self, table: Table[R]) -> Iterable[R]:
        """Return every row."""

    def columns(self, table: Table[R], *names: str) -> Iterable[tuple[Any, ...]]:
        """Return these columns of every row: for sums over a whole table."""

    def where(self, table: Table[R], column: str, value: Value) -> Iterable[R]:
        """Return the rows with this value in a column that the table is `found_by`."""

    def page(self, table: Table[R], after: Key | None, limit: int) -> Iterable[R]:
        """Return at most `limit` rows whose key comes after this one; the first for None."""


def existing(rows: Rows, table: Table[R], *key: Value) -> R:
    """Return the row with this key where the rules of the exchange see to it that it exists.

    Raises LookupError: the log, or a projection, is not what it should be.
    """
    row = rows.get(table, *key)
    if row is None:
        raise LookupError(f"{table.name} has no row {key}")
    return row
