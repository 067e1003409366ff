"""The trees and paths of RFC 6962 section 2.1, word for word as the standard defines them.

Slow and plain, to compare with: recursive, over the leaves themselves, and written without a
look at what is tested.
"""

from collections.abc import Iterable
from functools import cache, partial
from hashlib import sha256
from typing import Literal

Side = Literal["left", "right"]


def split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    k = 1
    while 2 * k < size:
        k *= 2
    return k


class Tree:
    """The trees over all beginnings of a list of leaf hashes."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self.mth = cache(partial(_mth, self))

    def root(self, size: int) -> bytes:
        return self.mth(0, size)

    def node(self, level: int, index: int) -> bytes:
        """The perfect subtree over 2^level leaves, which must all be there."""
        start, stop = index << level, (index + 1) << level
        assert 0 <= start < stop <= len(self.leaves)
        return self.mth(start, stop)

    def path(self, index: int, size: int, start: int = 0) -> list[bytes]:
        """PATH(m, D[n]) of section 2.1.1, of the leaves from `start`."""
        if size == 1:
            return []
        k = split(size)
        if index < k:
            return [*self.path(index, k, start), self.mth(start + k, start + size)]
        return [*self.path(index - k, size - k, start + k), self.mth(start, start + k)]

    def proof(self, old: int, new: int) -> list[bytes]:
        """PROOF(m, D[n]) of section 2.1.2."""
        return self._subproof(old, new, 0, whole=True)

    def _subproof(self, old: int, new: int, start: int, *, whole: bool) -> list[bytes]:
        if old == new:
            return [] if whole else [self.mth(start, start + new)]
        k = split(new)
        if old <= k:
            lower = self._subproof(old, k, start, whole=whole)
            return [*lower, self.mth(start + k, start + new)]
        lower = self._subproof(old - k, new - k, start + k, whole=False)
        return [*lower, self.mth(start, start + k)]


def _mth(tree: Tree, start: int, stop: int) -> bytes:
    """MTH(D[start:stop]) of section 2.1."""
    if start == stop:
        return sha256(b"").digest()
    if stop - start == 1:
        return tree.leaves[start]
    middle = start + split(stop - start)
    return sha256(b"\x01" + tree.mth(start, middle) + tree.mth(middle, stop)).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in log order."""
    tree = Tree([*leaves])
    return tree.root(len(tree.leaves))


@cache
def tree_of(size: int) -> Tree:
    """The tree over as many leaves, all different."""
    return Tree([sha256(b"\x00entry %d" % number).digest() for number in range(size)])


def sides(index: int, size: int) -> list[Side]:
    """On which side of the way up each hash of PATH(index, D[size]) stands.

    This, the leaf and the hashes are all that goes into the root. So a path proves the same for
    another index and size where, and only where, it has the same sides there.
    """
    if size == 1:
        return []
    k = split(size)
    return [*sides(index, k), "right"] if index < k else [*sides(index - k, size - k), "left"]


def growth(old: int, new: int, *, whole: bool = True) -> list[Side | Literal["old", "given"]]:
    """How PROOF(old, D[new]) is put together: its beginning, then the side of each hash."""
    if old == new:
        return ["old" if whole else "given"]
    k = split(new)
    if old <= k:
        return [*growth(old, k, whole=whole), "right"]
    return [*growth(old - k, new - k, whole=False), "left"]


def flipped(data: bytes, bit: int) -> bytes:
    """The bytes with one bit another way, counted from the first bit of the first byte."""
    changed = bytearray(data)
    changed[bit // 8] ^= 0x80 >> bit % 8
    return bytes(changed)


def spoiled(path: list[bytes]) -> list[list[bytes]]:
    """Every hash changed in turn, left out, doubled and swapped; and one more at either end."""
    return [
        *(
            [*path[:at], flipped(path[at], 8 * at + 1), *path[at + 1 :]]
            for at in range(len(path))
        ),
        *([*path[:at], *path[at + 1 :]] for at in range(len(path))),
        *([*path[: at + 1], *path[at:]] for at in range(len(path))),
        *([*path[:at], path[at + 1], path[at], *path[at + 2 :]] for at in range(len(path) - 1)),
        [*path, bytes(32)],
        [bytes(32), *path],
    ]
