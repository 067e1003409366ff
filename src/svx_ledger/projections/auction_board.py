"""The auction board: each auction's phase, times, bidders and bids, followed in the log."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionNeedRemoved,
    AuctionPaused,
    AuctionResumed,
    AuctionUnsuccessful,
    AuctionVoided,
    SupplierExcluded,
)
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
    BidWithdrawn,
    InvitationAccepted,
    SupplierInvited,
    SupplierQualified,
)
from svx_ledger.eventlog.record import Envelope

from .auction_rows import (
    AUCTION,
    BAND,
    BID,
    EXCLUDED,
    EXTENSION,
    LISTED_NEED,
    PARTICIPANT,
    PLACE,
    REJECTION,
    SCORE,
    STANDING,
    WITHDRAWAL,
    AuctionRow,
    BandRow,
    BidRow,
    ExtensionRow,
    ListedNeedRow,
    ParticipantRow,
    PlaceRow,
    RejectionRow,
    ScoreRow,
    StandingRow,
    WithdrawalRow,
)
from .projection import Projection
from .table import Changes

BOARD = Projection(
    "auction_board",
    AUCTION,
    BAND,
    LISTED_NEED,
    PARTICIPANT,
    STANDING,
    BID,
    WITHDRAWAL,
    REJECTION,
    EXTENSION,
    PLACE,
    SCORE,
)
project = BOARD.project


@BOARD.on(AuctionDrafted)
def _drafted(at: Envelope, event: AuctionDrafted) -> Changes:
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
        mode=terms.mode,
        visibility=terms.visibility,
        rank_on=terms.rank_on,
        basis=terms.basis,
        reserve_pence=terms.reserve_pence,
        reserve_points=terms.reserve_points,
        formula=terms.social_value_score,
        weight=terms.social_value_weight,
        target_pence=terms.target_pence,
        target_points=terms.target_points,
    )
    yield AUCTION.put(row)
    for number, band in enumerate(terms.bands or (), start=1):
        least = (band.at_least_pence, band.at_least_points)
        yield BAND.put(BandRow(at.stream, number, *least, band.points))


@BOARD.on(AuctionNeedAdded)
def _need_added(at: Envelope, event: AuctionNeedAdded) -> Changes:
    listed = ListedNeedRow(
        at.stream, event.need_id, event.measure, event.unit, event.outstanding, None
    )
    yield LISTED_NEED.put(listed)


@BOARD.on(AuctionRulesFrozen)
def _frozen(at: Envelope, event: AuctionRulesFrozen) -> Changes:
    yield AUCTION.patch(at.stream, phase="rules-frozen")
    for need in event.needs:
        priced = (need.cap, need.pounds_per_unit, need.points_per_unit)
        frozen = ListedNeedRow(at.stream, need.need_id, need.measure, need.unit, *priced)
        yield LISTED_NEED.put(frozen)


@BOARD.on(SupplierInvited)
def _invited(at: Envelope, event: SupplierInvited) -> Changes:
    yield PARTICIPANT.put(ParticipantRow(at.stream, event.supplier_id, "invited"))


@BOARD.on(InvitationAccepted)
def _agreed(at: Envelope, event: InvitationAccepted) -> Changes:
    yield PARTICIPANT.put(ParticipantRow(at.stream, event.supplier_id, "accepted"))


@BOARD.on(SupplierQualified)
def _qualified(at: Envelope, event: SupplierQualified) -> Changes:
    yield PARTICIPANT.put(ParticipantRow(at.stream, event.supplier_id, "qualified"))


@BOARD.on(AssessmentSealed)
def _sealed(at: Envelope, event: AssessmentSealed) -> Changes:
    numbers = pseudonyms(at.salt, [score.supplier_id for score in event.scores])
    for score in event.scores:
        scored, number = (score.price, score.quality), numbers[score.supplier_id]
        yield SCORE.put(ScoreRow(at.stream, score.supplier_id, *scored, number))


def pseudonyms(salt: str, suppliers: Iterable[str]) -> Mapping[str, int]:
    """Number the bidders of an auction, 1, 2, 3 …, in an order that nobody can guess.

    It hangs on the salt of the record that sealed the assessment, which is hidden until that
    is disclosed, and from then on lets anybody count again: not on names, places or scores.
    """

    def order(supplier: str) -> str:
        return sha256(f"{salt}/{supplier}".encode()).hexdigest()

    return {who: number for number, who in enumerate(sorted(suppliers, key=order), start=1)}


@BOARD.on(AuctionScheduled)
def _scheduled(at: Envelope, event: AuctionScheduled) -> Changes:
    del event
    yield AUCTION.patch(at.stream, phase="scheduled")


@BOARD.on(AuctionOpened)
def _opened(at: Envelope, event: AuctionOpened) -> Changes:
    del event
    yield AUCTION.patch(at.stream, phase="open")


@BOARD.on(BidAccepted)
def _bid_accepted(at: Envelope, event: BidAccepted) -> Changes:
    bid_no, value_pence = event.bid_no, event.value_pence
    bid, points = (event.supplier_id, value_pence, at.recorded_at), event.score_points
    yield AUCTION.patch(at.stream, bids=bid_no)
    yield STANDING.put(StandingRow(at.stream, event.supplier_id, bid_no, value_pence, points))
    yield BID.put(BidRow(at.stream, bid_no, *bid, at.position, points))


@BOARD.on(BidWithdrawn)
def _bid_withdrawn(at: Envelope, event: BidWithdrawn) -> Changes:
    bid = (event.supplier_id, event.reason, at.recorded_at)
    yield STANDING.remove(at.stream, event.supplier_id)
    yield WITHDRAWAL.put(WithdrawalRow(at.stream, event.bid_no, *bid, at.position))


@BOARD.on(BidRejected)
def _bid_rejected(at: Envelope, event: BidRejected) -> Changes:
    bid = (event.supplier_id, event.rule, at.recorded_at)
    yield AUCTION.patch(at.stream, bids=event.bid_no)
    yield REJECTION.put(RejectionRow(at.stream, event.bid_no, *bid, at.position))


@BOARD.on(AuctionExtended)
def _extended(at: Envelope, event: AuctionExtended) -> Changes:
    yield AUCTION.patch(at.stream, closes_at=event.closes_at)
    moved = ExtensionRow(at.stream, event.bid_no, event.closes_at_was, event.closes_at)
    yield EXTENSION.put(moved)


@BOARD.on(AuctionClosed)
def _closed(at: Envelope, event: AuctionClosed) -> Changes:
    yield AUCTION.patch(at.stream, phase="closed", closes_at=event.closed_at)


@BOARD.on(BidsRanked)
def _ranked(at: Envelope, event: BidsRanked) -> Changes:
    yield AUCTION.patch(at.stream, phase="ranked", ranked_at=at.recorded_at)
    for bid in event.ranking:
        worth = (bid.bid_no, bid.value_pence, bid.score_points)
        yield PLACE.put(PlaceRow(at.stream, bid.supplier_id, bid.rank, *worth))


@BOARD.on(AssessmentDisclosed)
def _disclosed(at: Envelope, event: AssessmentDisclosed) -> Changes:
    del event
    yield AUCTION.patch(at.stream, disclosed=True)


@BOARD.on(AuctionNeedRemoved)
def _need_removed(at: Envelope, event: AuctionNeedRemoved) -> Changes:
    yield LISTED_NEED.remove(at.stream, event.need_id)


@BOARD.on(SupplierExcluded)
def _excluded(at: Envelope, event: SupplierExcluded) -> Changes:
    yield PARTICIPANT.put(ParticipantRow(at.stream, event.supplier_id, EXCLUDED))


@BOARD.on(AuctionPaused)
def _paused(at: Envelope, event: AuctionPaused) -> Changes:
    del event
    yield AUCTION.patch(at.stream, phase="paused")


@BOARD.on(AuctionResumed)
def _resumed(at: Envelope, event: AuctionResumed) -> Changes:
    moved = {"closes_at": event.closes_at, "hard_stop": event.hard_stop}
    yield AUCTION.patch(at.stream, phase="open", **moved)


@BOARD.on(AuctionCancelled)
def _cancelled(at: Envelope, event: AuctionCancelled) -> Changes:
    del event
    yield AUCTION.patch(at.stream, phase="cancelled")


@BOARD.on(AuctionUnsuccessful)
def _unsuccessful(at: Envelope, event: AuctionUnsuccessful) -> Changes:
    del event
    yield AUCTION.patch(at.stream, phase="unsuccessful")


@BOARD.on(AuctionVoided)
def _voided(at: Envelope, event: AuctionVoided) -> Changes:
    del event
    yield AUCTION.patch(at.stream, phase="voided")
