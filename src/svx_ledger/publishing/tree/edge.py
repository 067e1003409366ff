"""The right edge of a log's tree: all that is needed to let it grow, tile by tile.

A tree whose full tiles are stored is settled by the partial one of each level, the leaves' and
those above (C2SP tlog-tiles). Beside the leaves' hashes run the digests of the records, from
which whoever publishes entries makes them again.
"""

from collections.abc import Callable, Sequence
from typing import Final

from svx_ledger.proofs.tree.compact_range import CompactRange
from svx_ledger.proofs.tree.tile_hashing import hashes_in, leaves_of_digests, root_of_full
from svx_ledger.proofs.tree.tiles import LEVEL_BITS, TILE_WIDTH
from svx_ledger.publishing.remedies import DAMAGED
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.rows import DIGESTS, StoredTile, TreeHead

LEVELS: Final = 8
"""Enough for 2^64 leaves."""


class Edge:
    """The tree at a size, growing. `changed` holds the tiles since it was last emptied."""

    def __init__(self, head: TreeHead, tile: Callable[[int, int], bytes]) -> None:
        """Read the edge of a stored tree. Raises NotPublished where it is not what it was."""
        self.size = head.size
        self.changed: dict[tuple[int, int], StoredTile] = {}
        self._rows: dict[int, list[bytes]] = {}
        self._numbers: dict[int, int] = {}
        for level in range(DIGESTS, LEVELS):
            width = head.size >> LEVEL_BITS * max(level, 0)
            number, partial = divmod(width, TILE_WIDTH)
            stored = tile(level, number) if partial else b""
            self._numbers[level] = number
            self._rows[level] = hashes_in(stored)[:partial]
        try:
            same = self.head() == head
        except ValueError:  # there are fewer hashes than the size asks for
            same = False
        if not same:
            raise NotPublished(DAMAGED)

    def take(self, digests: Sequence[bytes]) -> None:
        """Add records by their digests, in log order."""
        self._add(DIGESTS, list(digests))
        self._add(0, leaves_of_digests(digests))
        self.size += len(digests)

    def head(self) -> TreeHead:
        """Return the tree as it is now."""
        peaks: list[bytes] = []
        for level in reversed(range(LEVELS)):
            partial = CompactRange()
            partial.extend(self._rows[level])
            peaks += partial.hashes
        row = CompactRange(self.size, peaks)
        return TreeHead(self.size, row.root(), b"".join(row.hashes))

    def _add(self, level: int, hashes: list[bytes]) -> None:
        row = self._rows[level] + hashes
        whole = len(row) // TILE_WIDTH * TILE_WIDTH
        above = []
        for first in range(0, whole, TILE_WIDTH):
            full = row[first : first + TILE_WIDTH]
            self._keep(level, full)
            self._numbers[level] += 1
            if level != DIGESTS:
                above.append(root_of_full(full))
        self._rows[level] = row[whole:]
        if self._rows[level]:
            self._keep(level, self._rows[level])
        if above:
            self._add(level + 1, above)

    def _keep(self, level: int, hashes: list[bytes]) -> None:
        number = self._numbers[level]
        self.changed[level, number] = StoredTile(level, number, b"".join(hashes))
