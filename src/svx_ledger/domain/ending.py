"""Early ends of an auction by its authority: cancelled before any bid, or unsuccessful.

Apart from the auction's other acts because they look at its award and free its needs. Either
frees the lot, so that another auction may serve it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.auction.breaks import AuctionCancelled, AuctionUnsuccessful
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.steps import unless_in, unless_live
from svx_ledger.domain.award.events import award_key

from .actor import Actor
from .form import AuctionId, Reason
from .kind import Command, Decision, Event, States
from .need import NeedReleased
from .permission import unless_authority
from .rule import Refusal, Rule
from .values import utc

BID_ACCEPTED = Rule(
    "bid-accepted",
    "An auction is cancelled before any bid in it was accepted.",
    "Let it close; with an independent organisation, void it where there is a ground.",
    "conflict",
)
AWARD_IN_FORCE = Rule(
    "award-in-force",
    "An auction does not end early while an award rests on it.",
    "Set the award aside first.",
    "conflict",
)
SOMETHING_TO_AWARD = Rule(
    "something-to-award",
    "An auction is unsuccessful when no bid is left, or when it closed before it was opened.",
    "Go on with the auction, or void it where there is a ground.",
)


def auction_and_needs(states: States, auction_id: str) -> tuple[str, ...]:
    """Return the auction and the needs that it reserves, to be read."""
    if auction_id not in states:
        return (auction_id,)
    return (auction_id, *states.of(Auction, auction_id).reserved_needs)


def released(auction_id: str, needs: Iterable[str]) -> list[tuple[str, Event]]:
    """Return that the auction reserves these needs no longer."""
    return [(need_id, NeedReleased(auction_id=auction_id)) for need_id in needs]


def unless_unawarded(states: States, auction_id: str) -> Refusal | None:
    """Refuse while an award rests on the auction."""
    holder = states.holder(award_key(auction_id))
    return None if holder is None else AWARD_IN_FORCE.refuse(award=holder)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAuction(Command):
    """End an auction before any bid in it was accepted."""

    auction_id: AuctionId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction and the needs that it reserves."""
        return auction_and_needs(states, self.auction_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Cancel an auction.

        - The auction's authority cancels it.
        - It has not closed, nor ended otherwise.
        - No bid was accepted, not even one that stands no longer.
        - Its needs are free, and so is its lot.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        refusal = unless_in(auction, "drafted", "rules-frozen", "scheduled", "open", "paused")
        if refusal:
            return refusal
        if auction.accepted:
            return BID_ACCEPTED.refuse(state=auction.phase)
        cancelled = AuctionCancelled(
            reason=self.reason, procurement_id=auction.procurement_id, lot=auction.lot
        )
        needs = auction.reserved_needs
        return [(self.auction_id, cancelled), *released(self.auction_id, needs)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareUnsuccessful(Command):
    """End an auction that led to nothing."""

    auction_id: AuctionId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction and the needs that it reserves."""
        return auction_and_needs(states, self.auction_id)

    def claims(self) -> tuple[str, ...]:
        """Return the award that may rest on the auction."""
        return (award_key(self.auction_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Declare an auction unsuccessful.

        - The auction's authority declares it.
        - It has neither ended nor led to a contract.
        - It is ranked, or was scheduled and never opened.
        - No award rests on it.
        - There is nothing to award: nobody bid, or everybody who did is excluded; or its
          closing time has come before it was opened.
        - Its needs are free, and so is its lot.
        """
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id) or unless_live(auction):
            return refusal
        if refusal := unless_in(auction, "scheduled", "ranked"):
            return refusal
        if refusal := unless_unawarded(states, self.auction_id):
            return refusal
        if auction.standing:
            return SOMETHING_TO_AWARD.refuse(bids=len(auction.standing))
        if auction.phase == "scheduled" and now < auction.closes_at:
            return SOMETHING_TO_AWARD.refuse(closes_at=utc(auction.closes_at))
        unsuccessful = AuctionUnsuccessful(
            reason=self.reason, procurement_id=auction.procurement_id, lot=auction.lot
        )
        needs = auction.reserved_needs
        return [(self.auction_id, unsuccessful), *released(self.auction_id, needs)]


COMMANDS: tuple[type[Command], ...] = (CancelAuction, DeclareUnsuccessful)
