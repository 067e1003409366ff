"""Withdrawing a bid: taken back while bidding is open, where the frozen rules allow it."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import AuctionId, OrganisationId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_supplier
from svx_ledger.domain.rule import Rule
from svx_ledger.domain.values import utc

from .events import BidWithdrawn
from .judging import AUCTION_CLOSED
from .state import Auction
from .steps import NOT_INVITED, unless_in

WITHDRAWAL_NOT_ALLOWED = Rule(
    "withdrawal-not-allowed",
    "A bid is withdrawn only where the frozen rules of its auction say so.",
    "The bid stands; a higher one may take its place.",
)
NO_STANDING_BID = Rule(
    "no-standing-bid",
    "Only a bid that stands can be withdrawn.",
    "There is nothing to withdraw.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawBid(Command):
    """Take the supplier's standing bid back. No earlier one revives."""

    auction_id: AuctionId
    supplier_id: OrganisationId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Withdraw a bid; unlike one that is made, this extends nothing.

        - The supplier itself withdraws.
        - It is invited.
        - The auction is open, and not paused.
        - Bidding has not reached the closing instant.
        - The terms allow a withdrawal.
        - The supplier has a standing bid.
        """
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_supplier(actor, self.supplier_id):
            return refusal
        if self.supplier_id not in auction.participants:
            return NOT_INVITED.refuse(supplier=self.supplier_id)
        if refusal := unless_in(auction, "open"):
            return refusal
        if now >= auction.closes_at:
            return AUCTION_CLOSED.refuse(closes_at=utc(auction.closes_at))
        if not auction.terms.withdrawal_allowed:
            return WITHDRAWAL_NOT_ALLOWED.refuse()
        standing = auction.standing.get(self.supplier_id)
        if standing is None:
            return NO_STANDING_BID.refuse()
        withdrawn = BidWithdrawn(
            supplier_id=self.supplier_id, reason=self.reason, bid_no=standing.bid_no
        )
        return [(self.auction_id, withdrawn)]
