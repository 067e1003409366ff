"""Direct offers: help outside any auction, a channel of its own in every figure."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.direct_offer import DirectlyOffered, OfferAccepted, OfferDeclined
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class DirectOfferRow(NamedTuple):
    """One direct offer, worth `value_pence` by its proxy set; `status`: how it was answered."""

    direct_offer_id: str
    supplier_id: str
    need_id: str
    community_id: str
    authority_id: str
    proxy_set_id: str
    measure: str
    unit: str
    quantity: Decimal
    value_pence: int
    deliver_by: date
    status: str = "offered"


DIRECT_OFFER = Table("direct_offers", DirectOfferRow)
DIRECT_OFFERS = Projection("direct_offers", DIRECT_OFFER)
project = DIRECT_OFFERS.project


@DIRECT_OFFERS.on(DirectlyOffered)
def _offered(at: Envelope, event: DirectlyOffered) -> Changes:
    offer = DirectOfferRow(
        direct_offer_id=at.stream,
        supplier_id=event.supplier_id,
        need_id=event.need_id,
        community_id=event.community_id,
        authority_id=event.authority_id,
        proxy_set_id=event.proxy_set_id,
        measure=event.measure,
        unit=event.unit,
        quantity=event.quantity,
        value_pence=event.value_pence,
        deliver_by=event.deliver_by,
    )
    yield DIRECT_OFFER.put(offer)


@DIRECT_OFFERS.on(OfferAccepted)
def _accepted(at: Envelope, event: OfferAccepted) -> Changes:
    del event
    yield DIRECT_OFFER.patch(at.stream, status="accepted")


@DIRECT_OFFERS.on(OfferDeclined)
def _declined(at: Envelope, event: OfferDeclined) -> Changes:
    del event
    yield DIRECT_OFFER.patch(at.stream, status="declined")
