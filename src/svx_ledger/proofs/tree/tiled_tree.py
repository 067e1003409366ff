"""A log's tree read from its tiles, with nothing believed that the signed root does not cover.

The partial tiles, at most one for each level, are the right edge of the tree: together they
settle its root. The root of every full tile stands in a tile one level up. So whatever is read
is checked upward to the edge, and the edge against the root, before any hash of it is used.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Final

from svx_ledger.proofs.finding import Code, Refused, not_canonical

from .compact_range import CompactRange
from .inclusion import require_hashes
from .merkle import EMPTY_ROOT, HASH_BYTES
from .tile_hashing import hashes_in, leaves_of_bundle, nodes_over
from .tiles import ENTRIES, LEVEL_BITS, TILE_WIDTH, Tile, partial_tiles_of, tile_at

ReadTile = Callable[[Tile], bytes]
"""Where tiles are had from. A log may drop a partial tile once it has the full one: who reads
then gives the beginning of the full one."""

TileRows = list[list[bytes]]
"""The hashes of a tile and, row upon row, the roots of the perfect subtrees over them."""

TILES_KEPT: Final = 64
"""Of about 40 KB each: many times the way up from two leaves."""


class TiledTree:
    """The tree of `size` leaves under `root`, both from a checkpoint that is trusted.

    A tile is read when it is needed, and refused with SVX101 where it does not hash to the
    root; the first bad leaf is named where that can be told. A tile of another length is
    refused with SVX301. What `read` raises is passed on.
    """

    def __init__(self, size: int, root: bytes, read: ReadTile) -> None:
        require_hashes(root)
        if size == 0 and root != EMPTY_ROOT:
            raise Refused(Code.TWO_ROOTS, "an empty log has the hash of nothing as its root")
        self.size: Final = size
        self.root: Final = root
        self._read = read
        self._rows = lru_cache(TILES_KEPT)(self._authenticated)

    def node(self, level: int, index: int) -> bytes:
        """The root of the perfect subtree over the 2^level leaves from leaf index · 2^level.

        Raises ValueError where the tree has no such subtree.
        """
        if min(level, index) < 0 or (index + 1) << level > self.size:
            raise ValueError(f"{self.size} leaves have no subtree {index} at level {level}")
        tile_level, row = divmod(level, LEVEL_BITS)
        tile_index, first = divmod(index << row, TILE_WIDTH)
        return self._rows(tile_level, tile_index)[row][first >> row]

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """The leaf hashes from leaf `start` up to, not including, `stop`.

        Raises ValueError where the tree has not all of them.
        """
        if not 0 <= start <= stop <= self.size:
            raise ValueError(f"{self.size} leaves have no leaves {start} to {stop}")
        while start < stop:
            index, first = divmod(start, TILE_WIDTH)
            found = self._rows(0, index)[0][first : first + stop - start]
            yield from found
            start += len(found)

    def _authenticated(self, level: int, index: int) -> TileRows:
        """The rows of a tile, once it is known to hash to the root."""
        tile = tile_at(level, index, self.size)
        if tile.width < TILE_WIDTH:
            return self._right_edge[tile]
        stated = self.node((level + 1) * LEVEL_BITS, index)
        rows = self._read_rows(tile)
        if rows[LEVEL_BITS] != [stated]:
            leaf = self._first_disagreement([(tile, rows[0])])
            if leaf is None:
                leaf = tile.start
            detail = f"{tile.path} does not hash to the tree above it"
            raise Refused(Code.ENTRY_NOT_IN_TREE, detail, leaf)
        return rows

    @cached_property
    def _right_edge(self) -> dict[Tile, TileRows]:
        """The rows of the partial tiles, once they are known to make up the root."""
        edge = {tile: self._read_rows(tile) for tile in partial_tiles_of(self.size)}
        subtrees = [
            row[-1]  # of an odd row, the last is half of nothing in its tile
            for rows in edge.values()
            for row in reversed(rows)
            if len(row) & 1
        ]
        if CompactRange(self.size, subtrees).root() != self.root:
            leaf = self._first_disagreement([(tile, rows[0]) for tile, rows in edge.items()])
            detail = f"the partial tiles do not make up the root of {self.size} leaves"
            raise Refused(Code.ENTRY_NOT_IN_TREE, detail, leaf)
        return edge

    def _read_rows(self, tile: Tile) -> TileRows:
        data = self._read(tile)
        if len(data) != tile.width * HASH_BYTES:
            raise not_canonical(f"{tile.path} has {len(data)} bytes")
        rows = [hashes_in(data)]
        while len(rows[-1]) > 1:
            rows.append(nodes_over(rows[-1]))
        return rows

    def _first_disagreement(self, tiles: Iterable[tuple[Tile, list[bytes]]]) -> int | None:
        """The first leaf under a hash of these tiles that what lies beneath does not hash to.

        That something is wrong is known already. Where the layer beneath agrees, or cannot be
        read, it only stays open which leaf.
        """
        try:
            for tile, hashes in tiles:
                for number, hashed in enumerate(self._hashed_beneath(tile)):
                    if hashed != hashes[number]:
                        return tile.start + number * tile.span
        except Exception:  # noqa: BLE001 - whatever `read` raises, the finding stands
            return None
        return None

    def _hashed_beneath(self, tile: Tile) -> Iterator[bytes]:
        """What the hashes of a tile should be, by the entries or the tiles beneath it."""
        if not isinstance(tile.level, int) or tile.level == 0:
            bundle = self._read(Tile(ENTRIES, tile.index, tile.width))
            yield from leaves_of_bundle(bundle, tile.width)
            return
        first = tile.index * TILE_WIDTH
        for index in range(first, first + tile.width):
            rows = self._read_rows(Tile(tile.level - 1, index, TILE_WIDTH))
            yield rows[LEVEL_BITS][0]
