"""What was offered and pledged, each with the position of the event it follows.

A line is what one supplier offers to one need in one auction. Up to the contract a stage is
one quantity for a line: `BidLineRow` where the bid is final, then `PledgedLineRow`. Bids are
ranked again when a supplier is excluded, an auction may end early, and an award may be
approved again or come to nothing: each time is a row of its own with its position, so that
any moment can be told as it was. Money here is as recorded; the report values the quantities
again.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionUnsuccessful,
    AuctionVoided,
)
from svx_ledger.domain.auction.events import (
    AuctionDrafted,
    AuctionRulesFrozen,
    BidAccepted,
    BidsRanked,
)
from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AwardApproved,
    AwardLapsed,
    AwardSetAside,
)
from svx_ledger.eventlog.record import Envelope
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Changes, Table


class AuctionRow(NamedTuple):
    """Where the lines of an auction belong.

    On `reference_spend_pence` its rate lines are valued until a contract binds them.
    """

    auction_id: str
    procurement_id: str
    lot: str
    proxy_set_id: str
    drafted_at: datetime
    position: int
    reference_spend_pence: int | None = None


class EndRow(NamedTuple):
    """An auction ended early here: cancelled, unsuccessful or voided."""

    auction_id: str
    position: int
    ended: str
    ended_at: datetime


class PricedNeedRow(NamedTuple):
    """A need of an auction at the proxy that was frozen."""

    auction_id: str
    need_id: str
    measure: str
    unit: str
    pounds_per_unit: Decimal
    divisible: bool


class BidLineRow(NamedTuple):
    """A supplier's latest line for a need; it stands if `bid_no` is that of a final bid.

    A bid replaces the earlier one as a whole, also where it leaves a need out. With a `rate`,
    `quantity` is the most that may come of it.
    """

    auction_id: str
    supplier_id: str
    need_id: str
    bid_no: int
    quantity: Decimal
    position: int
    rate: Decimal | None


class RankingRow(NamedTuple):
    """The bids of an auction were ranked; the latest ranking is the one that holds."""

    auction_id: str
    position: int
    ranked_at: datetime


class FinalBidRow(NamedTuple):
    """A bid that stood in the ranking at this position."""

    auction_id: str
    position: int
    supplier_id: str
    bid_no: int
    value_pence: int


class AwardRow(NamedTuple):
    """The award of an auction's lot."""

    award_id: str
    auction_id: str
    procurement_id: str
    position: int


class ApprovalRow(NamedTuple):
    """From here on this supplier's award is approved; none is where `supplier_id` is None.

    A new ranking undoes an approval, and so do the lapse and the setting aside of the award.
    """

    award_id: str
    position: int
    recorded_at: datetime
    supplier_id: str | None


class PledgedLineRow(NamedTuple):
    """A line of the bid that the approval at this position names."""

    award_id: str
    position: int
    need_id: str
    quantity: Decimal
    value_pence: int


AUCTION = Table("leverage_auctions", AuctionRow)
END = Table("leverage_ends", EndRow, key=2)
PRICED_NEED = Table("leverage_needs", PricedNeedRow, key=2)
BID_LINE = Table("leverage_bid_lines", BidLineRow, key=3)
RANKING = Table("leverage_rankings", RankingRow, key=2)
FINAL_BID = Table("leverage_final_bids", FinalBidRow, key=3)
AWARD = Table("leverage_awards", AwardRow)
APPROVAL = Table("leverage_approvals", ApprovalRow, key=2)
PLEDGED_LINE = Table("leverage_pledged_lines", PledgedLineRow, key=3)
LEVERAGE = Projection(
    "leverage_facts",
    *(AUCTION, END, PRICED_NEED, BID_LINE, RANKING, FINAL_BID),
    *(AWARD, APPROVAL, PLEDGED_LINE),
)
project = LEVERAGE.project


@LEVERAGE.on(AuctionDrafted)
def _drafted(at: Envelope, event: AuctionDrafted) -> Changes:
    row = AuctionRow(
        auction_id=at.stream,
        procurement_id=event.procurement_id,
        lot=event.lot,
        proxy_set_id=event.proxy_set_id,
        drafted_at=at.recorded_at,
        position=at.position,
        reference_spend_pence=event.terms.reference_spend_pence,
    )
    yield AUCTION.put(row)


@LEVERAGE.on(AuctionRulesFrozen)
def _frozen(at: Envelope, event: AuctionRulesFrozen) -> Changes:
    for need in event.needs:
        priced = (need.unit, need.pounds_per_unit, need.divisible)
        row = PricedNeedRow(at.stream, need.need_id, need.measure, *priced)
        yield PRICED_NEED.put(row)


@LEVERAGE.on(BidAccepted)
def _bid(at: Envelope, event: BidAccepted) -> Changes:
    auction, supplier, bid_no, position = (
        at.stream,
        event.supplier_id,
        event.bid_no,
        at.position,
    )
    for line in event.lines:
        pledged = (line.quantity, position, line.rate)
        row = BidLineRow(auction, supplier, line.need_id, bid_no, *pledged)
        yield BID_LINE.put(row)


@LEVERAGE.on(BidsRanked)
def _ranked(at: Envelope, event: BidsRanked) -> Changes:
    yield RANKING.put(RankingRow(at.stream, at.position, at.recorded_at))
    for bid in event.ranking:
        row = FinalBidRow(at.stream, at.position, bid.supplier_id, bid.bid_no, bid.value_pence)
        yield FINAL_BID.put(row)


@LEVERAGE.on(AuctionCancelled)
def _cancelled(at: Envelope, event: AuctionCancelled) -> Changes:
    del event
    yield END.put(EndRow(at.stream, at.position, "cancelled", at.recorded_at))


@LEVERAGE.on(AuctionUnsuccessful)
def _unsuccessful(at: Envelope, event: AuctionUnsuccessful) -> Changes:
    del event
    yield END.put(EndRow(at.stream, at.position, "unsuccessful", at.recorded_at))


@LEVERAGE.on(AuctionVoided)
def _voided(at: Envelope, event: AuctionVoided) -> Changes:
    del event
    yield END.put(EndRow(at.stream, at.position, "voided", at.recorded_at))


@LEVERAGE.on(AssessmentRanked)
def _assessed(at: Envelope, event: AssessmentRanked) -> Changes:
    yield AWARD.put(AwardRow(at.stream, event.auction_id, event.procurement_id, at.position))
    yield APPROVAL.put(_approval(at))


@LEVERAGE.on(AwardApproved)
def _approved(at: Envelope, event: AwardApproved) -> Changes:
    yield APPROVAL.put(_approval(at, event.supplier_id))
    for line in event.lines:
        pledged = (line.quantity, line.value_pence)
        yield PLEDGED_LINE.put(PledgedLineRow(at.stream, at.position, line.need_id, *pledged))


@LEVERAGE.on(AwardLapsed)
def _lapsed(at: Envelope, event: AwardLapsed) -> Changes:
    del event
    yield APPROVAL.put(_approval(at))


@LEVERAGE.on(AwardSetAside)
def _set_aside(at: Envelope, event: AwardSetAside) -> Changes:
    del event
    yield APPROVAL.put(_approval(at))


def _approval(at: Envelope, supplier_id: str | None = None) -> ApprovalRow:
    return ApprovalRow(at.stream, at.position, at.recorded_at, supplier_id)
