"""Reading the published log back out of the state: tiles, bundles, roots and paths."""

from svx_ledger.eventlog.record import Row, leaf_of
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.tree.consistency import consistency_path
from svx_ledger.proofs.tree.entries import pack_entries
from svx_ledger.proofs.tree.inclusion import inclusion_path, root_from_inclusion, subtree_root
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT, HASH_BYTES, entry_of_digest
from svx_ledger.proofs.tree.tile_hashing import hashes_in
from svx_ledger.proofs.tree.tiled_tree import ReadTile, TiledTree
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile
from svx_ledger.publishing.remedies import DAMAGED
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.state.rows import DIGESTS


def tile_reader(state: LogState) -> ReadTile:
    """Return what gives tiles and entry bundles of any width that the tree has reached."""

    def read(tile: Tile) -> bytes:
        level = DIGESTS if tile.level == ENTRIES else tile.level
        hashes = state.tile(level, tile.index)[: tile.width * HASH_BYTES]
        if len(hashes) != tile.width * HASH_BYTES:
            raise NotPublished(f"{DAMAGED} (there is no {tile.path})")
        if level == DIGESTS:
            return pack_entries([entry_of_digest(digest) for digest in hashes_in(hashes)])
        return hashes

    return read


class StoredTree:
    """The tree at one size that was reached, read from the state's tiles and checked.

    Raises NotPublished where they do not make up its root.
    """

    def __init__(self, state: LogState, size: int, root: bytes) -> None:
        self.size = size
        self.root = root
        self._tree = TiledTree(size, root, tile_reader(state))

    def root_at(self, size: int) -> bytes:
        """Return the root that the tree had at a smaller size, or has."""
        return subtree_root(0, size, self._node) if size else EMPTY_ROOT

    def growth_from(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the consistency proof from a size to a later one, or to its own."""
        return consistency_path(old, self.size if new is None else new, self._node)

    def path_of(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the inclusion proof of a leaf at a size, or at its own."""
        return inclusion_path(index, self.size if size is None else size, self._node)

    def path_of_record(self, row: Row) -> tuple[bytes, ...]:
        """Return the inclusion proof of a record; whoever gets it has a proof that holds."""
        index = row.position - 1
        path = tuple(self.path_of(index))
        if root_from_inclusion(leaf_of(row.record), index, self.size, path) != self.root:
            raise NotPublished(f"position {row.position} is not what is in the tree: {DAMAGED}")
        return path

    def _node(self, level: int, index: int) -> bytes:
        try:
            return self._tree.node(level, index)
        except Refused as fault:
            raise NotPublished(f"{DAMAGED} ({fault})") from None
