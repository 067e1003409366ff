"""Procurements and their lots: what is bought, under which OCID."""

from datetime import date, datetime
from typing import NamedTuple

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.procurement import (
    ConflictsReviewed,
    NoticePublished,
    ProcurementCompleted,
    ProcurementRegistered,
    ProcurementTerminated,
    TenderNoticePublished,
)
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class ProcurementRow(NamedTuple):
    """One buying exercise; the notice is its tender notice (UK4), None before that.

    `conflicts_reviewed_at` is when the authority last reviewed conflicts of interest; who
    declared what stays with those who must know. One that was terminated has its
    `termination` notice (UK12) and the `reason`. `ended_on` is the UK date of its end, where
    the record states one.
    """

    procurement_id: str
    ocid: str
    title: str
    authority_id: str
    regime: str
    nation: str
    registered_at: datetime
    position: int
    phase: str = "registered"
    notice: str | None = None
    notice_on: date | None = None
    conflicts_reviewed_at: datetime | None = None
    termination: str | None = None
    reason: str | None = None
    notice_position: int | None = None
    ended_on: date | None = None
    ended_position: int | None = None


class AreaRow(NamedTuple):
    """A police force area that the authority buys for."""

    procurement_id: str
    area: str


class NoticeRow(NamedTuple):
    """A notice of the procurement, or of one lot of it, by its number in the Act's series."""

    procurement_id: str
    position: int
    notice: str
    reference: str
    published_on: date
    lot: str | None = None


class LotRow(NamedTuple):
    """A piece of the contract, worth `contract_value_pence` net of VAT."""

    procurement_id: str
    lot: str
    title: str
    contract_value_pence: int


PROCUREMENT = Table("procurements", ProcurementRow)
LOT = Table("procurement_lots", LotRow, key=2)
NOTICE = Table("procurement_notices", NoticeRow, key=2)
AREA = Table("procurement_areas", AreaRow, key=2)
PROCUREMENTS = Projection("procurements", PROCUREMENT, LOT, NOTICE, AREA)
project = PROCUREMENTS.project


@PROCUREMENTS.on(ProcurementRegistered)
def _registered(at: Envelope, event: ProcurementRegistered) -> Changes:
    procurement = ProcurementRow(
        procurement_id=at.stream,
        ocid=event.ocid,
        title=event.title,
        authority_id=event.authority_id,
        regime=event.regime,
        nation=event.nation,
        registered_at=at.recorded_at,
        position=at.position,
    )
    yield PROCUREMENT.put(procurement)
    for lot in event.lots:
        yield LOT.put(LotRow(at.stream, lot.lot, lot.title, lot.contract_value_pence))
    for area in event.acts_for:
        yield AREA.put(AreaRow(at.stream, area))


@PROCUREMENTS.on(TenderNoticePublished)
def _published(at: Envelope, event: TenderNoticePublished) -> Changes:
    yield PROCUREMENT.patch(
        at.stream,
        phase="published",
        notice=event.reference,
        notice_on=event.published_on,
        notice_position=at.position,
    )


@PROCUREMENTS.on(ConflictsReviewed)
def _reviewed(at: Envelope, event: ConflictsReviewed) -> Changes:
    del event
    yield PROCUREMENT.patch(at.stream, conflicts_reviewed_at=at.recorded_at)


@PROCUREMENTS.on(NoticePublished)
def _noticed(at: Envelope, event: NoticePublished) -> Changes:
    row = NoticeRow(
        procurement_id=at.stream,
        position=at.position,
        notice=event.notice,
        reference=event.reference,
        published_on=event.published_on,
        lot=event.lot,
    )
    yield NOTICE.put(row)


@PROCUREMENTS.on(ProcurementCompleted)
def _completed(at: Envelope, event: ProcurementCompleted) -> Changes:
    ended = {"ended_on": event.completed_on, "ended_position": at.position}
    yield PROCUREMENT.patch(at.stream, phase="completed", **ended)


@PROCUREMENTS.on(ProcurementTerminated)
def _terminated(at: Envelope, event: ProcurementTerminated) -> Changes:
    yield PROCUREMENT.patch(
        at.stream,
        phase="terminated",
        termination=event.reference,
        reason=event.reason,
        ended_on=event.terminated_on,
        ended_position=at.position,
    )


@PROCUREMENTS.on(RecordCorrected)
def _corrected(at: Envelope, event: RecordCorrected) -> Changes:
    if at.stream.startswith("procurement-"):
        yield PROCUREMENT.patch(at.stream, title=event.new)
