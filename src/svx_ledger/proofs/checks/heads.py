"""Heads that were seen before: a log must go on from them, whoever signs what comes next.

A signature says who vouches for a head, not that it is the only one. Whoever keeps the newest
head that they were shown notices when the log is cut, rewritten or shown in two versions.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

from svx_ledger.proofs.finding import Code, Refused, not_canonical
from svx_ledger.proofs.notes.checkpoint import Checkpoint, parse_checkpoint
from svx_ledger.proofs.notes.note import NOTE_BYTES, parse_note
from svx_ledger.proofs.tree.inclusion import subtree_root
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT
from svx_ledger.proofs.tree.tiled_tree import TiledTree

HEADS_BYTES: Final = 64 * NOTE_BYTES
"""The longest file of remembered heads that is read."""

_EPOCH: Final = re.compile(r"/([1-9][0-9]{0,17})\Z", re.ASCII)


def head_of(note: bytes) -> Checkpoint:
    """What a signed checkpoint says, whoever signed it. Raises Refused (SVX301)."""
    return parse_checkpoint(parse_note(note).text)


def require_not_behind(kept: Checkpoint, head: Checkpoint) -> None:
    """Accept a head that may go on from one that was kept, as far as the two alone can tell.

    Raises Refused: SVX103 where it is smaller, SVX104 where one size has two roots, SVX201
    where they are heads of two logs.
    """
    if kept.origin != head.origin:
        detail = f"{head.origin!r} is another log than {kept.origin!r}"
        raise Refused(Code.KEY_UNKNOWN, detail)
    if head.size < kept.size:
        detail = f"{kept.size} leaves were signed before, now {head.size}"
        raise Refused(Code.LOG_SHRANK, detail, head.size)
    if head.size == kept.size and head.root != kept.root:
        raise Refused(Code.TWO_ROOTS, f"at {head.size} leaves")


def require_prefix(kept: Checkpoint, tree: TiledTree) -> None:
    """Accept that the first leaves of a tree are those under a head that was kept.

    The kept root is computed again from the tree's own hashes. Raises Refused: SVX102 where it
    comes out as another, SVX103 where the tree has fewer leaves, and what reading it raises.
    """
    if tree.size < kept.size:
        detail = f"{kept.size} leaves were signed before, now {tree.size}"
        raise Refused(Code.LOG_SHRANK, detail, tree.size)
    computed = subtree_root(0, kept.size, tree.node) if kept.size else EMPTY_ROOT
    if computed != kept.root:
        detail = (
            f"the first {kept.size} of {tree.size} leaves have not the root that was signed "
            "for them: one was changed, moved, put in or taken out"
        )
        raise Refused(Code.HISTORY_REWRITTEN, detail)


def same_ledger(one: str, other: str) -> bool:
    """Whether two logs seem to be epochs of one ledger: X, X/2, X/3 and so on."""
    return not {one, _EPOCH.sub("", one)}.isdisjoint({other, _EPOCH.sub("", other)})


def epoch_order(origin: str) -> tuple[int, int]:
    """By what the epochs of one ledger are in order: X comes before X/2."""
    found = _EPOCH.search(origin)
    return origin.count("/"), int(found[1]) if found else 1


def parse_heads(data: bytes) -> dict[str, bytes]:
    """Read a file of remembered heads: by origin, the newest signed checkpoint that was seen.

    Raises Refused (SVX301).
    """
    try:
        plain = json.loads(data) if len(data) <= HEADS_BYTES else None
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        raise not_canonical("what should be a file of remembered heads is none")
    heads = {}
    for origin, note in plain.items():
        if not isinstance(note, str):
            raise not_canonical("a remembered head that is no text")
        heads[origin] = note.encode("utf-8", "surrogatepass")
        if head_of(heads[origin]).origin != origin:
            raise not_canonical("a remembered head under the name of another log")
    return heads


def heads_data(heads: Mapping[str, bytes]) -> bytes:
    """Write a file of remembered heads."""
    plain = {origin: note.decode() for origin, note in heads.items()}
    return json.dumps(plain, indent=1, sort_keys=True).encode() + b"\n"
