"""States of streams, kept between batches; least recently used go first."""

import pickle
import threading
from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

from svx_ledger.domain.kind import Command


class Entry(NamedTuple):
    """A stream as folded up to `version`; `prev` is the leaf hash of its last event.

    Version 0 with no state is a stream that does not exist yet.
    """

    version: int
    prev: bytes | None
    state: object
    due: tuple[datetime, Command] | None = None
    """The state's next deadline, with the clock's command for it; worked out once a state."""
    size: int = 0
    measured: int = 0
    """Bytes it takes in the cache, and the version at which they were measured."""


ABSENT = Entry(0, None, None)
_OVERHEAD = 400


class StateCache:
    """Entries by stream name, bounded in bytes. Safe from several threads.

    A state's size is taken from its pickle when it enters and again whenever its version has
    grown by a half: states grow with their events at most, so that is close enough for a
    bound, and each event pays for a part of one pickle however hot its stream is.
    """

    def __init__(self, limit_bytes: int = 256 * 2**20) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, stream: str) -> Entry | None:
        """Return the entry and mark it as used."""
        with self._lock:
            entry = self._entries.get(stream)
            if entry is not None:
                self._entries.move_to_end(stream)
            return entry

    def put(self, stream: str, entry: Entry) -> None:
        """Keep an entry unless a newer one of the stream is kept already."""
        with self._lock:
            old = self._entries.get(stream)
            if old is not None and old.version > entry.version:
                return
            if old is None or entry.version > old.measured * 3 // 2:
                size = _OVERHEAD + len(pickle.dumps(entry.state))
                entry = entry._replace(size=size, measured=entry.version)
            else:
                entry = entry._replace(size=old.size, measured=old.measured)
            self._entries[stream] = entry
            self._entries.move_to_end(stream)
            self._size += entry.size - (old.size if old else 0)
            while self._size > self._limit and len(self._entries) > 1:
                _, evicted = self._entries.popitem(last=False)
                self._size -= evicted.size

    def clear(self) -> None:
        """Forget everything: after any store error the log is the only truth."""
        with self._lock:
            self._entries.clear()
            self._size = 0
