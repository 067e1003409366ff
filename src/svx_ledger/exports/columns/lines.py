"""Rows on their way into DuckDB: a file of JSON lines for each kind and segment.

DuckDB reads such a file several times as fast as it takes rows from Python one by one, and the
records of the log are lines already.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from .duck import literal, named, writing
from .facts import ORDER
from .layout import KINDS, ROWS_IN_GROUP, sql_types

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OPTIONS: Final = (
    orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC  # times as in records
)
_RECORD: Final = {
    "position": "BIGINT",
    "recorded_at": "TIMESTAMP",
    "stream": "VARCHAR",
    "version": "BIGINT",
    "type": "VARCHAR",
    "command": 'STRUCT("type" VARCHAR)',
    "data": "JSON",
}
_ORDER: Final[Mapping[str, str]] = {"log": "position", "facts": ", ".join(ORDER)}


def line(row: Mapping[str, Any]) -> bytes:
    """Return a row as a line of JSON."""
    return orjson.dumps(row, default=_plain, option=_OPTIONS)


def to_parquet(connection: "DuckDBPyConnection", kind: str, lines: Path, to: Path) -> int:
    """Write the rows of a file of lines as Parquet; return how many they are.

    The same rows give the same bytes, with the same version of DuckDB: one thread, one order,
    and groups of one size.
    """
    of_log = kind == "log"
    types = _RECORD if of_log else sql_types(kind)
    columns = ", ".join(f"{literal(name)}: {literal(type_)}" for name, type_ in types.items())
    names = ", ".join(f'"{column.name}"' for column in KINDS[kind])
    if of_log:
        names = names.replace('"command_type"', 'command."type" AS command_type')
        names = names.replace('"data"', "data::VARCHAR AS data")
    order = _ORDER.get(kind, "ALL")
    query = (
        f"SELECT {names} FROM read_json({literal(named(lines))}, "  # noqa: S608
        f"format='newline_delimited', columns={{{columns}}}, maximum_object_size=1048576) "
        f"ORDER BY {order}"
    )
    with writing():
        found = connection.execute(
            f"COPY ({query}) TO {literal(str(to.absolute()))} (FORMAT parquet, "
            f"COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_IN_GROUP:d}, USE_TMP_FILE false)"
        ).fetchone()
    assert found is not None
    return int(found[0])


def _plain(value: object) -> str:
    assert isinstance(value, Decimal)
    return format(value, "f")
