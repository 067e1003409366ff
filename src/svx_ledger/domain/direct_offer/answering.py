"""Answering: the community organisation accepts a direct offer or declines it."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import DirectOfferId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.need import Need, NeedOfferAccepted
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.participations import auctions_of, participations_of
from svx_ledger.domain.permission import unless_community, unless_verified
from svx_ledger.domain.rule import WRONG_STATE, Refusal
from svx_ledger.domain.uk_calendar import uk_date

from .openings import (
    LIVE_PROCUREMENT,
    unless_apart,
    unless_in_time,
    unless_open,
    unless_unconnected,
)
from .state import DirectOffer, OfferAccepted, OfferDeclined


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Command):
    """Accept a direct offer: it covers that much of the need."""

    direct_offer_id: DirectOfferId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the offer, its supplier and need, and the auctions that the supplier is in."""
        if self.direct_offer_id not in states:
            return (self.direct_offer_id,)
        offer = states.of(DirectOffer, self.direct_offer_id)
        named = (self.direct_offer_id, offer.supplier_id, offer.need_id)
        return (*named, *auctions_of(states, offer.supplier_id, offer.authority_id))

    def consults(self, states: States) -> tuple[str, ...]:
        """Return what the supplier takes part in."""
        offer = states.known(DirectOffer, self.direct_offer_id)
        return (participations_of(offer.supplier_id),) if offer else ()

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Accept a direct offer.

        - The community organisation accepts it, or the operator on its behalf.
        - It is neither accepted nor declined yet.
        - The supplier is still verified, and in no live procurement of that authority; in
          which one is not said, for who competes in it is hidden.
        - The supplier still has no connection with the need's organisation.
        - It can still be delivered in time.
        - What holds for the need still holds: see `openings.unless_open`.
        """
        offer = states.of(DirectOffer, self.direct_offer_id)
        if refusal := _unless_answerable(offer, actor):
            return refusal
        supplier = states.of(Organisation, offer.supplier_id)
        refusal = unless_verified(supplier, "supplier")
        if not refusal and unless_apart(states, offer.supplier_id, offer.authority_id):
            refusal = LIVE_PROCUREMENT.refuse()  # in which auction, others are not to learn
        need = states.of(Need, offer.need_id)
        refusal = refusal or unless_unconnected(offer.supplier_id, supplier, need)
        refusal = refusal or unless_in_time(offer.deliver_by, uk_date(now))
        refusal = refusal or unless_open(need, offer.authority_id, offer.quantity)
        if refusal:
            return refusal
        accepted = OfferAccepted(
            need_id=offer.need_id, quantity=offer.quantity, accepted_by=actor.id
        )
        covered = NeedOfferAccepted(
            direct_offer_id=self.direct_offer_id, quantity=offer.quantity
        )
        return [(self.direct_offer_id, accepted), (offer.need_id, covered)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOffer(Command):
    """Decline a direct offer, and say why."""

    direct_offer_id: DirectOfferId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the offer."""
        del states
        return (self.direct_offer_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Decline a direct offer.

        - The community organisation declines it, or the operator on its behalf.
        - It is neither accepted nor declined yet.
        """
        del now
        offer = states.of(DirectOffer, self.direct_offer_id)
        if refusal := _unless_answerable(offer, actor):
            return refusal
        declined = OfferDeclined(reason=self.reason, declined_by=actor.id)
        return [(self.direct_offer_id, declined)]


def _unless_answerable(offer: DirectOffer, actor: Actor) -> Refusal | None:
    if refusal := unless_community(actor, offer.community_id):
        return refusal
    if offer.phase != "offered":
        return WRONG_STATE.refuse(state=offer.phase, expected="offered")
    return None
