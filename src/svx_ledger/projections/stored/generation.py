"""Generations: full sets of tables at one position of a log, and what goes wrong with them."""

from datetime import datetime
from typing import Final, Literal, NamedTuple

from svx_ledger.eventlog.store import NotRead, StoreError
from svx_ledger.projections.memory import OutOfStep
from svx_ledger.projections.net import Mark
from svx_ledger.projections.table import Rows, Table

State = Literal["building", "current", "retired"]


class NotKept(StoreError):
    """Views cannot be kept at their place as it is; the text says why, and what to do."""


class Busy(NotRead):
    """Another has the views' place for itself just now. Trying again is safe."""


class Fenced(Exception):
    """The generation is no longer this follower's to write: another has taken its place."""


class Moved(Exception):
    """Another follower of the same generation was here first: read its position again."""


class RowsAmiss(OutOfStep):
    """The rows are not what the log says: somebody else wrote there."""


class RowMissing(RowsAmiss):
    """A row that an event changes is not there."""


class RowTwice(RowsAmiss):
    """A row that is put once is there already."""


class Generation(NamedTuple):
    """One generation: who can read it, how far it is, and of which ledger.

    `fingerprint` is of the projections that made it. `ledger` and `leaf` are Merkle leaves in
    hex: of the log's first event, and of the last one folded in, which was recorded at
    `recorded_at`. `heartbeat` is when a follower last said that it is there, `changed_at` when
    rows or state last changed, both by the clock of whoever did it. `tables` names the tables
    that stand in this generation, so that a program which does not know them can drop them.
    """

    number: int
    fingerprint: str
    state: State
    ledger: str | None
    position: int
    leaf: str | None
    recorded_at: datetime | None
    begun_at: datetime
    changed_at: datetime
    promoted_at: datetime | None
    heartbeat: datetime | None
    tables: str

    @property
    def mark(self) -> Mark | None:
        """Return the last event folded in; None before the first."""
        if self.leaf is None or self.recorded_at is None:
            return None
        return Mark(self.position, bytes.fromhex(self.leaf), self.recorded_at)


GENERATIONS: Final = Table("generations", Generation)


class Moment(NamedTuple):
    """One moment of the views: the generation that is served, and its rows."""

    generation: Generation
    rows: Rows
