"""What the rows of a copy have to be, made again from the ledger: to hold files against."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.scalars import plain_decimal
from svx_ledger.eventlog.types import TYPES, UPCASTS

from .layout import KINDS
from .source import Source
from .stated import STATED, TAKES, stated

Values = tuple[Any, ...]
"""A row as values: text, numbers, dates; times in UTC and decimals as text."""


class _Command(msgspec.Struct):
    type: str


class _Record(msgspec.Struct):
    position: int
    recorded_at: datetime
    stream: str
    version: int
    type: str
    command: _Command
    data: msgspec.Raw


_DECODE: Final = msgspec.json.Decoder(_Record).decode


def values(row: Iterable[Any]) -> Values:
    """Return a row, from wherever it was read, so that the same is equal."""
    return tuple(map(_value, row))


def log_row(row: RawRow) -> Values:
    """Return a record as the log's copy has it. Raises msgspec.MsgspecError."""
    of = _DECODE(row[4])
    data = bytes(of.data).decode()
    said = (of.position, of.recorded_at, of.stream, of.version, of.type, of.command.type, data)
    return values(said)


class Statements:
    """What records state, of the kinds that are copied."""

    def __init__(self) -> None:
        self._reader = Reader(TAKES)
        self.rows: dict[str, list[Values]] = {kind: [] for kind in STATED}

    def take(self, row: RawRow) -> None:
        """Take a record into account. Raises Unreadable."""
        if TYPES.get(row[3]) not in TAKES and row[3] not in UPCASTS:
            return
        envelope, event = self._reader.read(row)
        if event is not None:
            for kind, said in stated(envelope, event):
                self.rows[kind].append(values(said.values()))


class Bag:
    """Rows without their order: equal where the same rows are in it, each as often."""

    __slots__ = ("count", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0

    def add(self, row: Values) -> None:
        """Put a row in."""
        self.count += 1
        digest = hashlib.sha256(repr(row).encode()).digest()
        self.total = (self.total + int.from_bytes(digest)) % 2**256

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bag) and (self.count, self.total) == (other.count, other.total)

    __hash__ = None  # type: ignore[assignment]  # it changes


def facts_by_segment(source: Source, last: int, size: int) -> Mapping[int, Bag]:
    """Return the facts of each segment, by its first position."""
    bags: defaultdict[int, Bag] = defaultdict(Bag)
    for fact in source.facts(0, last):
        bags[(fact.position - 1) // size * size + 1].add(values(fact))
    return bags


def first_difference(one: Iterable[Values], other: Iterable[Values]) -> int | None:
    """Return the position of the first row that is not in both as often; None where all are."""
    differing = Counter(one)
    differing.subtract(other)
    return min((row[0] for row, count in differing.items() if count), default=None)


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)  # both are in UTC
    return plain_decimal(value) if isinstance(value, Decimal) else value


assert all(columns[0].name == "position" for columns in KINDS.values())
