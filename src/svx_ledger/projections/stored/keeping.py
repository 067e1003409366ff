"""Keeping the views of one log: which generation is to be read, moving it on, building another.

Nothing here waits, and nothing trusts what it read before: each step asks the place again.
"""

import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from types import GeneratorType
from typing import Any, Final

from svx_ledger.eventlog.raw_rows import OpenRows
from svx_ledger.eventlog.record import Row, leaf_of
from svx_ledger.eventlog.store import NotRead, Store
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.collecting import uncollected
from svx_ledger.projections.folding import BATCH, folded
from svx_ledger.projections.net import Mark
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Table

from .fingerprint import fingerprint
from .generation import Busy, Fenced, Generation, Moved, RowsAmiss
from .place import Place
from .prepared import Prepared, prepared

FOLLOWED: Final = timedelta(seconds=10)
"""A generation whose heartbeat is younger has a follower."""
GRACE: Final = timedelta(minutes=10)
"""A retired generation is dropped after it: whoever was reading it has come to an end."""

_PAUSE_SECONDS = 0.05
Positions = Generator[int, None, None]
"""Each position that was reached, as it is; to be read to its end, or closed."""


class Keeper:
    """Whoever keeps the views of a log, in one place, for these projections."""

    def __init__(
        self,
        store: Store,
        place: Place,
        open_rows: OpenRows,
        projections: Sequence[Projection] = PROJECTIONS,
    ) -> None:
        self.store = store
        self.place = place
        self.projections = projections
        self.fingerprint = fingerprint(projections)
        self._open_rows = open_rows
        self._tables = {table.name: table for table in self.tables}

    @property
    def tables(self) -> list[Table[Any]]:
        """All tables of all projections."""
        return [table for projection in self.projections for table in projection.tables]

    def close(self) -> None:
        """Close the connections, also those to the log."""
        self.place.close()
        self.store.close()

    def current(self) -> Generation | None:
        """Return the generation that is served, whoever made it."""
        known = self.place.generations()
        return next((one for one in known if one.state == "current"), None)

    def followed(self) -> bool:
        """Whether somebody keeps what is served up to date, readers aside."""
        found = self.current()
        return found is not None and is_followed(found, datetime.now(UTC))

    def served(self) -> Generation | None:
        """Return the current generation if it is of these projections and of this log.

        One of another log, or of one that was rewritten, is retired on the spot.
        """
        found = self.current()
        if found is not None and not self.is_of_this_log(found):
            self.place.retire(found.number)
            return None
        return found if found is not None and found.fingerprint == self.fingerprint else None

    def is_of_this_log(self, generation: Generation) -> bool:
        """Whether the last event that was folded in is where the log has it."""
        row = self._row(generation.position)
        return generation.leaf == (None if row is None else leaf_of(row.record).hex())

    def advance(
        self, generation: Generation, until: int, *, processes: int = 1, batch: int = BATCH
    ) -> Positions:
        """Fold events into a generation up to a position; yield each position it came to.

        Raises Fenced, Moved, OutOfStep, Unreadable and what the store and the place raise.
        """
        position = generation.position
        batches = folded(
            self._open_rows,
            after=generation.mark,
            until=until,
            projections=self.projections,
            finish=partial(prepared, packing=self.place.packing),
            batch=batch,
            processes=processes,
        )
        try:
            while True:
                with uncollected():  # until nothing is left of the batch
                    done = next(batches, None)
                    if done is None:
                        return
                    self._write(generation, position, done)
                    position = done[1].position
                    del done
                yield position
        finally:
            if isinstance(batches, GeneratorType):  # else its processes live on
                batches.close()

    def build(self, *, processes: int = 1, batch: int = BATCH) -> Positions:
        """Build a generation beside the served one and serve it; yield each position.

        One that was begun and not finished is gone on with, also by several at once.
        Raises Fenced where it was retired meanwhile, and what `advance` does. After RowsAmiss
        the next run begins another.
        """
        generation, indexed = None, False
        while True:
            try:
                generation = self._numbered(generation.number) if generation else self._begin()
                head = self.store.head().position
                yield from self.advance(generation, head, processes=processes, batch=batch)
                if not indexed:
                    self._index(generation)
                    indexed = True
                elif self.place.promote(generation.number, self._ledger()):
                    return
                self.served()  # one of another log would be ahead for ever: retires it
            except Moved:  # another builds the same: go on from where it is
                pass
            except Busy:
                time.sleep(_PAUSE_SECONDS)
                yield generation.position if generation else 0

    def sweep(self, grace: timedelta | None = None) -> None:
        """Drop what was retired, and what another program began and left, a while ago."""
        now, grace = datetime.now(UTC), GRACE if grace is None else grace
        for one in self.place.generations():
            left = one.state == "building" and one.fingerprint != self.fingerprint
            if (one.state == "retired" or left) and now - one.changed_at > grace:
                with suppress(NotRead):  # somebody is reading it still: another time
                    self.place.retire(one.number)
                    self.place.drop(one)

    def _write(
        self, to: Generation, before: int, batch: tuple[Sequence[Prepared], Mark]
    ) -> None:
        try:
            self.place.write(to.number, before, batch, self._tables)
        except RowsAmiss as amiss:
            self.place.retire(to.number)  # somebody else wrote there: build it again
            if to.state == "building":  # by the next run, in another generation
                raise
            raise Fenced(str(amiss)) from None

    def _index(self, built: Generation) -> None:
        try:
            self.place.index(built.number, self.tables)
        except RowsAmiss:
            self.place.retire(built.number)  # somebody else wrote there: see `_write`
            raise

    def _begin(self) -> Generation:
        while True:
            generation = self.place.begin(self.fingerprint, self.tables)
            if self.is_of_this_log(generation):
                return generation
            self.place.retire(generation.number)

    def _numbered(self, number: int) -> Generation:
        for one in self.place.generations():
            if one.number == number:
                return one
        raise Fenced(f"generation {number} of the views is gone")

    def _ledger(self) -> str | None:
        row = self._row(1)
        return None if row is None else leaf_of(row.record).hex()

    def _row(self, position: int) -> Row | None:
        if position == 0:
            return None
        found = next(self.store.rows(after=position - 1, limit=1), None)
        return found if found is not None and found.position == position else None


def is_followed(generation: Generation, now: datetime) -> bool:
    """Whether a follower said not long ago that it is there."""
    return generation.heartbeat is not None and now - generation.heartbeat < FOLLOWED
