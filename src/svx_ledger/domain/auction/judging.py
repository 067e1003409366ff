"""Judging a bid: the rules that it must keep to stand.

Pure functions of the auction, the bid and the time: the board, the record and an audit ask
the same ones. A rule broken here is a rejection, with the bidder's own numbers beside it and
never another bidder's (invariant 12).
"""

from datetime import datetime
from decimal import Decimal

from svx_ledger.domain.conflict import unless_supplier_conflicted
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.domain.values import utc

from .events import BidLine
from .lines import Worth, fault_in_lines, worth
from .state import Auction

AUCTION_NOT_OPEN = Rule(
    "auction-not-open",
    "Bidding begins at the opening time.",
    "Bid again once the auction is open.",
)
AUCTION_PAUSED = Rule(
    "auction-paused",
    "No bid is taken while the auction is paused.",
    "Bid again once it is resumed, with close and hard stop later by as much.",
)
AUCTION_CLOSED = Rule(
    "auction-closed",
    "Bidding ends at the closing time, by the ledger's clock.",
    "The auction is over: no bid is taken any more.",
)
SUPPLIER_EXCLUDED = Rule(
    "supplier-excluded",
    "An excluded supplier takes no further part, and none of its bids counts.",
    "Ask the authority about the exclusion.",
)
SUPPLIER_NOT_QUALIFIED = Rule(
    "supplier-not-qualified",
    "Only suppliers that the authority qualified bid.",
    "Ask the authority about your qualification.",
)
SINGLE_BID = Rule(
    "single-bid",
    "Each supplier has one bid in this auction.",
    "The bid that was made counts, unless it was withdrawn.",
)
BID_BELOW_RESERVE = Rule(
    "bid-below-reserve",
    "A first bid reaches the reserve.",
    "Raise the bid to the reserve at least.",
)
BID_BELOW_INCREMENT = Rule(
    "bid-below-increment",
    "A bid beats the bidder's own standing bid by the increment.",
    "Raise the bid to the least value at least; the standing bid stays.",
)


def judge(
    auction: Auction,
    supplier_id: str,
    lines: tuple[BidLine, ...],
    now: datetime,
    *,
    procurement: Procurement,
) -> Worth | Refusal:
    """Return what a bid is worth, or the first of these rules that it breaks.

    - Bidding begins at the opening time, once the auction was opened (invariant 1).
    - No bid is taken while the auction is paused (invariant 1).
    - Bidding ends *at* the closing instant, whether or not the close is written yet.
    - The supplier is not excluded (invariant 2).
    - The supplier is qualified (invariant 2).
    - The supplier has no live conflict of interest in the procurement (invariant 2).
    - In single mode it is the supplier's only bid ever, be the earlier one withdrawn or not.
    - Each line is in order (`lines.fault_in_lines`, invariant 5).
    - A first bid reaches the reserve (invariant 4); so does one after a withdrawal.
    - A later bid beats the supplier's own standing bid by the increment (invariant 4).
    """
    terms = auction.terms
    if auction.phase == "scheduled" or now < terms.opens_at:
        return AUCTION_NOT_OPEN.refuse(opens_at=utc(terms.opens_at))
    if auction.phase == "paused":
        return AUCTION_PAUSED.refuse()
    if auction.phase != "open" or now >= auction.closes_at:
        return AUCTION_CLOSED.refuse(closes_at=utc(auction.closes_at))
    step = auction.participants[supplier_id]
    if step == "excluded":
        return SUPPLIER_EXCLUDED.refuse()
    if step != "qualified":
        return SUPPLIER_NOT_QUALIFIED.refuse(state=step)
    if conflict := unless_supplier_conflicted(procurement, supplier_id):
        return conflict
    if terms.mode == "single" and (
        supplier_id in auction.standing or supplier_id in auction.withdrawn
    ):
        return SINGLE_BID.refuse()
    if fault := fault_in_lines(lines, auction.needs, terms.reference_spend_pence):
        return fault
    bid = worth(lines, auction.needs, terms)
    return _unless_enough(auction, supplier_id, bid) or bid


def _unless_enough(auction: Auction, supplier_id: str, bid: Worth) -> Refusal | None:
    """Refuse a bid below the reserve or the increment, in what bids are compared by."""
    standing = auction.standing.get(supplier_id)
    if bid.score_points is not None:
        stood = standing.score_points if standing else None
        return _unless_enough_points(auction, bid.score_points, stood)
    value, terms = bid.value_pence, auction.terms
    if standing is None:
        if value < terms.reserve_pence:
            return BID_BELOW_RESERVE.refuse(
                value_pence=value, reserve_pence=terms.reserve_pence
            )
        return None
    least = terms.increment.least_after(standing.value_pence)
    if value < least:
        return BID_BELOW_INCREMENT.refuse(
            value_pence=value, standing_pence=standing.value_pence, least_pence=least
        )
    return None


def _unless_enough_points(
    auction: Auction, score: Decimal, stood: Decimal | None
) -> Refusal | None:
    reserve = auction.terms.reserve_points
    if stood is None:
        if reserve is not None and score < reserve:
            return BID_BELOW_RESERVE.refuse(score_points=score, reserve_points=reserve)
        return None
    least = auction.terms.increment.least_points_after(stood)
    if score < least:
        return BID_BELOW_INCREMENT.refuse(
            score_points=score, standing_points=stood, least_points=least
        )
    return None
