"""Everybody else's vectors: published proofs, and a whole log that another program wrote."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.tree.compact_range import CompactRange
from svx_ledger.proofs.tree.consistency import consistency_path, verify_consistency
from svx_ledger.proofs.tree.entries import pack_entries, unpack_entries
from svx_ledger.proofs.tree.inclusion import inclusion_path, verify_inclusion
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT, leaf_hash
from svx_ledger.proofs.tree.tiled_tree import TiledTree
from svx_ledger.proofs.tree.tiles import Tile, entry_tiles_of, parse_tile_path, tiles_between

from .rfc6962 import root

ROOTS_OF_12_BYTES = "additional/sizes-are-equal-one-and-proof-is-empty.json"
FROM_NOTHING = "additional/size1-is-zero-and-size2-is-not-zero.json"


def vectors(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    lines = (folder / "proof_vectors" / name).read_text().splitlines()
    assert len(lines) == 98
    for line in lines:
        vector = json.loads(line)
        vector["proof"] = [b64decode(each) for each in vector["proof"] or []]
        yield vector


def accepts_inclusion(vector: dict[str, Any]) -> bool:
    leaf, vector_root = b64decode(vector["leafHash"] or ""), b64decode(vector["root"] or "")
    try:
        verify_inclusion(
            leaf, vector["leafIdx"], vector["treeSize"], vector["proof"], vector_root
        )
    except Refused:
        return False
    return True


def growth_found(vector: dict[str, Any]) -> Code | None:
    old_root, new_root = b64decode(vector["root1"] or ""), b64decode(vector["root2"] or "")
    try:
        verify_consistency(
            vector["size1"], old_root, vector["size2"], new_root, vector["proof"]
        )
    except Refused as refused:
        return refused.finding.code
    return None


def test_all_98_published_inclusion_proofs_are_judged_as_published(test_data: Path) -> None:
    for vector in vectors(test_data, "inclusion.jsonl"):
        assert accepts_inclusion(vector) is not vector["wantErr"], vector["name"]


def test_97_of_98_published_consistency_proofs_are_judged_as_published(
    test_data: Path,
) -> None:
    for vector in vectors(test_data, "consistency.jsonl"):
        if vector["name"] != ROOTS_OF_12_BYTES:
            assert (growth_found(vector) is not None) == vector["wantErr"], vector["name"]


def test_the_one_judged_otherwise_has_roots_that_are_no_hashes(test_data: Path) -> None:
    """Equal sizes, equal roots, no path: published as valid, with roots of 12 bytes.

    Here a hash has 32 bytes or is refused, whatever else holds. With real ones it is accepted.
    """
    (vector,) = (
        each
        for each in vectors(test_data, "consistency.jsonl")
        if each["name"] == ROOTS_OF_12_BYTES
    )
    hashes = {"root1": vector["root1"], "root2": vector["root2"]}

    assert not vector["wantErr"]
    assert {len(b64decode(each)) for each in hashes.values()} == {12}
    assert growth_found(vector) is Code.NOT_CANONICAL
    assert growth_found(vector | dict.fromkeys(hashes, "A" * 43 + "=")) is None


def test_the_one_about_growth_from_nothing_is_refused_only_for_its_root(
    test_data: Path,
) -> None:
    """From size 0, with the empty root and no path, to size 1: published as invalid.

    The standard has no proof from the empty log. Here every log continues the empty one, which
    says nothing about it; what is refused is the newer root, of 12 bytes.
    """
    (vector,) = (
        each for each in vectors(test_data, "consistency.jsonl") if each["name"] == FROM_NOTHING
    )

    assert vector["wantErr"]
    assert (vector["size1"], b64decode(vector["root1"]), vector["proof"]) == (0, EMPTY_ROOT, [])
    assert growth_found(vector) is Code.NOT_CANONICAL
    assert growth_found(vector | {"root2": "A" * 43 + "="}) is None


@pytest.fixture
def log(test_data: Path) -> Path:
    """A log of 15 entries, with its checkpoints, tiles and bundles at every size."""
    return test_data / "proof_vectors" / "tessera_log"


def signed(log: Path, size: int) -> bytes:
    """The root that the log signed at that size."""
    lines = (log / f"checkpoint.{size}").read_text().splitlines()
    assert lines[1] == str(size)
    return b64decode(lines[2])


def entries_at(log: Path, size: int) -> list[bytes]:
    return [
        entry
        for tile in entry_tiles_of(size)
        for entry in unpack_entries((log / tile.path).read_bytes(), tile.width)
    ]


@pytest.mark.parametrize("size", range(16))
def test_a_log_that_another_program_wrote_is_rebuilt_byte_for_byte(
    log: Path, size: int
) -> None:
    entries = entries_at(log, size)
    leaves = [leaf_hash(entry) for entry in entries]
    growing = CompactRange()
    growing.extend(leaves)

    assert len(entries) == size
    assert growing.root() == root(leaves) == signed(log, size)
    for tile in entry_tiles_of(size):
        assert pack_entries(entries) == (log / tile.path).read_bytes()
    for tile in tiles_between(0, size):
        assert b"".join(leaves) == (log / tile.path).read_bytes()


def test_that_log_has_exactly_the_tiles_that_its_sizes_have(log: Path) -> None:
    theirs = {
        parse_tile_path(str(file.relative_to(log)))
        for file in (log / "tile").rglob("*")
        if file.is_file()
    }

    assert theirs == {
        tile for size in range(16) for tile in (*tiles_between(0, size), *entry_tiles_of(size))
    }


@pytest.mark.parametrize("size", range(16))
def test_its_tiles_prove_every_entry_and_every_growth_under_its_signed_roots(
    log: Path, size: int
) -> None:
    def read(tile: Tile) -> bytes:
        return (log / tile.path).read_bytes()

    tree = TiledTree(size, signed(log, size), read)

    for index, entry in enumerate(entries_at(log, size)):
        path = inclusion_path(index, size, tree.node)
        verify_inclusion(leaf_hash(entry), index, size, path, tree.root)
    for old in range(size + 1):
        path = consistency_path(old, size, tree.node)
        verify_consistency(old, signed(log, old), size, tree.root, path)
