"""The facts that leverage is computed from, each with the position of the event it follows.

A line is what one supplier offers to one need in one auction. Up to the contract a stage is
one quantity for a line: `BidLineRow` where the bid is final, then `PledgedLineRow`. From the
contract on, each event adds to the quantity of its stage (`FactRow`): the stage is the sum,
by recorded time or position also the sum as it was then. Money here is as recorded; the
report values the quantities again.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from svx_ledger.domain.auction.events import (
    AuctionDrafted,
    AuctionRulesFrozen,
    BidAccepted,
    BidsRanked,
)
from svx_ledger.domain.award.events import AssessmentRanked, AwardApproved
from svx_ledger.domain.contract.events import ContractEntered
from svx_ledger.domain.pledge.events import (
    DeliveryClaimed,
    DeliveryConfirmed,
    PledgeCommitted,
    PledgeVaried,
)
from svx_ledger.eventlog.record import Recorded

from .projection import Projection
from .table import Changes, Put, Table


class AuctionRow(NamedTuple):
    """Where the lines of an auction belong; `phase` is drafted until it is ranked."""

    auction_id: str
    procurement_id: str
    lot: str
    proxy_set_id: str
    drafted_at: datetime
    position: int
    phase: str = "drafted"
    ranked_at: datetime | None = None


class PricedNeedRow(NamedTuple):
    """A need of an auction at the proxy that was frozen."""

    auction_id: str
    need_id: str
    measure: str
    unit: str
    pounds_per_unit: Decimal


class BidLineRow(NamedTuple):
    """A supplier's latest line for a need; it stands if `bid_no` is that of a final bid.

    A bid replaces the earlier one as a whole, also where it leaves a need out.
    """

    auction_id: str
    supplier_id: str
    need_id: str
    bid_no: int
    quantity: Decimal
    position: int


class FinalBidRow(NamedTuple):
    """A bid that stood when the auction was ranked."""

    auction_id: str
    supplier_id: str
    bid_no: int
    value_pence: int
    position: int


class AwardRow(NamedTuple):
    """The award of an auction's lot; what is None waits for its approval."""

    award_id: str
    auction_id: str
    procurement_id: str
    position: int
    supplier_id: str | None = None
    approved_at: datetime | None = None


class PledgedLineRow(NamedTuple):
    """A line of the bid that an approved award names."""

    award_id: str
    need_id: str
    quantity: Decimal
    value_pence: int
    position: int


class ContractRow(NamedTuple):
    """A contract, worth `contract_value_pence` net of VAT."""

    contract_id: str
    award_id: str
    procurement_id: str
    contract_value_pence: int
    recorded_at: datetime
    position: int


class PledgeRow(NamedTuple):
    """A line that a contract binds, and whom and what it is for."""

    pledge_id: str
    contract_id: str
    auction_id: str
    supplier_id: str
    need_id: str
    community_id: str
    theme_scheme: str
    theme: str
    police_force: str
    local_authority: str
    due_by: date
    recorded_at: datetime


class FactRow(NamedTuple):
    """What one event adds to a pledge's stage: awarded, claimed or confirmed.

    `counted_pence` is the part of confirmed value that is owed; a variation may change it.
    `by` is the side that confirmed.
    """

    pledge_id: str
    position: int
    stage: Literal["awarded", "claimed", "confirmed"]
    quantity: Decimal
    value_pence: int
    counted_pence: int
    recorded_at: datetime
    by: str | None = None
    outside_period: bool = False


AUCTION = Table("leverage_auctions", AuctionRow)
PRICED_NEED = Table("leverage_needs", PricedNeedRow, key=2)
BID_LINE = Table("leverage_bid_lines", BidLineRow, key=3)
FINAL_BID = Table("leverage_final_bids", FinalBidRow, key=2)
AWARD = Table("leverage_awards", AwardRow)
PLEDGED_LINE = Table("leverage_pledged_lines", PledgedLineRow, key=2)
CONTRACT = Table("leverage_contracts", ContractRow)
PLEDGE = Table("leverage_pledges", PledgeRow)
FACT = Table("leverage_facts", FactRow, key=2)
LEVERAGE = Projection(
    "leverage_facts",
    *(AUCTION, PRICED_NEED, BID_LINE, FINAL_BID),
    *(AWARD, PLEDGED_LINE, CONTRACT, PLEDGE, FACT),
)
project = LEVERAGE.project


@LEVERAGE.on(AuctionDrafted)
def _drafted(at: Recorded, event: AuctionDrafted) -> Changes:
    row = AuctionRow(
        auction_id=at.stream,
        procurement_id=event.procurement_id,
        lot=event.lot,
        proxy_set_id=event.proxy_set_id,
        drafted_at=at.recorded_at,
        position=at.position,
    )
    yield AUCTION.put(row)


@LEVERAGE.on(AuctionRulesFrozen)
def _frozen(at: Recorded, event: AuctionRulesFrozen) -> Changes:
    for need in event.needs:
        row = PricedNeedRow(
            at.stream, need.need_id, need.measure, need.unit, need.pounds_per_unit
        )
        yield PRICED_NEED.put(row)


@LEVERAGE.on(BidAccepted)
def _bid(at: Recorded, event: BidAccepted) -> Changes:
    auction, supplier, bid_no, position = (
        at.stream,
        event.supplier_id,
        event.bid_no,
        at.position,
    )
    for line in event.lines:
        row = BidLineRow(auction, supplier, line.need_id, bid_no, line.quantity, position)
        yield BID_LINE.put(row)


@LEVERAGE.on(BidsRanked)
def _ranked(at: Recorded, event: BidsRanked) -> Changes:
    yield AUCTION.patch(at.stream, phase="ranked", ranked_at=at.recorded_at)
    for bid in event.ranking:
        row = FinalBidRow(at.stream, bid.supplier_id, bid.bid_no, bid.value_pence, at.position)
        yield FINAL_BID.put(row)


@LEVERAGE.on(AssessmentRanked)
def _assessed(at: Recorded, event: AssessmentRanked) -> Changes:
    yield AWARD.put(AwardRow(at.stream, event.auction_id, event.procurement_id, at.position))


@LEVERAGE.on(AwardApproved)
def _approved(at: Recorded, event: AwardApproved) -> Changes:
    yield AWARD.patch(at.stream, supplier_id=event.supplier_id, approved_at=at.recorded_at)
    for line in event.lines:
        row = PledgedLineRow(
            at.stream, line.need_id, line.quantity, line.value_pence, at.position
        )
        yield PLEDGED_LINE.put(row)


@LEVERAGE.on(ContractEntered)
def _entered(at: Recorded, event: ContractEntered) -> Changes:
    row = ContractRow(
        contract_id=at.stream,
        award_id=event.award_id,
        procurement_id=event.procurement_id,
        contract_value_pence=event.contract_value_pence,
        recorded_at=at.recorded_at,
        position=at.position,
    )
    yield CONTRACT.put(row)


@LEVERAGE.on(PledgeCommitted)
def _committed(at: Recorded, event: PledgeCommitted) -> Changes:
    row = PledgeRow(
        pledge_id=at.stream,
        contract_id=event.contract_id,
        auction_id=event.auction_id,
        supplier_id=event.supplier_id,
        need_id=event.need_id,
        community_id=event.community_id,
        theme_scheme=event.theme.scheme,
        theme=event.theme.code,
        police_force=event.place.police_force,
        local_authority=event.place.local_authority,
        due_by=event.due_by,
        recorded_at=at.recorded_at,
    )
    yield PLEDGE.put(row)
    yield _fact(at, "awarded", event.quantity, event.value_pence)


@LEVERAGE.on(PledgeVaried)
def _varied(at: Recorded, event: PledgeVaried) -> Changes:
    more = event.quantity - event.quantity_was
    more_pence = event.value_pence - event.value_pence_was
    yield _fact(at, "awarded", more, more_pence, counted_pence=event.counted_pence)


@LEVERAGE.on(DeliveryClaimed)
def _claimed(at: Recorded, event: DeliveryClaimed) -> Changes:
    outside = event.outside_period
    yield _fact(at, "claimed", event.quantity, event.value_pence, outside_period=outside)


@LEVERAGE.on(DeliveryConfirmed)
def _confirmed(at: Recorded, event: DeliveryConfirmed) -> Changes:
    counted_pence, by = event.counted_pence, event.by
    quantity, value_pence = event.quantity, event.value_pence
    yield _fact(at, "confirmed", quantity, value_pence, counted_pence=counted_pence, by=by)


def _fact(
    at: Recorded,
    stage: Literal["awarded", "claimed", "confirmed"],
    quantity: Decimal,
    value_pence: int,
    *,
    counted_pence: int = 0,
    by: str | None = None,
    outside_period: bool = False,
) -> Put[FactRow]:
    row = FactRow(
        pledge_id=at.stream,
        position=at.position,
        stage=stage,
        quantity=quantity,
        value_pence=value_pence,
        counted_pence=counted_pence,
        recorded_at=at.recorded_at,
        by=by,
        outside_period=outside_period,
    )
    return FACT.put(row)
