"""Invoices under a contract: what its rate pledges are owed on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.bounds import unless_statable
from svx_ledger.domain.form import Code, ContractId, Pence
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.pledge.events import PledgeMaterialised, pledge_id_of
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.rates import quantity_at
from svx_ledger.domain.rule import PERIOD_BACKWARDS, Refusal, Rule
from svx_ledger.domain.spend import NOTHING_SPENT

from .running import ContractInvoiceRecorded, contract_invoice_key
from .state import Contract

INVOICED_ALREADY = Rule(
    "invoiced-already",
    "An invoice under a contract is recorded once.",
    "Read what the contract was invoiced; a credit is set against the next invoice.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContractInvoice(Command):
    """State what was invoiced under a contract for a period, net of VAT."""

    contract_id: ContractId
    invoice: Code
    period_from: date
    period_to: date
    amount_pence: Pence

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the contract, its award, and those of its pledges that have a rate."""
        if self.contract_id not in states:
            return (self.contract_id,)
        award_id = states.of(Contract, self.contract_id).terms.award_id
        if award_id not in states:
            return (self.contract_id, award_id)
        return (self.contract_id, award_id, *self._rate_pledges(states, award_id))

    def claims(self) -> tuple[str, ...]:
        """Return the invoice, which may be recorded once under this contract."""
        return (contract_invoice_key(self.contract_id, self.invoice),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record an invoice under a contract.

        - The contract's authority, which pays, records it; also after the contract has ended.
        - An invoice under a contract is recorded once.
        - The amount is more than nothing.
        - The period does not run backwards.
        - All that was invoiced, and what each rate pledge comes to, is worth what a record can
          state.
        - Each rate pledge of which more is owed now says so, with its earlier over-delivery
          that counts now.
        """
        del now
        contract = states.of(Contract, self.contract_id)
        if refusal := unless_authority(actor, contract.terms.authority_id):
            return refusal
        if refusal := self._unless_new_and_whole(states):
            return refusal
        spend_pence = contract.spend_pence + self.amount_pence
        materialised = [*self._materialised(states, contract.terms.award_id, spend_pence)]
        most_pence = max([spend_pence, *(event.value_pence for _, event in materialised)])
        if refusal := unless_statable(most_pence):
            return refusal
        recorded = ContractInvoiceRecorded(
            contract_id=self.contract_id,
            invoice=self.invoice,
            period_from=self.period_from,
            period_to=self.period_to,
            amount_pence=self.amount_pence,
            spend_pence_was=contract.spend_pence,
            spend_pence=spend_pence,
            recorded_by=actor.id,
        )
        events: list[tuple[str, Event]] = [(self.contract_id, recorded)]
        return [*events, *materialised]

    def _unless_new_and_whole(self, states: States) -> Refusal | None:
        if states.holder(contract_invoice_key(self.contract_id, self.invoice)) is not None:
            return INVOICED_ALREADY.refuse(invoice=self.invoice, contract=self.contract_id)
        if self.amount_pence <= 0:
            return NOTHING_SPENT.refuse(amount_pence=self.amount_pence)
        if self.period_from > self.period_to:
            return PERIOD_BACKWARDS.refuse(
                period_from=self.period_from.isoformat(), period_to=self.period_to.isoformat()
            )
        return None

    def _rate_pledges(self, states: States, award_id: str) -> tuple[str, ...]:
        lines = states.of(Award, award_id).lines
        rated = (line.need_id for line in lines if line.rate is not None)
        return tuple(pledge_id_of(self.contract_id, need_id) for need_id in rated)

    def _materialised(
        self, states: States, award_id: str, spend_pence: int
    ) -> Iterable[tuple[str, PledgeMaterialised]]:
        for pledge_id in self._rate_pledges(states, award_id):
            pledge = states.of(Pledge, pledge_id)
            owed = owed_at(pledge, spend_pence)
            if owed != pledge.quantity:
                yield (
                    pledge_id,
                    PledgeMaterialised(
                        contract_id=self.contract_id,
                        spend_pence=spend_pence,
                        quantity_was=pledge.quantity,
                        quantity=owed,
                        value_pence_was=pledge.value_pence(pledge.quantity),
                        value_pence=pledge.value_pence(owed),
                        counted_pence=pledge.newly_counted_pence(owed),
                    ),
                )


def owed_at(pledge: Pledge, spend_pence: int) -> Decimal:
    """Return what is owed of a rate pledge once so much was invoiced under its contract."""
    assert pledge.rate is not None
    assert pledge.cap is not None
    divisible = pledge.terms.divisible
    return quantity_at(pledge.rate, spend_pence, pledge.cap, divisible=divisible)


COMMANDS: tuple[type[Command], ...] = (RecordContractInvoice,)
