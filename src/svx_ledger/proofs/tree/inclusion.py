"""That one entry is in the log: RFC 9162 section 2.1.3, the same as RFC 6962 section 2.1.1.

The path of a leaf are the hashes beside its way up to the root, its own sibling first: with the
leaf and these, anyone computes the root and compares it with the signed one.
"""

from collections.abc import Callable, Sequence

from svx_ledger.proofs.finding import Code, Refused, not_canonical

from .merkle import HASH_BYTES, node_hash

Node = Callable[[int, int], bytes]
"""Where the hashes of a tree are had from: (level, index) → the root of the perfect subtree
over the 2^level leaves that begin at leaf index · 2^level. Level 0 are the leaves."""


def split_of(size: int) -> int:
    """The leaves left of where a tree of `size` leaves splits: the largest power of 2 below.

    A tree of fewer than two leaves does not split.
    """
    return 1 << ((size - 1).bit_length() - 1)


def subtree_root(start: int, stop: int, node: Node) -> bytes:
    """The root over the leaves from `start` up to, not including, `stop`.

    `start` must be where such a tree can begin: a multiple of the smallest power of two that
    is not below the number of leaves.
    """
    level = (stop - start).bit_length() - 1
    reached = node(level, start >> level)
    if start + (1 << level) == stop:
        return reached
    return node_hash(reached, subtree_root(start + (1 << level), stop, node))


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The path of leaf `index` in the tree of `size` leaves: PATH(m, D_n) of section 2.1.3.1.

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + split_of(stop - start)
        if index < middle:
            path.append(subtree_root(middle, stop, node))
            stop = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    path.reverse()
    return path


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that the path leads to from the leaf: section 2.1.3.2, up to the comparison.

    Raises Refused: SVX301 where the tree can have no such leaf or a hash is not 32 bytes,
    SVX101 where the path is longer or shorter than the way up.
    """
    if not 0 <= index < size:
        raise not_canonical(f"a tree of {size} leaves has no leaf {index}")
    require_hashes(leaf, *path)

    reached, at, last = leaf, index, size - 1
    for beside in path:
        if last == 0:
            raise Refused(Code.ENTRY_NOT_IN_TREE, "its path is too long", index)
        if at & 1 or at == last:
            reached = node_hash(beside, reached)
            while at and not at & 1:  # a lone right edge is carried up until it has a sibling
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, beside)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise Refused(Code.ENTRY_NOT_IN_TREE, "its path is too short", index)
    return reached


def verify_inclusion(  # noqa: PLR0917 - what the standard's algorithm takes
    leaf: bytes,
    index: int,
    size: int,
    path: Sequence[bytes],
    root: bytes,
) -> None:
    """Accept that `leaf` is leaf `index` of the tree of `size` leaves with this root.

    Raises Refused: SVX101, with the index, where it is not; SVX301 where the tree can have no
    such leaf or a hash is not 32 bytes.
    """
    require_hashes(root)
    if root_from_inclusion(leaf, index, size, path) != root:
        detail = f"its path does not lead to the root of {size} leaves"
        raise Refused(Code.ENTRY_NOT_IN_TREE, detail, index)


def require_hashes(*hashes: bytes) -> None:
    """Raise Refused (SVX301) where one is not 32 bytes.

    The standard leaves this to the reader. Without it, two hashes of other lengths beside each
    other could be read as another pair.
    """
    for digest in hashes:
        if len(digest) != HASH_BYTES:
            raise not_canonical(f"a hash has {HASH_BYTES} bytes, not {len(digest)}")
