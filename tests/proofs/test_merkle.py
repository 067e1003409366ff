"""The tree against published constants and somebody else's program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from svx_ledger.proofs.tree import merkle
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT, entry_of, leaf_hash, node_hash, root

ENTRIES = [b"entry %d" % number for number in range(300)]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"L123456", "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"),
    ],
)
def test_a_leaf_hashes_to_the_published_constant(entry: bytes, expected: str) -> None:
    assert expected == leaf_hash(entry).hex()


def test_a_node_hashes_to_the_published_constant() -> None:
    # The published example joins labels of four bytes, which the public function refuses.
    expected = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"

    assert expected == merkle._node(b"N123", b"N456").hex()


def test_an_empty_log_has_the_hash_of_nothing_as_its_root() -> None:
    expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert expected == EMPTY_ROOT.hex()
    assert expected == root([]).hex()


def test_an_entry_is_one_printable_hash_of_the_record() -> None:
    expected = (
        b"svx-entry/1\n9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n"
    )

    assert expected == entry_of(b"test")


@pytest.mark.parametrize("bytes_", [0, 31, 33, 64])
def test_a_hash_that_is_not_32_bytes_is_refused(bytes_: int) -> None:
    good, bad = bytes(32), bytes(bytes_)

    for left, right in [(good, bad), (bad, good)]:
        with pytest.raises(ValueError, match=f"this one has {bytes_}"):
            node_hash(left, right)
    for leaves in [[bad], [good, bad], [good, good, bad]]:
        with pytest.raises(ValueError, match=f"this one has {bytes_}"):
            root(leaves)


def test_every_size_to_300_has_the_root_of_an_independent_program() -> None:
    other = InmemoryTree(algorithm="sha256")
    hashes = [leaf_hash(entry) for entry in ENTRIES]
    assert other.get_root() == root([])

    for size, entry in enumerate(ENTRIES, start=1):
        other.append_entry(entry)

        assert other.get_root() == root(hashes[:size]), size


def test_a_log_may_be_read_once_as_it_streams_by() -> None:
    hashes = [leaf_hash(entry) for entry in ENTRIES]

    assert root(hashes) == root(iter(hashes))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.data())
def test_a_flipped_bit_changes_the_root(entries: list[bytes], data: st.DataObject) -> None:
    hashes = [leaf_hash(entry) for entry in entries]
    index = data.draw(st.integers(0, len(hashes) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(hashes[index]) ^ (1 << bit)).to_bytes(32)

    assert root(hashes) != root([*hashes[:index], flipped, *hashes[index + 1 :]])


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=40, unique=True), st.data())
def test_order_and_size_change_the_root(entries: list[bytes], data: st.DataObject) -> None:
    hashes = [leaf_hash(entry) for entry in entries]
    other_order = data.draw(st.permutations(hashes).filter(lambda order: order != hashes))

    assert root(hashes) != root(other_order)
    assert root(hashes) != root(hashes[:-1])
    assert root(hashes) != root([*hashes, hashes[-1]])


def test_a_node_is_never_taken_for_a_leaf() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")

    assert node_hash(left, right) != leaf_hash(left + right)
