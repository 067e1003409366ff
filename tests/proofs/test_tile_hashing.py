"""Hashing at speed gives what the clear functions give, and the published constant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.tree.entries import pack_entries, unpack_entries
from svx_ledger.proofs.tree.merkle import entry_of_digest, leaf_hash, node_hash
from svx_ledger.proofs.tree.tile_hashing import (
    hashes_in,
    leaves_of_bundle,
    leaves_of_digests,
    nodes_over,
    root_of_full,
)

from .rfc6962 import root

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=20)
ENTRIES = st.one_of(
    st.lists(st.binary(max_size=9), min_size=1, max_size=256),
    st.integers(0, 300).flatmap(
        lambda length: st.lists(
            st.binary(min_size=length, max_size=length), min_size=1, max_size=9
        )
    ),
)


def test_a_node_hashes_to_the_published_constant() -> None:
    # The published example joins labels of four bytes, which `node_hash` refuses.
    (node,) = nodes_over([b"N123", b"N456"])

    assert node.hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@given(HASHES)
def test_joined_hashes_come_apart_again(hashes: list[bytes]) -> None:
    assert hashes_in(b"".join(hashes)) == hashes


@given(HASHES)
def test_leaves_of_digests_are_those_of_their_entries(digests: list[bytes]) -> None:
    expected = [leaf_hash(entry_of_digest(digest)) for digest in digests]

    assert expected == leaves_of_digests(digests)


@given(ENTRIES)
def test_leaves_of_a_bundle_are_those_of_its_entries(entries: list[bytes]) -> None:
    bundle = pack_entries(entries)

    assert [*map(leaf_hash, entries)] == leaves_of_bundle(bundle, len(entries))


@given(ENTRIES, st.data())
def test_a_bundle_of_another_form_is_refused_where_taking_it_apart_is(
    entries: list[bytes], data: st.DataObject
) -> None:
    bundle = bytearray(pack_entries(entries))
    bundle[data.draw(st.integers(0, len(bundle) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    spoilt = bytes(bundle[: data.draw(st.integers(0, len(bundle)))])
    try:
        expected = [*map(leaf_hash, unpack_entries(spoilt, len(entries)))]
    except Refused:
        with pytest.raises(Refused) as refused:
            leaves_of_bundle(spoilt, len(entries))
        assert refused.value.finding.code is Code.NOT_CANONICAL
    else:
        assert expected == leaves_of_bundle(spoilt, len(entries))


@given(HASHES)
def test_nodes_are_over_each_two_hashes(row: list[bytes]) -> None:
    pairs = zip(row[::2], row[1::2], strict=False)

    assert [node_hash(left, right) for left, right in pairs] == nodes_over(row)


@given(st.integers(0, 8), st.data())
def test_the_root_of_a_full_tile_is_that_of_the_standard(
    level: int, data: st.DataObject
) -> None:
    hashes = data.draw(
        st.lists(st.binary(min_size=32, max_size=32), min_size=1 << level, max_size=1 << level)
    )

    assert root(hashes) == root_of_full(hashes)
