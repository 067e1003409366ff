"""From the log to the tree: new records are read, hashed, and stored as tiles and heads.

A record is in the tree once the transaction that holds its tile is on the disk. In the same
transaction stands every checkpoint that became due, unsigned: what is signed is read from it.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from svx_ledger.eventlog.store import Forked, Head, StoreError
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.publishing.guard import assert_own_state
from svx_ledger.publishing.own_stream import Log
from svx_ledger.publishing.remedies import RESTORED
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.state.rows import NewCheckpoint, TreeHead

from .edge import Edge

CHUNK: Final = 32_768
"""Records that one transaction brings into the tree: 2 MB of hashes."""

_CLOSED: Final = "auction-closed.v1"


class Overtaken(StoreError):
    """Another publisher let the tree grow first: what is stored now counts."""


class Integration:
    """Brings one ledger's records into the tree of one epoch."""

    def __init__(self, log: Log, state: LogState) -> None:
        self._log = log
        self._state = state
        self._edge: Edge | None = None
        self._before: TreeHead = state.head()
        self._last = b""

    def catch_up(self, to: Head, origin: str, due: Callable[[int], bool]) -> Iterator[TreeHead]:
        """Bring the log up to its head into the tree; yield each tree that is stored.

        At the head, and right before and at each close of an auction, a checkpoint is noted,
        where `due` says that there may be one. Raises Forked where the log is not the one that
        the tree is of, Overtaken where another was faster.
        """
        edge = self.load()
        if to.position < edge.size:
            assert_own_state(self._log, self._state)
            raise Forked(
                f"the state knows {edge.size} records, and the log has {to.position}: "
                f"{RESTORED}"
            )
        if to.position == edge.size and edge.size:
            self._unless_rewritten(to.record)
        yield self._before
        missing = due(edge.size) and self._state.checkpoint(edge.size) is None
        while edge.size < to.position or missing:
            missing = False
            stop = min(edge.size + CHUNK, to.position)
            digests, closes = self._read(edge.size, stop)
            bounds = {size for at in closes for size in (at - 1, at)}
            sizes = sorted(
                size for size in bounds | {to.position} if size <= stop and due(size)
            )
            checkpoints = []
            for size in sizes:
                cut = size - edge.size
                edge.take(digests[:cut])
                del digests[:cut]
                checkpoints.append(_checkpoint(origin, edge.head(), bounds=size in bounds))
            edge.take(digests)
            self._store(edge, checkpoints)
            yield self._before

    def load(self) -> Edge:
        """Read the stored tree's edge, where it is not known; do so before the log's head.

        Else another publisher could bring in more than the head that was read.
        """
        if self._edge is None:
            self._before = head = self._state.head()
            self._last = self._state.digest(head.size - 1) if head.size else b""
            self._edge = Edge(head, self._state.tile)
        return self._edge

    def _store(self, edge: Edge, checkpoints: Sequence[NewCheckpoint]) -> None:
        after, tiles = edge.head(), list(edge.changed.values())
        self._edge = None  # whatever happens now, what is stored counts
        if not self._state.advance(self._before, after, tiles, checkpoints):
            raise Overtaken("another publisher was faster")
        edge.changed.clear()
        self._edge, self._before = edge, after

    def _read(self, size: int, stop: int) -> tuple[list[bytes], list[int]]:
        """Return the digests of the records above a size, and where auctions were closed.

        The record before them is read again, and must be the one that is in the tree.
        """
        digests, closes = [], []
        expected = max(size, 1)
        for row in self._log.rows(expected - 1, stop - expected + 1):
            if row.position != expected:
                break
            digests.append(sha256(row.record).digest())
            if row.type == _CLOSED:
                closes.append(row.position)
            expected += 1
        if expected <= stop:
            raise Forked(f"position {expected} is not on the log, and later ones are")
        if size:
            self._unless(digests.pop(0), size)
            closes = [position for position in closes if position > size]
        self._last = digests[-1] if digests else self._last
        return digests, closes

    def _unless_rewritten(self, record: bytes) -> None:
        self._unless(sha256(record).digest(), self._before.size)

    def _unless(self, digest: bytes, position: int) -> None:
        if digest != self._last:
            assert_own_state(self._log, self._state)
            raise Forked(f"position {position} is not what is in the tree: {RESTORED}")


def _checkpoint(origin: str, head: TreeHead, *, bounds: bool) -> NewCheckpoint:
    body = Checkpoint(origin, head.size, head.root).body
    return NewCheckpoint(head.size, head.root, body, bounds)
