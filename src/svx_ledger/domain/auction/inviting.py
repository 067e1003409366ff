"""Who may bid: invited by the authority, willing, and found fit before any bid is made."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.conflict import unless_conflicted
from svx_ledger.domain.form import AuctionId, OrganisationId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.participations import ParticipationBegan, participations_of
from svx_ledger.domain.permission import unless_authority, unless_supplier, unless_verified
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import Rule

from .events import MOST_SUPPLIERS, InvitationAccepted, SupplierInvited, SupplierQualified
from .state import Auction
from .steps import unless_at, unless_in, unless_live, unless_unsealed

ALREADY_INVITED = Rule(
    "already-invited",
    "A supplier takes part in an auction once.",
    "Go on with the invitation it has.",
    "conflict",
)
TOO_MANY_SUPPLIERS = Rule(
    "too-many-suppliers",
    "One auction has at most 240 suppliers.",
    "Shortlist the suppliers before inviting them.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteSupplier(Command):
    """Invite a supplier to bid."""

    auction_id: AuctionId
    supplier_id: OrganisationId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction and the supplier."""
        del states
        return (self.auction_id, self.supplier_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Invite a supplier.

        - The auction's authority invites.
        - The rules are frozen and the auction has not opened.
        - The organisation is a supplier, and verified.
        - A supplier takes part once (invariant 3).
        - At most 240 suppliers take part.
        - Participants that it is connected with are flagged, not refused (invariant 3).
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        if refusal := unless_in(auction, "rules-frozen", "scheduled"):
            return refusal
        supplier = states.of(Organisation, self.supplier_id)
        if refusal := unless_verified(supplier, "supplier"):
            return refusal
        if self.supplier_id in auction.participants:
            return ALREADY_INVITED.refuse(supplier=self.supplier_id)
        if len(auction.participants) >= MOST_SUPPLIERS:
            return TOO_MANY_SUPPLIERS.refuse(suppliers=MOST_SUPPLIERS)
        connected_to = tuple(sorted(supplier.connections & auction.participants.keys()))
        invited = SupplierInvited(
            supplier_id=self.supplier_id, connected_to=connected_to or None
        )
        return [(self.auction_id, invited)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInvitation(Command):
    """Agree to take part."""

    auction_id: AuctionId
    supplier_id: OrganisationId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction and the supplier."""
        del states
        return (self.auction_id, self.supplier_id)

    def consults(self, states: States) -> tuple[str, ...]:
        """Return what the supplier takes part in: from now on this auction too."""
        del states
        return (participations_of(self.supplier_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Accept an invitation.

        - The supplier itself accepts.
        - It is still verified, and not suspended.
        - It is invited, and has neither accepted yet nor been excluded.
        - The auction has not ended.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_supplier(actor, self.supplier_id):
            return refusal
        supplier = states.of(Organisation, self.supplier_id)
        if refusal := unless_verified(supplier, "supplier"):
            return refusal
        if refusal := unless_at(auction, self.supplier_id, "invited") or unless_live(auction):
            return refusal
        began = ParticipationBegan(
            auction_id=self.auction_id, authority_id=auction.authority_id
        )
        return [
            (self.auction_id, InvitationAccepted(supplier_id=self.supplier_id)),
            (participations_of(self.supplier_id), began),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualifySupplier(Command):
    """Record that a supplier may bid, and on what basis."""

    auction_id: AuctionId
    supplier_id: OrganisationId
    basis: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, the supplier, and the auction's procurement."""
        named = (self.auction_id, self.supplier_id)
        if self.auction_id not in states:
            return named
        return (*named, states.of(Auction, self.auction_id).procurement_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Qualify a supplier.

        - The auction's authority qualifies.
        - Whoever qualifies has no live conflict of interest (invariant 20).
        - The supplier is still verified, and not suspended.
        - It has accepted its invitation, and is neither qualified yet nor excluded.
        - The auction has not ended.
        - The assessment is not sealed: it scores exactly those who may bid.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        procurement = states.of(Procurement, auction.procurement_id)
        if refusal := unless_conflicted(procurement, actor):
            return refusal
        supplier = states.of(Organisation, self.supplier_id)
        if refusal := unless_verified(supplier, "supplier"):
            return refusal
        if refusal := unless_at(auction, self.supplier_id, "accepted"):
            return refusal
        if refusal := unless_live(auction) or unless_unsealed(auction):
            return refusal
        qualified = SupplierQualified(supplier_id=self.supplier_id, basis=self.basis)
        return [(self.auction_id, qualified)]
