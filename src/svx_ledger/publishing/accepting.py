"""Which published checkpoints a policy accepts, by the note that is stored for good.

A checkpoint keeps the first note that had a quorum. Where the policy asks for more today than
then, whoever demands what it asks for refuses that note, and takes one of a later checkpoint.
The note with which an idle log's newest checkpoint is cosigned again does not count: the next
one takes its place, and what rests on a note is to stay the same.
"""

from functools import lru_cache
from threading import Lock
from typing import Final

from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.policy import Policy

from .state.log_state import LogState
from .state.rows import StoredCheckpoint

REMEMBERED: Final = 1_024
"""Notes of which it is remembered whether they are accepted."""


class AcceptedHeads:
    """The published checkpoints of one log whose note a policy accepts; all without a policy.

    Runs of checkpoints that it does not accept are remembered: each is gone through once,
    however many ask for what stands behind it. Safe from any thread.
    """

    def __init__(self, state: LogState, policy: Policy | None) -> None:
        self.state = state
        self._policy = policy
        self._lines = {
            name: f"\n— {one.key.name} ".encode()
            for name, one in (policy.witnesses if policy else {}).items()
        }
        self._accepts_note = lru_cache(REMEMBERED)(self._opens)
        self._lock = Lock()
        self._refused: list[tuple[int, int]] = []
        """Sizes from and up to which no published checkpoint is accepted; disjoint."""

    def newest(self) -> StoredCheckpoint | None:
        """Return the largest."""
        found = self.state.newest_published()
        if found is None or self._accepts(found):
            return found
        return self._next(found.size, up=False)

    def first(self, size: int) -> StoredCheckpoint | None:
        """Return the smallest that covers this many leaves."""
        found = self.state.first_published(size)
        if found is None or self._accepts(found):
            return found
        return self._next(found.size, up=True)

    def last(self, size: int) -> StoredCheckpoint | None:
        """Return the largest that covers this many leaves at most."""
        found = self.state.last_published(size)
        if found is None or self._accepts(found):
            return found
        return self._next(found.size, up=False)

    def _next(self, refused: int, *, up: bool) -> StoredCheckpoint | None:
        """Return the next one in a direction from a checkpoint that is not accepted."""
        with self._lock:  # who waits finds what was gone through meanwhile
            at = self._past(refused, up=up)
            beside = self.state.first_published(at) if up else self.state.last_published(at)
            batch = [beside] if beside else []  # a known run often begins right behind it
            while batch:
                for one in batch:
                    if self._accepts(one):
                        return one
                    self._refuse(refused, one.size)
                batch = self._batch(self._past(batch[-1].size, up=up), up=up)
            return None

    def _batch(self, at: int, *, up: bool) -> list[StoredCheckpoint]:
        return self.state.published_up_from(at) if up else self.state.published_down_from(at)

    def _past(self, size: int, *, up: bool) -> int:
        """Return where a run that is known to be refused ends."""
        for low, high in self._refused:
            if low <= size <= high:
                return high + 1 if up else low - 1
        return size

    def _refuse(self, one: int, other: int) -> None:
        """Remember that from one to the other there is none, with the runs that this joins."""
        low, high = sorted((one, other))
        apart = []
        for run in self._refused:
            if run[0] > high + 1 or run[1] < low - 1:
                apart.append(run)
            else:
                low, high = min(low, run[0]), max(high, run[1])
        self._refused = [*apart, (low, high)]

    def _accepts(self, one: StoredCheckpoint) -> bool:
        assert one.quorum_note is not None
        return self._policy is None or self._accepts_note(one.quorum_note)

    def _opens(self, note: bytes) -> bool:
        """Whether the policy trusts a note.

        One that has too few lines of its witnesses is not read: there may be very many.
        """
        assert self._policy is not None
        named = {name for name, begun in self._lines.items() if begun in note}
        if not self._policy.satisfied_by(named):
            return False
        try:
            self._policy.open(note)
        except Refused:
            return False
        return True
