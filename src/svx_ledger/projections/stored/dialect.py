"""The two dialects: how a column is declared, and how its values travel.

SQLite has text and whole numbers: what is exact there is kept as text (decimals, dates,
instants). PostgreSQL has a type for each, and text in byte order (collation "C"), which is
SQLite's order too and that of Python's strings.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from .packing import Packing, as_taken, in_arrays, in_arrays_or_copied, in_flat_parts


def quoted(name: str) -> str:
    """Return a name of ours as SQL takes it."""
    assert '"' not in name
    return f'"{name}"'


class Dialect(NamedTuple):
    """One database's way: a parameter's mark, where tables stand, types, and conversions.

    `lock` ends a query whose rows nobody else may change until the transaction ends.

    A stored value is converted only by a function for its column's type; None never is.
    `packing` is how rows are written. With `keyed_late` the key of a table that only grows is
    made an index when its first rows are in: each costs a third of what it does before.
    """

    parameter: str
    schema: str
    types: Mapping[type, str]
    after_columns: str
    lock: str
    load: Mapping[type, Callable[[Any], Any]]
    packing: Packing
    keyed_late: bool

    def place(self, name: str) -> str:
        """Return a table's name as SQL takes it, whatever words the database keeps."""
        return self.schema + quoted(name)


SQLITE = Dialect(
    parameter="?",
    schema="",
    types={
        str: "TEXT",
        int: "INTEGER",
        bool: "INTEGER",
        Decimal: "TEXT",
        date: "TEXT",
        datetime: "TEXT",
    },
    after_columns=" STRICT, WITHOUT ROWID",
    lock="",  # there is one writer
    load={
        bool: bool,
        Decimal: Decimal,
        date: date.fromisoformat,
        datetime: datetime.fromisoformat,
    },
    packing=Packing(rows=in_flat_parts, values=as_taken),
    keyed_late=False,
)


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC)  # the session's time zone is UTC


POSTGRES = Dialect(
    parameter="%s",
    schema="svx_views.",
    types={
        str: 'text COLLATE "C"',
        int: "bigint",
        bool: "boolean",
        Decimal: "numeric",
        date: "date",
        datetime: "timestamptz",
    },
    after_columns="",
    lock=" FOR UPDATE",
    load={datetime: _utc},
    packing=Packing(rows=in_arrays_or_copied, values=in_arrays),
    keyed_late=True,
)
