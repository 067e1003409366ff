"""A record of spend as the rules see it, and how each event changes it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, assert_never

from svx_ledger.domain.corrected import RecordCorrected

from .events import AdministrationCostRecorded, ExchangeSpendRecorded, InputRecorded, SpendEvent

Kind = Literal["exchange", "administration", "input"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """A record of spend as the rules see it."""

    payer_id: str
    procurement_id: str | None
    amount_pence: int
    kind: Kind
    period_from: date
    period_to: date


def evolve(spend: Spend | None, event: SpendEvent) -> Spend:
    """Fold one more fact into the record of spend."""
    match event:
        case ExchangeSpendRecorded():
            return _recorded(event, "exchange")
        case AdministrationCostRecorded():
            return _recorded(event, "administration")
        case InputRecorded():
            return _recorded(event, "input")
        case RecordCorrected(field=name, new=new):
            assert spend is not None
            return _corrected(spend, name, new)
        case _:
            assert_never(event)


def _recorded(
    event: ExchangeSpendRecorded | AdministrationCostRecorded | InputRecorded, kind: Kind
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
