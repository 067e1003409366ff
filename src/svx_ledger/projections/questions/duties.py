"""What suppliers owe and when: the same rows for the authority, the supplier, the community."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.leverage import counted
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.domain.values import value_pence
from svx_ledger.projections.obligations import CLAIM, OBLIGATION, ObligationRow
from svx_ledger.projections.organisations import name_of
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import BadQuestion, of_side, positions


class Duty(NamedTuple):
    """A pledge with what is owed, claimed, confirmed and still open of it, in its unit.

    `open` is owed and not confirmed; `waiting` is the part of it that was claimed and nobody
    decided yet. `state` is `overdue` where something is open the day after `due_by`, else
    `due`, `delivered`, or how the pledge was let go.
    """

    supplier_id: str
    supplier: str
    due_by: date
    state: str
    days_overdue: int
    measure: str
    unit: str
    owed: Decimal
    confirmed: Decimal
    waiting: Decimal
    open: Decimal
    open_pence: int
    community_id: str
    need_id: str
    pledge_id: str
    contract_id: str
    positions: tuple[int, ...]


def due(
    view: View,
    viewer: Actor | None = None,
    *,
    supplier: str | None = None,
    within: int | None = None,
) -> tuple[Duty, ...]:
    """Return what is due and overdue, by supplier, the longest overdue first.

    Pledges of which something is open; with `within`, those that fall due in so many days, and
    the overdue ones. Contracts are public: everybody may ask. Raises BadQuestion for less than
    no days.
    """
    del viewer
    if within is not None and within < 0:
        raise BadQuestion("days ahead are none or more")
    today = uk_date(view.now)
    kept = (
        view.rows.where(OBLIGATION, "supplier_id", supplier)
        if supplier
        else view.rows.all(OBLIGATION)
    )
    found = [
        duty for duty in duties(view.rows, kept, today) if duty.state in ("due", "overdue")
    ]
    if within is not None:
        last = today.toordinal() + within
        found = [duty for duty in found if duty.due_by.toordinal() <= last]
    return tuple(
        sorted(found, key=lambda duty: (duty.supplier_id, duty.due_by, duty.pledge_id))
    )


def owed(view: View, viewer: Actor | None = None) -> tuple[Duty, ...] | Refusal:
    """Return every pledge of the supplier that asks, with what is open of it; by due date."""
    own = of_side(viewer, "supplier")
    if isinstance(own, Refusal):
        return own
    kept = view.rows.where(OBLIGATION, "supplier_id", own)
    found = duties(view.rows, kept, uk_date(view.now))
    return tuple(sorted(found, key=lambda duty: (duty.due_by, duty.pledge_id)))


def duties(rows: Rows, kept: Iterable[ObligationRow], today: date) -> list[Duty]:
    """Return what these pledges owe on a UK date."""
    return [_duty(rows, row, today) for row in kept]


def _duty(rows: Rows, row: ObligationRow, today: date) -> Duty:
    claims = list(rows.select(CLAIM, row.pledge_id))
    confirmed = sum((claim.confirmed or Decimal(0) for claim in claims), Decimal(0))
    waiting = sum((claim.quantity for claim in claims if claim.undecided), Decimal(0))
    left = max(row.quantity - confirmed, Decimal(0))
    state = _state(row, left, today)
    worth = value_pence(row.quantity, row.pounds_per_unit)
    arrived = value_pence(counted(confirmed, row.quantity), row.pounds_per_unit)
    decided = (claim.decided_position for claim in claims)
    return Duty(
        supplier_id=row.supplier_id,
        supplier=name_of(rows, row.supplier_id),
        due_by=row.due_by,
        state=state,
        days_overdue=(today - row.due_by).days if state == "overdue" else 0,
        measure=row.measure,
        unit=row.unit,
        owed=row.quantity,
        confirmed=confirmed,
        waiting=waiting,
        open=left,
        open_pence=worth - arrived,
        community_id=row.community_id,
        need_id=row.need_id,
        pledge_id=row.pledge_id,
        contract_id=row.contract_id,
        positions=positions(row.position, *(claim.position for claim in claims), *decided),
    )


def _state(row: ObligationRow, left: Decimal, today: date) -> str:
    """Return how a pledge stands: one that was let go owes what is under review, no more."""
    if row.ended_on is not None:
        return row.phase
    if not left and row.quantity:
        return "delivered"
    if not left:  # a rate pledge on which nothing was spent
        return "nothing owed yet"
    return "overdue" if today > row.due_by else "due"
