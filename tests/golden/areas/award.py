"""What befalls procurements and awards beside the straight way to a contract (fictional)."""

from datetime import date
from decimal import Decimal

from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.auction.breaks import LotReleased
from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AwardApproved,
    AwardedLine,
    AwardLapsed,
    AwardSetAside,
    ProceedingsNotified,
    RepresentationRecorded,
    StandstillStarted,
    SuspensionLifted,
    TenderWithdrawn,
)
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedReleased
from svx_ledger.domain.procurement import (
    ConflictsReviewed,
    Finding,
    InterestDeclared,
    NoticePublished,
    ProcurementCompleted,
    ProcurementTerminated,
    SupplierFinding,
)

AUCTION = "auction-facilities"
AWARD = "award-facilities"
NEED = "need-laptops"
PROCUREMENT = "procurement-facilities"
AUTHORITY = "organisation-riverside"
SUPPLIER = "organisation-brightway"
OTHER_SUPPLIER = "organisation-harbour"
APPROVER = "person-approver"
BUYER = "person-buyer"
COURT = "HT-2026-000001"

RANKED_AGAIN = AssessmentRanked(
    auction_id=AUCTION,
    cause="tender-withdrawn",
    procurement_id=PROCUREMENT,
    lot="1",
    authority_id=AUTHORITY,
    ranking=(
        AssessedTender(
            rank=1,
            supplier_id=OTHER_SUPPLIER,
            social_value=Decimal(10),
            price=Decimal(50),
            quality=Decimal("28.5"),
            total=Decimal("88.5"),
            bid_pence=420_000_000,
            bid_no=1,
        ),
    ),
)
AT_A_RATE = AwardApproved(
    approved_by=APPROVER,
    supplier_id=SUPPLIER,
    bid_no=7,
    value_pence=30_000_000,
    lines=(
        AwardedLine(
            need_id=NEED,
            measure="laptop",
            unit="laptop",
            quantity=Decimal(1_000),
            pounds_per_unit=Decimal(300),
            value_pence=30_000_000,
            rate=Decimal("0.000200001"),
            cap=Decimal(1_100),
        ),
    ),
    runner_up_pence=20_000_000,
)
OTHER_REGULATIONS = StandstillStarted(
    reference="UK6-demo",
    published_on=date(2026, 3, 10),
    calendar="Bank holidays of all UK nations (gov.uk)",
    calendar_version="2026-03",
    non_working_days=(date(2026, 3, 17),),
    kind="voluntary",
    working_days=0,
    first_day=date(2026, 3, 11),
    last_day=date(2026, 3, 23),
    days=11,
    ground="Regulation 86(5): a call-off from a framework, announced all the same",
    calendar_days=11,
)
EVENTS: tuple[tuple[str, str, Event], ...] = (
    (
        PROCUREMENT,
        "DeclareInterest",
        InterestDeclared(
            person_id="person-assessor",
            organisation_id=SUPPLIER,
            nature="employment",
            interest_no=2,
            declared_by=BUYER,
        ),
    ),
    (
        PROCUREMENT,
        "ReviewConflicts",
        ConflictsReviewed(
            occasion="declaration",
            findings=(
                Finding(interest_no=1, outcome="none"),
                Finding(
                    interest_no=2,
                    outcome="mitigated",
                    measure="Takes no part in scoring this tender",
                ),
                Finding(interest_no=3, outcome="live"),
            ),
            suppliers=(SupplierFinding(supplier_id=OTHER_SUPPLIER, outcome="live"),),
            reviewed_by=APPROVER,
        ),
    ),
    (
        PROCUREMENT,
        "PublishNotice",
        NoticePublished(
            notice="UK2", reference="UK2-demo", published_on=date(2026, 1, 5), lot="1"
        ),
    ),
    (
        PROCUREMENT,
        "CompleteProcurement",
        ProcurementCompleted(lots=("1",), auctions=(AUCTION,), completed_by=BUYER),
    ),
    (
        PROCUREMENT,
        "TerminateProcurement",
        ProcurementTerminated(
            reason="The building is sold",
            reference="UK12-demo",
            lots=("1", "2"),
            auctions=(AUCTION,),
            terminated_by=BUYER,
        ),
    ),
    (AWARD, "WithdrawTender", RANKED_AGAIN),
    (AWARD, "ApproveAward", AT_A_RATE),
    (AWARD, "PublishAwardNotice", OTHER_REGULATIONS),
    (
        AWARD,
        "RecordRepresentation",
        RepresentationRecorded(
            supplier_id=OTHER_SUPPLIER,
            received_on=date(2026, 3, 12),
            subject="quality-scores",
            recorded_by=BUYER,
        ),
    ),
    (
        AWARD,
        "RecordProceedings",
        ProceedingsNotified(
            court_ref=COURT,
            commenced_on=date(2026, 3, 17),
            notified_on=date(2026, 3, 18),
            suspends=True,
            recorded_by=BUYER,
        ),
    ),
    (
        AWARD,
        "LiftSuspension",
        SuspensionLifted(
            court_ref=COURT,
            order_ref="ORDER-1",
            lifted_on=date(2026, 4, 20),
            recorded_by=BUYER,
        ),
    ),
    (
        AWARD,
        "WithdrawTender",
        TenderWithdrawn(
            supplier_id=SUPPLIER,
            reason="Its subcontractor has ceased trading",
            recorded_by=BUYER,
        ),
    ),
    (
        AWARD,
        "LapseAward",
        AwardLapsed(reason="The budget was cut", lapsed_by=APPROVER),
    ),
    (
        AUCTION,
        "LapseAward",
        LotReleased(award_id=AWARD, outcome="lapsed", procurement_id=PROCUREMENT, lot="1"),
    ),
    (NEED, "LapseAward", NeedReleased(auction_id=AUCTION)),
    (
        AWARD,
        "SetAsideAward",
        AwardSetAside(court_ref=COURT, order_ref="ORDER-2", recorded_by=APPROVER),
    ),
    (
        AUCTION,
        "SetAsideAward",
        LotReleased(award_id=AWARD, outcome="set-aside", procurement_id=PROCUREMENT, lot="1"),
    ),
    (NEED, "SetAsideAward", NeedReleased(auction_id=AUCTION)),
)
