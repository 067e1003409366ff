"""How the rows of a log follow each other: by position, on their streams and in time.

A span of rows can be looked at without those before it. What its first ones follow is left open
then, and settled when the span is joined to what came before: that is a row, a time, and the
first event of each stream.
"""

from typing import NamedTuple

from svx_ledger.proofs.finding import Code

from .first_findings import FirstFindings
from .records import Record


class Begin(NamedTuple):
    """The first event of a stream in a span: what it follows stands before the span."""

    leaf_index: int
    version: int
    prev: bytes | None


class Edges(NamedTuple):
    """Where the rows of a span touch those before them and those after them."""

    first_position: int | None
    """None of a span without rows."""
    next_position: int
    begins: dict[str, Begin]
    """By stream, as far as no chain is broken in the span before."""
    ends: dict[str, tuple[int, bytes]]
    """By stream, the version and the leaf of its last event."""
    ledger: bytes | None
    """The leaf of the log's first record, if that is in the span."""
    first_time: tuple[int, str] | None
    """When its first record says that it was recorded, with its leaf index."""
    latest_time: str


class Following:
    """All rows of a log, one after another from position 1 on."""

    def __init__(self, found: FirstFindings) -> None:
        self._found = found
        self._next = 1
        self._ends: dict[str, tuple[int, bytes]] = {}
        self._ledger: bytes | None = None
        self._latest = ""

    def at(self, position: int) -> None:
        """Take the position of the next row: none is missing, and none is there twice."""
        expected, self._next = self._next, position + 1
        if expected < position:
            detail = f"{position - expected} rows are missing from position {expected} on"
            self._found.add(Code.ENTRY_NOT_IN_TREE, detail, expected - 1)
        elif expected > position:
            detail = f"two rows are at position {position}"
            self._found.add(Code.ENTRY_NOT_IN_TREE, detail, position - 1)

    def event(self, index: int, record: Record, leaf: bytes) -> None:
        """Take the next record, with its leaf hash."""
        self._link(record.stream, Begin(index, record.version, record.prev))
        if index == 0:
            self._ledger = leaf
        self._ends[record.stream] = (record.version, leaf)
        self._time(index, record.recorded_at)

    def join(self, edges: Edges) -> None:
        """Take the rows of the next span, which were held to each other already."""
        if edges.first_position is not None:
            self.at(edges.first_position)
            self._next = edges.next_position
        for stream, begin in edges.begins.items():
            self._link(stream, begin)
            if begin.leaf_index == 0:
                self._ledger = edges.ledger
        self._ends.update(edges.ends)
        if edges.first_time is not None:
            self._time(*edges.first_time)
        self._latest = max(self._latest, edges.latest_time)

    def _link(self, stream: str, event: Begin) -> None:
        """Each event names its number on the stream and the leaf of the one before it."""
        version, before = self._ends.get(stream, (0, self._ledger))
        if event.version != version + 1:
            detail = f"version {event.version} comes after version {version}"
            self._found.add(Code.CHAIN_BROKEN, detail, event.leaf_index)
        elif event.prev != before:
            detail = "it does not follow the event before it on its stream"
            self._found.add(Code.CHAIN_BROKEN, detail, event.leaf_index)

    def _time(self, index: int, recorded_at: str) -> None:
        """No event is older than the one before it."""
        if recorded_at < self._latest:  # one form for all: they sort as the times do
            detail = "it was recorded before the event that stands before it"
            self._found.add(Code.TIME_OUTSIDE_BRACKET, detail, index)
        self._latest = max(self._latest, recorded_at)


class FollowingWithin(Following):
    """The rows of one span, with what its first ones follow left open."""

    def __init__(self, found: FirstFindings) -> None:
        super().__init__(found)
        self._first_position: int | None = None
        self._begins: dict[str, Begin] = {}
        self._first_time: tuple[int, str] | None = None

    def at(self, position: int) -> None:
        """Take the position of the next row."""
        if self._first_position is None:
            self._first_position = self._next = position
        super().at(position)

    @property
    def edges(self) -> Edges:
        """What is left open, and what the next span follows."""
        return Edges(
            self._first_position,
            self._next,
            self._begins,
            self._ends,
            self._ledger,
            self._first_time,
            self._latest,
        )

    def _link(self, stream: str, event: Begin) -> None:
        if stream in self._ends:
            super()._link(stream, event)
        elif Code.CHAIN_BROKEN not in self._found.by_code:  # else it is not the first of them
            self._begins[stream] = event

    def _time(self, index: int, recorded_at: str) -> None:
        if self._first_time is None:
            self._first_time = (index, recorded_at)
        super()._time(index, recorded_at)
