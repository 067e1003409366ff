"""What happens to a direct offer, and the offer as the rules see it."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, assert_never

from svx_ledger.domain.form import (
    Measure,
    NeedId,
    OrganisationId,
    Pence,
    PersonId,
    ProxySetId,
    Quantity,
    Reason,
    Unit,
)
from svx_ledger.domain.kind import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectlyOffered(Event):
    """A supplier offered help with one need, to be delivered by a day.

    `authority_id` is the authority that the match is attributed to; `value_pence` is what it
    is worth by the proxy set named.
    """

    supplier_id: OrganisationId
    need_id: NeedId
    authority_id: OrganisationId
    proxy_set_id: ProxySetId
    quantity: Quantity
    deliver_by: date
    community_id: OrganisationId
    measure: Measure
    unit: Unit
    value_pence: Pence
    offered_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted(Event):
    """The community organisation accepted: the offer covers that much of its need."""

    need_id: NeedId
    quantity: Quantity
    accepted_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined(Event):
    """The community organisation has no use for the offer, and said why."""

    reason: Reason
    declined_by: PersonId


DirectOfferEvent = DirectlyOffered | OfferAccepted | OfferDeclined


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectOffer:
    """A direct offer as the rules see it."""

    supplier_id: str
    need_id: str
    authority_id: str
    community_id: str
    quantity: Decimal
    unit: str
    deliver_by: date
    value_pence: int
    phase: Literal["offered", "accepted", "declined"] = "offered"


def evolve(offer: DirectOffer | None, event: DirectOfferEvent) -> DirectOffer:
    """Fold one more fact into the direct offer."""
    if isinstance(event, DirectlyOffered):
        return DirectOffer(
            supplier_id=event.supplier_id,
            need_id=event.need_id,
            authority_id=event.authority_id,
            community_id=event.community_id,
            quantity=event.quantity,
            unit=event.unit,
            deliver_by=event.deliver_by,
            value_pence=event.value_pence,
        )
    assert offer is not None
    match event:
        case OfferAccepted():
            return replace(offer, phase="accepted")
        case OfferDeclined():
            return replace(offer, phase="declined")
        case _:
            assert_never(event)


EVENTS: tuple[type[DirectOfferEvent], ...] = (DirectlyOffered, OfferAccepted, OfferDeclined)
