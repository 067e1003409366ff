"""Spend: what the exchange cost those who use it, which every leverage figure is divided by.

*Recorded*, by whoever paid or put it in and never by the operator: each denominator is attested
by its payer. All amounts are net of VAT.

- `events`, `state`: what happened, and a record of spend as the rules see it
- `amounts`: what holds for every one of them
- `recording`: what authorities pay for the exchange, and for running their side of it
- `inputs`: everything else that anybody on the exchange puts in
"""

from svx_ledger.domain.kind import Command, StreamKind

from .amounts import NOTHING_SPENT
from .events import (
    EVENTS,
    AdministrationCostRecorded,
    ExchangeSpendRecorded,
    InputRecorded,
    SpendEvent,
    What,
)
from .inputs import RecordInput
from .recording import INVOICE_TAKEN, RecordAdministrationCost, RecordExchangeSpend
from .state import Spend, evolve

__all__ = [
    "COMMANDS",
    "EVENTS",
    "INVOICE_TAKEN",
    "KIND",
    "NOTHING_SPENT",
    "AdministrationCostRecorded",
    "ExchangeSpendRecorded",
    "InputRecorded",
    "RecordAdministrationCost",
    "RecordExchangeSpend",
    "RecordInput",
    "Spend",
    "SpendEvent",
    "What",
]

KIND = StreamKind("spend", Spend, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (
    RecordExchangeSpend,
    RecordAdministrationCost,
    RecordInput,
)
