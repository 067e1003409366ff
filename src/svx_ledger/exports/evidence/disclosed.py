"""What a viewer may have of the streams of an auction, as it stood at a head.

Who may see what is decided by the records under the head alone. What was shown once stays
shown, so nobody is given more than they may see now. Needs and organisations are looked up only
where a record names them that the viewer is given: nobody learns from a bundle who takes part.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.state import ENDED
from svx_ledger.domain.award.events import AwardLapsed, AwardRecommended, AwardSetAside
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.record import Recorded, Row
from svx_ledger.eventlog.scalars import instant
from svx_ledger.projections.auction_board import BOARD
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.visibility import (
    VISIBILITY,
    bids_shown_to,
    may_know,
    may_see,
    parts_shown,
)

from .family import Family, Streams, named_in, records_of
from .refusing import NOT_DISCLOSED_YET

_TELLING: Final = (BOARD, VISIBILITY)


@dataclass(slots=True)
class Disclosed:
    """The records of a bundle by position, as stored and as read, and positions kept back."""

    rows: dict[int, tuple[Row, Recorded]] = field(default_factory=dict)
    withheld: set[int] = field(default_factory=set)

    @property
    def recorded(self) -> list[Recorded]:
        """What may be shown, in the order of the log."""
        return [self.rows[position][1] for position in sorted(self.rows)]


class Disclosing:
    """Sorts the records of an auction's streams by what one viewer, or the public, may have."""

    def __init__(self, log: Streams, family: Family, viewer: Actor | None) -> None:
        self._log = log
        self._viewer = viewer
        self._family = family
        self._tables = Tables()
        self._read: dict[str, list[tuple[Row, Recorded]]] = {}
        for stream in family.streams:
            self._read[stream] = list(records_of(log, stream))
            for _, recorded in self._read[stream]:
                for projection in _TELLING:
                    self._tables.apply(projection.project(recorded))

    def hidden(self, subject: str) -> Refusal | None:
        """Refuse what will be everybody's and is not the viewer's yet; say from when on."""
        auction = self._tables.get(AUCTION, self._family.auction)
        if auction is None:
            return None
        shown = bids_shown_to(self._tables, auction, self._viewer)
        if not shown and auction.phase not in ENDED:
            return NOT_DISCLOSED_YET.refuse(
                auction=self._family.auction,
                phase=auction.phase,
                closes_at=instant(auction.closes_at),
                hidden_until="the bids are ranked, after the close",
            )
        award = self._family.award
        if subject == award and self._undecided(award):
            return NOT_DISCLOSED_YET.refuse(award=award, hidden_until="the award is approved")
        return None

    def _undecided(self, award: str) -> bool:
        """Whether a recommendation that the viewer may not see waits for its approval."""
        records = [recorded for _, recorded in self._read[award]]
        if any(isinstance(one.event, AwardLapsed | AwardSetAside) for one in records):
            return False
        return any(
            isinstance(one.event, AwardRecommended)
            and not may_see(one, self._tables, self._viewer)
            for one in records
        )

    def sorted(self) -> Disclosed:
        """Sort the streams of the auction, then those that are named in what is shown."""
        found = Disclosed()
        for stream in self._family.streams:
            self._sort(found, self._read[stream])
        named = sorted(set(self._named(found.rows.values())) - {*self._family.streams})
        for stream in named:
            if may_know(stream, self._viewer):
                self._sort(found, list(records_of(self._log, stream)))
        return found

    def _sort(self, found: Disclosed, records: Iterable[tuple[Row, Recorded]]) -> None:
        for row, recorded in records:
            if self._may_have(recorded):
                found.rows[row.position] = row, recorded
            else:
                found.withheld.add(row.position)

    def _may_have(self, recorded: Recorded) -> bool:
        """Whether nothing of a record is withheld, as `projections.whole` has it.

        A record that names the command which led to it is not given: who may know of that one
        is known from the whole log only.
        """
        return (
            recorded.trace.causation is None
            and may_see(recorded, self._tables, self._viewer)
            and parts_shown(recorded, self._tables, self._viewer)
        )

    def _named(self, records: Iterable[tuple[Row, Recorded]]) -> Iterator[str]:
        for row, _ in records:
            yield from named_in(orjson.loads(row.record))
