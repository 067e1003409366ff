"""The whole tree, built again from the entries and compared with all that was published.

Every entry is hashed, every hash tile is compared byte for byte with what lies beneath it, and
the root with the signed one. It takes the log once, from left to right, and keeps one tile of
each level. Several processes may each take a span of the log: the leaves under one full tile of
level 1.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from svx_ledger.proofs.files.published_log import PublishedLog
from svx_ledger.proofs.finding import Code, Finding, Refused, not_canonical
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.tree.compact_range import CompactRange
from svx_ledger.proofs.tree.merkle import HASH_BYTES
from svx_ledger.proofs.tree.tile_hashing import leaves_of_bundle, root_of_full
from svx_ledger.proofs.tree.tiles import ENTRIES, TILE_WIDTH, Tile, entry_tiles_between, tile_at

from .processes import in_processes

SPAN: Final = TILE_WIDTH * TILE_WIDTH
"""The leaves that one process takes at a time."""

SPANS_WORTH_IT: Final = 4
"""From so many on, several processes are faster: each takes as long to start as a span."""

_SPAN_LEVELS: Final = 2
_ALL_LEVELS: Final = 8


def rebuild(log: PublishedLog, head: Checkpoint, processes: int = 1) -> Iterator[int]:
    """Check all entries and tiles under a head; say now and then how many leaves are done.

    With more than one process, `log` must be one that can be pickled. Raises Refused: SVX101
    naming the first leaf under which the tree differs, without one where all agrees but the
    root; SVX301 for what has another form, SVX401 for what is kept back.
    """
    rebuilding = _Rebuilding(log, head.size)
    spans = head.size // SPAN
    if processes < 2 or spans < SPANS_WORTH_IT:
        spans = 0
    if spans:
        for index, root in enumerate(_roots_of_spans(log, head.size, spans, processes)):
            rebuilding.push(_SPAN_LEVELS, index, root)
            yield (index + 1) * SPAN
    for bundle in entry_tiles_between(spans * SPAN, head.size):
        rebuilding.take(bundle)
        yield bundle.start + bundle.width
    if rebuilding.root() != head.root:
        detail = "entries and tiles agree with each other, and not with the signed root"
        raise Refused(Code.ENTRY_NOT_IN_TREE, detail)


def _roots_of_spans(
    log: PublishedLog, size: int, spans: int, processes: int
) -> Iterator[bytes]:
    """The root over each full span, in their order. Raises Refused for the first bad one."""
    work = partial(_root_of_span, log, size)
    for root in in_processes(processes, work, range(spans)):
        if isinstance(root, Finding):
            raise Refused(root.code, root.detail, root.index)
        yield root


def _root_of_span(log: PublishedLog, size: int, index: int) -> bytes | Finding:
    """Check one span, in a process of its own: an exception would not come through whole."""
    span = _Rebuilding(log, size, _SPAN_LEVELS)
    first = index * TILE_WIDTH
    try:
        for number in range(first, first + TILE_WIDTH):
            span.take(Tile(ENTRIES, number, TILE_WIDTH))
    except Refused as refused:
        return refused.finding
    return span.top


class _Rebuilding:
    """The tree as far as it was rebuilt, as the last tile of each of its lowest levels."""

    def __init__(self, log: PublishedLog, size: int, levels: int = _ALL_LEVELS) -> None:
        self._log = log
        self._size = size
        self._rows: list[list[bytes]] = [[] for _ in range(levels)]
        """For each level of tiles, the hashes of its last tile so far: the leaves first."""
        self._stated = [b""] * levels
        """What the published tiles say in the same places, and further on."""
        self.top = b""
        """The root over the last full tile of the highest level."""

    def take(self, bundle: Tile) -> None:
        """Hash the next entries and compare what that makes complete."""
        leaves = leaves_of_bundle(self._log.tile(bundle), bundle.width)
        self._begin(0, bundle.index)
        self._compare(bundle._replace(level=0), leaves)
        self._complete(0, bundle.index, leaves)

    def push(self, level: int, index: int, digest: bytes) -> None:
        """Compare the next hash of a level, and what that makes complete."""
        if level == len(self._rows):
            self.top = digest
            return
        tile, number = divmod(index, TILE_WIDTH)
        if number == 0:
            self._begin(level, tile)
        row = self._rows[level]
        row.append(digest)
        self._compare(tile_at(level, tile, self._size), row[-1:], number)
        self._complete(level, tile, row)

    def root(self) -> bytes:
        """The root over all that was taken."""
        subtrees: list[bytes] = []
        for hashes in reversed(self._rows):
            row = CompactRange()
            row.extend(hashes)
            subtrees += row.hashes
        return CompactRange(self._size, subtrees).root()

    def _begin(self, level: int, index: int) -> None:
        """Read the tile that the next hashes of a level belong in."""
        tile = tile_at(level, index, self._size)
        self._stated[level] = self._log.tile(tile)
        if len(self._stated[level]) != tile.width * HASH_BYTES:
            raise not_canonical(f"{tile.path} has not {tile.width} hashes")

    def _complete(self, level: int, index: int, hashes: list[bytes]) -> None:
        """Keep the hashes of a level's last tile; a full one becomes one hash of the next."""
        full = len(hashes) == TILE_WIDTH
        self._rows[level] = [] if full else hashes
        if full:
            self.push(level + 1, index, root_of_full(hashes))

    def _compare(self, tile: Tile, hashes: list[bytes], first: int = 0) -> None:
        """Hold rebuilt hashes to those that the tile states from its hash `first` on."""
        assert isinstance(tile.level, int)
        stated = self._stated[tile.level]
        rebuilt = b"".join(hashes)
        at = first * HASH_BYTES
        if stated[at : at + len(rebuilt)] == rebuilt:
            return
        for number, digest in enumerate(hashes, start=first):
            said = stated[number * HASH_BYTES : (number + 1) * HASH_BYTES]
            if said != digest:
                beneath = "its entry" if tile.level == 0 else "what lies beneath"
                detail = (
                    f"{tile.path} has {said.hex()} as hash {number}, {beneath} hashes to "
                    f"{digest.hex()}"
                )
                raise Refused(Code.ENTRY_NOT_IN_TREE, detail, tile.start + number * tile.span)
