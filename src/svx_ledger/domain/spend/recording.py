"""Recording what an authority pays: for the exchange, and for running its side of it."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Code, OrganisationId, Pence, ProcurementId, Reason, SpendId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import unless_authority, unless_verified
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import NOT_YOURS, Refusal, Rule

from .amounts import unless_spent
from .events import AdministrationCostRecorded, ExchangeSpendRecorded, invoice_key

INVOICE_TAKEN = Rule(
    "invoice-taken",
    "A payer records each invoice once.",
    "Read the record that is under this invoice.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExchangeSpend(Command):
    """State what was paid for using the exchange, net of VAT.

    Spend without a procurement is unallocated: it counts in the portfolio's figures only.
    """

    spend_id: SpendId
    payer_id: OrganisationId
    procurement_id: ProcurementId | None = None
    period_from: date
    period_to: date
    invoice: Code
    amount_pence: Pence

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new record."""
        del states
        return (self.spend_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the payer, and the procurement where one is named."""
        del states
        return _named_by(self)

    def claims(self) -> tuple[str, ...]:
        """Return the payer's invoice, which may be recorded once."""
        return (invoice_key(self.payer_id, self.invoice),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record exchange spend.

        - What holds for any spend of an authority: see `_refused`.
        - A payer records each invoice once.
        """
        del now
        if refusal := _refused(self, states, actor):
            return refusal
        holder = states.holder(invoice_key(self.payer_id, self.invoice))
        if holder is not None:
            return INVOICE_TAKEN.refuse(invoice=self.invoice, spend=holder)
        recorded = ExchangeSpendRecorded(
            payer_id=self.payer_id,
            procurement_id=self.procurement_id,
            period_from=self.period_from,
            period_to=self.period_to,
            invoice=self.invoice,
            amount_pence=self.amount_pence,
        )
        return [(self.spend_id, recorded)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAdministrationCost(Command):
    """State what running its side of the exchange cost the payer, net of VAT."""

    spend_id: SpendId
    payer_id: OrganisationId
    procurement_id: ProcurementId | None = None
    period_from: date
    period_to: date
    basis: Reason
    amount_pence: Pence

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new record."""
        del states
        return (self.spend_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the payer, and the procurement where one is named."""
        del states
        return _named_by(self)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record administration cost.

        - What holds for any spend of an authority: see `_refused`.
        """
        del now
        if refusal := _refused(self, states, actor):
            return refusal
        recorded = AdministrationCostRecorded(
            payer_id=self.payer_id,
            procurement_id=self.procurement_id,
            period_from=self.period_from,
            period_to=self.period_to,
            basis=self.basis,
            amount_pence=self.amount_pence,
        )
        return [(self.spend_id, recorded)]


def _named_by(spend: RecordExchangeSpend | RecordAdministrationCost) -> tuple[str, ...]:
    """Return the payer, and the procurement where one is named."""
    return tuple(stream for stream in (spend.payer_id, spend.procurement_id) if stream)


def _refused(
    spend: RecordExchangeSpend | RecordAdministrationCost, states: States, actor: Actor
) -> Refusal | None:
    """Refuse what may not be recorded as an authority's spend.

    - The payer records it itself.
    - The payer is an authority, and verified.
    - Where a procurement is named, the payer is its authority.
    - The amount is more than nothing, and the period does not run backwards.
    """
    payer = states.of(Organisation, spend.payer_id)
    refusal = unless_authority(actor, spend.payer_id)
    if refusal := refusal or unless_verified(payer, "authority"):
        return refusal
    if spend.procurement_id is not None:
        procurement = states.of(Procurement, spend.procurement_id)
        if procurement.authority_id != spend.payer_id:
            return NOT_YOURS.refuse(organisation=procurement.authority_id)
    return unless_spent(spend.amount_pence, spend.period_from, spend.period_to)
