"""Pledges and claims: what is owed to whom and by when, and what was said to have arrived.

Overdue and fulfilled are not here: the one follows from the clock, the other from the claims.
`owed` derives both.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from svx_ledger.domain.pledge.events import (
    DeliveryClaimed,
    DeliveryConfirmed,
    PledgeCommitted,
    PledgeMaterialised,
    PledgeVaried,
)
from svx_ledger.domain.pledge.outcomes import (
    ClaimWithdrawn,
    DeliveryDisputed,
    DisputeResolved,
    PledgeDefaulted,
    PledgeReleased,
    PledgeWrittenOff,
    RemedyAgreed,
)
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table

Phase = Literal["committed", "defaulted", "remedied", "written-off", "released"]
ClaimPhase = Literal["claimed", "confirmed", "disputed", "resolved", "withdrawn"]


class ObligationRow(NamedTuple):
    """A pledge as it is owed now: `quantity` in `unit`, at `pounds_per_unit`, by `due_by`.

    `phase` is what the authority last recorded of it. From `ended_on` on, a UK date, nothing
    more is delivered under it: it was released or written off. A rate pledge has a `rate`, in
    units for each pound of contract spend, and a `cap`; `quantity` is what the spend makes of
    it so far. `due_by` moves with a remedy.
    """

    pledge_id: str
    contract_id: str
    award_id: str
    auction_id: str
    procurement_id: str
    authority_id: str
    supplier_id: str
    community_id: str
    project_id: str
    need_id: str
    measure: str
    unit: str
    pounds_per_unit: Decimal
    quantity: Decimal
    due_by: date
    entered_on: date
    committed_at: datetime
    position: int
    rate: Decimal | None
    cap: Decimal | None
    phase: Phase = "committed"
    ended_on: date | None = None


class ClaimRow(NamedTuple):
    """What a supplier says it delivered on a pledge, and what the other side made of that.

    Delivered from `period_from` to `period_to`. `confirmed` is what arrived by the decision,
    worth `confirmed_pence`, of which `counted_pence` was owed; it was taken by
    `decided_by_side`. `reason` is the last that was said about a dispute or a withdrawal.
    """

    pledge_id: str
    claim_no: int
    quantity: Decimal
    value_pence: int
    claimed_at: datetime
    claimed_by: str
    claimant_id: str | None
    period_from: date
    period_to: date
    evidence_sha256: str
    outside_period: bool
    apportioned: bool
    shown_before: bool
    position: int
    phase: ClaimPhase = "claimed"
    disputed_at: datetime | None = None
    disputed_by: str | None = None
    disputed_by_side: str | None = None
    reason: str | None = None
    confirmed: Decimal | None = None
    confirmed_pence: int | None = None
    counted_pence: int | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decided_by_side: str | None = None
    decided_position: int | None = None

    @property
    def outcome(self) -> str:
        """The phase, with a confirmation of less than was claimed named as such."""
        part = self.confirmed is not None and self.confirmed < self.quantity
        return "part-confirmed" if self.phase == "confirmed" and part else self.phase

    @property
    def undecided(self) -> bool:
        """Whether nobody has said yet how much of it arrived."""
        return self.phase in ("claimed", "disputed")


OBLIGATION = Table(
    "obligations",
    ObligationRow,
    found_by=("supplier_id", "community_id", "contract_id", "authority_id"),
)
CLAIM = Table("claims", ClaimRow, key=2, found_by=("evidence_sha256",))
OBLIGATIONS = Projection("obligations", OBLIGATION, CLAIM)
project = OBLIGATIONS.project


@OBLIGATIONS.on(PledgeCommitted)
def _committed(at: Envelope, event: PledgeCommitted) -> Changes:
    row = ObligationRow(
        pledge_id=at.stream,
        contract_id=event.contract_id,
        award_id=event.award_id,
        auction_id=event.auction_id,
        procurement_id=event.procurement_id,
        authority_id=event.authority_id,
        supplier_id=event.supplier_id,
        community_id=event.community_id,
        project_id=event.project_id,
        need_id=event.need_id,
        measure=event.measure,
        unit=event.unit,
        pounds_per_unit=event.pounds_per_unit,
        quantity=event.quantity if event.rate is None else Decimal(0),
        due_by=event.due_by,
        entered_on=event.entered_on,
        committed_at=at.recorded_at,
        position=at.position,
        rate=event.rate,
        cap=event.cap,
    )
    yield OBLIGATION.put(row)


@OBLIGATIONS.on(PledgeVaried)
def _varied(at: Envelope, event: PledgeVaried) -> Changes:
    rated = {"rate": event.rate, "cap": event.cap}
    yield OBLIGATION.patch(at.stream, quantity=event.quantity, **rated)


@OBLIGATIONS.on(PledgeMaterialised)
def _materialised(at: Envelope, event: PledgeMaterialised) -> Changes:
    yield OBLIGATION.patch(at.stream, quantity=event.quantity)


@OBLIGATIONS.on(PledgeDefaulted)
def _defaulted(at: Envelope, event: PledgeDefaulted) -> Changes:
    del event
    yield OBLIGATION.patch(at.stream, phase="defaulted")


@OBLIGATIONS.on(RemedyAgreed)
def _remedied(at: Envelope, event: RemedyAgreed) -> Changes:
    yield OBLIGATION.patch(at.stream, phase="remedied", due_by=event.due_by)


@OBLIGATIONS.on(PledgeWrittenOff)
def _written_off(at: Envelope, event: PledgeWrittenOff) -> Changes:
    left, on = event.quantity, event.written_off_on
    yield OBLIGATION.patch(at.stream, phase="written-off", quantity=left, ended_on=on)


@OBLIGATIONS.on(PledgeReleased)
def _released(at: Envelope, event: PledgeReleased) -> Changes:
    left, on = event.quantity, event.released_on
    yield OBLIGATION.patch(at.stream, phase="released", quantity=left, ended_on=on)


@OBLIGATIONS.on(DeliveryClaimed)
def _claimed(at: Envelope, event: DeliveryClaimed) -> Changes:
    row = ClaimRow(
        pledge_id=at.stream,
        claim_no=event.claim_no,
        quantity=event.quantity,
        value_pence=event.value_pence,
        claimed_at=at.recorded_at,
        claimed_by=event.claimed_by,
        claimant_id=at.actor.organisation,
        period_from=event.delivered_from,
        period_to=event.delivered_to,
        evidence_sha256=event.evidence_sha256,
        outside_period=event.outside_period,
        apportioned=bool(event.apportioned),
        shown_before=bool(event.shown_before),
        position=at.position,
    )
    yield CLAIM.put(row)


@OBLIGATIONS.on(DeliveryConfirmed)
def _confirmed(at: Envelope, event: DeliveryConfirmed) -> Changes:
    yield CLAIM.patch(
        *(at.stream, event.claim_no),
        phase="confirmed",
        confirmed=event.quantity,
        confirmed_pence=event.value_pence,
        counted_pence=event.counted_pence,
        decided_at=at.recorded_at,
        decided_by=event.confirmed_by,
        decided_by_side=event.by,
        decided_position=at.position,
    )


@OBLIGATIONS.on(DeliveryDisputed)
def _disputed(at: Envelope, event: DeliveryDisputed) -> Changes:
    yield CLAIM.patch(
        *(at.stream, event.claim_no),
        phase="disputed",
        disputed_at=at.recorded_at,
        disputed_by=event.disputed_by,
        disputed_by_side=event.by,
        reason=event.reason,
    )


@OBLIGATIONS.on(DisputeResolved)
def _resolved(at: Envelope, event: DisputeResolved) -> Changes:
    yield CLAIM.patch(
        *(at.stream, event.claim_no),
        phase="resolved",
        reason=event.reason,
        confirmed=event.quantity,
        confirmed_pence=event.value_pence,
        counted_pence=event.counted_pence,
        decided_at=at.recorded_at,
        decided_by=event.resolved_by,
        decided_by_side=event.by,
        decided_position=at.position,
    )


@OBLIGATIONS.on(ClaimWithdrawn)
def _withdrawn(at: Envelope, event: ClaimWithdrawn) -> Changes:
    yield CLAIM.patch(
        *(at.stream, event.claim_no),
        phase="withdrawn",
        reason=event.reason,
        decided_at=at.recorded_at,
        decided_by=event.withdrawn_by,
        decided_by_side="supplier",
        decided_position=at.position,
    )
