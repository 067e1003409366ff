"""The auction as the rules see it, and how each event changes it.

Kept small and bounded: what a bid needs to be judged, never the bids of the past. Mappings
are replaced, never changed in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, assert_never

from svx_ledger.domain.assessment import Score
from svx_ledger.domain.kind import changed

from .breaks import (
    AuctionBreak,
    AuctionCancelled,
    AuctionConcluded,
    AuctionNeedRemoved,
    AuctionPaused,
    AuctionResumed,
    AuctionUnsuccessful,
    AuctionVoided,
    ExclusionRequested,
    HiddenAmountsRead,
    LotReleased,
    ResumeRequested,
    SupplierExcluded,
    VoidRequested,
)
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
    BidWithdrawn,
    FreezeRequested,
    InvitationAccepted,
    RankedBid,
    SupplierInvited,
    SupplierQualified,
    TenderScore,
)
from .terms import AuctionTerms, FrozenNeed

Phase = Literal[
    "drafted",
    "rules-frozen",
    "scheduled",
    "open",
    "paused",
    "closed",
    "ranked",
    "cancelled",
    "unsuccessful",
    "voided",
]
Participation = Literal["invited", "accepted", "qualified", "excluded"]
ENDED: Final[frozenset[Phase]] = frozenset({"cancelled", "unsuccessful", "voided"})
"""The early ends, which leave the lot to another auction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The one bid of a supplier that counts."""

    bid_no: int
    value_pence: int
    lines: tuple[BidLine, ...]
    score_points: Decimal | None = None

    @property
    def score(self) -> Score:
        """What it is compared by: pence, or points where these are the basis."""
        return self.value_pence if self.score_points is None else self.score_points


@dataclass(frozen=True, slots=True, kw_only=True)
class Auction:
    """One auction.

    Needs stand under `listed` until the freeze and under `needs` from then on. `closes_at` is
    the close as extended so far, `bids` the number of bids ever judged, and `rejections` each
    supplier's rejected bids in the last minute in which it had any. Under `withdrawn` is who
    ever took a bid back. `hard_stop` is the latest
    close, as pauses have moved it; `requests` counts what a second person answers by number.
    `accepted` says whether any bid ever was, `concluded` whether a contract was entered, and
    `released` whether the award ended without one.
    """

    procurement_id: str
    lot: str
    authority_id: str
    proxy_set_id: str
    terms: AuctionTerms
    closes_at: datetime
    hard_stop: datetime
    phase: Phase = "drafted"
    listed: Mapping[str, AuctionNeedAdded] = field(default_factory=dict)
    freeze_request: FreezeRequested | None = None
    needs: Mapping[str, FrozenNeed] = field(default_factory=dict)
    participants: Mapping[str, Participation] = field(default_factory=dict)
    scores: tuple[TenderScore, ...] | None = None
    withdrawn: frozenset[str] = frozenset()
    extensions: int = 0
    bids: int = 0
    standing: Mapping[str, Standing] = field(default_factory=dict)
    rejections: Mapping[str, tuple[datetime, int]] = field(default_factory=dict)
    ranking: tuple[RankedBid, ...] = ()
    disclosed: bool = False
    accepted: bool = False
    pause: AuctionPaused | None = None
    requests: int = 0
    resume_request: ResumeRequested | None = None
    void_request: VoidRequested | None = None
    exclusion_requests: Mapping[str, ExclusionRequested] = field(default_factory=dict)
    concluded: bool = False
    released: bool = False

    @property
    def qualified(self) -> frozenset[str]:
        """The suppliers that may bid."""
        return frozenset(s for s, how in self.participants.items() if how == "qualified")

    @property
    def excluded(self) -> frozenset[str]:
        """The suppliers that take part no longer, with all their bids."""
        return frozenset(s for s, how in self.participants.items() if how == "excluded")

    @property
    def reserved_needs(self) -> tuple[str, ...]:
        """The needs that no other auction may list: those listed here, or frozen."""
        return (*self.listed, *(need for need in self.needs if need not in self.listed))

    @property
    def ended(self) -> bool:
        """Whether it holds its lot no longer: an early end, or one of its award or contract."""
        return self.released or self.phase in ENDED


def evolve(auction: Auction | None, event: AuctionEvent | AuctionBreak) -> Auction:
    """Fold one more fact into the auction."""
    if isinstance(event, AuctionDrafted):
        return Auction(
            procurement_id=event.procurement_id,
            lot=event.lot,
            authority_id=event.authority_id,
            proxy_set_id=event.proxy_set_id,
            terms=event.terms,
            closes_at=event.terms.closes_at,
            hard_stop=event.terms.soft_close.hard_stop,
        )
    assert auction is not None
    match event:
        case BidAccepted(supplier_id=supplier, lines=lines, bid_no=bid_no, value_pence=value):
            points = event.score_points
            bid = Standing(bid_no=bid_no, value_pence=value, lines=lines, score_points=points)
            standing = {**auction.standing, supplier: bid}
            return changed(auction, bids=bid_no, standing=standing, accepted=True)
        case BidRejected(supplier_id=supplier, bid_no=bid_no):
            count = (event.minute, event.of_minute)
            return changed(
                auction, bids=bid_no, rejections={**auction.rejections, supplier: count}
            )
        case BidWithdrawn(supplier_id=supplier):
            rest = {who: bid for who, bid in auction.standing.items() if who != supplier}
            gone = auction.withdrawn | {supplier}
            return changed(auction, standing=rest, withdrawn=gone)
        case AuctionExtended(closes_at=closes_at):
            return changed(auction, closes_at=closes_at, extensions=auction.extensions + 1)
        case AuctionNeedAdded(need_id=need):  # what was asked to be frozen is no longer all
            return changed(auction, listed={**auction.listed, need: event}, freeze_request=None)
        case FreezeRequested(request_no=request_no):
            counted = request_no or auction.requests
            return changed(auction, freeze_request=event, requests=counted)
        case AuctionRulesFrozen(needs=needs):
            frozen = {need.need_id: need for need in needs}
            return changed(
                auction, phase="rules-frozen", needs=frozen, listed={}, freeze_request=None
            )
        case SupplierInvited(supplier_id=supplier):
            return _participates(auction, supplier, "invited")
        case InvitationAccepted(supplier_id=supplier):
            return _participates(auction, supplier, "accepted")
        case SupplierQualified(supplier_id=supplier):
            return _participates(auction, supplier, "qualified")
        case AuctionScheduled():
            return changed(auction, phase="scheduled")
        case AssessmentSealed(scores=scores):
            return changed(auction, scores=scores)
        case AuctionOpened():
            return changed(auction, phase="open")
        case AuctionClosed(closed_at=closed_at):  # with it falls what was asked before it
            return changed(auction, phase="closed", closes_at=closed_at, void_request=None)
        case BidsRanked(ranking=ranking):
            return changed(auction, phase="ranked", ranking=ranking, void_request=None)
        case AssessmentDisclosed():
            return changed(auction, disclosed=True, void_request=None)
        case _:
            return _broken_into(auction, event)


def _broken_into(auction: Auction, event: AuctionBreak) -> Auction:
    match event:
        case AuctionNeedRemoved(need_id=need_id):  # as when one is added: ask again
            listed = {need: added for need, added in auction.listed.items() if need != need_id}
            return changed(auction, listed=listed, freeze_request=None)
        case AuctionPaused():
            return changed(auction, phase="paused", pause=event)
        case ResumeRequested(request_no=request_no):
            return changed(auction, requests=request_no, resume_request=event)
        case AuctionResumed(closes_at=closes_at, hard_stop=hard_stop):
            moved = changed(auction, closes_at=closes_at, hard_stop=hard_stop)
            return changed(moved, phase="open", pause=None, resume_request=None)
        case VoidRequested(request_no=request_no):
            return changed(auction, requests=request_no, void_request=event)
        case AuctionVoided():
            return changed(_settled(auction), phase="voided")
        case AuctionCancelled():
            return changed(_settled(auction), phase="cancelled")
        case AuctionUnsuccessful():
            return changed(_settled(auction), phase="unsuccessful")
        case ExclusionRequested(supplier_id=supplier):
            asked = {**auction.exclusion_requests, supplier: event}
            return changed(auction, exclusion_requests=asked)
        case SupplierExcluded(supplier_id=supplier):
            return _without(_participates(auction, supplier, "excluded"), supplier)
        case HiddenAmountsRead():
            return auction
        case LotReleased():
            return changed(_settled(auction), released=True)
        case AuctionConcluded():
            return changed(_settled(auction), concluded=True)
        case _:
            assert_never(event)


def _settled(auction: Auction) -> Auction:
    """Drop what stood open when an auction ended: nobody answers it any more."""
    return changed(
        auction,
        pause=None,
        freeze_request=None,
        resume_request=None,
        void_request=None,
        exclusion_requests={},
    )


def _without(auction: Auction, supplier: str) -> Auction:
    """Take out a supplier's bid and what was asked about it."""
    return changed(
        auction,
        standing={who: bid for who, bid in auction.standing.items() if who != supplier},
        exclusion_requests={
            who: asked for who, asked in auction.exclusion_requests.items() if who != supplier
        },
    )


def _participates(auction: Auction, supplier: str, how: Participation) -> Auction:
    return changed(auction, participants={**auction.participants, supplier: how})
