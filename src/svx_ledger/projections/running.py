"""How contracts run: invoices, performance, shared evidence; defaults and their remedies."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.contract.running import (
    ContractInvoiceRecorded,
    EvidenceApportioned,
    KpiSet,
    PerformanceRated,
)
from svx_ledger.domain.pledge.outcomes import PledgeDefaulted, RemedyAgreed
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class InvoiceRow(NamedTuple):
    """What was invoiced under a contract for a period, net of VAT, by the payer's word.

    `spend_pence` is all that was invoiced under it so far: what its rate pledges are owed on.
    """

    contract_id: str
    position: int
    invoice: str
    period_from: date
    period_to: date
    amount_pence: int
    spend_pence: int
    recorded_by: str
    recorded_at: datetime


class KpiRow(NamedTuple):
    """What a contract is measured by now, under this code; set at `position`."""

    contract_id: str
    kpi: str
    title: str
    goal: str
    set_by: str
    set_at: datetime
    position: int


class KpiPledgeRow(NamedTuple):
    """A pledge that the indicator set at that position is about."""

    contract_id: str
    kpi: str
    position: int
    pledge_id: str


class RatingRow(NamedTuple):
    """How a period's performance was rated; a later rating of the same period corrects it.

    `notice` is the contract performance notice (UK9), None where none was due.
    """

    contract_id: str
    position: int
    kpi: str
    period_from: date
    period_to: date
    rating: str
    reason: str | None
    notice: str | None
    rated_by: str
    rated_at: datetime


class EvidenceShareRow(NamedTuple):
    """Which part of one piece of evidence shows what was delivered on a pledge."""

    evidence_sha256: str
    pledge_id: str
    share: Decimal
    contract_id: str
    apportioned_by: str
    position: int


class DefaultRow(NamedTuple):
    """What was due on a pledge and not delivered: so much was open, as of that day."""

    pledge_id: str
    position: int
    reason: str
    as_of: date
    due_by: date
    quantity_open: Decimal
    value_pence: int
    recorded_by: str
    recorded_at: datetime


class RemedyRow(NamedTuple):
    """By when, and how, a default is to be made good."""

    pledge_id: str
    position: int
    due_by_was: date
    due_by: date
    plan: str
    recorded_by: str
    recorded_at: datetime


INVOICE = Table("contract_invoices", InvoiceRow, key=2)
KPI = Table("contract_kpis", KpiRow, key=2)
KPI_PLEDGE = Table("contract_kpi_pledges", KpiPledgeRow, key=4)
RATING = Table("contract_ratings", RatingRow, key=2)
EVIDENCE_SHARE = Table("evidence_shares", EvidenceShareRow, key=2)
DEFAULT = Table("pledge_defaults", DefaultRow, key=2)
REMEDY = Table("pledge_remedies", RemedyRow, key=2)
RUNNING = Projection(
    "running", INVOICE, KPI, KPI_PLEDGE, RATING, EVIDENCE_SHARE, DEFAULT, REMEDY
)
project = RUNNING.project


@RUNNING.on(ContractInvoiceRecorded)
def _invoiced(at: Envelope, event: ContractInvoiceRecorded) -> Changes:
    row = InvoiceRow(
        contract_id=event.contract_id,
        position=at.position,
        invoice=event.invoice,
        period_from=event.period_from,
        period_to=event.period_to,
        amount_pence=event.amount_pence,
        spend_pence=event.spend_pence,
        recorded_by=event.recorded_by,
        recorded_at=at.recorded_at,
    )
    yield INVOICE.put(row)


@RUNNING.on(KpiSet)
def _measured(at: Envelope, event: KpiSet) -> Changes:
    of, said = (at.stream, event.kpi), (event.title, event.goal, event.set_by)
    yield KPI.put(KpiRow(*of, *said, at.recorded_at, at.position))
    for pledge_id in event.pledges or ():
        yield KPI_PLEDGE.put(KpiPledgeRow(*of, at.position, pledge_id))


@RUNNING.on(PerformanceRated)
def _rated(at: Envelope, event: PerformanceRated) -> Changes:
    row = RatingRow(
        contract_id=at.stream,
        position=at.position,
        kpi=event.kpi,
        period_from=event.period_from,
        period_to=event.period_to,
        rating=event.rating,
        reason=event.reason,
        notice=event.notice,
        rated_by=event.rated_by,
        rated_at=at.recorded_at,
    )
    yield RATING.put(row)


@RUNNING.on(EvidenceApportioned)
def _apportioned(at: Envelope, event: EvidenceApportioned) -> Changes:
    by = (at.stream, event.apportioned_by, at.position)
    for part in event.shares:
        shown = (event.evidence_sha256, part.pledge_id, part.share)
        yield EVIDENCE_SHARE.put(EvidenceShareRow(*shown, *by))


@RUNNING.on(PledgeDefaulted)
def _defaulted(at: Envelope, event: PledgeDefaulted) -> Changes:
    row = DefaultRow(
        pledge_id=at.stream,
        position=at.position,
        reason=event.reason,
        as_of=event.as_of,
        due_by=event.due_by,
        quantity_open=event.quantity_open,
        value_pence=event.value_pence,
        recorded_by=event.recorded_by,
        recorded_at=at.recorded_at,
    )
    yield DEFAULT.put(row)


@RUNNING.on(RemedyAgreed)
def _remedied(at: Envelope, event: RemedyAgreed) -> Changes:
    row = RemedyRow(
        pledge_id=at.stream,
        position=at.position,
        due_by_was=event.due_by_was,
        due_by=event.due_by,
        plan=event.plan,
        recorded_by=event.recorded_by,
        recorded_at=at.recorded_at,
    )
    yield REMEDY.put(row)
