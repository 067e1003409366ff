"""The award register: what was bought, who won it, by whose decision, and since when."""

from typing import Final

from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AssessmentSummariesSent,
    AwardApproved,
    AwardLapsed,
    AwardRecommended,
    AwardSetAside,
    ProceedingsNotified,
    RepresentationRecorded,
    StandstillStarted,
    SuspensionLifted,
    TenderWithdrawn,
)
from svx_ledger.domain.contract.events import ContractEntered
from svx_ledger.eventlog.record import Envelope

from .award_rows import (
    ANNOUNCEMENT,
    AWARD,
    AWARD_LINE,
    GROUND,
    PROCEEDINGS,
    RANKING,
    REPRESENTATION,
    TENDER,
    WITHDRAWN,
    AnnouncementRow,
    AwardLineRow,
    AwardRow,
    GroundRow,
    ProceedingsRow,
    RankingRow,
    RepresentationRow,
    TenderRow,
    WithdrawnRow,
)
from .projection import Projection
from .table import Changes

REGISTER = Projection(
    "award_register",
    AWARD,
    ANNOUNCEMENT,
    RANKING,
    TENDER,
    GROUND,
    AWARD_LINE,
    WITHDRAWN,
    REPRESENTATION,
    PROCEEDINGS,
)
project = REGISTER.project
AWARD_STEPS: Final = (
    "recommended",
    "recommended_by",
    "recommended_at",
    "recommended_position",
    "supplier_id",
    "approved_by",
    "approved_at",
    "approved_position",
    "approved_on",
    "bid_no",
    "value_pence",
    "runner_up_pence",
    "summaries_sent_on",
    "notice",
    "notice_on",
    "standstill_kind",
    "standstill_ground",
    "standstill_first_day",
    "standstill_last_day",
)
"""What follows a ranking, and is undone by the next."""


@REGISTER.on(AssessmentRanked)
def _assessed(at: Envelope, event: AssessmentRanked) -> Changes:
    if event.cause == "auction-closed":
        award = AwardRow(
            award_id=at.stream,
            procurement_id=event.procurement_id,
            lot=event.lot,
            authority_id=event.authority_id,
            auction_id=event.auction_id,
            phase="assessed",
            assessed_at=at.recorded_at,
            position=at.position,
            ranked_position=at.position,
        )
        yield AWARD.put(award)
    else:
        undone = dict.fromkeys(AWARD_STEPS)
        yield AWARD.patch(at.stream, phase="assessed", ranked_position=at.position, **undone)
    yield RANKING.put(RankingRow(at.stream, at.position, event.cause, at.recorded_at))
    for tender in event.ranking:
        row = TenderRow(
            award_id=at.stream,
            position=at.position,
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
def _recommended(at: Envelope, event: AwardRecommended) -> Changes:
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
def _approved(at: Envelope, event: AwardApproved) -> Changes:
    yield AWARD.patch(
        at.stream,
        phase="approved",
        supplier_id=event.supplier_id,
        approved_by=event.approved_by,
        approved_at=at.recorded_at,
        approved_position=at.position,
        approved_on=event.approved_on,
        bid_no=event.bid_no,
        value_pence=event.value_pence,
        runner_up_pence=event.runner_up_pence,
    )
    for line in event.lines:
        row = AwardLineRow(
            award_id=at.stream,
            position=at.position,
            need_id=line.need_id,
            measure=line.measure,
            unit=line.unit,
            quantity=line.quantity,
            value_pence=line.value_pence,
        )
        yield AWARD_LINE.put(row)


@REGISTER.on(AssessmentSummariesSent)
def _summaries_sent(at: Envelope, event: AssessmentSummariesSent) -> Changes:
    yield AWARD.patch(at.stream, phase="summaries-sent", summaries_sent_on=event.sent_on)


@REGISTER.on(StandstillStarted)
def _standstill(at: Envelope, event: StandstillStarted) -> Changes:
    yield AWARD.patch(
        at.stream,
        phase="standstill",
        notice=event.reference,
        notice_on=event.published_on,
        standstill_kind=event.kind,
        standstill_ground=event.ground,
        standstill_first_day=event.first_day,
        standstill_last_day=event.last_day,
    )
    announced = (event.reference, event.published_on, event.kind)
    days = (event.first_day, event.last_day)
    yield ANNOUNCEMENT.put(AnnouncementRow(at.stream, at.position, *announced, *days))


@REGISTER.on(RepresentationRecorded)
def _objected(at: Envelope, event: RepresentationRecorded) -> Changes:
    row = RepresentationRow(
        award_id=at.stream,
        position=at.position,
        supplier_id=event.supplier_id,
        received_on=event.received_on,
        subject=event.subject,
    )
    yield REPRESENTATION.put(row)


@REGISTER.on(ProceedingsNotified)
def _sued(at: Envelope, event: ProceedingsNotified) -> Changes:
    row = ProceedingsRow(
        award_id=at.stream,
        court_ref=event.court_ref,
        commenced_on=event.commenced_on,
        notified_on=event.notified_on,
        suspends=event.suspends,
    )
    yield PROCEEDINGS.put(row)


@REGISTER.on(SuspensionLifted)
def _lifted(at: Envelope, event: SuspensionLifted) -> Changes:
    yield PROCEEDINGS.patch(
        at.stream, event.court_ref, order_ref=event.order_ref, lifted_on=event.lifted_on
    )


@REGISTER.on(TenderWithdrawn)
def _withdrawn(at: Envelope, event: TenderWithdrawn) -> Changes:
    row = WithdrawnRow(
        award_id=at.stream,
        supplier_id=event.supplier_id,
        withdrawn_at=at.recorded_at,
        reason=event.reason,
        recorded_by=event.recorded_by,
    )
    yield WITHDRAWN.put(row)


@REGISTER.on(AwardLapsed)
def _lapsed(at: Envelope, event: AwardLapsed) -> Changes:
    yield AWARD.patch(
        at.stream,
        phase="lapsed",
        ended_at=at.recorded_at,
        ended_by=event.lapsed_by,
        reason=event.reason,
    )


@REGISTER.on(AwardSetAside)
def _set_aside(at: Envelope, event: AwardSetAside) -> Changes:
    yield AWARD.patch(
        at.stream,
        phase="set-aside",
        ended_at=at.recorded_at,
        ended_by=event.recorded_by,
        order_ref=event.order_ref,
    )


@REGISTER.on(ContractEntered)
def _entered(at: Envelope, event: ContractEntered) -> Changes:
    del at
    yield AWARD.patch(event.award_id, phase="contract-entered")
