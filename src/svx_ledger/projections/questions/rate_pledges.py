"""What was spent against pledges by the pound, and what that makes them owe."""

from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.values import EXACT
from svx_ledger.projections.leverage.delivery import FACT, REFERENCE
from svx_ledger.projections.obligations import OBLIGATION, ObligationRow
from svx_ledger.projections.running import INVOICE
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import positions


class RatePledge(NamedTuple):
    """A pledge by the pound: what was spent on its contract, and what that makes it owe.

    `owed` is min(`rate` × spend, `cap`) in `unit`; `of_cap` is the share of the cap that it is
    by now, rounded to the ten-thousandth. `reference` is what it was ranked at.
    """

    pledge_id: str
    contract_id: str
    supplier_id: str
    need_id: str
    unit: str
    rate: Decimal
    cap: Decimal | None
    spend_pence: int
    owed: Decimal
    reference: Decimal
    confirmed: Decimal
    of_cap: Decimal | None
    positions: tuple[int, ...]


def rate_pledges(
    view: View, viewer: Actor | None = None, *, contract: str | None = None
) -> tuple[RatePledge, ...]:
    """Return what was spent against each rate pledge, net of VAT, and what is owed for it.

    Contracts are public: everybody may ask.
    """
    del viewer
    kept = (
        view.rows.where(OBLIGATION, "contract_id", contract)
        if contract
        else view.rows.all(OBLIGATION)
    )
    return tuple(_rate_pledge(view.rows, row, row.rate) for row in kept if row.rate is not None)


def _rate_pledge(rows: Rows, row: ObligationRow, rate: Decimal) -> RatePledge:
    invoices = list(rows.select(INVOICE, row.contract_id))
    facts = list(rows.select(FACT, row.pledge_id))
    references = list(rows.select(REFERENCE, row.pledge_id))
    confirmed = (fact.quantity for fact in facts if fact.stage == "confirmed")
    return RatePledge(
        pledge_id=row.pledge_id,
        contract_id=row.contract_id,
        supplier_id=row.supplier_id,
        need_id=row.need_id,
        unit=row.unit,
        rate=rate,
        cap=row.cap,
        spend_pence=sum(invoice.amount_pence for invoice in invoices),
        owed=row.quantity,
        reference=references[-1].quantity,
        confirmed=sum(confirmed, Decimal(0)),
        of_cap=_share(row.quantity, row.cap),
        positions=positions(
            *(fact.position for fact in facts), *(invoice.position for invoice in invoices)
        ),
    )


def _share(owed: Decimal, cap: Decimal | None) -> Decimal | None:
    """Return owed ÷ cap, rounded half to even at the ten-thousandth."""
    if not cap:
        return None
    return EXACT.divide(owed, cap).quantize(Decimal("0.0001"), context=EXACT)
