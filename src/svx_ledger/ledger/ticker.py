"""The ticker: decides deadlines when nobody calls.

Deadlines stand in the states; the sequencer decides those of a stream before anything else
on it. The ticker only sees to it that they are written soon after they fall due even when no
command comes. It may be late or run twice: the command's id makes repeats harmless.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic

from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.store import Store

from .answer import Sequenced
from .batch import DUE
from .cache import Entry

POLL_SECONDS = 5.0
"""How often deadlines that other processes made are looked for."""

NOT_YET = timedelta(milliseconds=100)
"""How long a deadline waits that was refused: the server's clock may be behind this one's."""

RETRY = timedelta(seconds=1)
"""How long a deadline waits that could not be written, or whose stream cannot be read."""

_log = logging.getLogger(__name__)

Deadline = tuple[str, datetime, Command]
"""A stream, when it falls due, and the clock's command for it."""


class Ticker:
    """The deadlines that this process knows of, by stream. One bad stream stops no other."""

    def __init__(
        self,
        store: Store,
        read: Callable[[str], Entry],
        submit: Callable[[Sequence[Deadline]], Sequence[object]],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._read = read
        self._submit = submit
        self._now = now
        self._due: dict[str, datetime] = {}
        self._later: dict[str, datetime] = {}
        """Streams whose deadline did not succeed, and when to try again."""
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="svx-ticker", daemon=True)

    def watch(self, entries: Mapping[str, Entry]) -> None:
        """Learn the deadlines of streams as they now are; wake only where one has moved.

        Every commit comes by here, and few of them move a deadline.
        """
        moved = False
        with self._lock:
            for stream, entry in entries.items():
                due_at = entry.due[0] if entry.due else None
                if due_at == self._due.get(stream):
                    continue
                moved = True
                if due_at is not None:
                    self._due[stream] = due_at
                else:
                    del self._due[stream]
        if moved:
            self._wake.set()

    def look(self) -> None:
        """Learn from the store which streams have a deadline."""
        for key in self._store.held(DUE):
            stream = key.removeprefix(DUE)
            if stream not in self._due and stream not in self._later:
                self._watch_again(stream)

    def tick(self) -> int:
        """Decide every deadline that has passed; return how many were written.

        A deadline may have moved since it was learnt: the state is read again.
        """
        now = self._now()
        self._later = {stream: at for stream, at in self._later.items() if at > now}
        with self._lock:
            known = sorted(stream for stream, due_at in self._due.items() if due_at <= now)
        passed: list[Deadline] = []
        for stream in known:
            if stream not in self._later and self._watch_again(stream):
                due = self._read(stream).due
                if due is not None and due[0] <= now:
                    passed.append((stream, *due))
        written = 0
        for (stream, _, _), answer in zip(passed, self._submit(passed), strict=True):
            written += isinstance(answer, Sequenced)
            if isinstance(answer, Exception):
                _log.warning("the deadline of %s waits: %s", stream, answer)
                self._later[stream] = now + RETRY
            elif not isinstance(answer, Sequenced):
                self._later[stream] = now + NOT_YET
            else:
                self._watch_again(stream)
        return written

    def start(self) -> None:
        """Tick in the background from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop ticking."""
        self._closed = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _watch_again(self, stream: str) -> bool:
        """Read a stream's deadline anew; False where it cannot be read now."""
        try:
            self.watch({stream: self._read(stream)})
        except Exception as fault:  # noqa: BLE001 - one stream that cannot be read holds up no other
            _log.warning("the deadline of %s is not known: %s", stream, fault)
            self._later[stream] = self._now() + RETRY
            return False
        return True

    def _run(self) -> None:
        looked_at = -POLL_SECONDS
        while not self._closed:
            self._wake.clear()
            try:
                if monotonic() - looked_at >= POLL_SECONDS:
                    looked_at = monotonic()
                    self.look()
                self.tick()
            except Exception as fault:  # noqa: BLE001 - nothing may end the ticking
                _log.warning("deadlines wait: %s", fault)
                self._wake.wait(RETRY.total_seconds())
            else:
                self._wake.wait(self._seconds_to_next())

    def _seconds_to_next(self) -> float:
        with self._lock:
            waiting = [
                max(due_at, self._later.get(stream, due_at))
                for stream, due_at in self._due.items()
            ]
        if not waiting:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.001, (min(waiting) - self._now()).total_seconds()))
