"""The pieces a log's tree is published in: C2SP tlog-tiles v0.1.0.

A hash tile holds up to 256 hashes side by side; above level 0, each is the root of a full tile
one level down. The last tile of a level may be partial, and is then never hashed upward. An
entry bundle holds the entries whose hashes the tile of level 0 with the same index has.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from svx_ledger.proofs.finding import not_canonical

TILE_WIDTH: Final = 256
ENTRIES: Final = "entries"
"""Stands for the level in the name of an entry bundle."""

LEVEL_BITS: Final = 8
"""One level of tiles spans so many levels of the tree: 2^8 is the width of a tile."""

_TILE_PATH: Final = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})"
    r"/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"  # fewer than 2^63 leaves, so 2^55 tiles
    r"(?:\.p/(?P<width>[0-9]{1,3}))?"
)


class Tile(NamedTuple):
    """One tile; `index` counts those of a level from 0, `width` how much is in it: 1 to 256."""

    level: int | Literal["entries"]
    index: int  # type: ignore[assignment]  # hides a method of tuples that no tile needs
    width: int

    @property
    def span(self) -> int:
        """How many leaves are under each hash; an entry is under itself."""
        return 1 if self.level == ENTRIES else 1 << LEVEL_BITS * self.level

    @property
    def start(self) -> int:
        """The index of the first leaf that the tile covers."""
        return self.index * TILE_WIDTH * self.span

    @property
    def path(self) -> str:
        """Its name below the log's address: `tile/0/x001/x234/067`, partial `….p/17`."""
        *higher, last = f"{self.index:,}".split(",")
        groups = [*(f"x{group:0>3}" for group in higher), f"{last:0>3}"]
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"


def parse_tile_path(text: str) -> Tile:
    """The tile of that name; raises Refused (SVX301) for all that `Tile.path` never gives.

    Levels go to 63 and partial widths from 1 to 255, each without leading zeros.
    """
    match = _TILE_PATH.fullmatch(text)
    if match is None:
        raise not_canonical("not the path of a tile")
    level, index, width = match["level"], match["index"], match["width"] or TILE_WIDTH
    tile = Tile(
        level=ENTRIES if level == ENTRIES else int(level),
        index=int(index.replace("x", "").replace("/", "")),
        width=int(width),
    )
    too_high = tile.level != ENTRIES and tile.level > 63
    if tile.path != text or too_high or not 0 < tile.width <= TILE_WIDTH:
        raise not_canonical("not the path of a tile as it is written")
    return tile


def tile_at(level: int, index: int, size: int) -> Tile:
    """The hash tile with this index, as a tree of `size` leaves has it: full or partial.

    Raises ValueError where that tree has none.
    """
    if min(level, index) >= 0:
        width = (size >> LEVEL_BITS * level) - index * TILE_WIDTH
        if width > 0:
            return Tile(level, index, min(width, TILE_WIDTH))
    raise ValueError(f"a tree of {size} leaves has no tile {index} at level {level}")


def partial_tiles_of(size: int) -> list[Tile]:
    """The partial hash tiles, the highest first: one for each base-256 digit of `size` but 0.

    Their hashes, and nothing else, are needed for the root of the tree.
    """
    levels = reversed(range(-(-size.bit_length() // LEVEL_BITS)))
    digits = ((level, divmod(size >> LEVEL_BITS * level, TILE_WIDTH)) for level in levels)
    return [Tile(level, index, width) for level, (index, width) in digits if width]


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The hash tiles of the tree of `new` leaves that the tree of `old` leaves has not.

    From the leaves up, from left to right. A tile that became wider is another tile. Raises
    ValueError where the tree shrinks.
    """
    _require_growth(old, new)
    level = 0
    while new:
        yield from _added(level, old, new)
        level, old, new = level + 1, old >> LEVEL_BITS, new >> LEVEL_BITS


def entry_tiles_of(size: int) -> Iterator[Tile]:
    """All entry bundles of a log of `size` entries, from left to right."""
    return entry_tiles_between(0, size)


def entry_tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The entry bundles of the log of `new` entries that the log of `old` entries has not."""
    _require_growth(old, new)
    return _added(ENTRIES, old, new)


def _added(level: int | Literal["entries"], old: int, new: int) -> Iterator[Tile]:
    """The tiles of a level that changed when its hashes went from `old` to `new` in number."""
    if old == new:
        return
    for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
        yield Tile(level, index, min(new - index * TILE_WIDTH, TILE_WIDTH))


def _require_growth(old: int, new: int) -> None:
    if not 0 <= old <= new:
        raise ValueError(f"a log of {old} entries does not grow to {new}")
