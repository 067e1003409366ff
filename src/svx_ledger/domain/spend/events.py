"""What happens to a record of spend: who paid what for which period, net of VAT."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.form import Code, OrganisationId, Pence, ProcurementId, Reason
from svx_ledger.domain.kind import Claim, Event

What = Literal["money", "staff-time", "volunteer-time", "goods-and-services"]
"""What was put in, as the Guide to Social Return on Investment (2012, stage 2) sorts inputs:
money, time, and goods and services in kind; time apart by whether anybody was paid for it."""


def invoice_key(payer_id: str, invoice: str) -> str:
    """Return the unique claim that an invoice of one payer is."""
    return f"invoice:{payer_id}/{invoice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSpendRecorded(Event):
    """The payer stated what it paid for using the exchange, net of VAT."""

    payer_id: OrganisationId
    procurement_id: ProcurementId | None = None
    period_from: date
    period_to: date
    invoice: Code
    amount_pence: Pence

    def claims(self) -> tuple[Claim, ...]:
        """Take the payer's invoice for this record."""
        return (Claim(invoice_key(self.payer_id, self.invoice)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministrationCostRecorded(Event):
    """The payer stated what running its side cost it, net of VAT, and how it knows."""

    payer_id: OrganisationId
    procurement_id: ProcurementId | None = None
    period_from: date
    period_to: date
    basis: Reason
    amount_pence: Pence


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRecorded(Event):
    """An organisation stated what else it put in, worth so much net of VAT, and how it knows.

    Neither exchange spend nor administration cost: what delivering a pledge cost its supplier,
    or the time and money of a community organisation's own. It is in D4 alone.
    """

    payer_id: OrganisationId
    procurement_id: ProcurementId | None = None
    period_from: date
    period_to: date
    what: What
    basis: Reason
    amount_pence: Pence


SpendEvent = (
    ExchangeSpendRecorded | AdministrationCostRecorded | InputRecorded | RecordCorrected
)
EVENTS: tuple[type[SpendEvent], ...] = (
    ExchangeSpendRecorded,
    AdministrationCostRecorded,
    InputRecorded,
    RecordCorrected,
)
