"""The auction board: each auction's phase, times, bidders and bids, as rows.

The rows hold what nobody may see yet (`visibility`): read them through `board`.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.auction.events import (
    AssessmentDisclosed,
    AssessmentSealed,
    AuctionClosed,
    AuctionDrafted,
    AuctionExtended,
    AuctionNeedAdded,
    AuctionOpened,
    AuctionRulesFrozen,
    AuctionScheduled,
    BidAccepted,
    BidRejected,
    BidsRanked,
    InvitationAccepted,
    SupplierInvited,
    SupplierQualified,
)
from svx_ledger.eventlog.record import Recorded

from .projection import Projection
from .table import Changes, Table


class AuctionRow(NamedTuple):
    """One auction; `bids` counts all bids judged, `closes_at` is as extended so far."""

    auction_id: str
    procurement_id: str
    lot: str
    authority_id: str
    proxy_set_id: str
    phase: str
    opens_at: datetime
    closes_at: datetime
    hard_stop: datetime
    bidder_count_shown: bool
    reserve_pence: int
    bids: int = 0
    disclosed: bool = False


class ListedNeedRow(NamedTuple):
    """A need in an auction; price and cap once frozen, until then what was outstanding."""

    auction_id: str
    need_id: str
    measure: str
    unit: str
    quantity: Decimal
    pounds_per_unit: Decimal | None


class ParticipantRow(NamedTuple):
    """A supplier in an auction: invited, accepted or qualified."""

    auction_id: str
    supplier_id: str
    status: str


class StandingRow(NamedTuple):
    """The one bid of a supplier that counts."""

    auction_id: str
    supplier_id: str
    bid_no: int
    value_pence: int


class BidRow(NamedTuple):
    """Every bid that was ever accepted, standing or replaced since."""

    auction_id: str
    bid_no: int
    supplier_id: str
    value_pence: int
    recorded_at: datetime
    position: int


class RejectionRow(NamedTuple):
    """Every bid that was rejected, and the rule that it broke."""

    auction_id: str
    bid_no: int
    supplier_id: str
    rule: str
    recorded_at: datetime
    position: int


class ExtensionRow(NamedTuple):
    """A bid that moved the close."""

    auction_id: str
    bid_no: int
    closes_at_was: datetime
    closes_at: datetime


class PlaceRow(NamedTuple):
    """A bid's place in the final ranking."""

    auction_id: str
    rank: int
    supplier_id: str
    bid_no: int
    value_pence: int


class ScoreRow(NamedTuple):
    """The sealed points of one tender."""

    auction_id: str
    supplier_id: str
    price: Decimal
    quality: Decimal


AUCTION = Table("board_auctions", AuctionRow)
LISTED_NEED = Table("board_needs", ListedNeedRow, key=2)
PARTICIPANT = Table("board_participants", ParticipantRow, key=2)
STANDING = Table("board_standing", StandingRow, key=2)
BID = Table("board_bids", BidRow, key=2)
REJECTION = Table("board_rejections", RejectionRow, key=2)
EXTENSION = Table("board_extensions", ExtensionRow, key=2)
PLACE = Table("board_ranking", PlaceRow, key=2)
SCORE = Table("board_scores", ScoreRow, key=2)
BOARD = Projection(
    "auction_board",
    AUCTION,
    LISTED_NEED,
    PARTICIPANT,
    STANDING,
    BID,
    REJECTION,
    EXTENSION,
    PLACE,
    SCORE,
)
project = BOARD.project


@BOARD.on(AuctionDrafted)
def _drafted(at: Recorded, event: AuctionDrafted) -> Changes:
    terms = event.terms
    row = AuctionRow(
        auction_id=at.stream,
        procurement_id=event.procurement_id,
        lot=event.lot,
        authority_id=event.authority_id,
        proxy_set_id=event.proxy_set_id,
        phase="drafted",
        opens_at=terms.opens_at,
        closes_at=terms.closes_at,
        hard_stop=terms.soft_close.hard_stop,
        bidder_count_shown=terms.bidder_count_shown,
        reserve_pence=terms.reserve_pence,
    )
    yield AUCTION.put(row)


@BOARD.on(AuctionNeedAdded)
def _need_added(at: Recorded, event: AuctionNeedAdded) -> Changes:
    listed = ListedNeedRow(
        at.stream, event.need_id, event.measure, event.unit, event.outstanding, None
    )
    yield LISTED_NEED.put(listed)


@BOARD.on(AuctionRulesFrozen)
def _frozen(at: Recorded, event: AuctionRulesFrozen) -> Changes:
    yield AUCTION.patch(at.stream, phase="rules-frozen")
    for need in event.needs:
        frozen = ListedNeedRow(
            at.stream, need.need_id, need.measure, need.unit, need.cap, need.pounds_per_unit
        )
        yield LISTED_NEED.put(frozen)


@BOARD.on(SupplierInvited)
def _invited(at: Recorded, event: SupplierInvited) -> Changes:
    yield PARTICIPANT.put(ParticipantRow(at.stream, event.supplier_id, "invited"))


@BOARD.on(InvitationAccepted)
def _agreed(at: Recorded, event: InvitationAccepted) -> Changes:
    yield PARTICIPANT.put(ParticipantRow(at.stream, event.supplier_id, "accepted"))


@BOARD.on(SupplierQualified)
def _qualified(at: Recorded, event: SupplierQualified) -> Changes:
    yield PARTICIPANT.put(ParticipantRow(at.stream, event.supplier_id, "qualified"))


@BOARD.on(AssessmentSealed)
def _sealed(at: Recorded, event: AssessmentSealed) -> Changes:
    for score in event.scores:
        sealed = ScoreRow(at.stream, score.supplier_id, score.price, score.quality)
        yield SCORE.put(sealed)


@BOARD.on(AuctionScheduled)
def _scheduled(at: Recorded, event: AuctionScheduled) -> Changes:
    del event
    yield AUCTION.patch(at.stream, phase="scheduled")


@BOARD.on(AuctionOpened)
def _opened(at: Recorded, event: AuctionOpened) -> Changes:
    del event
    yield AUCTION.patch(at.stream, phase="open")


@BOARD.on(BidAccepted)
def _bid_accepted(at: Recorded, event: BidAccepted) -> Changes:
    bid_no, value_pence = event.bid_no, event.value_pence
    bid = (event.supplier_id, value_pence, at.recorded_at)
    yield AUCTION.patch(at.stream, bids=bid_no)
    yield STANDING.put(StandingRow(at.stream, event.supplier_id, bid_no, value_pence))
    yield BID.put(BidRow(at.stream, bid_no, *bid, at.position))


@BOARD.on(BidRejected)
def _bid_rejected(at: Recorded, event: BidRejected) -> Changes:
    bid = (event.supplier_id, event.rule, at.recorded_at)
    yield AUCTION.patch(at.stream, bids=event.bid_no)
    yield REJECTION.put(RejectionRow(at.stream, event.bid_no, *bid, at.position))


@BOARD.on(AuctionExtended)
def _extended(at: Recorded, event: AuctionExtended) -> Changes:
    yield AUCTION.patch(at.stream, closes_at=event.closes_at)
    moved = ExtensionRow(at.stream, event.bid_no, event.closes_at_was, event.closes_at)
    yield EXTENSION.put(moved)


@BOARD.on(AuctionClosed)
def _closed(at: Recorded, event: AuctionClosed) -> Changes:
    yield AUCTION.patch(at.stream, phase="closed", closes_at=event.closed_at)


@BOARD.on(BidsRanked)
def _ranked(at: Recorded, event: BidsRanked) -> Changes:
    yield AUCTION.patch(at.stream, phase="ranked")
    for bid in event.ranking:
        place = PlaceRow(at.stream, bid.rank, bid.supplier_id, bid.bid_no, bid.value_pence)
        yield PLACE.put(place)


@BOARD.on(AssessmentDisclosed)
def _disclosed(at: Recorded, event: AssessmentDisclosed) -> Changes:
    del event
    yield AUCTION.patch(at.stream, disclosed=True)
