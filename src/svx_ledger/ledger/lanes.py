"""The queue in front of the sequencer: callers' commands first, bulk imports behind them."""

import threading
from collections import deque
from time import monotonic

from .submission import Submission

MAX_BATCH = 256
MAX_BULK = 100
MAX_BATCH_BYTES = 2**20
MAX_WAITING = 20_000
MAX_LINGER = 0.001
"""Seconds to wait for callers who were answered together to come back together."""


class Lanes:
    """Two first-in-first-out lanes and the wait for the next batch."""

    def __init__(self) -> None:
        self._callers: deque[Submission] = deque()
        self._bulk: deque[Submission] = deque()
        self._changed = threading.Condition(threading.Lock())
        self._closed = False
        self._away = 0
        self._last_size = 1
        self._needed = 1
        """How many callers' commands have to wait before the sequencer is woken."""

    def put(self, submission: Submission, *, bulk: bool = False) -> bool:
        """Queue a command; False when the lanes are closed or full."""
        with self._changed:
            lane = self._bulk if bulk else self._callers
            if self._closed or len(lane) >= MAX_WAITING:
                return False
            lane.append(submission)
            if bulk or len(lane) >= self._needed:
                self._changed.notify()
            return True

    def put_back(self, submissions: list[Submission]) -> None:
        """Put unclaimed commands first in line again, in their order."""
        with self._changed:
            self._callers.extendleft(reversed(submissions))
            self._changed.notify_all()

    def send_away(self) -> None:
        """Note that a command went to the loader: not drained until it is back."""
        with self._changed:
            self._away += 1

    def come_back(self, submissions: list[Submission]) -> None:
        """Put a command that was away first in line, or nothing if it was answered there."""
        with self._changed:
            self._away -= 1
        self.put_back(submissions)

    def close(self) -> None:
        """Take no more; what waits is still handed out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self) -> list[Submission]:
        """Wait for work and return the next batch; empty when closed and drained."""
        with self._changed:
            while not self._callers and not self._bulk:
                if self._closed and not self._away:
                    return []
                self._changed.wait()
            self._linger()
            batch: list[Submission] = []
            size = 0
            while len(batch) < MAX_BATCH and size < MAX_BATCH_BYTES and self._callers:
                batch.append(self._callers.popleft())
                size += batch[-1].size
            self._last_size = max(1, len(batch))
            bulk = 0
            while (
                bulk < MAX_BULK
                and len(batch) < MAX_BATCH
                and size < MAX_BATCH_BYTES
                and self._bulk
            ):
                batch.append(self._bulk.popleft())
                size += batch[-1].size
                bulk += 1
            return batch

    def _linger(self) -> None:
        """Wait briefly while fewer wait than came last time, so that waves do not split."""
        if self._closed or self._bulk or self._last_size <= 1:
            return
        until = monotonic() + MAX_LINGER
        self._needed = self._last_size
        while not self._bulk and len(self._callers) < self._needed:
            left = until - monotonic()
            if left <= 0 or not self._changed.wait(left):
                break
        self._needed = 1
