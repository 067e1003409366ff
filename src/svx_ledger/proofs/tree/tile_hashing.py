"""A tile's worth of hashes at a time: what `merkle` says, at speed.

OpenSSL takes about as long to begin a hash as to finish one of these, so each begins as a copy
of one that has taken its first bytes already. Lengths are not checked here: whoever read the
tile did.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from .entries import LENGTH_BYTES, unpack_entries
from .merkle import HASH_BYTES

_LEAF_BEGUN: Final = sha256(b"\x00")
_LEAF_OF_ENTRY_BEGUN: Final = sha256(b"\x00svx-entry/1\n")
_NODE_BEGUN: Final = sha256(b"\x01")


def hashes_in(joined: bytes) -> list[bytes]:
    """The hashes that stand in a row, one by one."""
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def leaves_of_digests(digests: Iterable[bytes]) -> list[bytes]:
    """The leaf hashes of records with these digests: `leaf_hash` of `entry_of_digest`."""
    leaves = []
    for digest in digests:
        leaf = _LEAF_OF_ENTRY_BEGUN.copy()
        leaf.update(digest.hex().encode() + b"\n")
        leaves.append(leaf.digest())
    return leaves


def leaves_of_bundle(bundle: bytes, width: int) -> list[bytes]:
    """The leaf hashes of a bundle's entries: `leaf_hash` of each of `unpack_entries`.

    Raises Refused (SVX301) as that does.
    """
    leaves = []
    for entry in _entries_in(bundle, width):
        leaf = _LEAF_BEGUN.copy()
        leaf.update(entry)
        leaves.append(leaf.digest())
    return leaves


def nodes_over(row: Sequence[bytes]) -> list[bytes]:
    """The nodes over each two hashes of a row: `node_hash`. An odd last one is left out."""
    nodes = []
    for left, right in zip(row[::2], row[1::2], strict=False):
        node = _NODE_BEGUN.copy()
        node.update(left)
        node.update(right)
        nodes.append(node.digest())
    return nodes


def root_of_full(hashes: Sequence[bytes]) -> bytes:
    """The root over the hashes of a full tile, or of as many as another power of two."""
    while len(hashes) > 1:
        hashes = nodes_over(hashes)
    return hashes[0]


def _entries_in(bundle: bytes, width: int) -> Iterable[bytes]:
    step = LENGTH_BYTES + int.from_bytes(bundle[:LENGTH_BYTES])
    lengths = [bundle[at::step] for at in range(LENGTH_BYTES)]
    if len(bundle) != step * width or lengths != [first[:1] * width for first in lengths]:
        return unpack_entries(bundle, width)
    starts = range(LENGTH_BYTES, len(bundle) + 1, step)  # all of one length, as ours are
    return [bundle[at : at + step - LENGTH_BYTES] for at in starts]
