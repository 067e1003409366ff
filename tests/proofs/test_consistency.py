"""Consistency paths against the standard's own recursion, and every way to spoil one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.tree.consistency import consistency_path, verify_consistency
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT
from tests.proofs.rfc6962 import flipped, growth, spoiled, tree_of

TREE = tree_of(70_000)
BOUNDARIES = [1, 2, 254, 255, 256, 257, 258, 511, 512, 513, 514]
LONG = [1, 255, 256, 257, 65_534, 65_535, 65_536, 65_537, 65_538, 69_999, 70_000]


def refusal(  # noqa: PLR0917 - in the order of the function it calls
    old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]
) -> Code | None:
    try:
        verify_consistency(old, old_root, new, new_root, path)
    except Refused as refused:
        return refused.finding.code
    return None


@pytest.mark.parametrize(
    "sizes", [range(150), range(150, 220), range(220, 265), range(265, 301)]
)
def test_every_two_sizes_to_300_have_the_path_of_the_standard(sizes: range) -> None:
    for new in sizes:
        for old in range(1, new + 1):
            path = consistency_path(old, new, TREE.node)

            assert path == TREE.proof(old, new)
            assert refusal(old, TREE.root(old), new, TREE.root(new), path) is None


@pytest.mark.parametrize("sizes", [BOUNDARIES, LONG])
def test_paths_across_the_boundaries_of_tiles_are_those_of_the_standard(
    sizes: list[int],
) -> None:
    for old in sizes:
        for new in (size for size in sizes if size >= old):
            path = consistency_path(old, new, TREE.node)

            assert path == TREE.proof(old, new)
            verify_consistency(old, TREE.root(old), new, TREE.root(new), path)


def test_paths_join_the_roots_that_an_independent_program_gives() -> None:
    other = InmemoryTree(algorithm="sha256")
    for number in range(100):
        other.append_entry(b"entry %d" % number)
    roots = [other.get_root(size) for size in range(101)]

    for new in range(101):
        for old in range(new + 1):
            path = consistency_path(old, new, TREE.node)

            assert refusal(old, roots[old], new, roots[new], path) is None


@pytest.mark.parametrize("sizes", [range(1, 70), range(70, 101), BOUNDARIES, LONG])
def test_a_path_with_anything_changed_is_refused(sizes: range | list[int]) -> None:
    for new in sizes:
        for old in range(1, new) if isinstance(sizes, range) else sizes:
            if old >= new:
                continue
            old_root, new_root, path = TREE.root(old), TREE.root(new), TREE.proof(old, new)

            for bad in spoiled(path):
                assert refusal(old, old_root, new, new_root, bad) is Code.HISTORY_REWRITTEN
            for roots in [
                (flipped(old_root, 3), new_root),
                (old_root, flipped(new_root, 250)),
                (new_root, old_root),
            ]:
                found = refusal(old, roots[0], new, roots[1], path)
                assert found is Code.HISTORY_REWRITTEN


def test_another_size_is_refused_unless_the_path_is_put_together_in_the_same_way() -> None:
    """Sizes are signed with their roots: another size with the same root is nobody's claim."""
    claims = [(old, new) for new in range(2, 20) for old in range(1, new)]
    shape = {claim: growth(*claim) for claim in claims}
    shared = 0

    for old, new in claims:
        old_root, new_root, path = TREE.root(old), TREE.root(new), TREE.proof(old, new)
        for other_old, other_new in claims:
            same = shape[other_old, other_new] == shape[old, new]
            shared += same and (other_old, other_new) != (old, new)
            found = refusal(other_old, old_root, other_new, new_root, path)

            assert found is (None if same else Code.HISTORY_REWRITTEN)
    assert shared


@pytest.mark.parametrize("changed", range(5))
def test_a_history_with_one_entry_changed_does_not_continue_the_old_one(changed: int) -> None:
    leaves = TREE.leaves[:9]
    leaves[changed] = flipped(leaves[changed], 0)
    rewritten = type(TREE)(leaves)

    for path in (TREE.proof(5, 9), rewritten.proof(5, 9)):
        found = refusal(5, TREE.root(5), 9, rewritten.root(9), path)
        assert found is Code.HISTORY_REWRITTEN


def test_a_log_that_shrank_is_refused_as_that() -> None:
    for new in range(9):
        for old in range(new + 1, 10):
            for path in ([], TREE.proof(new, old) if new else []):
                found = refusal(old, TREE.root(old), new, TREE.root(new), path)
                assert found is Code.LOG_SHRANK
            with pytest.raises(ValueError, match="does not grow"):
                consistency_path(old, new, TREE.node)


@pytest.mark.parametrize("size", [0, 1, 2, 7, 8, 256])
def test_one_size_has_one_root_and_needs_no_path(size: int) -> None:
    root = TREE.root(size)

    assert consistency_path(size, size, TREE.node) == []
    assert refusal(size, root, size, root, []) is None
    assert refusal(size, root, size, flipped(root, 1), []) is Code.TWO_ROOTS
    assert refusal(size, flipped(root, 1), size, root, []) is Code.TWO_ROOTS
    assert refusal(size, root, size, root, [root]) is Code.NOT_CANONICAL


@pytest.mark.parametrize("size", [1, 2, 7, 256])
def test_every_log_begins_with_the_empty_one_and_with_no_other(size: int) -> None:
    root = TREE.root(size)

    assert consistency_path(0, size, TREE.node) == []
    assert refusal(0, EMPTY_ROOT, size, root, []) is None
    assert refusal(0, EMPTY_ROOT, size, root, [root]) is Code.NOT_CANONICAL
    assert refusal(0, root, size, root, []) is Code.TWO_ROOTS


def test_a_negative_size_is_refused() -> None:
    assert refusal(-1, EMPTY_ROOT, 0, EMPTY_ROOT, []) is Code.NOT_CANONICAL
    assert refusal(-2, EMPTY_ROOT, -1, EMPTY_ROOT, []) is Code.NOT_CANONICAL
    assert refusal(1, TREE.root(1), -1, EMPTY_ROOT, []) is Code.NOT_CANONICAL
    with pytest.raises(ValueError, match="does not grow"):
        consistency_path(-1, 3, TREE.node)


@pytest.mark.parametrize("hash_bytes", [0, 31, 33, 64])
def test_a_hash_that_is_not_32_bytes_is_refused_wherever_it_stands(hash_bytes: int) -> None:
    old_root, new_root, path = TREE.root(3), TREE.root(7), TREE.proof(3, 7)
    odd = bytes(hash_bytes)

    assert refusal(3, odd, 7, new_root, path) is Code.NOT_CANONICAL
    assert refusal(3, old_root, 7, odd, path) is Code.NOT_CANONICAL
    assert refusal(3, odd, 3, odd, []) is Code.NOT_CANONICAL
    for at in range(len(path)):
        bad = [*path[:at], odd, *path[at + 1 :]]
        assert refusal(3, old_root, 7, new_root, bad) is Code.NOT_CANONICAL


@given(
    st.integers(1, 2**70),
    st.integers(1, 2**70),
    st.lists(
        st.binary(min_size=30, max_size=33) | st.binary(min_size=32, max_size=32), max_size=80
    ),
)
def test_whatever_is_given_the_answer_is_a_refusal_and_nothing_else(
    old: int, grown_by: int, path: list[bytes]
) -> None:
    found = refusal(old, b"\x01" * 32, old + grown_by, b"\x02" * 32, path)

    assert found in {Code.HISTORY_REWRITTEN, Code.NOT_CANONICAL}
