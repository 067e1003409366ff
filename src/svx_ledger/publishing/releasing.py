"""From signed to published: cosigned to a quorum, and put where everybody can read it.

While witnesses do not answer, signing goes on; what was signed meanwhile is covered by the
first checkpoint that gets a quorum. Only checkpoints that bound the close of an auction are
brought to a quorum of their own, as long as no later one has got there, and only while the
record after them is new. A cosignature says that the log had no more at its time: one that came
minutes late would say so of records that were there, and whoever checks their times
(`proofs/checks/brackets.py`) would take these for put in later. The newest checkpoint is not
cosigned late either, as long as a newer one can still be signed.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.state.rows import StoredCheckpoint
from svx_ledger.publishing.tree.reading import StoredTree, tile_reader

from .lateness import LATE_SECONDS, Recorded, is_late
from .places import Places
from .renewing import Renewals
from .unwitnessed import assert_never_cosigned


class Released(NamedTuple):
    """The largest checkpoint that is published, with its newest note."""

    checkpoint: StoredCheckpoint
    note: bytes


class Releaser:
    """Brings signed checkpoints to a quorum and into the directory. Used by one thread."""

    def __init__(
        self, places: Places, recorded: Recorded, now: Callable[[], float] = time.time
    ) -> None:
        self._places = places
        self._recorded = recorded
        self._now = now
        self._renewals = Renewals()

    @property
    def witness_failures(self) -> Mapping[str, int]:
        """How often each witness did not cosign, see `Quorum`."""
        return self._places.quorum.failures if self._places.quorum is not None else {}

    def step(
        self,
        state: LogState,
        *,
        keyless: bool = False,
        stopping: Callable[[], bool] = lambda: False,
    ) -> Released | None:
        """Publish what is signed; return what is published then, if anything.

        `keyless` says that signing ended for want of a key: the newest checkpoint stays the
        newest, and is published however late. Once `stopping`, no further witness is asked.

        What has a quorum reaches the directory also where the newest has none. Raises Forked
        where a witness or the directory knows another log, NotPublished for all that may be
        over the next time.
        """
        fault = None
        with state.database.alone("release") as mine:
            if mine:
                try:
                    self._to_quorum(state, stopping, keyless=keyless)
                except NotPublished as missing:
                    fault = missing
        served = state.served()
        released = Released(*served) if served else None
        if released is not None and self._places.directory is not None:
            self._places.directory.publish(released.note, tile_reader(state))
        if fault is not None:
            raise fault
        return released

    def _to_quorum(
        self, state: LogState, stopping: Callable[[], bool], *, keyless: bool
    ) -> None:
        """Bring to a quorum what has none yet. Raises the newest one's fault, if it has one."""
        newest, published = state.newest_signed(), state.newest_published()
        if newest is None:
            return
        quorum, after = self._places.quorum, published.size if published else 0
        if quorum is None:
            assert_never_cosigned(state, newest.log_note or b"", self._places.directory)
        if quorum is None or not quorum.asks_witnesses:
            for batch in _batches(state.unpublished, after):
                state.publish([(each.size, each.log_note) for each in batch if each.log_note])
        elif after == newest.size:
            self._renew(state, quorum, newest)
        else:
            with suppress(NotPublished):  # who did not cosign one is not asked about each
                self._bounds_to_quorum(state, quorum, after, newest.size, stopping=stopping)
            if not stopping():
                self._newest_to_quorum(state, quorum, newest, keyless=keyless)

    def _bounds_to_quorum(
        self,
        state: LogState,
        quorum: Quorum,
        after: int,
        newest: int,
        *,
        stopping: Callable[[], bool],
    ) -> None:
        """Bring to a quorum those around a close that are above one size and below another.

        The clock here says whether it is worth asking; what counts is the time that witnesses
        state. So a clock that jumps makes nothing untrue: what it has left out, or what came
        back too late, the next that gets there covers. Raises NotPublished at the first one
        that gets no quorum.
        """
        bounds = partial(state.unpublished_bounds, below=newest)
        for each in (each for batch in _batches(bounds, after) for each in batch):
            if stopping():
                return
            if not is_late(self._recorded, each.size, self._now()):
                note = _cosigned(state, quorum, each, newest)
                if not is_late(self._recorded, each.size, quorum.newest_time(note)):
                    state.publish([(each.size, note)])

    def _newest_to_quorum(
        self, state: LogState, quorum: Quorum, newest: StoredCheckpoint, *, keyless: bool
    ) -> None:
        """Bring the newest to a quorum; where it came too late, the next one is to be it."""
        if is_late(self._recorded, newest.size, self._now()):
            newest = state.newest_signed() or newest  # witnesses took long meanwhile
            if not keyless and is_late(self._recorded, newest.size, self._now()):
                raise _late(newest.size)
        note = _cosigned(state, quorum, newest, newest.size)
        if not keyless and is_late(self._recorded, newest.size, quorum.newest_time(note)):
            raise _late(newest.size)
        state.publish([(newest.size, note)])

    def _renew(self, state: LogState, quorum: Quorum, newest: StoredCheckpoint) -> None:
        """Have the newest cosigned again where that is due and the log is idle since.

        It is not idle where records wait to be signed, as they do without a key in force.
        """
        served, now = state.served(), self._now()
        if served is None or not self._renewals.is_due(quorum, served[1], now):
            return
        if is_late(self._recorded, newest.size, now):
            return
        try:
            note = _cosigned(state, quorum, newest, newest.size)
            if is_late(self._recorded, newest.size, quorum.newest_time(note)):
                raise _late(newest.size)
        except NotPublished as fault:
            self._renewals.failed(str(fault), now)
            raise
        state.renew(newest.size, note)


def _batches(
    read: Callable[[int], list[StoredCheckpoint]], after: int
) -> Iterator[list[StoredCheckpoint]]:
    """Yield the checkpoints above a size, as many at a time as are read at once."""
    while batch := read(after):
        yield batch
        after = batch[-1].size


def _late(size: int) -> NotPublished:
    return NotPublished(
        f"the newest signed checkpoint has {size} records, and the next record was there, or "
        f"may have been, more than {LATE_SECONDS} seconds before it could be cosigned: the "
        "next that is signed is published; see what keeps the log from being signed, and the "
        "clock of the ledger"
    )


def _cosigned(state: LogState, quorum: Quorum, one: StoredCheckpoint, head: int) -> bytes:
    """Return the note with a quorum, which a log that is at `head` by now asks for."""
    assert one.log_note is not None
    return quorum.complete(one.log_note, StoredTree(state, one.size, one.root), head)
