"""How lines get out of the process: at once, or by a thread that waits in place of all others.

Whoever should take what is said on standard error may have stopped: a pipe is full after
64 KiB, and a write to it then waits for ever. Nobody who answers requests writes there. What
does not fit is dropped, and it is said how much that was once lines are taken again.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from time import monotonic, sleep
from typing import Any, BinaryIO, Final

MOST_LINES: Final = 10_000
FLUSH_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.02


class Lines:
    """Lines that are written as they come."""

    def __init__(self, to: BinaryIO) -> None:
        self._to = to

    def msg(self, line: bytes) -> None:
        """Write a line in one go, so that those of several threads do not mix."""
        self._to.write(line + b"\n")
        self._to.flush()

    def flush(self, seconds: float) -> None:
        """Do nothing: all is written."""


class Waiting:
    """Lines that wait until a thread has written them; `lost` is told how many were dropped."""

    def __init__(
        self, to: BinaryIO, lost: Callable[[int], None], most: int = MOST_LINES
    ) -> None:
        # Not through its buffer: that has a lock, which a thread that waits would still hold
        # when the interpreter ends and wants it.
        self._to: Any = getattr(to, "raw", to)
        self._lost = lost
        self._most = most
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._lock = threading.RLock()  # a warning of the interpreter's may come at any time
        self._taken = self._done = self._dropped = 0
        threading.Thread(target=self._write_all, name="svx-log", daemon=True).start()

    def msg(self, line: bytes) -> None:
        """Let a line be written, unless too many wait already."""
        with self._lock:
            if self._taken - self._done < self._most:
                self._taken += 1
                self._lines.put(line + b"\n")
            else:
                self._dropped += 1

    def flush(self, seconds: float) -> None:
        """Wait until all is written, if it is in this time."""
        until = monotonic() + seconds
        while self._done < self._taken and monotonic() < until:
            sleep(_PAUSE_SECONDS)

    def _write_all(self) -> None:
        while True:
            line = self._lines.get()
            with suppress(OSError, ValueError):  # nobody will ever take it: go on with the next
                self._write(line)
            if self._dropped and self._taken - self._done <= self._most // 2 + 1:
                with self._lock:
                    dropped, self._dropped = self._dropped, 0
                self._lost(dropped)
            self._done += 1

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        while left:
            written = self._to.write(left)
            if written is None:  # others have set it not to wait
                sleep(_PAUSE_SECONDS)
            else:
                left = left[written:]
