"""The tree against published constants and somebody else's program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from svx_ledger.proofs.tree.compact_range import CompactRange
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT, entry_of, leaf_hash, node_hash

from .rfc6962 import root

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


def test_an_empty_log_has_the_hash_of_nothing_as_its_root() -> None:
    expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert expected == EMPTY_ROOT.hex()
    assert expected == CompactRange().root().hex()


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


def test_every_size_to_300_has_the_root_of_an_independent_program() -> None:
    other = InmemoryTree(algorithm="sha256")
    growing = CompactRange()
    hashes = [leaf_hash(entry) for entry in ENTRIES]
    assert other.get_root() == growing.root()

    for size, entry in enumerate(ENTRIES, start=1):
        other.append_entry(entry)
        growing.extend([leaf_hash(entry)])

        assert other.get_root() == growing.root() == root(hashes[:size]), size


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.data())
def test_a_flipped_bit_changes_the_root(entries: list[bytes], data: st.DataObject) -> None:
    hashes = [leaf_hash(entry) for entry in entries]
    index = data.draw(st.integers(0, len(hashes) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(hashes[index]) ^ (1 << bit)).to_bytes(32)
    honest, spoilt = CompactRange(), CompactRange()
    honest.extend(hashes)
    spoilt.extend([*hashes[:index], flipped, *hashes[index + 1 :]])

    assert honest.root() != spoilt.root()
