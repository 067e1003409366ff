"""The right edge of a tree gives, however it grew, the tiles and the root that the tree has."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.proofs.tree.compact_range import CompactRange
from svx_ledger.proofs.tree.tile_hashing import leaves_of_digests
from svx_ledger.publishing.state.rows import DIGESTS, NO_TREE, StoredTile, TreeHead
from svx_ledger.publishing.tree.edge import Edge

from .setting import naive_files, naive_root, records

MOST = 70_000
"""Records, so that there is a tile at the third level."""

DIGEST_LIST = [sha256(b"%d" % n).digest() for n in range(MOST)]


@given(st.lists(st.integers(0, 700), max_size=6))
def test_however_it_grows_it_gives_the_same_tiles_and_root(parts: list[int]) -> None:
    rows = records(sum(parts))
    digests = [sha256(row.record).digest() for row in rows]
    stored: dict[tuple[int, int], StoredTile] = {}

    def tile(level: int, number: int) -> bytes:
        return stored[level, number].hashes

    head = NO_TREE
    for part in parts:
        edge = Edge(head, tile)
        edge.take(digests[edge.size : edge.size + part])
        stored |= edge.changed
        head = edge.head()

        assert head.size == edge.size
        assert head.root == naive_root(rows, head.size)
    assert b"".join(stored[at].hashes for at in sorted(stored) if at[0] == DIGESTS) == b"".join(
        digests
    )
    expected = {
        name: data
        for name, data in naive_files(rows, sum(parts)).items()
        if "entries" not in name
    }
    assert sorted(one.hashes for at, one in stored.items() if at[0] != DIGESTS) == sorted(
        expected.values()
    )


@settings(max_examples=5)
@given(st.integers(65_000, MOST))
def test_a_large_tree_has_the_root_that_its_leaves_lead_to(size: int) -> None:
    edge = Edge(NO_TREE, lambda *_: b"")
    edge.take(DIGEST_LIST[:size])
    row = CompactRange()
    row.extend(leaves_of_digests(DIGEST_LIST[:size]))

    assert edge.head() == TreeHead(size, row.root(), b"".join(row.hashes))
