"""Resource offers: what suppliers could give, each private to its supplier (`visibility`)."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.resource_offer import ResourceOffered, ResourceWithdrawn
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class ResourceOfferRow(NamedTuple):
    """What a supplier could give between two days, both included; hidden from all others."""

    resource_offer_id: str
    supplier_id: str
    measure: str
    unit: str
    quantity: Decimal
    available_from: date
    available_to: date
    proxy_set_id: str | None
    position: int
    withdrawn: bool = False


class ResourcePlaceRow(NamedTuple):
    """A place where it could be given."""

    resource_offer_id: str
    number: int
    police_force: str
    local_authority: str


RESOURCE_OFFER = Table("resource_offers", ResourceOfferRow, found_by=("supplier_id",))
RESOURCE_PLACE = Table("resource_places", ResourcePlaceRow, key=2)
RESOURCE_OFFERS = Projection("resource_offers", RESOURCE_OFFER, RESOURCE_PLACE)
project = RESOURCE_OFFERS.project


@RESOURCE_OFFERS.on(ResourceOffered)
def _offered(at: Envelope, event: ResourceOffered) -> Changes:
    row = ResourceOfferRow(
        resource_offer_id=at.stream,
        supplier_id=event.supplier_id,
        measure=event.measure,
        unit=event.unit,
        quantity=event.quantity,
        available_from=event.available_from,
        available_to=event.available_to,
        proxy_set_id=event.proxy_set_id,
        position=at.position,
    )
    yield RESOURCE_OFFER.put(row)
    for number, place in enumerate(event.places, start=1):
        where = (place.police_force, place.local_authority)
        yield RESOURCE_PLACE.put(ResourcePlaceRow(at.stream, number, *where))


@RESOURCE_OFFERS.on(ResourceWithdrawn)
def _withdrawn(at: Envelope, event: ResourceWithdrawn) -> Changes:
    del event
    yield RESOURCE_OFFER.patch(at.stream, withdrawn=True)
