"""Folding cold streams, outside the lock and beside the sequencer, so that nobody waits."""

import queue
import threading
from collections.abc import Callable

from svx_ledger.eventlog.store import StoreError

from .answer import CommandFailed, NotWritten
from .cache import Entry
from .reading import entries_for
from .submission import Submission, answer_all


class Loader:
    """One thread that reads what commands need and hands them back, warm."""

    def __init__(
        self, read: Callable[[str], Entry], back: Callable[[list[Submission]], None]
    ) -> None:
        self._read = read
        self._back = back
        self._waiting: queue.SimpleQueue[Submission | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="svx-loader", daemon=True)

    def put(self, submission: Submission) -> None:
        """Read all that a command reads, as it is now."""
        if self._thread.ident is None:
            self._thread.start()
        self._waiting.put(submission)

    def close(self) -> None:
        """Finish what waits, then stop."""
        if self._thread.ident is not None:
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (submission := self._waiting.get()) is not None:
            warmed: list[Submission] = []
            try:
                submission.warm, _ = entries_for(submission.command, self._read)
            except StoreError as failure:
                answer_all([(submission, NotWritten(f"reading failed: {failure}"))])
            except Exception as fault:  # noqa: BLE001 - whatever it is, the caller must be told
                answer_all(
                    [(submission, CommandFailed(f"reading failed: {type(fault).__name__}"))]
                )
            else:
                warmed.append(submission)
            self._back(warmed)
