"""What happens to an auction: every event of its stream, in the order of its life."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from svx_ledger.domain.form import (
    AuctionId,
    Between,
    BidPoints,
    Code,
    Count,
    Measure,
    NeedId,
    OrganisationId,
    Pence,
    PersonId,
    Points,
    ProcurementId,
    ProxySetId,
    Quantity,
    Reason,
    Sha256,
    Unit,
    UnitsPerPound,
)
from svx_ledger.domain.kind import Claim, Event
from svx_ledger.domain.rule import Facts

from .terms import AuctionTerms, FrozenNeed, NeedCap

MOST_NEEDS = 190
"""So many that the largest award of all of them still fits one record."""
MOST_SUPPLIERS = 240
"""So many that the largest ranking of all of them still fits one record."""
MOST_REJECTIONS_A_MINUTE = 60

BidNo = Annotated[int, Between(1, 10**9)]
"""1, 2, 3 … over all bids of one auction, accepted and rejected."""
RequestNo = Annotated[int, Between(1, 10**9)]
"""1, 2, 3 … over all requests in one auction that a second person answers by number."""
ConnectedTo = Annotated[tuple[OrganisationId, ...], Count(1, MOST_SUPPLIERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderScore:
    """What the assessors gave one tender, in points of the frozen weights."""

    supplier_id: OrganisationId
    price: Points
    quality: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class BidLine:
    """What a bid pledges to one need, in the unit of its measure.

    With a `rate` it pledges so many units for each pound of contract spend net of VAT, and
    `quantity` is the most that may come of it.
    """

    need_id: NeedId
    unit: Unit
    quantity: Quantity
    rate: UnitsPerPound | None = None


BidLines = Annotated[tuple[BidLine, ...], Count(1, MOST_NEEDS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedBid:
    """A standing bid at its place, 1 being the best.

    `score_points` is there where bids are compared in points, beside the value in pounds.
    """

    rank: Annotated[int, Between(1, MOST_SUPPLIERS)]
    supplier_id: OrganisationId
    bid_no: BidNo
    value_pence: Pence
    score_points: BidPoints | None = None


def lot_key(procurement_id: str, lot: str) -> str:
    """Return the unique key of the auction that serves this lot."""
    return f"lot-auction:{procurement_id}/{lot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionDrafted(Event):
    """An authority set out an auction for one lot.

    It holds the lot from here on, until it ends without effect; one that led to a contract
    has served it, for good. A re-run names the ended auction that it `replaces`.
    """

    procurement_id: ProcurementId
    lot: Code
    proxy_set_id: ProxySetId
    terms: AuctionTerms
    authority_id: OrganisationId
    replaces: AuctionId | None = None

    def claims(self) -> tuple[Claim, ...]:
        """Take the lot."""
        return (Claim(lot_key(self.procurement_id, self.lot)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionNeedAdded(Event):
    """A need was listed in this auction, with what was outstanding then."""

    need_id: NeedId
    measure: Measure
    unit: Unit
    outstanding: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeRequested(Event):
    """One person asked that the rules and the needs listed so far be frozen."""

    caps: Annotated[tuple[NeedCap, ...], Count(0, MOST_NEEDS)]
    requested_by: PersonId
    request_no: RequestNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionRulesFrozen(Event):
    """A second person froze them; `rules_sha256` is over terms and needs (`domain.digest`)."""

    approved_by: PersonId
    needs: Annotated[tuple[FrozenNeed, ...], Count(1, MOST_NEEDS)]
    rules_sha256: Sha256
    request_no: RequestNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierInvited(Event):
    """A supplier may take part; `connected_to` flags participants it is connected with."""

    supplier_id: OrganisationId
    connected_to: ConnectedTo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAccepted(Event):
    """The supplier will take part."""

    supplier_id: OrganisationId


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierQualified(Event):
    """The authority found the supplier fit to bid, and says on what basis."""

    supplier_id: OrganisationId
    basis: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionScheduled(Event):
    """The auction was announced with the notice that its terms promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSealed(Event):
    """Price and quality of every tender, scored before any bid; hidden until disclosed."""

    scores: Annotated[tuple[TenderScore, ...], Count(1, MOST_SUPPLIERS)]
    assessors: Annotated[tuple[PersonId, ...], Count(1, 20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionOpened(Event):
    """Bidding may begin, at the opening time in the terms or now, whichever is later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidAccepted(Event):
    """A supplier's bid stands, in place of its earlier one as a whole.

    `score_points` is what it scored where bids are compared in points.
    """

    supplier_id: OrganisationId
    lines: BidLines
    bid_no: BidNo
    value_pence: Pence
    score_points: BidPoints | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BidRejected(Event):
    """An invited supplier's bid broke a rule: on record, without effect on any standing bid.

    `minute` is the UTC minute it fell in, `of_minute` its number among this supplier's
    rejected bids of that minute: what the quota on rejections counts.
    """

    supplier_id: OrganisationId
    lines: BidLines
    bid_no: BidNo
    rule: Code
    facts: Facts
    minute: datetime
    of_minute: Annotated[int, Between(1, MOST_REJECTIONS_A_MINUTE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BidWithdrawn(Event):
    """A supplier took its standing bid back: no earlier one revives, the record stays."""

    supplier_id: OrganisationId
    reason: Reason
    bid_no: BidNo


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionExtended(Event):
    """A late bid moved the close."""

    bid_no: BidNo
    closes_at_was: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionClosed(Event):
    """Bidding ended, in effect at `closed_at`, whenever that was written."""

    closed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BidsRanked(Event):
    """The standing bids in order; empty where nobody bid."""

    ranking: Annotated[tuple[RankedBid, ...], Count(0, MOST_SUPPLIERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDisclosed(Event):
    """The sealed price and quality scores may be seen."""


AuctionEvent = (
    AuctionDrafted
    | AuctionNeedAdded
    | FreezeRequested
    | AuctionRulesFrozen
    | SupplierInvited
    | InvitationAccepted
    | SupplierQualified
    | AuctionScheduled
    | AssessmentSealed
    | AuctionOpened
    | BidAccepted
    | BidRejected
    | BidWithdrawn
    | AuctionExtended
    | AuctionClosed
    | BidsRanked
    | AssessmentDisclosed
)
EVENTS: tuple[type[AuctionEvent], ...] = (
    AuctionDrafted,
    AuctionNeedAdded,
    FreezeRequested,
    AuctionRulesFrozen,
    SupplierInvited,
    InvitationAccepted,
    SupplierQualified,
    AuctionScheduled,
    AssessmentSealed,
    AuctionOpened,
    BidAccepted,
    BidRejected,
    BidWithdrawn,
    AuctionExtended,
    AuctionClosed,
    BidsRanked,
    AssessmentDisclosed,
)
