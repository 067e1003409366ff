"""A log's tree while it grows: all that must be kept to append leaves and to tell the root.

RFC 9162 section 2.1.1 splits a tree at the largest power of two below its size. So a tree of n
leaves is a row of perfect subtrees, one for each bit set in n, the largest first, and their
roots settle its root and that of every longer tree. A log of a million events needs 20 hashes
at most.
"""

from collections.abc import Iterable
from hashlib import sha256

from .merkle import EMPTY_ROOT, HASH_BYTES, node_hash


class CompactRange:
    """The tree over all leaves up to `size`, as the roots of its row of perfect subtrees.

    To go on from a stored row, give the size and the hashes that belong to it. Raises
    ValueError where their number does not fit the size, or one is not 32 bytes.
    """

    __slots__ = ("_row", "_size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        row = list(hashes)
        if size < 0 or len(row) != size.bit_count():
            raise ValueError(f"{len(row)} hashes cannot be the row of {size} leaves")
        if any(len(digest) != HASH_BYTES for digest in row):
            raise ValueError(f"a hash of the row does not have {HASH_BYTES} bytes")
        self._size = size
        self._row = row

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees, the largest first: one for each bit in `size`."""
        return tuple(self._row)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in log order: all of them, or none where one is not 32 bytes."""
        row, size = self._row.copy(), self._size
        for leaf in leaves:
            if len(leaf) != HASH_BYTES:
                raise ValueError(f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf)}")
            joined, carry = leaf, size
            while carry & 1:  # two subtrees of one size become one, as bits carry over
                joined = sha256(b"\x01" + row.pop() + joined).digest()  # `node_hash`, at speed
                carry >>= 1
            row.append(joined)
            size += 1
        self._row, self._size = row, size

    def root(self) -> bytes:
        """The root of the tree over all leaves so far."""
        if not self._row:
            return EMPTY_ROOT
        *larger, top = self._row
        for subtree in reversed(larger):
            top = node_hash(subtree, top)
        return top


def root_over(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in log order, however many go by.

    Raises ValueError for one that is not 32 bytes.
    """
    row = CompactRange()
    row.extend(leaves)
    return row.root()
