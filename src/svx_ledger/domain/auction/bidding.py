"""Bidding: each attempt of an invited supplier is judged at its time, and is on record."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import AuctionId, OrganisationId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_supplier
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import Refusal, Rule

from .closing import extended_close
from .events import (
    MOST_REJECTIONS_A_MINUTE,
    AuctionExtended,
    BidAccepted,
    BidLines,
    BidRejected,
)
from .judging import judge
from .lines import Worth
from .state import Auction
from .steps import NOT_INVITED, unless_in

REJECTION_QUOTA = Rule(
    "rejection-quota",
    "At most 60 rejected bids of a supplier are put on record in a minute.",
    "Read why the last bids were rejected, and wait for the next minute.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitBid(Command):
    """Bid a whole vector of pledges, in place of the supplier's earlier bid if it has one."""

    auction_id: AuctionId
    supplier_id: OrganisationId
    lines: BidLines

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, and its procurement, which knows of conflicts of interest."""
        if self.auction_id not in states:
            return (self.auction_id,)
        return (self.auction_id, states.of(Auction, self.auction_id).procurement_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Accept or reject a bid: both are facts, because an auditor asks about both.

        Refused, leaving no record:

        - The supplier itself bids.
        - It is invited.
        - The auction is scheduled, or further on, and has not ended early.
        - At most 60 bids of a supplier are rejected in one UTC minute.

        A bid that breaks any other rule (`judging.judge`) is rejected, on record. One that
        breaks none is accepted, and may extend the auction (`closing.extended_close`).

        The organisation is not read, for speed: the bidding of a supplier that is suspended
        goes on until the authority excludes it (`domain.exclusion`).
        """
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_supplier(actor, self.supplier_id):
            return refusal
        if self.supplier_id not in auction.participants:
            return NOT_INVITED.refuse(supplier=self.supplier_id)
        if refusal := unless_in(auction, "scheduled", "open", "paused", "closed", "ranked"):
            return refusal
        procurement = states.of(Procurement, auction.procurement_id)
        bid = judge(auction, self.supplier_id, self.lines, now, procurement=procurement)
        if isinstance(bid, Refusal):
            return self._reject(auction, bid, now)
        return self._accept(auction, bid, now)

    def _reject(self, auction: Auction, broken: Refusal, now: datetime) -> Decision:
        minute = now.replace(second=0, microsecond=0)
        last_minute, count = auction.rejections.get(self.supplier_id, (minute, 0))
        of_minute = count + 1 if last_minute == minute else 1
        if of_minute > MOST_REJECTIONS_A_MINUTE:
            return REJECTION_QUOTA.refuse(rejections_per_minute=MOST_REJECTIONS_A_MINUTE)
        rejected = BidRejected(
            supplier_id=self.supplier_id,
            lines=self.lines,
            bid_no=auction.bids + 1,
            rule=broken.rule.name,
            facts=broken.facts,
            minute=minute,
            of_minute=of_minute,
        )
        return [(self.auction_id, rejected)]

    def _accept(self, auction: Auction, bid: Worth, now: datetime) -> Decision:
        accepted = BidAccepted(
            supplier_id=self.supplier_id,
            lines=self.lines,
            bid_no=auction.bids + 1,
            value_pence=bid.value_pence,
            score_points=bid.score_points,
        )
        closes_at = extended_close(auction, accepted, now)
        if closes_at is None:
            return [(self.auction_id, accepted)]
        extended = AuctionExtended(
            bid_no=accepted.bid_no, closes_at_was=auction.closes_at, closes_at=closes_at
        )
        return [(self.auction_id, accepted), (self.auction_id, extended)]
