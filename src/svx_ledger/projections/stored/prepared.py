"""A batch of row changes as a database takes it: rows by key, packed to be written at once.

This is most of what there is to do before a batch is written, so it is done where the batch
was folded: a worker process hands over what its parent has only to write.
"""

from collections import defaultdict
from typing import Any, Final

import msgspec

from svx_ledger.projections.net import Net, Part

from .packing import FIRST, Packing


class Patches(msgspec.Struct, array_like=True, gc=False):
    """New values of the same columns for `number` rows: these values and then the key."""

    columns: list[str]
    number: int
    packed: Any


class Prepared(msgspec.Struct, array_like=True, gc=False):
    """What a batch does to one table, None where there is nothing of a kind.

    `keys` are the `presupposed` many that must have had a row before. What is looked for in
    the table comes in the order of its keys, or of their first column: such rows lie together.
    """

    table: str
    presupposed: int
    keys: Any
    removes: Any
    puts: Any
    patches: list[Patches]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as MessagePack: a twentieth of the time that a pickle of the rows takes."""
        return _arrived, (_encode(self),)


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Prepared).decode


def _arrived(data: bytes) -> Prepared:
    return _decode(data)


def prepared(net: Net, packing: Packing) -> list[Prepared]:
    """Return what a net does, table by table."""
    return [_prepared(part, packing) for part in net.parts()]


def _prepared(part: Part, packing: Packing) -> Prepared:
    table = part.table
    key = table.columns[: part.width]
    keys, removes = sorted(part.presupposed), sorted(part.removes)
    puts = sorted(part.puts.values(), key=FIRST) if part.grown is None else part.grown
    return Prepared(
        table.name,
        len(keys),
        packing.values(key, keys) if keys else None,
        packing.values(key, removes) if removes else None,
        packing.rows(table, puts) if puts else None,
        _patches(part, packing) if part.patches else [],
    )


def _patches(part: Part, packing: Packing) -> list[Patches]:
    alike: defaultdict[tuple[str, ...], list[Any]] = defaultdict(list)
    for key, given in sorted(part.patches.items(), key=FIRST):
        alike[tuple(given)].append((*given.values(), *key))
    of = part.table.columns
    return [
        Patches(
            list(columns),
            len(rows),
            packing.values(
                [*(of[part.places[name]] for name in columns), *of[: part.width]], rows
            ),
        )
        for columns, rows in alike.items()
    ]
