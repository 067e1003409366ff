"""Two signed heads of one log: whatever is under the older one is the same under the newer."""

from typing import NamedTuple

from svx_ledger.proofs.files.published_log import PublishedLog
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.tree.consistency import consistency_path, verify_consistency
from svx_ledger.proofs.tree.tiled_tree import TiledTree

from .heads import head_of, require_not_behind


class GrowthVerified(NamedTuple):
    """Two heads of one log; what is under the older one is the beginning of the newer."""

    older: Checkpoint
    newer: Checkpoint
    path: tuple[bytes, ...]
    """The proof, as RFC 9162 section 2.1.4 has it: enough for anybody who has both heads."""


def verify_growth(
    older_note: bytes, newer_note: bytes, policy: Policy, log: PublishedLog | None
) -> GrowthVerified:
    """Check that a log went from one signed head to another without changing what was there.

    The proof is built from the log's tiles, which need not be believed. None will do where no
    proof is needed: heads of one size, or an empty log. Raises Refused: SVX201 or SVX202 where
    a head is not to be trusted; SVX102, SVX103, SVX104 where they are not of one history;
    ValueError for heads of two logs, and where a proof is needed and no log is given.
    """
    origins = head_of(older_note).origin, head_of(newer_note).origin
    if origins[0] != origins[1]:
        raise ValueError(f"two logs: {origins[1]} is another log than {origins[0]}")
    older = policy.open(older_note).checkpoint
    newer = policy.open(newer_note).checkpoint
    require_not_behind(older, newer)
    path: list[bytes] = []
    if older.size not in {0, newer.size}:
        if log is None:
            raise ValueError("a proof needs the log, as the heads differ in size: give --log")
        tree = TiledTree(newer.size, newer.root, log.tile)
        path = consistency_path(older.size, newer.size, tree.node)
    verify_consistency(older.size, older.root, newer.size, newer.root, path)
    return GrowthVerified(older, newer, tuple(path))
