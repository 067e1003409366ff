"""What the publisher's state holds: rows of its tables."""

from typing import Final, NamedTuple

from svx_ledger.proofs.tree.merkle import EMPTY_ROOT

DIGESTS: Final = -1
"""The level of the tiles of the records' digests, from which entries and leaves follow."""


class TreeHead(NamedTuple):
    """The tree at a size; `hashes` are the roots of its row of perfect subtrees, joined."""

    size: int
    root: bytes
    hashes: bytes


NO_TREE: Final = TreeHead(0, EMPTY_ROOT, b"")


class StoredTile(NamedTuple):
    """A tile as wide as it has grown; its beginning never changes."""

    level: int
    number: int
    hashes: bytes


class NewCheckpoint(NamedTuple):
    """A checkpoint that is due; `bounds` tells that it bounds the close of an auction."""

    size: int
    root: bytes
    body: bytes
    bounds: bool


class StoredCheckpoint(NamedTuple):
    """A checkpoint as far as it has come.

    `log_note` is it signed by the log, `quorum_note` the first note with a quorum of witnesses.
    """

    size: int
    root: bytes
    body: bytes
    bounds: bool
    log_note: bytes | None
    quorum_note: bytes | None
