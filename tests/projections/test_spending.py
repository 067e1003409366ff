"""Spend as it is kept: what was paid, what running a side cost, and what else was put in."""

from datetime import date

import pytest

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.kind import Event
from svx_ledger.domain.spend import (
    AdministrationCostRecorded,
    ExchangeSpendRecorded,
    InputRecorded,
)
from svx_ledger.projections.spending import SPEND, SPENDING, SpendRow

from .test_obligations import minute
from .told import tables_after

STREAM = "spend-s001"
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)
PAID = ExchangeSpendRecorded(
    payer_id="organisation-auth1",
    procurement_id="procurement-pr01",
    period_from=FIRST,
    period_to=LAST,
    invoice="INV-1",
    amount_pence=120_000,
)
COST = AdministrationCostRecorded(
    payer_id="organisation-auth1",
    procurement_id="procurement-pr01",
    period_from=FIRST,
    period_to=LAST,
    basis="Time sheets",
    amount_pence=120_000,
)
PUT_IN = InputRecorded(
    payer_id="organisation-auth1",
    procurement_id="procurement-pr01",
    period_from=FIRST,
    period_to=LAST,
    what="money",
    basis="From its books",
    amount_pence=120_000,
)
KINDS: list[tuple[Event, str]] = [
    (PAID, "exchange"),
    (COST, "administration"),
    (PUT_IN, "input"),
]


@pytest.mark.parametrize(("event", "kind"), KINDS)
def test_a_record_is_kept_by_its_kind_and_as_it_was_corrected(event: Event, kind: str) -> None:
    row = SpendRow(
        spend_id=STREAM,
        kind=kind,
        payer_id="organisation-auth1",
        procurement_id="procurement-pr01",
        period_from=FIRST,
        period_to=LAST,
        amount_pence=120_000,
        recorded_at=minute(1),
        position=1,
    )
    corrected = tuple(
        (STREAM, RecordCorrected(correction_id="correction-c001", **said, reason="A digit"))
        for said in (
            {"field": "amount_pence", "old": "120000", "new": "102000"},
            {"field": "period_from", "old": "2026-01-01", "new": "2026-01-02"},
            {"field": "period_to", "old": "2026-01-31", "new": "2026-01-30"},
        )
    )

    assert list(tables_after(SPENDING, (STREAM, event)).all(SPEND)) == [row]
    assert tables_after(SPENDING, (STREAM, event), *corrected).get(SPEND, STREAM) == (
        row._replace(
            amount_pence=102_000, period_from=date(2026, 1, 2), period_to=date(2026, 1, 30)
        )
    )
