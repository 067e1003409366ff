"""What contracts bind, and what was delivered, each with the position of the event it follows.

From the contract on, each event adds to the quantity of its stage (`FactRow`): the stage is
the sum, by recorded time or position also the sum as it was then. Money here is as recorded;
the report values the quantities again.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from svx_ledger.domain.contract.events import ContractEntered
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
    PledgeReleased,
    PledgeWrittenOff,
)
from svx_ledger.eventlog.record import Envelope
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Changes, Put, Table

FactStage = Literal["awarded", "claimed", "confirmed", "disputed"]


class ContractRow(NamedTuple):
    """A contract, worth `contract_value_pence` net of VAT."""

    contract_id: str
    award_id: str
    procurement_id: str
    contract_value_pence: int
    recorded_at: datetime
    position: int


class PledgeRow(NamedTuple):
    """A line that a contract binds, and whom and what it is for.

    A `rated` one is owed by what was spent on the contract; `ReferenceRow` has the other
    figure.
    """

    pledge_id: str
    contract_id: str
    auction_id: str
    supplier_id: str
    need_id: str
    community_id: str
    theme_scheme: str
    theme: str
    police_force: str
    local_authority: str
    due_by: date
    recorded_at: datetime
    rated: bool
    position: int


class ReferenceRow(NamedTuple):
    """What a rate pledge comes to at the reference spend, from this position on."""

    pledge_id: str
    position: int
    recorded_at: datetime
    quantity: Decimal


class FactRow(NamedTuple):
    """What one event adds to a pledge's stage, or takes off it where it is negative.

    `counted_pence` is the part of confirmed value that is owed; a variation may change it.
    `by` is the side that confirmed. Disputed is what nobody has resolved yet; it stays
    claimed.
    """

    pledge_id: str
    position: int
    stage: FactStage
    quantity: Decimal
    value_pence: int
    counted_pence: int
    recorded_at: datetime
    by: str | None = None
    outside_period: bool = False


CONTRACT = Table("leverage_contracts", ContractRow)
PLEDGE = Table("leverage_pledges", PledgeRow)
REFERENCE = Table("leverage_references", ReferenceRow, key=2)
FACT = Table("leverage_facts", FactRow, key=3)
DELIVERY = Projection("leverage_delivery", CONTRACT, PLEDGE, REFERENCE, FACT)
project = DELIVERY.project


@DELIVERY.on(ContractEntered)
def _entered(at: Envelope, event: ContractEntered) -> Changes:
    row = ContractRow(
        contract_id=at.stream,
        award_id=event.award_id,
        procurement_id=event.procurement_id,
        contract_value_pence=event.contract_value_pence,
        recorded_at=at.recorded_at,
        position=at.position,
    )
    yield CONTRACT.put(row)


@DELIVERY.on(PledgeCommitted)
def _committed(at: Envelope, event: PledgeCommitted) -> Changes:
    row = PledgeRow(
        pledge_id=at.stream,
        contract_id=event.contract_id,
        auction_id=event.auction_id,
        supplier_id=event.supplier_id,
        need_id=event.need_id,
        community_id=event.community_id,
        theme_scheme=event.theme.scheme,
        theme=event.theme.code,
        police_force=event.place.police_force,
        local_authority=event.place.local_authority,
        due_by=event.due_by,
        recorded_at=at.recorded_at,
        rated=event.rate is not None,
        position=at.position,
    )
    yield PLEDGE.put(row)
    if event.rate is None:
        yield _fact(at, "awarded", event.quantity, event.value_pence)
    else:  # owed once something is spent
        yield _fact(at, "awarded", Decimal(0), 0)
        yield from _reference(at, event.quantity)


@DELIVERY.on(PledgeVaried)
def _varied(at: Envelope, event: PledgeVaried) -> Changes:
    yield _owed(at, event, event.counted_pence)
    yield from _reference(at, event.reference)


@DELIVERY.on(PledgeMaterialised)
def _materialised(at: Envelope, event: PledgeMaterialised) -> Changes:
    yield _owed(at, event, event.counted_pence)


@DELIVERY.on(PledgeWrittenOff)
def _written_off(at: Envelope, event: PledgeWrittenOff) -> Changes:
    yield _owed(at, event)
    yield from _reference(at, event.reference)


@DELIVERY.on(PledgeReleased)
def _released(at: Envelope, event: PledgeReleased) -> Changes:
    yield _owed(at, event)
    yield from _reference(at, event.reference)


@DELIVERY.on(DeliveryClaimed)
def _claimed(at: Envelope, event: DeliveryClaimed) -> Changes:
    outside = event.outside_period
    yield _fact(at, "claimed", event.quantity, event.value_pence, outside_period=outside)


@DELIVERY.on(DeliveryConfirmed)
def _confirmed(at: Envelope, event: DeliveryConfirmed) -> Changes:
    counted_pence, by = event.counted_pence, event.by
    quantity, value_pence = event.quantity, event.value_pence
    yield _fact(at, "confirmed", quantity, value_pence, counted_pence=counted_pence, by=by)


@DELIVERY.on(ClaimWithdrawn)
def _withdrawn(at: Envelope, event: ClaimWithdrawn) -> Changes:
    yield _fact(at, "claimed", -event.quantity, -event.value_pence)
    if event.disputed_pence is not None:
        yield _fact(at, "disputed", -event.quantity, -event.disputed_pence)


@DELIVERY.on(DeliveryDisputed)
def _disputed(at: Envelope, event: DeliveryDisputed) -> Changes:
    yield _fact(at, "disputed", event.quantity, event.value_pence)


@DELIVERY.on(DisputeResolved)
def _resolved(at: Envelope, event: DisputeResolved) -> Changes:
    yield _fact(at, "disputed", -event.disputed, -event.disputed_pence)
    counted_pence, by = event.counted_pence, event.by
    quantity, value_pence = event.quantity, event.value_pence
    yield _fact(at, "confirmed", quantity, value_pence, counted_pence=counted_pence, by=by)


def _reference(at: Envelope, quantity: Decimal | None) -> Changes:
    """Give what a rate pledge comes to at the reference spend; nothing of any other."""
    if quantity is not None:
        yield REFERENCE.put(ReferenceRow(at.stream, at.position, at.recorded_at, quantity))


def _owed(
    at: Envelope,
    event: PledgeVaried | PledgeMaterialised | PledgeWrittenOff | PledgeReleased,
    counted_pence: int = 0,
) -> Put[FactRow]:
    more = event.quantity - event.quantity_was
    more_pence = event.value_pence - event.value_pence_was
    return _fact(at, "awarded", more, more_pence, counted_pence=counted_pence)


def _fact(
    at: Envelope,
    stage: FactStage,
    quantity: Decimal,
    value_pence: int,
    *,
    counted_pence: int = 0,
    by: str | None = None,
    outside_period: bool = False,
) -> Put[FactRow]:
    row = FactRow(
        pledge_id=at.stream,
        position=at.position,
        stage=stage,
        quantity=quantity,
        value_pence=value_pence,
        counted_pence=counted_pence,
        recorded_at=at.recorded_at,
        by=by,
        outside_period=outside_period,
    )
    return FACT.put(row)
