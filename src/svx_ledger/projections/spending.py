"""Spend: what public bodies paid for the exchange and for running their side; other inputs."""

from datetime import date, datetime
from typing import NamedTuple

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.spend import (
    AdministrationCostRecorded,
    ExchangeSpendRecorded,
    InputRecorded,
)
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Put, Table


class SpendRow(NamedTuple):
    """What a payer recorded as exchange spend, administration cost or input, net of VAT.

    `kind` is `exchange`, `administration` or `input`. Inputs are in D4 alone: whoever sums
    rows takes those of the kinds that are meant, never all that are not of another.
    """

    spend_id: str
    kind: str
    payer_id: str
    procurement_id: str | None
    period_from: date
    period_to: date
    amount_pence: int
    recorded_at: datetime
    position: int


SPEND = Table("spend", SpendRow)
SPENDING = Projection("spending", SPEND)
project = SPENDING.project


@SPENDING.on(ExchangeSpendRecorded)
def _spent(at: Envelope, event: ExchangeSpendRecorded) -> Changes:
    yield _spend(at, event, "exchange")


@SPENDING.on(AdministrationCostRecorded)
def _administered(at: Envelope, event: AdministrationCostRecorded) -> Changes:
    yield _spend(at, event, "administration")


@SPENDING.on(InputRecorded)
def _put_in(at: Envelope, event: InputRecorded) -> Changes:
    yield _spend(at, event, "input")


def _spend(
    at: Envelope,
    event: ExchangeSpendRecorded | AdministrationCostRecorded | InputRecorded,
    kind: str,
) -> Put[SpendRow]:
    row = SpendRow(
        spend_id=at.stream,
        kind=kind,
        payer_id=event.payer_id,
        procurement_id=event.procurement_id,
        period_from=event.period_from,
        period_to=event.period_to,
        amount_pence=event.amount_pence,
        recorded_at=at.recorded_at,
        position=at.position,
    )
    return SPEND.put(row)


@SPENDING.on(RecordCorrected)
def _corrected(at: Envelope, event: RecordCorrected) -> Changes:
    if not at.stream.startswith("spend-"):
        return
    match event.field:
        case "amount_pence":
            yield SPEND.patch(at.stream, amount_pence=int(event.new))
        case "period_from":
            yield SPEND.patch(at.stream, period_from=date.fromisoformat(event.new))
        case _:  # these three can be corrected
            yield SPEND.patch(at.stream, period_to=date.fromisoformat(event.new))
