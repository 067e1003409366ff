"""Judging a bid: the rules that it must keep to stand, and what it is worth.

Pure functions of the auction, the bid and the time: the board, the record and an audit ask
the same ones. A rule broken here is a rejection, with the bidder's own numbers beside it and
never another bidder's (invariant 12).
"""

from collections.abc import Mapping
from datetime import datetime

from svx_ledger.domain.bounds import unless_whole
from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.domain.values import plain, utc, value_pence

from .events import BidLine
from .state import Auction
from .terms import FrozenNeed

AUCTION_NOT_OPEN = Rule(
    "auction-not-open",
    "Bidding begins at the opening time.",
    "Bid again once the auction is open.",
)
AUCTION_CLOSED = Rule(
    "auction-closed",
    "Bidding ends at the closing time, by the ledger's clock.",
    "The auction is over: no bid is taken any more.",
)
SUPPLIER_NOT_QUALIFIED = Rule(
    "supplier-not-qualified",
    "Only suppliers that the authority qualified bid.",
    "Ask the authority about your qualification.",
)
NEED_NOT_LISTED = Rule(
    "need-not-listed",
    "A bid pledges to needs of its auction.",
    "Leave the line out, or name a need of this auction.",
)
NEED_TWICE = Rule(
    "need-twice",
    "A bid has at most one line for a need.",
    "Put the whole quantity for the need in one line.",
)
WRONG_UNIT = Rule(
    "wrong-unit",
    "A quantity is in the unit of the need.",
    "State the quantity in that unit.",
)
QUANTITY_NOT_POSITIVE = Rule(
    "quantity-not-positive",
    "A line pledges more than nothing.",
    "Leave the line out, or pledge a quantity above zero.",
)
QUANTITY_ABOVE_CAP = Rule(
    "quantity-above-cap",
    "A line pledges at most the cap of its need.",
    "Pledge up to the cap.",
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
    auction: Auction, supplier_id: str, lines: tuple[BidLine, ...], now: datetime
) -> int | Refusal:
    """Return what a bid is worth in pence, or the first of these rules that it breaks.

    - Bidding begins at the opening time, once the auction was opened (invariant 1).
    - Bidding ends *at* the closing instant, whether or not the close is written yet.
    - The supplier is qualified (invariant 2).
    - Each line is in order (`fault_in_lines`, invariant 5).
    - A first bid reaches the reserve (invariant 4).
    - A later bid beats the supplier's own standing bid by the increment (invariant 4).
    """
    terms = auction.terms
    if auction.phase == "scheduled" or now < terms.opens_at:
        return AUCTION_NOT_OPEN.refuse(opens_at=utc(terms.opens_at))
    if auction.phase != "open" or now >= auction.closes_at:
        return AUCTION_CLOSED.refuse(closes_at=utc(auction.closes_at))
    if auction.participants[supplier_id] != "qualified":
        return SUPPLIER_NOT_QUALIFIED.refuse(state=auction.participants[supplier_id])
    if fault := fault_in_lines(lines, auction.needs):
        return fault
    value = worth_pence(lines, auction.needs)
    standing = auction.standing.get(supplier_id)
    if standing is None:
        if value < terms.reserve_pence:
            return BID_BELOW_RESERVE.refuse(
                value_pence=value, reserve_pence=terms.reserve_pence
            )
        return value
    least = terms.increment.least_after(standing.value_pence)
    if value < least:
        return BID_BELOW_INCREMENT.refuse(
            value_pence=value, standing_pence=standing.value_pence, least_pence=least
        )
    return value


def fault_in_lines(
    lines: tuple[BidLine, ...], needs: Mapping[str, FrozenNeed]
) -> Refusal | None:
    """Return what is wrong with the first faulty line, by the first of these rules.

    - It names a need of the auction.
    - No earlier line names that need.
    - Its unit is the need's.
    - Its quantity is more than zero.
    - Its quantity is whole where the measure is indivisible.
    - Its quantity is within the cap.
    """
    seen: set[str] = set()
    for line in lines:
        need = needs.get(line.need_id)
        if need is None:
            return NEED_NOT_LISTED.refuse(need=line.need_id)
        if line.need_id in seen:
            return NEED_TWICE.refuse(need=line.need_id)
        if line.unit != need.unit:
            return WRONG_UNIT.refuse(need=line.need_id, unit=line.unit, expected=need.unit)
        if line.quantity <= 0:
            return QUANTITY_NOT_POSITIVE.refuse(need=line.need_id)
        if broken := unless_whole(line.quantity, divisible=need.divisible, need=line.need_id):
            return broken
        if line.quantity > need.cap:
            return QUANTITY_ABOVE_CAP.refuse(
                need=line.need_id, quantity=plain(line.quantity), cap=plain(need.cap)
            )
        seen.add(line.need_id)
    return None


def worth_pence(lines: tuple[BidLine, ...], needs: Mapping[str, FrozenNeed]) -> int:
    """Return the value of a bid, each line rounded to the penny by itself (invariant 6)."""
    return sum(
        value_pence(line.quantity, needs[line.need_id].pounds_per_unit) for line in lines
    )
