"""The award register: what was bought, who won it, what that binds them to, and since when."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AssessmentSummariesSent,
    AwardApproved,
    AwardRecommended,
    StandstillStarted,
)
from svx_ledger.domain.contract.events import ContractEntered, ContractVaried
from svx_ledger.eventlog.record import Recorded

from .projection import Projection
from .table import Changes, Table


class AwardRow(NamedTuple):
    """The award of a lot; what is None has not happened yet."""

    award_id: str
    procurement_id: str
    lot: str
    authority_id: str
    auction_id: str
    phase: str
    assessed_at: datetime
    position: int
    recommended: str | None = None
    recommended_by: str | None = None
    recommended_at: datetime | None = None
    recommended_position: int | None = None
    supplier_id: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    bid_no: int | None = None
    value_pence: int | None = None
    runner_up_pence: int | None = None
    summaries_sent_on: date | None = None
    notice: str | None = None
    notice_on: date | None = None
    standstill_first_day: date | None = None
    standstill_last_day: date | None = None


class TenderRow(NamedTuple):
    """One tender in the assessment, in points; `ground` why it was passed over, if it was."""

    award_id: str
    rank: int
    supplier_id: str
    social_value: Decimal
    price: Decimal
    quality: Decimal
    total: Decimal
    bid_pence: int


class GroundRow(NamedTuple):
    """Why a tender that ranks better was not recommended.

    `position` is the recommendation's: the grounds of one that was replaced stay in the table.
    """

    award_id: str
    position: int
    supplier_id: str
    reason: str


class AwardLineRow(NamedTuple):
    """A line of the awarded bid."""

    award_id: str
    need_id: str
    measure: str
    unit: str
    quantity: Decimal
    value_pence: int


class ContractRow(NamedTuple):
    """The contract of an award; `pledged_pence` as entered, before any variation."""

    award_id: str
    contract_id: str
    entered_at: datetime
    period_from: date
    period_to: date
    contract_value_pence: int
    pledged_pence: int
    position: int


class VariationRow(NamedTuple):
    """One line of a variation (UK10)."""

    contract_id: str
    position: int
    need_id: str
    quantity_was: Decimal
    quantity: Decimal
    varied_at: datetime
    approved_by: str
    ground: str
    notice: str | None
    pledged_pence_was: int
    pledged_pence: int
    below_runner_up: bool


AWARD = Table("register_awards", AwardRow)
TENDER = Table("register_tenders", TenderRow, key=2)
GROUND = Table("register_grounds", GroundRow, key=3)
AWARD_LINE = Table("register_lines", AwardLineRow, key=2)
CONTRACT = Table("register_contracts", ContractRow)
VARIATION = Table("register_variations", VariationRow, key=3)
REGISTER = Projection("award_register", AWARD, TENDER, GROUND, AWARD_LINE, CONTRACT, VARIATION)
project = REGISTER.project


@REGISTER.on(AssessmentRanked)
def _assessed(at: Recorded, event: AssessmentRanked) -> Changes:
    award = AwardRow(
        award_id=at.stream,
        procurement_id=event.procurement_id,
        lot=event.lot,
        authority_id=event.authority_id,
        auction_id=event.auction_id,
        phase="assessed",
        assessed_at=at.recorded_at,
        position=at.position,
    )
    yield AWARD.put(award)
    for tender in event.ranking:
        row = TenderRow(
            award_id=at.stream,
            rank=tender.rank,
            supplier_id=tender.supplier_id,
            social_value=tender.social_value,
            price=tender.price,
            quality=tender.quality,
            total=tender.total,
            bid_pence=tender.bid_pence,
        )
        yield TENDER.put(row)


@REGISTER.on(AwardRecommended)
def _recommended(at: Recorded, event: AwardRecommended) -> Changes:
    yield AWARD.patch(
        at.stream,
        phase="recommended",
        recommended=event.supplier_id,
        recommended_by=event.recommended_by,
        recommended_at=at.recorded_at,
        recommended_position=at.position,
    )
    for ground in event.grounds:
        yield GROUND.put(GroundRow(at.stream, at.position, ground.supplier_id, ground.reason))


@REGISTER.on(AwardApproved)
def _approved(at: Recorded, event: AwardApproved) -> Changes:
    yield AWARD.patch(
        at.stream,
        phase="approved",
        supplier_id=event.supplier_id,
        approved_by=event.approved_by,
        approved_at=at.recorded_at,
        bid_no=event.bid_no,
        value_pence=event.value_pence,
        runner_up_pence=event.runner_up_pence,
    )
    for line in event.lines:
        row = AwardLineRow(
            at.stream, line.need_id, line.measure, line.unit, line.quantity, line.value_pence
        )
        yield AWARD_LINE.put(row)


@REGISTER.on(AssessmentSummariesSent)
def _summaries_sent(at: Recorded, event: AssessmentSummariesSent) -> Changes:
    yield AWARD.patch(at.stream, phase="summaries-sent", summaries_sent_on=event.sent_on)


@REGISTER.on(StandstillStarted)
def _standstill(at: Recorded, event: StandstillStarted) -> Changes:
    yield AWARD.patch(
        at.stream,
        phase="standstill",
        notice=event.reference,
        notice_on=event.published_on,
        standstill_first_day=event.first_day,
        standstill_last_day=event.last_day,
    )


@REGISTER.on(ContractEntered)
def _entered(at: Recorded, event: ContractEntered) -> Changes:
    yield AWARD.patch(event.award_id, phase="contract-entered")
    contract = ContractRow(
        award_id=event.award_id,
        contract_id=at.stream,
        entered_at=at.recorded_at,
        period_from=event.period_from,
        period_to=event.period_to,
        contract_value_pence=event.contract_value_pence,
        pledged_pence=event.pledged_pence,
        position=at.position,
    )
    yield CONTRACT.put(contract)


@REGISTER.on(ContractVaried)
def _varied(at: Recorded, event: ContractVaried) -> Changes:
    for line in event.lines:
        row = VariationRow(
            contract_id=at.stream,
            position=at.position,
            need_id=line.need_id,
            quantity_was=line.quantity_was,
            quantity=line.quantity,
            varied_at=at.recorded_at,
            approved_by=event.approved_by,
            ground=event.ground,
            notice=event.notice,
            pledged_pence_was=event.pledged_pence_was,
            pledged_pence=event.pledged_pence,
            below_runner_up=event.below_runner_up,
        )
        yield VARIATION.put(row)
