"""Unique keys: who holds them follows from the events alone."""

from collections.abc import Iterable, Iterator

import msgspec

from svx_ledger.domain.kind import Claim, Event
from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.store import Store
from svx_ledger.eventlog.types import TYPES, UPCASTS

from .reading import NOT_AN_EVENT, event_of

DUE = "due:"
"""What the keys of streams that have a deadline begin with; those follow from their states."""
CLAIMING = frozenset(
    name for name, cls in TYPES.items() if cls.claims is not Event.claims
) | frozenset(UPCASTS)
"""The types of events that may take or free a key."""


class Followed:
    """Holders as the events that were seen so far leave them."""

    def __init__(self) -> None:
        self._holders: dict[str, str] = {}

    def holder(self, key: str, position: int) -> str | None:
        """Return the stream that holds a key now; all before the position was seen."""
        del position
        return self._holders.get(key)

    def take(self, stream: str, claims: Iterable[Claim]) -> None:
        """Take in what an event claims."""
        for claim in claims:
            if claim.held:
                self._holders[claim.key] = stream
            else:
                self._holders.pop(claim.key, None)

    def see(self, row: RawRow) -> None:
        """Take in what somebody else's row claims."""
        if row[3] in CLAIMING:
            try:
                self.take(row[1], event_of(row).claims())
            except NOT_AN_EVENT:
                return


class LookedUp:
    """Holders as the claims table has them, each borne out by the event that it names."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def holder(self, key: str, position: int) -> str | None:
        """Return the stream that held a key before a position."""
        holder: str | None = None
        for claim in self._rows(key):
            if claim[1] >= position:
                break
            if self._borne_out(key, *claim[1:]):
                holder = claim[2]
        return holder

    def take(self, stream: str, claims: Iterable[Claim]) -> None:
        """Nothing to remember: the table is asked each time."""

    def see(self, row: RawRow) -> None:
        """Nothing to remember: the table is asked each time."""

    def _rows(self, key: str) -> Iterator[tuple[str, int, str | None]]:
        for row in self._store.claims(key):
            if row.key != key:
                return
            yield row

    def _borne_out(self, key: str, position: int, stream: str | None) -> bool:
        for row in self._store.rows(after=position - 1, limit=1):
            try:
                claims = event_of(row).claims()
            except (*NOT_AN_EVENT, msgspec.MsgspecError):
                return False
            said = [(claim.key, claim.held) for claim in claims]
            return (key, stream is not None) in said
        return False
