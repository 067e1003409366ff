"""Folding cold streams, outside the lock and beside the sequencer, so that nobody waits."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from time import monotonic

from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import StoreError

from .answer import CommandFailed, NotWritten
from .cache import Entry
from .reading import entries_for
from .submission import Submission, answer_all

_log = logging.getLogger(__name__)


class Loader:
    """One thread that reads what commands need and hands them back, warm, in their order."""

    def __init__(
        self, read: Callable[[str], Entry], back: Callable[[list[Submission]], None]
    ) -> None:
        self._read = read
        self._back = back
        self._waiting: queue.SimpleQueue[Sequence[Submission] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="svx-loader", daemon=True)

    def put(self, submissions: Sequence[Submission]) -> None:
        """Read all that these commands read, as it is now; they come back together."""
        if self._thread.ident is None:
            self._thread.start()
        self._waiting.put(submissions)

    def close(self) -> None:
        """Finish what waits, then stop."""
        if self._thread.ident is not None:
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (submissions := self._waiting.get()) is not None:
            self._back([s for s in submissions if self._warm(s)])

    def _warm(self, submission: Submission) -> bool:
        """Read for one command; False when it has been answered instead."""
        if submission.expired(monotonic()):
            return False
        failure: Exception
        try:
            submission.warm, _ = entries_for(submission.command, self._read)
        except StoreError as fault:
            failure = NotWritten(f"reading failed: {fault}")
        except Unreadable as damage:
            failure = CommandFailed(str(damage))
        except Exception as fault:  # noqa: BLE001 - the caller must be told, whatever it is
            _log.exception("reading for %s failed", type(submission.command).__name__)
            failure = CommandFailed(f"reading failed: {type(fault).__name__}")
        else:
            return True
        answer_all([(submission, failure)])
        return False
