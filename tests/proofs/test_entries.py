"""Bundles of entries, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.tree.entries import pack_entries, unpack_entries
from svx_ledger.proofs.tree.merkle import entry_of


def refused_bundle(data: bytes, width: int) -> bool:
    try:
        unpack_entries(data, width)
    except Refused as refused:
        code = refused.finding.code
    else:
        return False
    assert code is Code.NOT_CANONICAL
    return True


def test_each_entry_stands_behind_its_length_the_higher_byte_first() -> None:
    long = b"x" * 0x1234

    assert pack_entries([b"one", b"", long]) == b"\x00\x03one\x00\x00\x12\x34" + long


def test_a_bundle_of_records_has_79_bytes_for_each() -> None:
    bundle = pack_entries([entry_of(b"%d" % number) for number in range(256)])

    assert len(bundle) == 256 * (2 + 77)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_what_was_packed_comes_out_again(entries: list[bytes]) -> None:
    assert unpack_entries(pack_entries(entries), len(entries)) == entries


def test_the_longest_entry_and_the_fullest_bundle_go_in() -> None:
    longest, fullest = [b"y" * 65_535], [b""] * 256

    assert unpack_entries(pack_entries(longest), 1) == longest
    assert unpack_entries(pack_entries(fullest), 256) == fullest


@pytest.mark.parametrize("entries", [[], [b""] * 257, [b"y" * 65_536]])
def test_what_no_bundle_can_hold_is_not_packed(entries: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"257|65536|not 0"):
        pack_entries(entries)


def test_a_bundle_cut_anywhere_is_refused() -> None:
    bundle = pack_entries([b"one", b"", b"three"])

    for stop in range(len(bundle)):
        assert refused_bundle(bundle[:stop], 3)


@pytest.mark.parametrize("more", [b"\x00", b"\x00\x00", b"\x00\x01z", b"\n"])
def test_anything_behind_the_last_entry_is_refused(more: bytes) -> None:
    assert refused_bundle(pack_entries([b"one", b"two"]) + more, 2)


@pytest.mark.parametrize("width", [0, 1, 3, 256])
def test_another_number_of_entries_is_refused(width: int) -> None:
    assert refused_bundle(pack_entries([b"one", b"two"]), width)


@given(st.binary(max_size=60), st.integers(0, 256))
def test_any_bytes_are_one_bundle_or_refused(data: bytes, width: int) -> None:
    if not refused_bundle(data, width):
        entries = unpack_entries(data, width)
        assert len(entries) == width
        assert b"".join(len(each).to_bytes(2) + each for each in entries) == data
