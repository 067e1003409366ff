"""A tree read from tiles that nobody vouches for: one bit anywhere is found, and where."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256

import pytest

from svx_ledger.proofs.finding import Code, Finding, Refused
from svx_ledger.proofs.tree.consistency import consistency_path
from svx_ledger.proofs.tree.inclusion import inclusion_path
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT
from svx_ledger.proofs.tree.tiled_tree import TiledTree
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile, tiles_between
from tests.proofs.rfc6962 import flipped, tree_of

TREE = tree_of(70_000)
Read = Callable[[Tile], bytes]


@cache
def log_of(size: int) -> Mapping[Tile, bytes]:
    """All tiles and entry bundles, straight from the standard's definition of their hashes."""
    log: dict[Tile, bytes] = {}
    for level in range(3):
        hashes = size // 256**level
        for first in range(0, hashes, 256):
            spans = [256**level * number for number in range(first, min(first + 256, hashes))]
            tile = Tile(level, first // 256, len(spans))
            log[tile] = b"".join(TREE.mth(start, start + 256**level) for start in spans)
    for first in range(0, size, 256):
        entries = [b"entry %d" % number for number in range(first, min(first + 256, size))]
        bundle = b"".join(len(entry).to_bytes(2) + entry for entry in entries)
        log[Tile(ENTRIES, first // 256, len(entries))] = bundle
    return log


def reading(log: Mapping[Tile, bytes]) -> Read:
    return lambda tile: log[tile]


def opened(size: int, changed: Mapping[Tile, bytes] | None = None) -> TiledTree:
    """The tree of the log, in which some tiles were changed."""
    log = {**log_of(size), **(changed or {})}
    return TiledTree(size, TREE.root(size), reading(log))


def found(tree: TiledTree, tile: Tile) -> Finding:
    """How the tree refuses to use that tile."""
    assert isinstance(tile.level, int)
    with pytest.raises(Refused) as refused:
        tree.node(8 * tile.level, 256 * tile.index)
    return refused.value.finding


def test_the_tiles_here_are_those_that_a_log_has() -> None:
    for size in (0, 21, 256, 259, 70_000):
        hash_tiles = {tile for tile in log_of(size) if tile.level != ENTRIES}

        assert hash_tiles == set(tiles_between(0, size))
        assert all(len(log_of(size)[tile]) == 32 * tile.width for tile in hash_tiles)


@pytest.mark.parametrize("size", [1, 2, 3, 21, 255, 256, 257, 259, 511, 512, 513])
def test_every_node_of_a_tree_is_that_of_the_standard(size: int) -> None:
    tree = opened(size)

    for level in range(size.bit_length()):
        for index in range(size >> level):
            assert tree.node(level, index) == TREE.node(level, index)
    assert list(tree.leaves(0, size)) == TREE.leaves[:size]


@pytest.mark.parametrize("size", [65_534, 65_535, 65_536, 65_537, 65_538, 70_000])
def test_paths_from_tiles_are_those_of_the_standard(size: int) -> None:
    tree = opened(size)

    for index in (0, 255, 256, 65_279, 65_280, size // 2, size - 1):
        assert inclusion_path(index, size, tree.node) == TREE.path(index, size)
    for old in (1, 255, 256, 257, 65_280, 65_533, size - 1, size):
        assert consistency_path(old, size, tree.node) == TREE.proof(old, size)


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 0), (0, 1), (255, 257), (3, 700), (69_800, 70_000), (70_000, 70_000)],
)
def test_leaves_come_in_log_order_from_any_to_any(start: int, stop: int) -> None:
    assert list(opened(70_000).leaves(start, stop)) == TREE.leaves[start:stop]


@pytest.mark.parametrize("bit", range(8))
def test_each_bit_of_a_small_log_is_refused_and_its_leaf_named(bit: int) -> None:
    (tile,) = tiles_between(0, 21)
    content = log_of(21)[tile]

    for at in range(len(content)):
        tree = opened(21, {tile: flipped(content, 8 * at + bit)})
        finding = found(tree, tile)

        assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, at // 32)


@pytest.mark.parametrize("tile", [*tiles_between(0, 259)], ids=lambda tile: str(tile.path))
def test_a_bit_of_each_hash_in_tiles_of_two_levels_is_refused_and_its_leaf_named(
    tile: Tile,
) -> None:
    content = log_of(259)[tile]

    for number in range(tile.width):
        tree = opened(259, {tile: flipped(content, 256 * number + 7 * number % 256)})
        finding = found(tree, tile)

        assert finding.code is Code.ENTRY_NOT_IN_TREE
        assert finding.index == tile.start + number * tile.span


@pytest.mark.parametrize(("level", "samples"), [(0, 2), (1, 20), (2, 20)])
def test_a_bit_in_any_tile_of_a_long_log_is_refused_and_its_leaf_named(
    level: int, samples: int
) -> None:
    random_bits = random.Random(level)

    for tile in (tile for tile in tiles_between(0, 70_000) if tile.level == level):
        content = log_of(70_000)[tile]
        last = 8 * len(content) - 1
        for bit in {0, last, *(random_bits.randint(0, last) for _ in range(samples))}:
            finding = found(opened(70_000, {tile: flipped(content, bit)}), tile)

            assert finding.code is Code.ENTRY_NOT_IN_TREE
            assert finding.index == tile.start + bit // 256 * tile.span


def test_nothing_of_a_log_is_given_out_when_its_edge_is_wrong() -> None:
    for tile in (Tile(2, 0, 1), Tile(1, 1, 17), Tile(0, 273, 112)):
        tree = opened(70_000, {tile: flipped(log_of(70_000)[tile], 8)})

        with pytest.raises(Refused):
            tree.node(0, 0)
        with pytest.raises(Refused):
            next(tree.leaves(65_536, 65_537))


def test_leaves_before_a_bad_tile_are_given_out_and_then_it_is_refused() -> None:
    bad = Tile(0, 2, 256)
    leaves = opened(70_000, {bad: flipped(log_of(70_000)[bad], 256 * 9)}).leaves(500, 600)

    assert [next(leaves) for _ in range(12)] == TREE.leaves[500:512]
    with pytest.raises(Refused) as refused:
        next(leaves)
    assert refused.value.finding.index == 512 + 9


def without_bundles(tree: TiledTree) -> TiledTree:
    """The same, from somebody who has the tiles but no entries."""
    inner = tree._read

    def read(tile: Tile) -> bytes:
        if tile.level == ENTRIES:
            raise OSError(tile.path)
        return inner(tile)

    return TiledTree(tree.size, tree.root, read)


def test_without_entries_the_first_leaf_of_a_full_tile_is_named_and_of_the_edge_none() -> None:
    full, edge = Tile(0, 200, 256), Tile(0, 273, 112)
    of_full = opened(70_000, {full: flipped(log_of(70_000)[full], 256 * 77)})
    of_edge = opened(70_000, {edge: flipped(log_of(70_000)[edge], 256 * 77)})

    assert found(without_bundles(of_full), full).index == 256 * 200
    assert found(without_bundles(of_edge), edge).index is None
    assert found(without_bundles(of_edge), edge).code is Code.ENTRY_NOT_IN_TREE


def test_a_tile_changed_together_with_its_entry_is_refused_at_the_first_leaf_it_covers() -> (
    None
):
    tile, bundle = Tile(0, 3, 256), Tile(ENTRIES, 3, 256)
    entries = log_of(70_000)[bundle].replace(b"entry 777", b"entry 776")
    hashes = log_of(70_000)[tile].replace(TREE.leaves[777], TREE.leaves[776])
    finding = found(opened(70_000, {tile: hashes, bundle: entries}), tile)

    assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, 768)


def test_a_whole_log_rehashed_over_a_changed_entry_does_not_have_the_signed_root() -> None:
    leaves = TREE.leaves[:259]
    leaves[5] = sha256(b"\x00another").digest()
    rewritten = type(TREE)(leaves)
    changed = {
        Tile(0, 0, 256): b"".join(leaves[:256]),
        Tile(1, 0, 1): rewritten.node(8, 0),
    }
    finding = found(opened(259, changed), Tile(0, 0, 256))

    assert finding.code is Code.ENTRY_NOT_IN_TREE
    assert finding.index is None


def test_another_tile_of_the_same_log_does_not_pass_for_the_one_asked() -> None:
    tile = Tile(0, 4, 256)
    finding = found(opened(70_000, {tile: log_of(70_000)[Tile(0, 5, 256)]}), tile)

    assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, 4 * 256)


@pytest.mark.parametrize("tile", [Tile(0, 0, 256), Tile(0, 273, 112), Tile(1, 0, 256)])
def test_a_tile_of_another_length_is_refused(tile: Tile) -> None:
    content = log_of(70_000)[tile]

    for bad in (b"", content[:-32], content[:-1], content + b"\0", content + content[:32]):
        assert found(opened(70_000, {tile: bad}), tile).code is Code.NOT_CANONICAL


@pytest.mark.parametrize("tile", [Tile(0, 0, 256), Tile(0, 273, 112), Tile(1, 0, 256)])
def test_what_the_reader_raises_for_a_missing_tile_is_passed_on(tile: Tile) -> None:
    log = {each: data for each, data in log_of(70_000).items() if each != tile}
    tree = TiledTree(70_000, TREE.root(70_000), reading(log))

    with pytest.raises(KeyError):
        tree.node(0, tile.start)


@pytest.mark.parametrize("size", [69_999, 70_000])
def test_the_tiles_of_one_log_do_not_have_the_root_of_another(size: int) -> None:
    for other in (TREE.root(70_000 - 1), flipped(TREE.root(size), 0), EMPTY_ROOT):
        if other != TREE.root(size):
            tree = TiledTree(size, other, reading(log_of(size)))
            assert found(tree, Tile(0, 0, 256)).code is Code.ENTRY_NOT_IN_TREE


def test_reading_all_leaves_reads_each_tile_once_and_no_entries() -> None:
    reads: Counter[Tile] = Counter()

    def read(tile: Tile) -> bytes:
        reads[tile] += 1
        return log_of(70_000)[tile]

    tree = TiledTree(70_000, TREE.root(70_000), read)
    assert not reads

    assert list(tree.leaves(0, 70_000)) == TREE.leaves
    assert reads == Counter(tiles_between(0, 70_000))


def test_the_empty_log_has_nothing_to_read_and_one_root() -> None:
    empty = TiledTree(0, EMPTY_ROOT, reading({}))

    assert list(empty.leaves(0, 0)) == []
    with pytest.raises(Refused) as refused:
        TiledTree(0, bytes(32), reading({}))
    assert refused.value.finding.code is Code.TWO_ROOTS


def test_a_root_that_is_no_hash_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        TiledTree(1, bytes(31), reading({}))

    assert refused.value.finding.code is Code.NOT_CANONICAL


def test_what_the_tree_has_not_cannot_be_asked_for() -> None:
    tree = opened(259)

    for level, index in [(0, 259), (0, -1), (-1, 0), (1, 129), (8, 1), (9, 0), (64, 0)]:
        with pytest.raises(ValueError, match="no subtree"):
            tree.node(level, index)
    for start, stop in [(-1, 3), (4, 3), (0, 260)]:
        with pytest.raises(ValueError, match="no leaves"):
            list(tree.leaves(start, stop))
