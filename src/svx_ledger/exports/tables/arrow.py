"""A table as Arrow data, through the PyCapsule interface that its readers share.

The buffers are those of the Arrow columnar format, version 1.5; nanoarrow carries them. What a
type cannot hold exactly is an error: nothing is rounded on the way out.
"""

import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from svx_ledger.domain.values import EXACT

if TYPE_CHECKING:
    from .columns import Columns, Type

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = _EPOCH.date().toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_DECIMAL_BYTES: Final = 16


class NotInstalled(ImportError):
    """Arrow data needs a package that is not installed; `str()` of this says how to get it."""

    def __init__(self) -> None:
        super().__init__(
            "giving a table away as Arrow data needs the extra `notebook`: "
            "pip install 'svx-ledger[notebook]' (dict(table.columns) needs nothing)"
        )


class Inexact(ValueError):
    """A number has more digits than its column holds."""


def batch(table: "Columns") -> object:
    """Return a table as one array of structs. Raises NotInstalled, Inexact."""
    na = _nanoarrow()
    columns = {
        name: _column(na, table.types[name], values) for name, values in table.columns.items()
    }
    types = {name: _schema(na, table.types[name]) for name in columns}
    schema = na.c_schema(na.struct(types))
    return na.c_array_from_buffers(
        schema.modify(metadata={"name": table.name, "basis": table.basis}),
        len(table),
        [None],
        null_count=0,
        children=columns.values(),
        move=True,
    )


def stream(of: object) -> object:
    """Return the capsule of a stream that has one batch, and shares its memory."""
    return _nanoarrow().c_array_stream(of).__arrow_c_stream__()


def _nanoarrow() -> Any:
    try:
        import nanoarrow
    except ModuleNotFoundError as error:
        if error.name != "nanoarrow":
            raise
        raise NotInstalled from None
    return nanoarrow


def _schema(na: Any, of: "Type") -> Any:
    match of:
        case "utf8":
            return na.string()
        case "int64":
            return na.int64()
        case "bool":
            return na.bool_()
        case "date32[day]":
            return na.date32()
        case "timestamp[us, tz=UTC]":
            return na.timestamp("us", "UTC")
        case "decimal128(38, 6)":
            return na.decimal128(38, 6)
        case "decimal128(38, 18)":
            return na.decimal128(38, 18)
        case "list<int64>":
            return na.list_(na.int64())


def _column(na: Any, of: "Type", values: Sequence[Any]) -> Any:
    """Return a column with its nulls."""
    nulls = sum(value is None for value in values)
    there = _bits(value is not None for value in values) if nulls else None
    children = []
    match of:
        case "utf8":
            texts = [b"" if value is None else value.encode() for value in values]
            buffers = [_ends(texts), b"".join(texts)]
        case "int64":
            buffers = [array("q", _filled(values, int))]
        case "bool":
            buffers = [_bits(map(bool, values))]
        case "date32[day]":
            buffers = [array("i", _filled(values, _day))]
        case "timestamp[us, tz=UTC]":
            buffers = [array("q", _filled(values, _microsecond))]
        case "decimal128(38, 6)":
            buffers = [_decimals(values, 6)]
        case "decimal128(38, 18)":
            buffers = [_decimals(values, 18)]
        case "list<int64>":
            items = array("q", (item for value in values for item in value or ()))
            buffers = [_ends([value or () for value in values])]
            children = [_column(na, "int64", items)]
    return na.c_array_from_buffers(
        _schema(na, of),
        len(values),
        [there, *buffers],
        null_count=nulls,
        children=children,
        move=True,
    )


def _filled(values: Iterable[Any], by: Callable[[Any], int]) -> Iterable[int]:
    """Give a number for each value; what stands where none is, nobody reads."""
    return (0 if value is None else by(value) for value in values)


def _bits(values: Iterable[bool]) -> bytes:
    """Return a bitmap, the least significant bit of each byte first."""
    bits = bytearray()
    for place, value in enumerate(values):
        if place % 8 == 0:
            bits.append(0)
        bits[-1] |= value << place % 8
    return bytes(bits)


def _ends(parts: Iterable[Sequence[Any]]) -> "array[int]":
    """Return where the parts begin in what they are joined to, and where the last ends."""
    return array("i", accumulate(map(len, parts), initial=0))


def _decimals(values: Iterable[Decimal | None], places: int) -> bytes:
    whole = _filled(values, lambda value: _scaled(value, places))
    return b"".join(
        number.to_bytes(_DECIMAL_BYTES, sys.byteorder, signed=True) for number in whole
    )


def _scaled(value: Decimal, places: int) -> int:
    """Return a decimal in units of its last place. Raises Inexact."""
    scaled = value.scaleb(places, EXACT)
    whole = int(scaled)
    if whole != scaled or abs(whole) >= 10**38:
        raise Inexact(f"{value} does not fit decimal128(38, {places})")
    return whole


def _day(value: date) -> int:
    return value.toordinal() - _FIRST_DAY


def _microsecond(value: datetime) -> int:
    return (value - _EPOCH) // _MICROSECOND
