"""The worked example of leverage, from the ranked auction to the contract (fictional).

Three suppliers were assessed. The first bid £4,957,800 over four needs, the second £4,200,000
in cash, the third nothing at all.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.auction.events import (
    AssessmentDisclosed,
    AssessmentSealed,
    AuctionClosed,
    AuctionOpened,
    AuctionRulesFrozen,
    AuctionScheduled,
    BidAccepted,
    BidLine,
    BidsRanked,
    RankedBid,
    TenderScore,
)
from svx_ledger.domain.auction.terms import FrozenNeed
from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AssessmentSummariesSent,
    AwardApproved,
    AwardedLine,
    AwardRecommended,
    StandstillStarted,
)
from svx_ledger.domain.contract.entering import EnterContract
from svx_ledger.domain.contract.events import VariedLine
from svx_ledger.domain.kind import Command
from svx_ledger.domain.need import NeedListed
from svx_ledger.domain.pledge.events import PledgeCommitted, pledge_id_of
from svx_ledger.domain.rule import Facts, Refusal

from .auction.scene import (
    ASSESSOR,
    AUCTION,
    CLOSES_AT,
    DRAFTED,
    RIVAL,
    RULES_SHA256,
    here,
    takes_part,
)
from .cast import (
    APPROVED,
    APPROVER,
    AUTHORITY,
    BOUGHT,
    BUYER,
    COMMUNITY,
    LAPTOPS,
    PLACE,
    PROCUREMENT,
    PROJECT,
    PROPOSED,
    REVIEWED_BEFORE_AWARD,
    STARTED,
    SUPPLIER,
    THEME,
    Past,
    adopted,
    verified,
)
from .outcome import World

SILENT = "organisation-supp3"
AWARD = "award-w001"
CONTRACT = "contract-c001"
MANAGER = Actor(id="person-manager", role="authority.contract_manager", organisation=AUTHORITY)

CASH_NEED = "need-cash"
LAPTOP_NEED = "need-laptops"
EXPERT_NEED = "need-expert"
VOLUNTEER_NEED = "need-volunteer"

CASH = replace(
    LAPTOPS, measure="cash", unit="£", pounds_per_unit=Decimal("1.00"), divisible=True
)
LAPTOP = replace(
    LAPTOPS,
    deadweight=Decimal("0.10"),
    displacement=Decimal("0.05"),
    attribution=Decimal("0.15"),
    drop_off=Decimal("0.25"),
    years=3,
)
EXPERT = replace(CASH, measure="expert-hour", unit="hour", pounds_per_unit=Decimal("101.00"))
VOLUNTEER = replace(EXPERT, measure="volunteer-hour", pounds_per_unit=Decimal("16.93"))

PRICED = {
    CASH_NEED: CASH,
    LAPTOP_NEED: LAPTOP,
    EXPERT_NEED: EXPERT,
    VOLUNTEER_NEED: VOLUNTEER,
}
ASKED = {
    CASH_NEED: Decimal(5_000_000),
    LAPTOP_NEED: Decimal(1_100),
    EXPERT_NEED: Decimal(12_000),
    VOLUNTEER_NEED: Decimal(60_000),
}
PLEDGED = ASKED | {CASH_NEED: Decimal(2_400_000)}
VALUES_PENCE = {
    CASH_NEED: 240_000_000,
    LAPTOP_NEED: 33_000_000,
    EXPERT_NEED: 121_200_000,
    VOLUNTEER_NEED: 101_580_000,
}
PLEDGED_PENCE = 495_780_000
RUNNER_UP_PENCE = 420_000_000
CONTRACT_VALUE_PENCE = 5_000_000_000


def needs() -> Past:
    """Each need, proposed, approved and listed."""
    past: Past = []
    for need, proxy in PRICED.items():
        proposed = replace(
            PROPOSED, measure=proxy.measure, unit=proxy.unit, quantity=ASKED[need]
        )
        listed = NeedListed(auction_id=AUCTION, relevance="Where the contract is worked")
        past += [(need, proposed), (need, APPROVED), (need, listed)]
    return past


FROZEN = AuctionRulesFrozen(
    approved_by=APPROVER.id,
    needs=tuple(
        FrozenNeed(
            need_id=need,
            measure=proxy.measure,
            unit=proxy.unit,
            divisible=proxy.divisible,
            pounds_per_unit=proxy.pounds_per_unit,
            cap=ASKED[need],
        )
        for need, proxy in PRICED.items()
    ),
    rules_sha256=RULES_SHA256,
)
SEALED = AssessmentSealed(
    scores=(
        TenderScore(supplier_id=SILENT, price=Decimal(50), quality=Decimal(39)),
        TenderScore(supplier_id=SUPPLIER, price=Decimal(45), quality=Decimal(35)),
        TenderScore(supplier_id=RIVAL, price=Decimal(50), quality=Decimal(29)),
    ),
    assessors=(ASSESSOR.id,),
)
RIVAL_BID = BidAccepted(
    supplier_id=RIVAL,
    lines=(BidLine(need_id=CASH_NEED, unit="£", quantity=Decimal(4_200_000)),),
    bid_no=1,
    value_pence=RUNNER_UP_PENCE,
)
WINNING_BID = BidAccepted(
    supplier_id=SUPPLIER,
    lines=tuple(
        BidLine(need_id=need, unit=PRICED[need].unit, quantity=quantity)
        for need, quantity in PLEDGED.items()
    ),
    bid_no=2,
    value_pence=PLEDGED_PENCE,
)
BIDS_RANKED = BidsRanked(
    ranking=(
        RankedBid(rank=1, supplier_id=SUPPLIER, bid_no=2, value_pence=PLEDGED_PENCE),
        RankedBid(rank=2, supplier_id=RIVAL, bid_no=1, value_pence=RUNNER_UP_PENCE),
    )
)
OPEN: Past = [
    *verified(AUTHORITY, "authority"),
    *verified(SUPPLIER, "supplier"),
    *verified(RIVAL, "supplier"),
    *verified(SILENT, "supplier"),
    *STARTED,
    *adopted(*PRICED.values()),
    (PROCUREMENT, BOUGHT),
    *here(DRAFTED),
    *needs(),
    *here(FROZEN, *takes_part(SUPPLIER), *takes_part(RIVAL), *takes_part(SILENT)),
    *here(AuctionScheduled(), SEALED, AuctionOpened(), RIVAL_BID, WINNING_BID),
]
RANKED: Past = [*OPEN, *here(AuctionClosed(closed_at=CLOSES_AT), BIDS_RANKED)]
DISCLOSED: Past = [
    *RANKED,
    *here(AssessmentDisclosed()),
    (PROCUREMENT, REVIEWED_BEFORE_AWARD),
]

ASSESSED = AssessmentRanked(
    auction_id=AUCTION,
    cause="auction-closed",
    procurement_id=PROCUREMENT,
    lot="1",
    authority_id=AUTHORITY,
    ranking=(
        AssessedTender(
            rank=1,
            supplier_id=SUPPLIER,
            social_value=Decimal(10),
            price=Decimal(45),
            quality=Decimal(35),
            total=Decimal(90),
            bid_pence=PLEDGED_PENCE,
            bid_no=2,
        ),
        AssessedTender(
            rank=2,
            supplier_id=SILENT,
            social_value=Decimal(0),
            price=Decimal(50),
            quality=Decimal(39),
            total=Decimal(89),
            bid_pence=0,
        ),
        AssessedTender(
            rank=3,
            supplier_id=RIVAL,
            social_value=Decimal("8.471499"),
            price=Decimal(50),
            quality=Decimal(29),
            total=Decimal("87.471499"),
            bid_pence=RUNNER_UP_PENCE,
            bid_no=1,
        ),
    ),
)
RECOMMENDED = AwardRecommended(supplier_id=SUPPLIER, grounds=(), recommended_by=ASSESSOR.id)
AWARD_APPROVED = AwardApproved(
    approved_by=APPROVER.id,
    supplier_id=SUPPLIER,
    bid_no=2,
    value_pence=PLEDGED_PENCE,
    lines=tuple(
        AwardedLine(
            need_id=need,
            measure=proxy.measure,
            unit=proxy.unit,
            quantity=PLEDGED[need],
            pounds_per_unit=proxy.pounds_per_unit,
            value_pence=VALUES_PENCE[need],
        )
        for need, proxy in PRICED.items()
    ),
    runner_up_pence=RUNNER_UP_PENCE,
    approved_on=date(2026, 3, 2),
)
NOTIFIED = date(2026, 3, 10)
SENT = AssessmentSummariesSent(recipients=(SUPPLIER, RIVAL, SILENT), sent_on=NOTIFIED)
STANDSTILL = StandstillStarted(
    reference="2026/S-000-000002",
    published_on=NOTIFIED,
    calendar="UK bank holidays (union)",
    calendar_version="2026-01",
    non_working_days=(date(2026, 3, 17),),
    kind="mandatory",
    working_days=8,
    first_day=NOTIFIED,
    last_day=date(2026, 3, 20),
)


def award(
    *events: AssessmentRanked
    | AwardRecommended
    | AwardApproved
    | AssessmentSummariesSent
    | StandstillStarted,
) -> Past:
    """Events of the award, after the auction."""
    return [*DISCLOSED, *((AWARD, event) for event in events)]


AWARDED: Past = award(ASSESSED, RECOMMENDED, AWARD_APPROVED, SENT, STANDSTILL)
AFTER = datetime(2026, 3, 21, 0, tzinfo=UTC)
"""The first instant at which the contract may be entered."""
ENTER = EnterContract(
    contract_id=CONTRACT,
    award_id=AWARD,
    period_from=date(2026, 4, 1),
    period_to=date(2029, 3, 31),
)


def entered(given: Past = AWARDED, when: EnterContract = ENTER) -> Past:
    """The same history with the contract."""
    decision = World(given).execute(when, BUYER, AFTER)
    assert isinstance(decision, list), decision
    return [*given, *decision]


ENTERED: Past = entered()


LAPTOPS_COMMITTED = PledgeCommitted(
    contract_id=CONTRACT,
    award_id=AWARD,
    auction_id=AUCTION,
    procurement_id=PROCUREMENT,
    authority_id=AUTHORITY,
    supplier_id=SUPPLIER,
    need_id=LAPTOP_NEED,
    project_id=PROJECT,
    community_id=COMMUNITY,
    measure="laptop",
    unit="laptop",
    quantity=Decimal(1_100),
    divisible=False,
    pounds_per_unit=Decimal(300),
    value_pence=33_000_000,
    deadweight=Decimal("0.10"),
    displacement=Decimal("0.05"),
    attribution=Decimal("0.15"),
    drop_off=Decimal("0.25"),
    years=3,
    theme=THEME,
    place=PLACE,
    due_by=date(2026, 9, 1),
    entered_on=date(2026, 3, 21),
    period_from=date(2026, 4, 1),
    period_to=date(2029, 3, 31),
)


def facts(given: Past, when: Command, by: Actor, at: datetime = AFTER) -> Facts:
    """What a refused caller is told beside the rule."""
    decision = World(given).execute(when, by, at)
    assert isinstance(decision, Refusal), decision
    return decision.facts


def pledge(need: str) -> str:
    """The pledge of the contract to this need."""
    return pledge_id_of(CONTRACT, need)


def line(need: str, quantity: str | int) -> VariedLine:
    """A pledge in another quantity."""
    return VariedLine(need_id=need, quantity=Decimal(quantity))
