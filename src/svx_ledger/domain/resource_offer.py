"""Resource offers: what a supplier could give, if somebody has use for it.

*Offered → Withdrawn.* Private to the supplier: it is there to be matched with needs, promises
nothing and reserves nothing.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, assert_never

from .actor import Actor
from .form import (
    Count,
    Measure,
    OrganisationId,
    PersonId,
    ProxySetId,
    Quantity,
    Reason,
    ResourceOfferId,
    Unit,
)
from .kind import Command, Decision, Event, States, StreamKind
from .organisation import Organisation
from .permission import unless_supplier, unless_verified
from .place import Place
from .pricing import unless_priced
from .proxies import ProxySet
from .rule import PERIOD_BACKWARDS, WRONG_STATE, Refusal, Rule
from .uk_calendar import uk_date

NOTHING_OFFERED = Rule(
    "nothing-offered",
    "An offer is of more than nothing.",
    "State how much is offered.",
)
OFFERED_IN_THE_PAST = Rule(
    "offered-in-the-past",
    "What is offered can still be given: its last day is today or later.",
    "Give a later day.",
)
Places = Annotated[tuple[Place, ...], Count(1, 100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceOffered(Event):
    """A supplier said what it could give, where, and between which days, both included.

    `proxy_set_id` is the table by which it would like it valued, if any.
    """

    supplier_id: OrganisationId
    measure: Measure
    unit: Unit
    quantity: Quantity
    places: Places
    available_from: date
    available_to: date
    proxy_set_id: ProxySetId | None = None
    offered_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceWithdrawn(Event):
    """The supplier offers it no longer."""

    reason: Reason
    withdrawn_by: PersonId


ResourceOfferEvent = ResourceOffered | ResourceWithdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceOffer:
    """A resource offer as the rules see it."""

    supplier_id: str
    measure: str
    unit: str
    quantity: Decimal
    phase: Literal["offered", "withdrawn"] = "offered"


def evolve(offer: ResourceOffer | None, event: ResourceOfferEvent) -> ResourceOffer:
    """Fold one more fact into the resource offer."""
    match event:
        case ResourceOffered():
            return ResourceOffer(
                supplier_id=event.supplier_id,
                measure=event.measure,
                unit=event.unit,
                quantity=event.quantity,
            )
        case ResourceWithdrawn():
            assert offer is not None
            return replace(offer, phase="withdrawn")
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferResource(Command):
    """Say what a supplier could give."""

    resource_offer_id: ResourceOfferId
    supplier_id: OrganisationId
    measure: Measure
    unit: Unit
    quantity: Quantity
    places: Places
    available_from: date
    available_to: date
    proxy_set_id: ProxySetId | None = None

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new resource offer."""
        del states
        return (self.resource_offer_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the supplier, and the proxy set where one is named."""
        del states
        return tuple(stream for stream in (self.supplier_id, self.proxy_set_id) if stream)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Offer a resource.

        - The supplier itself offers.
        - The organisation is a supplier, and verified.
        - More than nothing is offered.
        - The period does not run backwards.
        - Its last day is today (in the United Kingdom) or later.
        - Where a proxy set is named, it values the measure, in this unit, whole if need be.
        """
        supplier = states.of(Organisation, self.supplier_id)
        refusal = unless_supplier(actor, self.supplier_id)
        refusal = refusal or unless_verified(supplier, "supplier")
        if refusal := refusal or self._unless_possible(uk_date(now)):
            return refusal
        if self.proxy_set_id is not None:
            proxy_set = states.of(ProxySet, self.proxy_set_id)
            if refusal := unless_priced(
                proxy_set, self.measure, self.unit, self.quantity, offer=self.resource_offer_id
            ):
                return refusal
        offered = ResourceOffered(
            supplier_id=self.supplier_id,
            measure=self.measure,
            unit=self.unit,
            quantity=self.quantity,
            places=self.places,
            available_from=self.available_from,
            available_to=self.available_to,
            proxy_set_id=self.proxy_set_id,
            offered_by=actor.id,
        )
        return [(self.resource_offer_id, offered)]

    def _unless_possible(self, today: date) -> Refusal | None:
        if self.quantity <= 0:
            return NOTHING_OFFERED.refuse(quantity=self.quantity, unit=self.unit)
        if self.available_from > self.available_to:
            return PERIOD_BACKWARDS.refuse(
                period_from=self.available_from.isoformat(),
                period_to=self.available_to.isoformat(),
            )
        if self.available_to < today:
            return OFFERED_IN_THE_PAST.refuse(
                last_day=self.available_to.isoformat(), today=today.isoformat()
            )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawResource(Command):
    """Offer a resource no longer, and say why."""

    resource_offer_id: ResourceOfferId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the resource offer."""
        del states
        return (self.resource_offer_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Withdraw a resource.

        - The supplier itself withdraws it.
        - It is withdrawn once.
        """
        del now
        offer = states.of(ResourceOffer, self.resource_offer_id)
        if refusal := unless_supplier(actor, offer.supplier_id):
            return refusal
        if offer.phase != "offered":
            return WRONG_STATE.refuse(state=offer.phase, expected="offered")
        withdrawn = ResourceWithdrawn(reason=self.reason, withdrawn_by=actor.id)
        return [(self.resource_offer_id, withdrawn)]


EVENTS: tuple[type[ResourceOfferEvent], ...] = (ResourceOffered, ResourceWithdrawn)
KIND = StreamKind("resource-offer", ResourceOffer, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (OfferResource, WithdrawResource)
