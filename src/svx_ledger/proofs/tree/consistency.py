"""That the log only grew: RFC 9162 section 2.1.4, the same as RFC 6962 section 2.1.2.

The path holds the subtrees from which both roots can be computed, the older and the newer one,
so nothing that was under the older root was changed, moved or taken out.
"""

from collections.abc import Sequence

from svx_ledger.proofs.finding import Code, Refused, not_canonical

from .inclusion import Node, require_hashes, split_of, subtree_root
from .merkle import EMPTY_ROOT, node_hash


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """The path from the tree of `old` leaves to that of `new`: PROOF(m, D_n), section 2.1.4.1.

    It is empty from the empty tree, and from a tree to itself. Raises ValueError where `new`
    is smaller than `old`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a log of {old} leaves does not grow to {new}")
    if old in {0, new}:
        return []
    path = []
    start, stop = 0, new
    while old != stop:
        middle = start + split_of(stop - start)
        if old <= middle:
            path.append(subtree_root(middle, stop, node))
            stop = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    if start:  # else what is left is the whole older tree, whose root the reader has
        path.append(subtree_root(start, stop, node))
    path.reverse()
    return path


def verify_consistency(  # noqa: PLR0917 - two sizes, their roots and what joins them
    old_size: int,
    old_root: bytes,
    new_size: int,
    new_root: bytes,
    path: Sequence[bytes],
) -> None:
    """Accept that the tree under `new_root` is the one under `old_root` and leaves after it.

    Raises Refused: SVX102 where it is not, SVX103 where the newer size is the smaller one,
    SVX104 where one size has two roots, SVX301 where a hash is not 32 bytes, a size is
    negative or a path is given where none is needed.
    """
    require_hashes(old_root, new_root, *path)
    if min(old_size, new_size) < 0:
        raise not_canonical("a tree has no negative size")
    if new_size < old_size:
        raise Refused(Code.LOG_SHRANK, f"from {old_size} leaves to {new_size}")
    for size, root in ((old_size, old_root), (new_size, new_root)):
        if size == 0 and root != EMPTY_ROOT:
            raise Refused(Code.TWO_ROOTS, "an empty log has the hash of nothing as its root")
    if old_size == new_size and old_root != new_root:
        raise Refused(Code.TWO_ROOTS, f"at {old_size} leaves")

    if old_size in {0, new_size}:
        if path:
            raise not_canonical(f"no path is needed from {old_size} leaves to {new_size}")
    elif _roots_from_path(old_size, old_root, new_size, path) != (old_root, new_root):
        detail = f"{new_size} leaves do not begin with the {old_size} before"
        raise Refused(Code.HISTORY_REWRITTEN, detail)


def _roots_from_path(
    old_size: int, old_root: bytes, new_size: int, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """Both roots that the path leads to, where it has the right length: section 2.1.4.2.

    For 0 < old size < new size.
    """
    if not path:
        return None
    if old_size.bit_count() == 1:  # the older tree is one perfect subtree of the newer
        path = (old_root, *path)

    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = path[0]
    for beside in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            older, newer = node_hash(beside, older), node_hash(beside, newer)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, beside)
        at, last = at >> 1, last >> 1
    return (older, newer) if last == 0 else None
