"""What deciding adds to a batch: rows, claims and states, and private texts beside them."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.private_fields import PrivateRow, sealed
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import ClaimRow

from .cache import Entry


class Apart(NamedTuple):
    """What changes beside the records: private texts that come, and commitments that go."""

    private: tuple[PrivateRow, ...] = ()
    erased: tuple[str, ...] = ()


NOTHING: Final = Apart()


@dataclass(slots=True)
class Additions:
    """Rows and states that one command, or the batch so far, adds."""

    rows: list[Row] = field(default_factory=list)
    claims: list[ClaimRow] = field(default_factory=list)
    holders: dict[str, str | None] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    apart: Apart = NOTHING
    """Nothing for most: few events have a private text or erase one."""

    def extend(self, other: "Additions") -> None:
        """Take over what a command that succeeded adds."""
        self.rows += other.rows
        self.claims += other.claims
        self.holders |= other.holders
        self.entries |= other.entries
        if other.apart is not NOTHING:
            self._set_apart(other.apart)

    def record(self, event: Event, stream: str, version: int) -> Event:
        """Return an event as it is recorded: its private texts go beside it, or from there."""
        event, private = sealed(event, stream, version)
        self._set_apart(Apart(tuple(private), event.erases()))
        return event

    def _set_apart(self, more: Apart) -> None:
        private, erased = self.apart
        self.apart = Apart(private + more.private, erased + more.erased)
