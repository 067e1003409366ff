"""The manifest of a copy: which segments there are, of which ledger, and how to tell.

It is written last, so what it names is whole. A segment stands in it with the Merkle root of
the log up to its end: whoever has that root from elsewhere, such as a signed checkpoint, need
not trust the copy's keeper for which log it is of.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

import msgspec

from svx_ledger.proofs.tree import merkle
from svx_ledger.proofs.tree.compact_range import root_over

from .faults import CopyRefused
from .layout import FORMAT, KINDS, MANIFEST, Span, span, sql_types


class CopyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One Parquet file: where it stands in the copy, its rows and its bytes."""

    file: str
    rows: int
    bytes: int
    sha256: str


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Positions `first` to `last`, and the files of their rows, by kind.

    In hex: `subtree` is the root of the Merkle subtree over these positions, `root` that of
    the whole log up to `last`, `leaf` the leaf of `last`. `made_by` are the versions that the
    bytes depend on.
    """

    first: int
    last: int
    subtree: str
    root: str
    leaf: str
    made_by: str
    files: dict[str, CopyFile]

    @property
    def span(self) -> Span:
        """Its positions."""
        return Span(self.first, self.last)


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A copy of the ledger whose first record has the Merkle leaf `ledger_leaf`.

    `columns` are those of each kind, in their order and with their types.
    """

    ledger: str
    ledger_leaf: str
    segment_positions: int
    columns: dict[str, list[str]]
    segments: tuple[Segment, ...] = ()
    format: str = FORMAT

    @property
    def last(self) -> int:
        """The last position that it covers; 0 where it has no segment yet."""
        return self.segments[-1].last if self.segments else 0

    @property
    def root(self) -> str:
        """The Merkle root, in hex, of the log up to the last position that it covers."""
        return root_of([one.subtree for one in self.segments])

    def names(self, kind: str) -> list[str]:
        """Return the files of a kind, in the order of their positions."""
        return [segment.files[kind].file for segment in self.segments]


def root_of(subtrees: Sequence[str]) -> str:
    """Return the Merkle root over segments from their subtrees' roots, in hex.

    A tree is split at the largest power of two below its size. The size of a segment is a
    power of two, so every split falls on a cut, and segments combine as leaves do.
    """
    return root_over(map(bytes.fromhex, subtrees)).hex()


def written(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest: the same for the same."""
    plain = msgspec.json.encode(manifest, order="sorted")
    return msgspec.json.format(plain, indent=1) + b"\n"


def read(text: bytes) -> Manifest:
    """Read a manifest. Raises CopyRefused for what no copy of this form has."""
    try:
        found = msgspec.json.decode(text, type=Manifest)
        if found.format == FORMAT:
            _assert_formed(found)
    except (msgspec.MsgspecError, ValueError) as error:
        raise CopyRefused(f"{MANIFEST} is not one that this program wrote: {error}") from None
    if found.format != FORMAT:
        raise CopyRefused(f"{MANIFEST} is of the form {found.format}; this program: {FORMAT}")
    if found.columns != columns():
        raise CopyRefused(
            f"{MANIFEST} names other columns than this version of the program writes; remove "
            f"the copy, it is made again"
        )
    return found


def columns() -> dict[str, list[str]]:
    """Return the columns that this version of the program writes, by kind."""
    return {
        kind: [f"{name} {of_type}" for name, of_type in sql_types(kind).items()]
        for kind in KINDS
    }


MOST: Final = 1 << 30
"""Positions of a segment: of more, none would ever be closed."""


def assert_size(size: int) -> None:
    """See that segments combine (`root_of`). Raises ValueError."""
    if not 1 <= size <= MOST or size & (size - 1):
        raise ValueError("the positions of a segment are a power of two")


def _assert_formed(manifest: Manifest) -> None:
    size = manifest.segment_positions
    assert_size(size)
    for number, segment in enumerate(manifest.segments):
        if segment.span != span(number, size):
            raise ValueError(f"segment {number + 1} is not of positions {span(number, size)}")
        if segment.files.keys() != KINDS.keys():
            raise ValueError(f"segment {number + 1} has other files")
        for kind, file in segment.files.items():
            if file.file != segment.span.file(kind):
                raise ValueError(f"{PurePosixPath(file.file)} is not where {kind} stands")
        for text in (segment.subtree, segment.root, segment.leaf):
            if len(bytes.fromhex(text)) != merkle.HASH_BYTES:
                raise ValueError(f"segment {number + 1} has a hash of another length")
