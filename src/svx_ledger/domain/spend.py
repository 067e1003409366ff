"""Spend: what the exchange cost its payer, which every leverage figure is divided by.

*Recorded*, by the paying authority itself and never by the operator: the denominator is
attested by whoever paid. All amounts are net of VAT.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, assert_never

from .actor import Actor
from .corrected import RecordCorrected
from .form import Code, OrganisationId, Pence, ProcurementId, Reason, SpendId
from .kind import Claim, Command, Decision, Event, States, StreamKind
from .organisation import Organisation
from .permission import unless_authority, unless_verified
from .procurement import Procurement
from .rule import NOT_YOURS, PERIOD_BACKWARDS, Refusal, Rule

NOTHING_SPENT = Rule(
    "nothing-spent",
    "A record of spend is of more than nothing.",
    "State the amount net of VAT, in pence.",
)
INVOICE_TAKEN = Rule(
    "invoice-taken",
    "A payer records each invoice once.",
    "Read the record that is under this invoice.",
    "conflict",
)


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


SpendEvent = ExchangeSpendRecorded | AdministrationCostRecorded | RecordCorrected


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """A record of spend as the rules see it."""

    payer_id: str
    procurement_id: str | None
    amount_pence: int
    kind: Literal["exchange", "administration"]
    period_from: date
    period_to: date


def evolve(spend: Spend | None, event: SpendEvent) -> Spend:
    """Fold one more fact into the record of spend."""
    match event:
        case ExchangeSpendRecorded():
            return _recorded(event, "exchange")
        case AdministrationCostRecorded():
            return _recorded(event, "administration")
        case RecordCorrected(field=name, new=new):
            assert spend is not None
            return _corrected(spend, name, new)
        case _:
            assert_never(event)


def _recorded(
    event: ExchangeSpendRecorded | AdministrationCostRecorded,
    kind: Literal["exchange", "administration"],
) -> Spend:
    return Spend(
        payer_id=event.payer_id,
        procurement_id=event.procurement_id,
        amount_pence=event.amount_pence,
        kind=kind,
        period_from=event.period_from,
        period_to=event.period_to,
    )


def _corrected(spend: Spend, field_name: str, new: str) -> Spend:
    match field_name:
        case "amount_pence":
            return replace(spend, amount_pence=int(new))
        case "period_from":
            return replace(spend, period_from=date.fromisoformat(new))
        case _:  # these three can be corrected, and no other
            return replace(spend, period_to=date.fromisoformat(new))


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

        - What holds for any spend: see `_refused`.
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

        - What holds for any spend: see `_refused`.
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
    """Refuse what may not be recorded as anybody's spend.

    - The payer records it itself.
    - The payer is an authority, and verified.
    - Where a procurement is named, the payer is its authority.
    - The amount is more than nothing.
    - The period does not run backwards.
    """
    payer = states.of(Organisation, spend.payer_id)
    refusal = unless_authority(actor, spend.payer_id)
    if refusal := refusal or unless_verified(payer, "authority"):
        return refusal
    if spend.procurement_id is not None:
        procurement = states.of(Procurement, spend.procurement_id)
        if procurement.authority_id != spend.payer_id:
            return NOT_YOURS.refuse(organisation=procurement.authority_id)
    if spend.amount_pence <= 0:
        return NOTHING_SPENT.refuse(amount_pence=spend.amount_pence)
    if spend.period_from > spend.period_to:
        return PERIOD_BACKWARDS.refuse(
            period_from=spend.period_from.isoformat(), period_to=spend.period_to.isoformat()
        )
    return None


EVENTS: tuple[type[SpendEvent], ...] = (
    ExchangeSpendRecorded,
    AdministrationCostRecorded,
    RecordCorrected,
)
KIND = StreamKind("spend", Spend, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (RecordExchangeSpend, RecordAdministrationCost)
