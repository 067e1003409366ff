"""The row of perfect subtrees, against the standard's own definition of the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.tree.compact_range import CompactRange, root_over
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT
from tests.proofs.rfc6962 import tree_of

TREE = tree_of(70_000)
LEAVES = TREE.leaves


def test_without_leaves_it_is_the_empty_tree() -> None:
    empty = CompactRange()

    assert empty.root() == EMPTY_ROOT
    assert (empty.size, empty.hashes) == (0, ())


def test_every_size_to_600_has_the_root_of_the_standard_and_its_row() -> None:
    growing = CompactRange()

    for size in range(1, 601):
        growing.extend([LEAVES[size - 1]])
        row, start = [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                row.append(TREE.node(level, start >> level))
                start += 1 << level

        assert growing.size == size
        assert growing.hashes == tuple(row)
        assert growing.root() == TREE.root(size)


@pytest.mark.parametrize("size", [65_534, 65_535, 65_536, 65_537, 65_538, 70_000])
def test_a_long_log_has_the_root_of_the_standard(size: int) -> None:
    growing = CompactRange()
    growing.extend(LEAVES[:size])

    assert growing.root() == root_over(iter(LEAVES[:size])) == TREE.root(size)


@given(st.lists(st.integers(0, 200), max_size=5))
def test_however_leaves_arrive_and_wherever_it_was_stored_it_is_the_same(
    steps: list[int],
) -> None:
    growing = CompactRange()
    for step in steps:
        growing = CompactRange(growing.size, growing.hashes)
        growing.extend(iter(LEAVES[growing.size : growing.size + step]))

    assert growing.size == sum(steps)
    assert growing.root() == TREE.root(sum(steps))


@pytest.mark.parametrize("hash_bytes", [0, 31, 33])
def test_a_leaf_of_another_length_is_refused_and_nothing_is_added(hash_bytes: int) -> None:
    growing = CompactRange()
    growing.extend(LEAVES[:3])

    with pytest.raises(ValueError, match=f"32 bytes, not {hash_bytes}$"):
        growing.extend([*LEAVES[3:6], bytes(hash_bytes)])
    assert (growing.size, growing.root()) == (3, TREE.root(3))


@pytest.mark.parametrize(
    ("size", "hashes"),
    [
        (0, LEAVES[:1]),
        (1, []),
        (1, LEAVES[:2]),
        (3, LEAVES[:1]),
        (4, LEAVES[:3]),
        (-1, LEAVES[:1]),
        (1, [LEAVES[0][:31]]),
        (3, [LEAVES[0], LEAVES[1] + b"\0"]),
    ],
)
def test_a_row_that_does_not_fit_its_size_is_refused(size: int, hashes: list[bytes]) -> None:
    with pytest.raises(ValueError, match="row"):
        CompactRange(size, hashes)


def test_what_was_handed_out_does_not_change_with_later_leaves() -> None:
    growing = CompactRange(3, [TREE.node(1, 0), LEAVES[2]])
    before = growing.hashes
    growing.extend([LEAVES[3]])

    assert before == (TREE.node(1, 0), LEAVES[2])
    assert growing.hashes == (TREE.node(2, 0),)
