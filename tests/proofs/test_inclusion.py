"""Inclusion paths against the standard's own recursion, and every way to spoil one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.tree.inclusion import (
    inclusion_path,
    root_from_inclusion,
    verify_inclusion,
)
from tests.proofs.rfc6962 import flipped, sides, spoiled, tree_of

TREE = tree_of(70_000)
BOUNDARIES = [254, 255, 256, 257, 258, 511, 512, 513, 514]
LONG = [65_534, 65_535, 65_536, 65_537, 65_538, 70_000]


def refusal(  # noqa: PLR0917 - in the order of the function it calls
    leaf: bytes, index: int, size: int, path: list[bytes], root: bytes
) -> Code | None:
    """What is found, if anything; a finding about the entry names its index."""
    try:
        verify_inclusion(leaf, index, size, path, root)
    except Refused as refused:
        finding = refused.finding
    else:
        return None
    assert finding.index == (index if finding.code is Code.ENTRY_NOT_IN_TREE else None)
    return finding.code


def some_indexes(size: int) -> list[int]:
    """The ends, the middle and both sides of every place where a tile or a subtree ends."""
    near = {
        place + by for place in (0, 256, 512, 65_536, size // 2, size) for by in (-2, -1, 0, 1)
    }
    return sorted(index for index in near if 0 <= index < size)


@pytest.mark.parametrize(
    "sizes", [range(150), range(150, 220), range(220, 265), range(265, 301)]
)
def test_every_leaf_of_every_size_to_300_has_the_path_of_the_standard(sizes: range) -> None:
    for size in sizes:
        root = TREE.root(size)
        for index in range(size):
            path = inclusion_path(index, size, TREE.node)

            assert path == TREE.path(index, size)
            assert root_from_inclusion(TREE.leaves[index], index, size, path) == root


@pytest.mark.parametrize("size", [*BOUNDARIES, *LONG])
def test_paths_across_the_boundaries_of_tiles_are_those_of_the_standard(size: int) -> None:
    for index in some_indexes(size):
        path = inclusion_path(index, size, TREE.node)

        assert path == TREE.path(index, size)
        verify_inclusion(TREE.leaves[index], index, size, path, TREE.root(size))


def test_an_independent_program_gives_the_same_paths() -> None:
    other = InmemoryTree(algorithm="sha256")
    for number in range(130):
        other.append_entry(b"entry %d" % number)

    for size in range(1, 131):
        for index in {0, size // 3, size // 2, size - 1}:
            leaf, *path = other.prove_inclusion(index + 1, size).path

            assert leaf == TREE.leaves[index]
            assert path == inclusion_path(index, size, TREE.node)


@pytest.mark.parametrize("sizes", [range(1, 90), range(90, 131), BOUNDARIES, LONG])
def test_a_path_with_anything_changed_is_refused_and_the_leaf_is_named(
    sizes: range | list[int],
) -> None:
    for size in sizes:
        root = TREE.root(size)
        for index in range(size) if size <= 130 else some_indexes(size):
            leaf, path = TREE.leaves[index], TREE.path(index, size)

            for bad in spoiled(path):
                assert refusal(leaf, index, size, bad, root) is Code.ENTRY_NOT_IN_TREE
            assert refusal(flipped(leaf, 9), index, size, path, root) is Code.ENTRY_NOT_IN_TREE
            assert (
                refusal(leaf, index, size, path, flipped(root, 255)) is Code.ENTRY_NOT_IN_TREE
            )


def test_another_index_or_size_is_refused_unless_the_same_hashes_stand_on_the_same_sides() -> (
    None
):
    """Which happens: leaf 1 of 2 would pass for leaf 2 of 3, if those had the same root.

    The size is signed with the root, so a size that is not the root's own is nobody's claim.
    """
    claims = [(index, size) for size in range(1, 24) for index in range(size)]
    shape = {claim: sides(*claim) for claim in claims}
    shared = 0

    for index, size in claims:
        leaf, path, root = TREE.leaves[index], TREE.path(index, size), TREE.root(size)
        for claim in claims:
            same = shape[claim] == shape[index, size]
            shared += same and claim != (index, size)

            assert (refusal(leaf, *claim, path, root) is None) == same
    assert shared


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 70_000])
def test_in_the_same_tree_a_path_proves_nothing_for_the_leaf_beside(size: int) -> None:
    for index in some_indexes(size):
        leaf, path, root = TREE.leaves[index], TREE.path(index, size), TREE.root(size)

        for other in (index - 1, index + 1):
            expected = Code.ENTRY_NOT_IN_TREE if 0 <= other < size else Code.NOT_CANONICAL
            assert refusal(leaf, other, size, path, root) is expected


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (5, 5), (-1, 5), (2**64, 5), (0, -1)]
)
def test_a_leaf_that_the_tree_cannot_have_is_refused(index: int, size: int) -> None:
    assert refusal(bytes(32), index, size, [], bytes(32)) is Code.NOT_CANONICAL
    with pytest.raises(ValueError, match=f"no leaf {index}"):
        inclusion_path(index, size, TREE.node)


@pytest.mark.parametrize("hash_bytes", [0, 31, 33, 64])
def test_a_hash_that_is_not_32_bytes_is_refused_wherever_it_stands(hash_bytes: int) -> None:
    leaf, path, root, odd = TREE.leaves[4], TREE.path(4, 7), TREE.root(7), bytes(hash_bytes)

    assert refusal(odd, 4, 7, path, root) is Code.NOT_CANONICAL
    assert refusal(leaf, 4, 7, path, odd) is Code.NOT_CANONICAL
    for at in range(len(path)):
        bad = [*path[:at], odd, *path[at + 1 :]]
        assert refusal(leaf, 4, 7, bad, root) is Code.NOT_CANONICAL


def test_two_hashes_cut_elsewhere_are_not_the_same_path() -> None:
    # Side by side, 31 + 33 bytes hash like 32 + 32.
    leaf, (beside,) = TREE.leaves[0], TREE.path(0, 2)

    assert refusal(leaf[:31], 0, 2, [leaf[31:] + beside], TREE.root(2)) is Code.NOT_CANONICAL


@given(
    st.binary(max_size=40),
    st.integers(-2, 2**70),
    st.integers(-2, 2**70),
    st.lists(
        st.binary(min_size=30, max_size=33) | st.binary(min_size=32, max_size=32), max_size=80
    ),
)
def test_whatever_is_given_the_answer_is_a_refusal_and_nothing_else(
    leaf: bytes, index: int, size: int, path: list[bytes]
) -> None:
    assert refusal(leaf, index, size, path, bytes(32)) is not None
