"""A table by its columns, for programs that calculate: every type is exact, none is a float."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

R = TypeVar("R", bound=tuple[Any, ...])
Type = Literal[
    "utf8",
    "int64",
    "bool",
    "date32[day]",
    "timestamp[us, tz=UTC]",
    "decimal128(38, 6)",
    "decimal128(38, 18)",
    "list<int64>",
]
"""The type of a column, as Arrow writes it."""
_TYPES: Final[Mapping[object, Type]] = {
    str: "utf8",
    int: "int64",
    bool: "bool",
    date: "date32[day]",
    datetime: "timestamp[us, tz=UTC]",
    Decimal: "decimal128(38, 6)",
    tuple[int, ...]: "list<int64>",
}
Fine = Annotated[Decimal, "decimal128(38, 18)"]
"""A product of three shares, of six decimal places each."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A table: `columns` by name, all of one length; `types` say what Arrow makes of each.

    `basis` is what every number in it rests on, which is part of its name. None stands for
    what is not there or not known, never for nothing. The lists are to be read, not changed.
    """

    name: str
    basis: str
    columns: Mapping[str, list[Any]]
    types: Mapping[str, Type]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give the table to a program that takes Arrow data, as often as it likes.

        Another schema than its own may be requested and is not given: whoever wants one casts
        what comes. Raises NotInstalled without the extra `notebook`.
        """
        from .arrow import stream

        del requested_schema
        return stream(self._batch)

    @cached_property
    def _batch(self) -> object:
        """The table as Arrow data, which some programs ask for more than once a query."""
        from .arrow import batch

        return batch(self)


def columns_of(name: str, basis: str, row: type[R], rows: Iterable[R]) -> Columns:
    """Return rows, named tuples of one class, by their columns."""
    types = {of: _type(hint) for of, hint in get_type_hints(row, include_extras=True).items()}
    columns: dict[str, list[Any]] = {of: [] for of in types}
    for one in rows:
        for column, value in zip(columns.values(), one, strict=True):
            column.append([*value] if isinstance(value, tuple) else value)
    return Columns(name=name, basis=basis, columns=columns, types=types)


def _type(hint: Any) -> Type:
    if get_origin(hint) in (UnionType, Union):
        (hint,) = (one for one in get_args(hint) if one is not NoneType)
    if get_origin(hint) is Annotated:
        fine: Type = hint.__metadata__[0]
        return fine
    if get_origin(hint) is Literal:
        hint = str
    return _TYPES[hint]
