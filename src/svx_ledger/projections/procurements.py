"""Procurements and their lots: what is bought, under which OCID."""

from datetime import date, datetime
from typing import NamedTuple

from svx_ledger.domain.procurement import ProcurementRegistered, TenderNoticePublished
from svx_ledger.eventlog.record import Recorded

from .projection import Projection
from .table import Changes, Table


class ProcurementRow(NamedTuple):
    """One buying exercise; the notice is its tender notice (UK4), None before that."""

    procurement_id: str
    ocid: str
    title: str
    authority_id: str
    regime: str
    nation: str
    registered_at: datetime
    notice: str | None = None
    notice_on: date | None = None


class LotRow(NamedTuple):
    """A piece of the contract, worth `contract_value_pence` net of VAT."""

    procurement_id: str
    lot: str
    title: str
    contract_value_pence: int


PROCUREMENT = Table("procurements", ProcurementRow)
LOT = Table("procurement_lots", LotRow, key=2)
PROCUREMENTS = Projection("procurements", PROCUREMENT, LOT)
project = PROCUREMENTS.project


@PROCUREMENTS.on(ProcurementRegistered)
def _registered(at: Recorded, event: ProcurementRegistered) -> Changes:
    procurement = ProcurementRow(
        procurement_id=at.stream,
        ocid=event.ocid,
        title=event.title,
        authority_id=event.authority_id,
        regime=event.regime,
        nation=event.nation,
        registered_at=at.recorded_at,
    )
    yield PROCUREMENT.put(procurement)
    for lot in event.lots:
        yield LOT.put(LotRow(at.stream, lot.lot, lot.title, lot.contract_value_pence))


@PROCUREMENTS.on(TenderNoticePublished)
def _published(at: Recorded, event: TenderNoticePublished) -> Changes:
    yield PROCUREMENT.patch(at.stream, notice=event.reference, notice_on=event.published_on)
