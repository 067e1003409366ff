"""The auction as the rules see it, and how each event changes it.

Kept small and bounded: what a bid needs to be judged, never the bids of the past. Mappings
are replaced, never changed in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never

from svx_ledger.domain.kind import changed

from .events import (
    AssessmentDisclosed,
    AssessmentSealed,
    AuctionClosed,
    AuctionDrafted,
    AuctionEvent,
    AuctionExtended,
    AuctionNeedAdded,
    AuctionOpened,
    AuctionRulesFrozen,
    AuctionScheduled,
    BidAccepted,
    BidLine,
    BidRejected,
    BidsRanked,
    FreezeRequested,
    InvitationAccepted,
    RankedBid,
    SupplierInvited,
    SupplierQualified,
    TenderScore,
)
from .terms import AuctionTerms, FrozenNeed

Phase = Literal["drafted", "rules-frozen", "scheduled", "open", "closed", "ranked"]
Participation = Literal["invited", "accepted", "qualified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The one bid of a supplier that counts."""

    bid_no: int
    value_pence: int
    lines: tuple[BidLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Auction:
    """One auction.

    Needs stand under `listed` until the freeze and under `needs` from then on. `closes_at` is
    the close as extended so far, `bids` the number of bids ever judged, and `rejections` each
    supplier's rejected bids in the last minute in which it had any.
    """

    procurement_id: str
    lot: str
    authority_id: str
    proxy_set_id: str
    terms: AuctionTerms
    closes_at: datetime
    phase: Phase = "drafted"
    listed: Mapping[str, AuctionNeedAdded] = field(default_factory=dict)
    freeze_request: FreezeRequested | None = None
    needs: Mapping[str, FrozenNeed] = field(default_factory=dict)
    participants: Mapping[str, Participation] = field(default_factory=dict)
    scores: tuple[TenderScore, ...] | None = None
    extensions: int = 0
    bids: int = 0
    standing: Mapping[str, Standing] = field(default_factory=dict)
    rejections: Mapping[str, tuple[datetime, int]] = field(default_factory=dict)
    ranking: tuple[RankedBid, ...] = ()
    disclosed: bool = False

    @property
    def qualified(self) -> frozenset[str]:
        """The suppliers that may bid."""
        return frozenset(s for s, how in self.participants.items() if how == "qualified")


def evolve(auction: Auction | None, event: AuctionEvent) -> Auction:
    """Fold one more fact into the auction."""
    if isinstance(event, AuctionDrafted):
        return Auction(
            procurement_id=event.procurement_id,
            lot=event.lot,
            authority_id=event.authority_id,
            proxy_set_id=event.proxy_set_id,
            terms=event.terms,
            closes_at=event.terms.closes_at,
        )
    assert auction is not None
    match event:
        case BidAccepted(supplier_id=supplier, lines=lines, bid_no=bid_no, value_pence=value):
            bid = Standing(bid_no=bid_no, value_pence=value, lines=lines)
            return changed(auction, bids=bid_no, standing={**auction.standing, supplier: bid})
        case BidRejected(supplier_id=supplier, bid_no=bid_no):
            count = (event.minute, event.of_minute)
            return changed(
                auction, bids=bid_no, rejections={**auction.rejections, supplier: count}
            )
        case AuctionExtended(closes_at=closes_at):
            return replace(auction, closes_at=closes_at, extensions=auction.extensions + 1)
        case AuctionNeedAdded(need_id=need):  # what was asked to be frozen is no longer all
            return replace(auction, listed={**auction.listed, need: event}, freeze_request=None)
        case FreezeRequested():
            return replace(auction, freeze_request=event)
        case AuctionRulesFrozen(needs=needs):
            frozen = {need.need_id: need for need in needs}
            return replace(
                auction, phase="rules-frozen", needs=frozen, listed={}, freeze_request=None
            )
        case SupplierInvited(supplier_id=supplier):
            return _participates(auction, supplier, "invited")
        case InvitationAccepted(supplier_id=supplier):
            return _participates(auction, supplier, "accepted")
        case SupplierQualified(supplier_id=supplier):
            return _participates(auction, supplier, "qualified")
        case AuctionScheduled():
            return replace(auction, phase="scheduled")
        case AssessmentSealed(scores=scores):
            return replace(auction, scores=scores)
        case AuctionOpened():
            return replace(auction, phase="open")
        case AuctionClosed(closed_at=closed_at):
            return replace(auction, phase="closed", closes_at=closed_at)
        case BidsRanked(ranking=ranking):
            return replace(auction, phase="ranked", ranking=ranking)
        case AssessmentDisclosed():
            return replace(auction, disclosed=True)
        case _:
            assert_never(event)


def _participates(auction: Auction, supplier: str, how: Participation) -> Auction:
    return replace(auction, participants={**auction.participants, supplier: how})
