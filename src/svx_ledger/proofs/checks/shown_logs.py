"""Logs as they were shown, to be laid side by side: a head, and its tree where there is one."""

from typing import NamedTuple

from svx_ledger.proofs.files.published_log import PublishedLog
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.tree.beginning import common_beginning
from svx_ledger.proofs.tree.inclusion import Node, subtree_root
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT
from svx_ledger.proofs.tree.tiled_tree import TiledTree


class ShownLog(NamedTuple):
    """A log as somebody was shown it: a signed head, and where its tiles are had from.

    Of a head that was kept alone there are no tiles.
    """

    note: bytes
    log: PublishedLog | None = None


class Side(NamedTuple):
    """A head that is trusted, and its tree as far as it can be read."""

    head: Checkpoint
    node: Node | None

    def begins_with(self, head: Checkpoint) -> bool:
        """Whether the first leaves of the tree are those under a head of it, or of another."""
        assert self.node is not None
        if head.size > self.head.size:
            return False
        root = subtree_root(0, head.size, self.node) if head.size else EMPTY_ROOT
        return root == head.root


def side_of(head: Checkpoint, log: PublishedLog | None) -> Side:
    """Return a trusted head with the tree under it. Raises Refused as `possible` does."""
    return Side(possible(head), _node_in(head, log))


def possible(head: Checkpoint) -> Checkpoint:
    """Return a head that can be one: without leaves there is one root (SVX104 for another)."""
    if head.size == 0 and head.root != EMPTY_ROOT:
        detail = f"{head.origin}: an empty log has the hash of nothing as its root"
        raise Refused(Code.TWO_ROOTS, detail)
    return head


def common_of(older: Side, newer: Side) -> int | None:
    """How many leaves two trees begin with alike; None where there is a head alone of one."""
    assert newer.node is not None
    if older.node is None:
        return older.head.size if newer.begins_with(older.head) else None
    most = min(older.head.size, newer.head.size)
    return common_beginning(most, older.node, newer.node)


def _node_in(head: Checkpoint, log: PublishedLog | None) -> Node | None:
    """The tree under a head; what is wrong with it is said with the name of its log."""
    if log is None:
        return None
    tree = TiledTree(head.size, head.root, log.tile)

    def node(level: int, index: int) -> bytes:
        try:
            return tree.node(level, index)
        except Refused as refused:
            found = refused.finding
            raise Refused(found.code, f"{head.origin}: {found.detail}", found.index) from None

    return node
