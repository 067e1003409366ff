"""Excluding a supplier from an auction, at any time before the contract, by two people.

Procurement Act 2023, sections 57 and 58: whoever is excludable may be excluded up to the
award of the contract. Apart from the auction's other acts because an award that rests on the
auction is assessed again without the supplier.
"""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.auction.breaks import (
    ExclusionGround,
    ExclusionRequested,
    SupplierExcluded,
)
from svx_ledger.domain.auction.events import BidsRanked
from svx_ledger.domain.auction.ranking import rank, totals_of
from svx_ledger.domain.auction.state import Auction, evolve
from svx_ledger.domain.auction.steps import NOT_INVITED, unless_live
from svx_ledger.domain.award.assessing import ranked_again
from svx_ledger.domain.award.events import award_key
from svx_ledger.domain.award.state import Award

from .actor import Actor
from .conflict import unless_conflicted
from .form import AuctionId, AwardId, OrganisationId, Reason
from .kind import Command, Decision, Event, States
from .permission import unless_authority
from .procurement import Procurement
from .rule import SAME_PERSON, WRONG_STATE, Refusal, Rule

AWARD_UNNAMED = Rule(
    "award-unnamed",
    "Who excludes a supplier names the award that rests on the auction, if there is one.",
    "Name the award that stands; it is assessed again without the supplier.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExclusion(Command):
    """Ask that a supplier be excluded from an auction, with all its bids."""

    auction_id: AuctionId
    supplier_id: OrganisationId
    ground: ExclusionGround
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Request an exclusion.

        - The auction's authority requests it.
        - The auction has neither ended nor led to a contract.
        - The supplier takes part.
        - It is not excluded already; a later request takes the place of an earlier one.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id) or unless_live(auction):
            return refusal
        if self.supplier_id not in auction.participants:
            return NOT_INVITED.refuse(supplier=self.supplier_id)
        if self.supplier_id in auction.excluded:
            return WRONG_STATE.refuse(state="excluded", expected="taking part")
        requested = ExclusionRequested(
            supplier_id=self.supplier_id,
            ground=self.ground,
            reason=self.reason,
            requested_by=actor.id,
        )
        return [(self.auction_id, requested)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveExclusion(Command):
    """Exclude a supplier, as the second person; `award_id` names the award it bears on."""

    auction_id: AuctionId
    supplier_id: OrganisationId
    award_id: AwardId | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, its procurement, and the award that is named."""
        named = tuple(stream for stream in (self.auction_id, self.award_id) if stream)
        if self.auction_id not in states:
            return named
        return (*named, states.of(Auction, self.auction_id).procurement_id)

    def claims(self) -> tuple[str, ...]:
        """Return the award that may rest on the auction."""
        return (award_key(self.auction_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Exclude a supplier.

        - An approver of the auction's authority approves it.
        - The auction has neither ended nor led to a contract.
        - The exclusion of this supplier was requested.
        - Nobody approves their own request.
        - The approver has no conflict of interest in the procurement (invariant 20).
        - The award named is the one that rests on the auction; none is where there is none.
        - Bids that were ranked are ranked again without the supplier's (invariant 11).
        - The award that is named is assessed again without its tender.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        refusal = unless_authority(actor, auction.authority_id, "authority.approver")
        if refusal := refusal or unless_live(auction):
            return refusal
        request = auction.exclusion_requests.get(self.supplier_id)
        if request is None:
            state = auction.participants.get(self.supplier_id, "not invited")
            return WRONG_STATE.refuse(state=state, expected="exclusion requested")
        if actor.id == request.requested_by:
            return SAME_PERSON.refuse(person=actor.id)
        procurement = states.of(Procurement, auction.procurement_id)
        if refusal := unless_conflicted(procurement, actor) or self._unless_named(states):
            return refusal
        excluded = SupplierExcluded(
            supplier_id=self.supplier_id,
            award_id=self.award_id,
            ground=request.ground,
            reason=request.reason,
            requested_by=request.requested_by,
            approved_by=actor.id,
        )
        return [
            (self.auction_id, excluded),
            *self._ranked_again(states, evolve(auction, excluded)),
        ]

    def _unless_named(self, states: States) -> Refusal | None:
        holder = states.holder(award_key(self.auction_id))
        return None if holder == self.award_id else AWARD_UNNAMED.refuse(award=holder or "none")

    def _ranked_again(self, states: States, rest: Auction) -> list[tuple[str, Event]]:
        """Return what follows from the exclusion, the supplier being out already."""
        events: list[tuple[str, Event]] = []
        if rest.phase == "ranked":
            ranking = rank(rest.standing, totals_of(rest))
            events.append((self.auction_id, BidsRanked(ranking=ranking)))
        if self.award_id is not None:
            award = states.of(Award, self.award_id)
            assessed = ranked_again(award, rest, "supplier-excluded")
            events.append((self.award_id, assessed))
        return events


COMMANDS: tuple[type[Command], ...] = (RequestExclusion, ApproveExclusion)
