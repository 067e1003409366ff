"""States of streams as they were at a position, folded from the records before it."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Command, Event, StreamKind
from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.record import leaf_of
from svx_ledger.eventlog.store import Store

from .reading import NOT_AN_EVENT, event_of

MOST_KEPT: Final = 200_000
"""Events whose states are kept at a time; a state that was let go is folded again."""
MOST_WAITING: Final = 100
"""Rows of a stream that wait to be folded until somebody asks; then they are read again."""


class Entry:
    """A stream up to its `version`; `damaged` from where it could not be folded any more."""

    __slots__ = ("_kind", "_last", "_leaf", "damaged", "due", "state", "version", "waiting")

    def __init__(self) -> None:
        self.version = 0
        self._kind: StreamKind | None = None
        self.state: object = None
        self.due: tuple[datetime, Command] | None = None
        self.damaged = False
        self.waiting: list[RawRow] | None = []
        """Rows that came since; None where there are too many to keep."""
        self._last: bytes | None = None
        self._leaf: bytes | None = None

    @property
    def leaf(self) -> bytes | None:
        """The leaf of its last record; None before the first."""
        if self._leaf is None and self._last is not None:
            self._leaf, self._last = leaf_of(self._last), None
        return self._leaf

    def follow(self, version: int, record: bytes) -> None:
        """Take a record as the last one, whatever it says."""
        self.version, self._last, self._leaf = version, record, None

    def fold(self, stream: str, event: Event | None) -> str | None:
        """Fold an event in; return why it does not fit, once."""
        if self.damaged:
            return None
        if event is None:
            self.damaged = True
            return None
        try:
            kind = self._kind = self._kind or vocabulary.kind_of(stream)
            self.state = kind.evolve(self.state, event)
            if kind.falls_due:
                self.due = kind.due(self.state, stream)
        except Exception as fault:  # noqa: BLE001 - what does not fit may fail in any way
            self.damaged, self.due = True, None
            return f"{type(event).__name__}: {type(fault).__name__}"
        return None


class Streams:
    """Entries by name, the least recently used let go first.

    `live`: every row of the log is shown to `see` or folded by its owner, so that what is kept
    is up to date. Otherwise what came since is read from the store whenever it is asked for.
    """

    def __init__(self, store: Store, *, live: bool) -> None:
        self._store = store
        self._live = live
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._kept = 0

    def before(self, position: int, stream: str, *, fresh: bool = False) -> Entry:
        """Return a stream as it was before a position; `fresh` if it did not exist yet."""
        entry = self._entries.get(stream)
        if entry is None:
            entry = self._entries[stream] = Entry()
            if not fresh:
                self._catch_up(entry, stream, position)
            self._let_go(stream)
        else:
            self._entries.move_to_end(stream)
            if entry.waiting is None or not self._live:
                self._catch_up(entry, stream, position)
            elif entry.waiting:
                waiting, entry.waiting = entry.waiting, []
                self._fold(entry, stream, waiting)
        return entry

    def see(self, row: RawRow) -> None:
        """Take note of a row that somebody else folds."""
        entry = self._entries.get(row[1])
        if entry is not None and entry.waiting is not None:
            entry.waiting.append(row)
            if len(entry.waiting) > MOST_WAITING:
                entry.waiting = None

    def grown(self) -> None:
        """Take note that an event was folded into a stream that is kept."""
        self._kept += 1

    def _catch_up(self, entry: Entry, stream: str, position: int) -> None:
        def earlier() -> Iterable[RawRow]:
            for row in self._store.stream(stream, after=entry.version):
                if row.position >= position:
                    return
                yield row

        entry.waiting = []
        self._fold(entry, stream, list(earlier()))

    def _fold(self, entry: Entry, stream: str, rows: Iterable[RawRow]) -> None:
        for row in rows:
            try:
                event = None if entry.damaged else event_of(row)
            except NOT_AN_EVENT:
                event = None
            entry.fold(stream, event)
            entry.follow(row[2], row[4])
            self._kept += 1

    def _let_go(self, but: str) -> None:
        self._kept += 4
        while self._kept > MOST_KEPT and len(self._entries) > 1:
            name, entry = self._entries.popitem(last=False)
            if name == but:
                self._entries[name] = entry
                continue
            self._kept -= 4 + entry.version
