"""The published log as files (C2SP tlog-tiles): tiles and entry bundles, then the checkpoint.

Whoever reads `checkpoint` finds every tile that it needs: those are on the disk before it has
its name. A crash in between leaves tiles that nobody looks for yet; the next time they are
written again, with the same bytes.
"""

from itertools import chain

from svx_ledger.eventlog.store import Forked
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.cosignature import stated_time
from svx_ledger.proofs.notes.note import parse_note
from svx_ledger.proofs.tree.tiled_tree import ReadTile
from svx_ledger.proofs.tree.tiles import TILE_WIDTH, Tile, entry_tiles_between, tiles_between
from svx_ledger.publishing.remedies import RESTORED
from svx_ledger.publishing.state.database import NotPublished

from .mark import checkpoint_in
from .public_files import CHECKPOINT, PublicFiles


class Directory:
    """One folder with one log; two publishers may share it."""

    def __init__(self, files: PublicFiles) -> None:
        self._files = files
        self._is_swept = False

    @property
    def where(self) -> str:
        """The folder, as messages name it."""
        return str(self._files.root)

    def note(self) -> bytes | None:
        """Return the note that is published. Raises NotPublished."""
        return self._files.checkpoint()

    def publish(self, note: bytes, read: ReadTile) -> bool:
        """Bring the folder to a signed checkpoint; return whether anything had to be written.

        A larger one that is there stays, and so does one of the same size that witnesses
        cosigned where this is without any cosignature. Raises Forked where another root of the
        same size is there, NotPublished for the folder of another log.
        """
        if self.note() == note and self._is_swept:
            return False
        new = checkpoint_in(note, "the state")
        with self._files.writing():
            present = self.note()
            old = checkpoint_in(present, self.where) if present else None
            if old is not None:
                self._unless_its_past(old, new)
            if not self._is_swept:
                self._files.drop_leftovers()
                self._is_swept = True
            if present == note or (old is not None and old.size > new.size):
                return False
            same = present if old is not None and old.size == new.size else None
            if same is not None and is_cosigned(same) and not is_cosigned(note):
                return False
            self._write(old.size if old else 0, new.size, note, read)
        return True

    def _write(self, old: int, new: int, note: bytes, read: ReadTile) -> None:
        for tile in chain(entry_tiles_between(old, new), tiles_between(old, new)):
            self._files.write(tile.path, read(tile))
        self._files.settle()
        self._files.write(CHECKPOINT, note)
        self._files.settle()
        for tile in _completed(old, new):
            self._files.drop_partials(tile.path)

    def _unless_its_past(self, old: Checkpoint, new: Checkpoint) -> None:
        if old.origin != new.origin:
            raise NotPublished(
                f"{self.where} holds the log {old.origin}, and this is {new.origin}: "
                "name another folder"
            )
        if old.size == new.size and old.root != new.root:
            raise Forked(f"{self.where} has another root of {old.size} leaves: {RESTORED}")


def is_cosigned(note: bytes) -> bool:
    """Whether a note has a line in the form of a cosignature, whoever's. Raises Refused."""
    return any(stated_time(line) is not None for line in parse_note(note).signatures)


def _completed(old: int, new: int) -> list[Tile]:
    """Return tiles that are full in the tree of `new` leaves and were partial in `old`'s.

    Also those that `old` did not have, where they are the first of their level.
    """
    grown = chain(entry_tiles_between(old, new), tiles_between(old, new))
    at_edge: dict[object, Tile] = {}
    for tile in grown:
        at_edge.setdefault(tile.level, tile)  # the first of a level that changed
    return [tile for tile in at_edge.values() if tile.width == TILE_WIDTH]
