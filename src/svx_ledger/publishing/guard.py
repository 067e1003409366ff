"""Whether this ledger is the one whose log was published: asked before writing and signing.

A ledger that was restored from an older copy must not go on under the same name: others hold
signed checkpoints of what it has lost. So each head that is known from elsewhere is held
against the log: none is larger, and none has another root.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import NamedTuple

from svx_ledger.eventlog.store import Forked, Head
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.publishing.outside.mark import Mark, checkpoint_in
from svx_ledger.publishing.state.database import Database, NotPublished
from svx_ledger.publishing.state.log_state import LogState, newest_state
from svx_ledger.publishing.state.opening import mark_path, open_state
from svx_ledger.publishing.tree.reading import StoredTree

from .own_stream import Log, OwnStream
from .remedies import ANOTHERS, LOST, RESTORED


class KnownHead(NamedTuple):
    """A checkpoint of the log that is kept somewhere."""

    where: str
    checkpoint: Checkpoint


def assert_not_behind(
    known: Iterable[KnownHead],
    own: OwnStream,
    head: int,
    root_at: Callable[[int], bytes | None],
) -> None:
    """Raise Forked where a known head is larger than the log, or has another root.

    `root_at` tells the log's root at a size, or None where that is not known here. Heads of
    earlier epochs are of another log; one of a later epoch is one that this ledger has lost.
    Raises NotPublished for a head of another ledger's log.
    """
    assert own.now is not None
    for where, checkpoint in known:
        epoch = own.epoch_of(checkpoint.origin)
        if epoch is None:
            raise NotPublished(
                f"{where} is of the log {checkpoint.origin}, and this is {own.now.origin}"
            )
        if epoch < own.now.epoch:
            continue
        if epoch > own.now.epoch:
            raise Forked(f"{where} knows the log as {checkpoint.origin}: {RESTORED}")
        if checkpoint.size > head:
            raise Forked(
                f"{where} knows {checkpoint.size} records, and the log has {head}: {RESTORED}"
            )
        if root_at(checkpoint.size) not in (None, checkpoint.root):
            raise Forked(f"{where} knows another root of {checkpoint.size} leaves: {RESTORED}")


def assert_may_write(log: Log, url: str, mark: str | None = None) -> None:
    """Raise Forked where the ledger at an address is behind what was signed of it.

    Cheap, as it runs whenever a ledger is opened for writing: sizes, the last record that is
    in the tree, and roots as far as the tree is kept. A ledger of which nothing was ever
    published is not looked at. Raises NotRead, and NotPublished, also where the mark has a
    setting and is not there: then nobody knows what else was published.
    """
    path = mark_path(url, mark)
    note = Mark(path).read() if path else None
    database = open_state(url)
    try:
        if note is None and not database.present():
            return
        if note is None and mark is not None:
            _unless_published(log, database, mark)
        known = [KnownHead(str(path), checkpoint_in(note, str(path)))] if note else []
        _assert_may_write(log, database, known)
    finally:
        database.close()


def _unless_published(log: Log, database: Database, mark: str) -> None:
    """Refuse without a mark that has been written, as it is before anything is published.

    A later epoch goes on from a published checkpoint, whether the state still has that or not.
    """
    own, newest = OwnStream(log), newest_state(database)
    own.refresh()
    is_later = own.now is not None and own.now.epoch > 1
    if is_later or (newest is not None and newest.newest_published() is not None):
        raise NotPublished(
            f"checkpoints were published, and there is no mark {mark}: bring back its storage, "
            "or copy the mark that was kept until now there, or the newest checkpoint"
        )


def _assert_may_write(log: Log, database: Database, known: list[KnownHead]) -> None:
    own = OwnStream(log)
    own.refresh()
    newest = newest_state(database)
    if own.now is None:
        if newest is not None or known:
            raise Forked(f"the log is empty, and there are checkpoints of it: {LOST}")
        return
    if newest is not None:
        assert_own_state(log, newest)
        if newest.epoch > own.now.epoch:
            raise Forked(f"the state knows epoch {newest.epoch} of the log: {RESTORED}")
    state = LogState(database, own.now.epoch)
    tree = state.head() if newest is not None else None
    head = log.head()  # after what is held against it: both may grow meanwhile
    if tree is not None:
        _assert_in_tree(log, head, state, tree.size)

    def root_at(size: int) -> bytes | None:
        if tree is None or size > tree.size:
            return None
        return StoredTree(state, tree.size, tree.root).root_at(size)

    assert_not_behind(known, own, head.position, root_at)


def assert_own_state(log: Log, state: LogState) -> None:
    """Raise Forked where the state is another ledger's: it begins with another record."""
    known = state.digest(0)
    for row in log.rows(limit=1) if known else ():
        if sha256(row.record).digest() != known:
            raise Forked(ANOTHERS)


def _assert_in_tree(log: Log, head: Head, state: LogState, size: int) -> None:
    """Raise Forked where the log does not reach, or does not have, the tree's last record."""
    if size > head.position:
        raise Forked(
            f"the state knows {size} records, and the log has {head.position}: {RESTORED}"
        )
    for row in log.rows(size - 1, 1) if size else ():
        if row.position != size or sha256(row.record).digest() != state.digest(size - 1):
            raise Forked(f"position {size} is not what is in the tree: {RESTORED}")
