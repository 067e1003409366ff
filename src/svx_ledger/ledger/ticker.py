"""The ticker: decides deadlines when nobody calls.

Deadlines stand in the states; the sequencer decides those of a stream before anything else
on it. The ticker only sees to it that they are written soon after they fall due even when no
command comes. It may be late or run twice: the command's id makes repeats harmless.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.store import Store, StoreError

from .answer import CommandFailed
from .batch import DUE
from .cache import Entry

POLL_SECONDS = 5.0
"""How often deadlines that other processes made are looked for."""

RETRY_SECONDS = 1.0
"""How long a deadline that could not be written waits, rather than to be tried at once."""

_log = logging.getLogger(__name__)


class Ticker:
    """The deadlines that this process knows of, by stream."""

    def __init__(
        self,
        store: Store,
        read: Callable[[str], Entry],
        submit: Callable[[str, datetime, Command], object],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._read = read
        self._submit = submit
        self._now = now
        self._due: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="svx-ticker", daemon=True)

    def watch(self, entries: Mapping[str, Entry]) -> None:
        """Learn the deadlines of streams as they now are."""
        with self._lock:
            for stream, entry in entries.items():
                due = vocabulary.due(stream, entry.state)
                if due is not None:
                    self._due[stream] = due[0]
                elif stream in self._due:
                    del self._due[stream]
        self._wake.set()

    def look(self) -> None:
        """Learn from the store which streams have a deadline."""
        for key in self._store.held(DUE):
            stream = key.removeprefix(DUE)
            if stream not in self._due:
                self.watch({stream: self._read(stream)})

    def tick(self) -> int:
        """Decide every deadline that has passed; return how many there were.

        A deadline may have moved since it was learnt: the state is read again.
        """
        now = self._now()
        with self._lock:
            passed = sorted(stream for stream, due_at in self._due.items() if due_at <= now)
        decided = 0
        for stream in passed:
            due = vocabulary.due(stream, self._read(stream).state)
            if due is not None and due[0] <= now:
                self._submit(stream, *due)
                decided += 1
            self.watch({stream: self._read(stream)})
        return decided

    def start(self) -> None:
        """Tick in the background from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop ticking."""
        self._closed = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closed:
            self._wake.clear()
            try:
                self.look()
                self.tick()
            except (StoreError, CommandFailed) as failure:
                _log.warning("deadlines wait: %s", failure)
                self._wake.wait(RETRY_SECONDS)
            else:
                self._wake.wait(self._seconds_to_next())

    def _seconds_to_next(self) -> float:
        with self._lock:
            soonest = min(self._due.values(), default=None)
        if soonest is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.001, (soonest - self._now()).total_seconds()))
