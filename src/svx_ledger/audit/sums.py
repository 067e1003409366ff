"""Leverage summed a second time: from the states of auctions, awards and pledges alone.

The leverage report adds up what events say; this adds up what the states have come to, auction
by auction. The two share the formula of a value and nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from svx_ledger.domain.auction.breaks import AuctionCancelled, AuctionVoided
from svx_ledger.domain.auction.events import AuctionDrafted, BidsRanked
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AwardApproved,
    AwardLapsed,
    AwardSetAside,
)
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.leverage import counted
from svx_ledger.domain.pledge.events import (
    DeliveryClaimed,
    DeliveryConfirmed,
    PledgeCommitted,
    PledgeMaterialised,
    PledgeVaried,
)
from svx_ledger.domain.pledge.outcomes import (
    ClaimWithdrawn,
    DisputeResolved,
    PledgeReleased,
    PledgeWrittenOff,
)
from svx_ledger.domain.pledge.state import Pledge

STAGES: Final = ("offered", "pledged", "awarded", "claimed", "confirmed")
MOVING: Final = frozenset(
    (
        *(AuctionDrafted, BidsRanked, AuctionVoided, AuctionCancelled),
        *(AssessmentRanked, AwardApproved, AwardLapsed, AwardSetAside),
        *(PledgeCommitted, PledgeVaried, PledgeMaterialised, DeliveryClaimed),
        *(DeliveryConfirmed, ClaimWithdrawn, DisputeResolved),
        *(PledgeReleased, PledgeWrittenOff),
    )
)
"""The events that may change a sum."""

Change = tuple[str, str, int]
"""An auction, a stage, pence."""


@dataclass(slots=True)
class Sums:
    """Gross pence by auction and stage, and the auctions that never count (invariant 23)."""

    pence: dict[tuple[str, str], int] = field(default_factory=dict)
    out: set[str] = field(default_factory=set)

    def moved(self, stream: str, before: object, after: object) -> None:
        """Take in how the state of a stream changed."""
        if isinstance(after, Auction):
            if after.phase in ("voided", "cancelled"):
                self.out.add(stream)
            if isinstance(before, Auction) and after.ranking is before.ranking:
                return
        if isinstance(after, Award) and isinstance(before, Award) and _alike(before, after):
            return
        for sign, state in ((-1, before), (1, after)):
            for auction, stage, pence in _worth(stream, state):
                key = auction, stage
                self.pence[key] = self.pence.get(key, 0) + sign * pence

    def add(self, other: "Sums") -> None:
        """Take over what another process summed."""
        for key, pence in other.pence.items():
            self.pence[key] = self.pence.get(key, 0) + pence
        self.out |= other.out

    def totals(self) -> Mapping[tuple[str, str], int]:
        """Return pence by auction and stage, of the auctions that count."""
        return {k: pence for k, pence in self.pence.items() if k[0] not in self.out and pence}


def _alike(before: Award, after: Award) -> bool:
    return (before.approved, before.phase) == (after.approved, after.phase)


def _worth(stream: str, state: object) -> Iterator[Change]:
    if isinstance(state, Auction):
        yield stream, "offered", sum(bid.value_pence for bid in state.ranking)
    elif isinstance(state, Award):
        if state.phase not in ("lapsed", "set-aside"):
            pence = sum(line.value_pence for line in state.lines)
            yield state.auction_id, "pledged", pence
    elif isinstance(state, Pledge):
        auction, owed = state.terms.auction_id, state.quantity
        yield auction, "awarded", state.value_pence(owed)
        yield auction, "claimed", state.value_pence(counted(state.claimed, owed))
        yield auction, "confirmed", state.value_pence(counted(state.confirmed, owed))
