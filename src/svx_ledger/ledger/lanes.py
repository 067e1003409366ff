"""The queue in front of the sequencer: callers' commands first, imports behind them."""

import threading
from collections import deque
from collections.abc import Sequence
from time import monotonic

from .submission import Submission

MAX_BATCH = 256
MAX_BULK = 100
MAX_BATCH_BYTES = 2**20
MAX_WAITING = 20_000
MAX_WAITING_BYTES = 64 * 2**20
MAX_LINGER = 0.001
"""Seconds to wait for callers who were answered together to come back together."""


class Lanes:
    """Two first-in-first-out lanes and the wait for the next batch.

    Commands that the loader reads for are *away*. While some of an import are, no more of it
    is handed out, for an import keeps its order.
    """

    def __init__(self) -> None:
        self._callers: deque[Submission] = deque()
        self._bulk: deque[Submission] = deque()
        self._bytes = 0
        self._changed = threading.Condition(threading.Lock())
        self._closed = False
        self._away = 0
        self._turns = 0
        self._bulk_away = 0
        self._last_size = 1
        self._needed = 1
        """How many callers' commands have to wait before the sequencer is woken."""

    @property
    def waiting(self) -> int:
        """How many commands wait, as of just now."""
        return len(self._callers) + len(self._bulk)

    def put(self, submission: Submission) -> bool:
        """Queue a command; False when the lanes are closed or full."""
        with self._changed:
            lane = self._bulk if submission.bulk else self._callers
            full = len(lane) >= MAX_WAITING or self._bytes >= MAX_WAITING_BYTES
            if self._closed or full:
                return False
            lane.append(submission)
            self._bytes += submission.size
            if submission.bulk:
                submission.turn, self._turns = self._turns, self._turns + 1
            if submission.bulk or len(lane) >= self._needed:
                self._changed.notify()
            return True

    def put_back(self, submissions: Sequence[Submission]) -> None:
        """Put commands first in their lanes again, in their order."""
        with self._changed:
            self._put_back(submissions)

    def send_away(self, submissions: Sequence[Submission]) -> None:
        """Note that the loader has these: nothing is drained until they are back."""
        with self._changed:
            self._away += 1
            self._bulk_away += submissions[0].bulk

    def come_back(self, submissions: Sequence[Submission], *, bulk: bool) -> None:
        """Put what was away first in line; those that were answered there are missing."""
        with self._changed:
            self._away -= 1
            self._bulk_away -= bulk
            self._put_back(submissions)

    def close(self) -> None:
        """Take no more; what waits is still handed out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self) -> list[Submission]:
        """Wait for work and return the next batch; empty when closed and drained."""
        with self._changed:
            while not self._callers and not self._bulk_ready():
                if self._closed and not self._away:
                    return []
                self._changed.wait()
            self._linger()
            batch = self._drain(self._callers, MAX_BATCH, MAX_BATCH_BYTES)
            self._last_size = max(1, len(batch))
            if self._bulk_ready():
                left = MAX_BATCH_BYTES - sum(submission.size for submission in batch)
                batch += self._drain(self._bulk, min(MAX_BULK, MAX_BATCH - len(batch)), left)
            return batch

    def _bulk_ready(self) -> bool:
        return bool(self._bulk) and not self._bulk_away

    def _put_back(self, submissions: Sequence[Submission]) -> None:
        for submission in reversed(submissions):
            submission.release()
            (self._bulk if submission.bulk else self._callers).appendleft(submission)
            self._bytes += submission.size
        if any(submission.bulk for submission in submissions):
            # The loader and the sequencer each hand back a part, in either order.
            self._bulk = deque(sorted(self._bulk, key=lambda submission: submission.turn))
        self._changed.notify_all()

    def _drain(self, lane: deque[Submission], count: int, size: int) -> list[Submission]:
        drained: list[Submission] = []
        while lane and len(drained) < count and size > 0:
            drained.append(lane.popleft())
            size -= drained[-1].size
            self._bytes -= drained[-1].size
        return drained

    def _linger(self) -> None:
        """Wait briefly while fewer wait than came last time, so that waves do not split."""
        if self._closed or self._bulk_ready() or self._last_size <= 1:
            return
        until = monotonic() + MAX_LINGER
        self._needed = self._last_size
        while not self._bulk_ready() and len(self._callers) < self._needed:
            left = until - monotonic()
            if left <= 0 or not self._changed.wait(left):
                break
        self._needed = 1
