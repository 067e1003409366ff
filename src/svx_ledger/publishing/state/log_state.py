"""What the publisher keeps: the tree over the log, and every checkpoint that it made.

It stands beside the ledger (`opening`), in two databases' one dialect of SQL. Nothing in it is
ever taken back: the tree only grows, a checkpoint's size, root and body stay, and each of its
two notes is set once. The database refuses everything else by itself.

All is kept by epoch: after a restore the log is another one (docs/publishing.md).
"""

from collections.abc import Sequence
from typing import Any, Final

from svx_ledger.proofs.tree.merkle import HASH_BYTES
from svx_ledger.proofs.tree.tiles import TILE_WIDTH

from .database import Database
from .rows import DIGESTS, NO_TREE, NewCheckpoint, StoredCheckpoint, StoredTile, TreeHead

BATCH: Final = 1_000
"""Checkpoints that are read, and written, at a time."""


_COLUMNS = "size, root, body, bounds, log_note, quorum_note"
_CHECKPOINTS = f"SELECT {_COLUMNS} FROM checkpoints WHERE epoch = ?"  # noqa: S608 - ours


class LogState:
    """The state of one epoch's log. Safe from any thread; two publishers do no harm."""

    def __init__(self, database: Database, epoch: int) -> None:
        self.database = database
        self.epoch = epoch

    def head(self) -> TreeHead:
        """Return how far the log is in the tree."""
        query = "SELECT size, root, hashes FROM heads WHERE epoch = ?"
        found = self.database.read(query, (self.epoch,))
        return TreeHead(*found[0]) if found else NO_TREE

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile as wide as it has grown: joined hashes, none where it is not begun."""
        query = "SELECT hashes FROM tiles WHERE epoch = ? AND level = ? AND number = ?"
        found = self.database.read(query, (self.epoch, level, number))
        return found[0][0] if found else b""

    def digest(self, index: int) -> bytes:
        """Return the digest of the record of one leaf."""
        number, at = divmod(index, TILE_WIDTH)
        return self.tile(DIGESTS, number)[at * HASH_BYTES : (at + 1) * HASH_BYTES]

    def advance(
        self,
        before: TreeHead,
        after: TreeHead,
        tiles: Sequence[StoredTile],
        checkpoints: Sequence[NewCheckpoint],
    ) -> bool:
        """Let the tree grow and note which checkpoints are due, in one durable transaction.

        Returns False, with nothing changed, where the tree is not at `before`.
        """
        at, to = (self.epoch, before.size, before.root), (after.size, after.root, after.hashes)
        with self.database.transaction() as on:
            # The first statement takes the row's lock, or inserts it: what follows is alone.
            if before.size == 0:
                on.run(
                    "INSERT INTO heads (epoch, size, root, hashes) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT DO NOTHING",
                    (self.epoch, *NO_TREE),
                )
            moved = on.run(
                "UPDATE heads SET size = ?, root = ?, hashes = ? "
                "WHERE epoch = ? AND size = ? AND root = ?",
                (*to, *at),
            )
            if not moved:
                return False
            on.run_many(
                "INSERT INTO tiles (epoch, level, number, hashes) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (epoch, level, number) DO UPDATE SET hashes = excluded.hashes",
                [(self.epoch, *tile) for tile in tiles],
            )
            on.run_many(
                "INSERT INTO checkpoints (epoch, size, root, body, bounds) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (epoch, size) DO UPDATE "
                "SET bounds = checkpoints.bounds OR excluded.bounds",
                [(self.epoch, *checkpoint) for checkpoint in checkpoints],
            )
        return True

    def checkpoint(self, size: int) -> StoredCheckpoint | None:
        """Return the checkpoint at a size."""
        return self._first("AND size = ?", size)

    def newest_signed(self) -> StoredCheckpoint | None:
        """Return the largest checkpoint that the log signed."""
        return self._first("AND log_note IS NOT NULL ORDER BY size DESC LIMIT 1")

    def newest_published(self) -> StoredCheckpoint | None:
        """Return the largest checkpoint with a quorum."""
        return self._first("AND quorum_note IS NOT NULL ORDER BY size DESC LIMIT 1")

    def first_published(self, size: int) -> StoredCheckpoint | None:
        """Return the smallest checkpoint with a quorum that covers this many leaves."""
        published = "AND quorum_note IS NOT NULL AND size >= ? ORDER BY size LIMIT 1"
        return self._first(published, size)

    def last_published(self, size: int) -> StoredCheckpoint | None:
        """Return the largest checkpoint with a quorum that covers this many leaves at most."""
        published = "AND quorum_note IS NOT NULL AND size <= ? ORDER BY size DESC LIMIT 1"
        return self._first(published, size)

    def published_up_from(self, size: int) -> list[StoredCheckpoint]:
        """Return the next checkpoints with a quorum from a size on, by size."""
        return self._many("AND quorum_note IS NOT NULL AND size >= ?", size)

    def published_down_from(self, size: int) -> list[StoredCheckpoint]:
        """Return the next checkpoints with a quorum from a size down, the largest first."""
        return self._many("AND quorum_note IS NOT NULL AND size <= ?", size, order="size DESC")

    def unsigned(self, after: int) -> list[StoredCheckpoint]:
        """Return the next checkpoints above a size that are not signed, by size."""
        return self._many("AND log_note IS NULL AND size > ?", after)

    def unpublished(self, after: int) -> list[StoredCheckpoint]:
        """Return the next signed checkpoints above a size that have no quorum, by size."""
        return self._many(
            "AND log_note IS NOT NULL AND quorum_note IS NULL AND size > ?", after
        )

    def unpublished_bounds(self, after: int, below: int) -> list[StoredCheckpoint]:
        """Return the next unpublished ones around a close, above a size and below another."""
        return self._many(
            "AND bounds AND log_note IS NOT NULL AND quorum_note IS NULL "
            "AND size > ? AND size < ?",
            after,
            below,
        )

    def sign(self, notes: Sequence[tuple[int, bytes]]) -> None:
        """Store the log's notes, by size; where one is stored already, that one stays."""
        self._set("log_note", notes)

    def publish(self, notes: Sequence[tuple[int, bytes]]) -> None:
        """Store notes with a quorum, by size; where one is stored already, that one stays."""
        self._set("quorum_note", notes)

    def renewed(self, size: int) -> bytes | None:
        """Return the note of this size that was cosigned again last."""
        query = "SELECT note FROM latest WHERE epoch = ? AND size = ?"
        found = self.database.read(query, (self.epoch, size))
        return found[0][0] if found else None

    def renew(self, size: int, note: bytes) -> None:
        """Keep a note that was cosigned again, beside the first one."""
        with self.database.transaction() as on:
            on.run(
                "INSERT INTO latest (epoch, size, note) VALUES (?, ?, ?) "
                "ON CONFLICT (epoch) DO UPDATE SET size = excluded.size, note = excluded.note "
                "WHERE latest.size <= excluded.size",
                (self.epoch, size, note),
            )

    def served(self) -> tuple[StoredCheckpoint, bytes] | None:
        """Return the largest checkpoint with a quorum, and its newest note."""
        published = self.newest_published()
        if published is None or published.quorum_note is None:
            return None
        return published, self.renewed(published.size) or published.quorum_note

    def _set(self, column: str, notes: Sequence[tuple[int, bytes]]) -> None:
        with self.database.transaction() as on:
            on.run_many(
                f"UPDATE checkpoints SET {column} = ? "  # noqa: S608 - one of two of ours
                f"WHERE epoch = ? AND size = ? AND {column} IS NULL",
                [(note, self.epoch, size) for size, note in notes],
            )

    def _first(self, condition: str, *given: int) -> StoredCheckpoint | None:
        found = self.database.read(f"{_CHECKPOINTS} {condition}", (self.epoch, *given))
        return _checkpoint(found[0]) if found else None

    def _many(self, condition: str, *given: int, order: str = "size") -> list[StoredCheckpoint]:
        found = self.database.read(
            f"{_CHECKPOINTS} {condition} ORDER BY {order} LIMIT {BATCH}", (self.epoch, *given)
        )
        return [_checkpoint(row) for row in found]


def newest_state(database: Database) -> LogState | None:
    """Return the state of the last epoch that it knows; None where nothing is kept of any."""
    if not database.present():
        return None
    ((newest,),) = database.read("SELECT coalesce(max(epoch), 0) FROM heads")
    return LogState(database, newest) if newest else None


def _checkpoint(row: tuple[Any, ...]) -> StoredCheckpoint:
    size, root, body, bounds, log_note, quorum_note = row
    return StoredCheckpoint(size, root, body, bool(bounds), log_note, quorum_note)
