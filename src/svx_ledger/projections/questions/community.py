"""What a community organisation asks: what it asked for, and what was promised to it."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.direct_offers import DIRECT_OFFER, DirectOfferRow
from svx_ledger.projections.needs import NEED, NeedRow, listed_in
from svx_ledger.projections.obligations import OBLIGATION
from svx_ledger.projections.organisations import name_of
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import of_side, positions, steps
from .duties import Duty, duties
from .unmet_needs import outstanding


class Asked(NamedTuple):
    """A need of one's own: what was asked, what is covered, what is left, in its unit.

    `state` is `proposed`, `approved`, `listed` in an auction, `met` or `withdrawn`.
    """

    need_id: str
    project_id: str
    measure: str
    unit: str
    quantity: Decimal
    committed: Decimal
    outstanding: Decimal
    needed_by: date
    state: str
    listed_in: str | None
    positions: tuple[int, ...]


def asked(view: View, viewer: Actor | None = None) -> tuple[Asked, ...] | Refusal:
    """Return what the community organisation that asks has asked for, by its needs."""
    own = of_side(viewer, "community")
    if isinstance(own, Refusal):
        return own
    needs = (need for need in view.rows.all(NEED) if need.community_id == own)
    return tuple(_asked(view.rows, need) for need in needs)


def _asked(rows: Rows, need: NeedRow) -> Asked:
    left, reserved = outstanding(rows, need), listed_in(rows, need)
    return Asked(
        need_id=need.need_id,
        project_id=need.project_id,
        measure=need.measure,
        unit=need.unit,
        quantity=need.quantity,
        committed=need.quantity - left,
        outstanding=Decimal(0) if need.withdrawn else left,
        needed_by=need.needed_by,
        state=_need_state(need, left, reserved),
        listed_in=reserved,
        positions=positions(*(step.position for step in steps(rows, need.need_id))),
    )


def _need_state(need: NeedRow, left: Decimal, reserved: str | None) -> str:
    if need.withdrawn:
        return "withdrawn"
    if not left:
        return "met"
    if reserved is not None:
        return "listed"
    return "approved" if need.approved else "proposed"


class Promised(NamedTuple):
    """What a supplier promised to one's own project, by when, and what arrived of it.

    By contract (`how`: `contract`) or outside any auction (`direct offer`, answered or not,
    of which no delivery is followed). Quantities are in the need's unit.
    """

    need_id: str
    how: str
    supplier_id: str
    supplier: str
    measure: str
    unit: str
    quantity: Decimal
    promised_at: datetime | None
    due_by: date
    state: str
    confirmed: Decimal | None
    waiting: Decimal | None
    pledge_id: str
    positions: tuple[int, ...]


def promised(view: View, viewer: Actor | None = None) -> tuple[Promised, ...] | Refusal:
    """Return what was promised to the community organisation that asks, by whom and by when."""
    own = of_side(viewer, "community")
    if isinstance(own, Refusal):
        return own
    kept = list(view.rows.where(OBLIGATION, "community_id", own))
    entered = {row.pledge_id: row.committed_at for row in kept}
    by_contract = [
        _by_contract(duty, entered[duty.pledge_id])
        for duty in duties(view.rows, kept, uk_date(view.now))
    ]
    offers = (row for row in view.rows.all(DIRECT_OFFER) if row.community_id == own)
    found = [*by_contract, *(_by_offer(view.rows, row) for row in offers)]
    return tuple(sorted(found, key=lambda row: (row.due_by, row.need_id, row.pledge_id)))


def _by_contract(duty: Duty, promised_at: datetime) -> Promised:
    return Promised(
        need_id=duty.need_id,
        how="contract",
        supplier_id=duty.supplier_id,
        supplier=duty.supplier,
        measure=duty.measure,
        unit=duty.unit,
        quantity=duty.owed,
        promised_at=promised_at,
        due_by=duty.due_by,
        state=duty.state,
        confirmed=duty.confirmed,
        waiting=duty.waiting,
        pledge_id=duty.pledge_id,
        positions=duty.positions,
    )


def _by_offer(rows: Rows, offer: DirectOfferRow) -> Promised:
    accepted = (
        step.position
        for step in steps(rows, offer.need_id, "committed")
        if step.about == offer.direct_offer_id
    )
    return Promised(
        need_id=offer.need_id,
        how="direct offer",
        supplier_id=offer.supplier_id,
        supplier=name_of(rows, offer.supplier_id),
        measure=offer.measure,
        unit=offer.unit,
        quantity=offer.quantity,
        promised_at=None,
        due_by=offer.deliver_by,
        state=offer.status,
        confirmed=None,
        waiting=None,
        pledge_id=offer.direct_offer_id,
        positions=positions(*accepted),
    )
