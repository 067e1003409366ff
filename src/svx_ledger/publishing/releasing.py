"""From signed to published: cosigned to a quorum, and put where everybody can read it.

While witnesses do not answer, signing goes on; what was signed meanwhile is covered by the
first checkpoint that gets a quorum. Only checkpoints that bound the close of an auction are
brought to a quorum of their own, as long as no later one has got there.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from svx_ledger.proofs.notes.cosignature import stated_time
from svx_ledger.proofs.notes.note import parse_note
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.state.log_state import LogState, NotPublished
from svx_ledger.publishing.state.rows import StoredCheckpoint
from svx_ledger.publishing.tree.reading import StoredTree, tile_reader

from .places import Places

RENEW_SECONDS: Final = 600
"""An idle log's newest checkpoint is cosigned again so often: that shows that it still is."""


class Released(NamedTuple):
    """The largest checkpoint that is published, with its newest note."""

    checkpoint: StoredCheckpoint
    note: bytes


class Releaser:
    """Brings signed checkpoints to a quorum and into the directory. Used by one thread."""

    def __init__(self, places: Places, now: Callable[[], float] = time.time) -> None:
        self._places = places
        self._now = now

    def step(self, state: LogState) -> Released | None:
        """Publish what is signed; return what is published then, if anything.

        What has a quorum reaches the directory also where the newest has none. Raises Forked
        where a witness or the directory knows another log, NotPublished for all that may be
        over the next time.
        """
        fault = None
        with state.database.alone("release") as mine:
            if mine:
                try:
                    self._to_quorum(state)
                except NotPublished as missing:
                    fault = missing
        served = state.served()
        released = Released(*served) if served else None
        if released is not None and self._places.directory is not None:
            self._places.directory.publish(released.note, tile_reader(state))
        if fault is not None:
            raise fault
        return released

    def _to_quorum(self, state: LogState) -> None:
        """Bring to a quorum what has none yet. Raises the newest one's fault, if it has one."""
        newest, published = state.newest_signed(), state.newest_published()
        if newest is None:
            return
        quorum = self._places.quorum
        if quorum is None and published is not None:
            _unless_cosigned(published)
        after = published.size if published else 0
        if after == newest.size:
            self._renew(state, newest)
        while batch := state.unpublished(after):
            after = batch[-1].size
            if quorum is None:
                state.publish([(each.size, each.log_note) for each in batch if each.log_note])
                continue
            for each in batch:
                if each.size >= newest.size:
                    _cosign(state, quorum, each, newest.size)
                elif each.bounds:
                    with suppress(NotPublished):  # the next that gets there covers it
                        _cosign(state, quorum, each, newest.size)

    def _renew(self, state: LogState, newest: StoredCheckpoint) -> None:
        """Have the newest cosigned again, where that was long ago."""
        quorum, served = self._places.quorum, state.served()
        if quorum is None or served is None or newest.log_note is None:
            return
        if self._now() - quorum.newest_time(served[1]) >= RENEW_SECONDS:
            tree = StoredTree(state, newest.size, newest.root)
            state.renew(newest.size, quorum.complete(newest.log_note, tree, newest.size))


def _unless_cosigned(published: StoredCheckpoint) -> None:
    """Refuse to go on without witnesses, unless a policy says so.

    A run that lacks the setting would publish notes that nobody who asks for witnesses
    believes, and they stay for ever.
    """
    assert published.quorum_note is not None
    lines = parse_note(published.quorum_note).signatures
    if any(stated_time(line) is not None for line in lines):
        raise NotPublished(
            "earlier checkpoints were cosigned: name the policy with the witnesses "
            "(SVX_POLICY), or one with `quorum none` to go on without"
        )


def _cosign(state: LogState, quorum: Quorum, one: StoredCheckpoint, head: int) -> None:
    assert one.log_note is not None
    tree = StoredTree(state, one.size, one.root)
    state.publish([(one.size, quorum.complete(one.log_note, tree, head))])
