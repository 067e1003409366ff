"""What a copy holds: kinds of rows, each with typed columns, cut into segments of positions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from svx_ledger.projections.table import Column, Table

from .facts import Fact
from .stated import STATED

FORMAT: Final = "svx-columns/1"
SIZE: Final = 2**16
"""Positions in a segment, unless chosen otherwise when a copy is begun."""
ROWS_IN_GROUP: Final = 2**15
"""Of a Parquet file: fixed, for it shows in the bytes."""
MANIFEST: Final = "manifest.json"
_DIGITS: Final = 12
_TYPES: Final[Mapping[type, str]] = {
    str: "VARCHAR",
    int: "BIGINT",
    bool: "BOOLEAN",
    Decimal: "DECIMAL(38,12)",  # 18 digits before the point and 12 after it are the most
    date: "DATE",
    datetime: "TIMESTAMP",  # in UTC
}


class LogRow(NamedTuple):
    """An event as an evaluator needs it: who acted, and in which role, is not in it.

    `data` is the fact as JSON, byte for byte as it is recorded.
    """

    position: int
    recorded_at: datetime
    stream: str
    version: int
    type: str
    command_type: str
    data: str


KINDS: Final[Mapping[str, Sequence[Column]]] = {
    "log": Table("log", LogRow).columns,
    "facts": Table("facts", Fact).columns,
    **{name: stated.columns for name, stated in STATED.items()},
}


def sql_types(kind: str) -> dict[str, str]:
    """Return the columns of a kind with their types."""
    return {column.name: _TYPES[column.type] for column in KINDS[kind]}


class Span(NamedTuple):
    """The positions of a segment, first and last included."""

    first: int
    last: int

    def file(self, kind: str) -> str:
        """Return where a kind's rows of it stand in a copy."""
        return f"{kind}/{self.first:0{_DIGITS}}-{self.last:0{_DIGITS}}.parquet"


def span(number: int, size: int) -> Span:
    """Return a segment by its number, from 0."""
    return Span(number * size + 1, (number + 1) * size)


def closed(head: int, size: int) -> int:
    """Return the last position before the last cut; 0 where nothing is closed yet."""
    return head // size * size
