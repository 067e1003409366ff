"""What is published, read back out of the state: for an API that serves the log by itself."""

from typing import NamedTuple

from svx_ledger.proofs.checkpoint import Checkpoint
from svx_ledger.proofs.receipt import Receipt
from svx_ledger.proofs.tiles import ENTRIES, LEVEL_BITS, TILE_WIDTH, Tile

from .own_stream import Log, OwnStream
from .reading import StoredTree, tile_reader
from .state import Database, LogState


class Newest(NamedTuple):
    """The largest published checkpoint of the present epoch, with its newest note."""

    checkpoint: Checkpoint
    note: bytes


class ServedLog:
    """The published log of one ledger. Safe from any thread.

    Everything that is not published is None: what is only integrated, or signed and not yet
    cosigned, is shown to nobody. Raises NotPublished, and NotRead, where it cannot be read.
    """

    def __init__(self, log: Log, database: Database) -> None:
        self._log = log
        self._database = database

    def newest(self) -> Newest | None:
        """Return the newest checkpoint."""
        own = self._own()
        state = self._state(own)
        served = state.served() if state else None
        if served is None or own.now is None:
            return None
        checkpoint, note = served
        return Newest(Checkpoint(own.now.origin, checkpoint.size, checkpoint.root), note)

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile or an entry bundle, full or partial, that the checkpoint covers."""
        state = self._state(self._own())
        published = state.newest_published() if state else None
        if state is None or published is None:
            return None
        level = 0 if tile.level == ENTRIES else int(tile.level)
        if tile.index * TILE_WIDTH + tile.width > published.size >> LEVEL_BITS * level:
            return None
        return tile_reader(state)(tile)

    def receipt(self, position: int) -> Receipt | None:
        """Return the receipt of a record, under the first published checkpoint that has it.

        It is the same at any later time.
        """
        state = self._state(self._own())
        covering = state.first_published(position) if state else None
        if state is None or covering is None or covering.quorum_note is None or position < 1:
            return None
        path = StoredTree(state, covering.size, covering.root).path_of(position - 1)
        return Receipt(position - 1, tuple(path), covering.quorum_note)

    def close(self) -> None:
        """Close the connections to the state."""
        self._database.close()

    def _own(self) -> OwnStream:
        own = OwnStream(self._log)
        own.refresh()
        return own

    def _state(self, own: OwnStream) -> LogState | None:
        if own.now is None or not self._database.present():
            return None
        return LogState(self._database, own.now.epoch)
