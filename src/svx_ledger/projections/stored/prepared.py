"""A batch of row changes as a database takes it: rows by key, values as text and numbers.

This is most of what there is to do before a batch is written, so it is done where the batch
was folded: a worker process hands over what its parent has only to write.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
import orjson

from svx_ledger.projections.net import Net, Part
from svx_ledger.projections.table import Table, Value

_AS_TEXT: Final = frozenset({Decimal, date, datetime})
"""Types that travel as text to either database: as `str` and `isoformat` write them."""


class Prepared(msgspec.Struct, array_like=True, gc=False):
    """What a batch does to one table; keys, rows and patches are in the order of the keys.

    A patch has the new values of the columns and then the key. Rows may be tuples or lists.
    """

    table: str
    presupposed: list[Any]
    removes: list[Any]
    puts: list[Any]
    patches: list[tuple[list[str], list[Any]]]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as MessagePack: a twentieth of the time that a pickle of the rows takes."""
        return _arrived, (_encode(self),)


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Prepared).decode


def _arrived(data: bytes) -> Prepared:
    return _decode(data)


def prepared(net: Net) -> list[Prepared]:
    """Return what a net does, table by table."""
    return [
        Prepared(
            part.table.name,
            list(part.presupposed),
            sorted(part.removes),
            as_taken(part.table, sorted(part.puts.values())) if part.puts else [],
            _patches(part) if part.patches else [],
        )
        for part in net.parts()
    ]


def as_taken(table: Table[Any], rows: Sequence[Sequence[Value]]) -> list[Any]:
    """Return rows, at least one, with their values as a database takes them.

    Column after column: few calls for a large batch.
    """
    if _AS_TEXT.isdisjoint(column.type for column in table.columns):
        return list(map(tuple, rows))
    columns = zip(*rows, strict=True)
    given = (
        _texts(values) if column.type in _AS_TEXT else values
        for column, values in zip(table.columns, columns, strict=True)
    )
    return list(zip(*given, strict=True))


def taken(value: Value) -> Any:
    """Return one value as a database takes it."""
    return _texts((value,))[0] if type(value) in _AS_TEXT else value


def _texts(values: Sequence[Any]) -> Sequence[Any]:
    """Write what `str` and `isoformat` do, a column in one call; None stays None."""
    texts: list[Any] = orjson.loads(orjson.dumps(values, default=str))
    return texts


def _patches(part: Part) -> list[tuple[list[str], list[Any]]]:
    alike: defaultdict[tuple[str, ...], list[Any]] = defaultdict(list)
    for key, given in sorted(part.patches.items(), key=_key):
        alike[tuple(given)].append((*map(taken, given.values()), *key))
    return [(list(columns), rows) for columns, rows in alike.items()]


def _key(patch: tuple[Any, Any]) -> Any:
    return patch[0]
