"""What a community organisation asks of deliveries: what waits for it, what is disputed."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.rule import Refusal
from svx_ledger.projections.obligations import CLAIM, OBLIGATION, ClaimRow
from svx_ledger.projections.organisations import name_of
from svx_ledger.projections.table import Rows, existing
from svx_ledger.projections.view import View

from .asking import of_side, positions


class Delivery(NamedTuple):
    """A claim on a pledge to one's own project, and how it stands.

    `state` is `claimed` while it waits for an answer, `disputed`, `resolved`, `confirmed`,
    `part-confirmed` or `withdrawn`; `reason` the last that was said of a dispute.
    """

    pledge_id: str
    claim_no: int
    need_id: str
    supplier_id: str
    supplier: str
    measure: str
    unit: str
    quantity: Decimal
    period_from: date
    period_to: date
    claimed_at: datetime
    state: str
    confirmed: Decimal | None
    reason: str | None
    positions: tuple[int, ...]


def waiting(view: View, viewer: Actor | None = None) -> tuple[Delivery, ...] | Refusal:
    """Return the claims that wait for the community organisation that asks to confirm them.

    `svx-ledger pledge confirm` and `pledge dispute` answer them.
    """
    return _deliveries(view, viewer, disputed=False)


def disputes(view: View, viewer: Actor | None = None) -> tuple[Delivery, ...] | Refusal:
    """Return the disputes about deliveries to the community organisation that asks."""
    return _deliveries(view, viewer, disputed=True)


def _deliveries(
    view: View, viewer: Actor | None, *, disputed: bool
) -> tuple[Delivery, ...] | Refusal:
    own = of_side(viewer, "community")
    if isinstance(own, Refusal):
        return own
    claims = (
        claim
        for pledge in view.rows.where(OBLIGATION, "community_id", own)
        for claim in view.rows.select(CLAIM, pledge.pledge_id)
    )
    wanted = (
        claim
        for claim in claims
        if (claim.disputed_at is not None if disputed else claim.phase == "claimed")
    )
    found = [_delivery(view.rows, claim) for claim in wanted]
    return tuple(sorted(found, key=lambda row: row.positions))


def _delivery(rows: Rows, claim: ClaimRow) -> Delivery:
    pledge = existing(rows, OBLIGATION, claim.pledge_id)
    return Delivery(
        pledge_id=claim.pledge_id,
        claim_no=claim.claim_no,
        need_id=pledge.need_id,
        supplier_id=pledge.supplier_id,
        supplier=name_of(rows, pledge.supplier_id),
        measure=pledge.measure,
        unit=pledge.unit,
        quantity=claim.quantity,
        period_from=claim.period_from,
        period_to=claim.period_to,
        claimed_at=claim.claimed_at,
        state=claim.outcome,
        confirmed=claim.confirmed,
        reason=claim.reason,
        positions=positions(claim.position, claim.decided_position),
    )
