"""Rows as the two databases take many at once; made where a batch was folded.

SQLite takes the values of several rows in one statement, one after the other. PostgreSQL takes
a column as one array, written as text, and rows that are only added as the text of a COPY.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import Any, Final, NamedTuple

import orjson

from svx_ledger.projections.table import Column, Table, Value

Rows = Sequence[Any]
"""Sequences of values, each as long as there are columns."""

AT_ONCE: Final = 20
"""Rows in one statement on SQLite: a sixth less of the processor than one by one."""
FIRST: Final = itemgetter(0)
_COPIED: Final = 50
"""From so many rows on a COPY is worth its round trips."""
_AS_TEXT: Final = frozenset({Decimal, date, datetime})
"""Types that travel as text to either database: as `str` and `isoformat` write them."""
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ABSENT: Final = "\\N"


class Packing(NamedTuple):
    """How a database takes rows: whole ones that are put, and other values by their columns.

    What they return can be pickled, and written as MessagePack. There is at least one row.
    """

    rows: Callable[[Table[Any], Rows], Any]
    values: Callable[[Sequence[Column], Rows], Any]


def taken(value: Value) -> Any:
    """Return one value as a database takes it."""
    return _texts((value,))[0] if type(value) in _AS_TEXT else value


def as_taken(columns: Sequence[Column], rows: Rows) -> list[Any]:
    """Return rows with their values as SQLite takes them.

    Column after column: few calls for a large batch.
    """
    if _AS_TEXT.isdisjoint(column.type for column in columns):
        return list(rows)
    given = (
        _texts(values) if column.type in _AS_TEXT else values
        for column, values in zip(columns, zip(*rows, strict=True), strict=True)
    )
    return list(zip(*given, strict=True))


def in_flat_parts(table: Table[Any], rows: Rows) -> tuple[list[list[Any]], list[Any]]:
    """Return the values of each `AT_ONCE` rows in one list, and the rows that are left.

    Rows go into a tree by their keys, so they come in the order of the first column.
    """
    given = as_taken(table.columns, sorted(rows, key=FIRST) if table.grows == "once" else rows)
    several = len(given) - len(given) % AT_ONCE
    flat = chain.from_iterable
    parts = [list(flat(given[n : n + AT_ONCE])) for n in range(0, several, AT_ONCE)]
    return parts, given[several:]


def in_arrays_or_copied(table: Table[Any], rows: Rows) -> list[str] | str:
    """Return an array for each column, or a COPY where that is cheaper."""
    if table.grows == "once" and len(rows) >= _COPIED:
        return copied(table.columns, rows)
    return in_arrays(table.columns, rows)


def in_arrays(columns: Sequence[Column], rows: Rows) -> list[str]:
    """Return an array for each column, as PostgreSQL reads it."""
    del columns
    return [_array(values) for values in zip(*rows, strict=True)]


def _array(values: Sequence[Any]) -> str:
    """Write values as JSON does, which is an array's way too but for what is escaped there."""
    written = orjson.dumps(values, default=str).decode()
    if "\\" not in written:
        return f"{{{written[1:-1]}}}"
    return f"{{{','.join(map(_element, values))}}}"


def _element(text: str | None) -> str:
    if text is None:
        return "NULL"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def copied(columns: Sequence[Column], rows: Rows) -> str:
    """Return rows as COPY reads them, all in one text.

    What a text may hold that has a meaning there is looked for in all rows at once.
    """
    values = list(zip(*rows, strict=True))
    fields = list(map(_fields, columns, values))
    text = "\n".join(map("\t".join, zip(*fields, strict=True)))
    plain = (
        text.count("\t") == len(rows) * (len(columns) - 1)
        and text.count("\n") == len(rows) - 1
        and text.count("\\") == sum(column.count(None) for column in values)
        and "\r" not in text
    )
    if not plain:
        escaped = [list(map(_escaped, *column)) for column in zip(fields, values, strict=True)]
        text = "\n".join(map("\t".join, zip(*escaped, strict=True)))
    return text + "\n"


def _fields(column: Column, values: Sequence[Any]) -> Sequence[str]:
    """Return what a column holds as text, its texts as yet without escapes."""
    if column.type in _AS_TEXT:
        values = _texts(values)
    elif column.type is not str:
        return [_ABSENT if value is None else str(value) for value in values]
    if column.nullable:
        return [_ABSENT if value is None else value for value in values]
    return values


def _escaped(field: str, value: Value) -> str:
    return field.translate(_ESCAPES) if isinstance(value, str) else field


def _texts(values: Iterable[Any]) -> Sequence[Any]:
    """Write what `str` and `isoformat` do, a column in one call; None stays None."""
    texts: list[Any] = orjson.loads(orjson.dumps(values, default=str))
    return texts
