"""Offering: a supplier offers help with one need, outside any auction."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import DirectOfferId, NeedId, OrganisationId, ProxySetId, Quantity
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.need import Need
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.participations import auctions_of, participations_of
from svx_ledger.domain.permission import unless_supplier, unless_verified
from svx_ledger.domain.pricing import unless_priced
from svx_ledger.domain.proxies import ProxySet
from svx_ledger.domain.resource_offer import NOTHING_OFFERED
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.domain.values import value_pence

from .openings import unless_apart, unless_in_time, unless_open, unless_unconnected
from .state import DirectlyOffered


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDirectly(Command):
    """Offer help with a need outside any auction."""

    direct_offer_id: DirectOfferId
    supplier_id: OrganisationId
    need_id: NeedId
    authority_id: OrganisationId
    proxy_set_id: ProxySetId
    quantity: Quantity
    deliver_by: date

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new direct offer."""
        del states
        return (self.direct_offer_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return what it names, and the auctions of the authority that the supplier is in."""
        named = (self.supplier_id, self.need_id, self.authority_id, self.proxy_set_id)
        return (*named, *auctions_of(states, self.supplier_id, self.authority_id))

    def consults(self, states: States) -> tuple[str, ...]:
        """Return what the supplier takes part in."""
        del states
        return (participations_of(self.supplier_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Offer directly.

        - The supplier itself offers.
        - The organisation is a supplier, and verified.
        - The authority is one, and verified.
        - The supplier is in no live procurement of that authority.
        - The supplier has no connection with the need's organisation.
        - More than nothing is offered.
        - It is delivered today (in the United Kingdom) or later.
        - What holds for the need: see `openings.unless_open`.
        - The proxy set values its measure, in its unit, whole if need be.
        """
        refusal = unless_supplier(actor, self.supplier_id)
        supplier = states.of(Organisation, self.supplier_id)
        refusal = refusal or unless_verified(supplier, "supplier")
        authority = states.of(Organisation, self.authority_id)
        refusal = refusal or unless_verified(authority, "authority")
        refusal = refusal or unless_apart(states, self.supplier_id, self.authority_id)
        if refusal:
            return refusal
        need = states.of(Need, self.need_id)
        if refusal := unless_unconnected(self.supplier_id, supplier, need):
            return refusal
        if self.quantity <= 0:
            return NOTHING_OFFERED.refuse(quantity=self.quantity, unit=need.unit)
        refusal = unless_in_time(self.deliver_by, uk_date(now))
        refusal = refusal or unless_open(need, self.authority_id, self.quantity)
        proxy_set = states.of(ProxySet, self.proxy_set_id)
        refusal = refusal or unless_priced(
            proxy_set, need.measure, need.unit, self.quantity, need=self.need_id
        )
        if refusal:
            return refusal
        return [(self.direct_offer_id, self._offered(need, proxy_set, actor))]

    def _offered(self, need: Need, proxy_set: ProxySet, actor: Actor) -> DirectlyOffered:
        pounds_per_unit = proxy_set.proxies[need.measure].pounds_per_unit
        return DirectlyOffered(
            supplier_id=self.supplier_id,
            need_id=self.need_id,
            authority_id=self.authority_id,
            proxy_set_id=self.proxy_set_id,
            quantity=self.quantity,
            deliver_by=self.deliver_by,
            community_id=need.organisation_id,
            measure=need.measure,
            unit=need.unit,
            value_pence=value_pence(self.quantity, pounds_per_unit),
            offered_by=actor.id,
        )
