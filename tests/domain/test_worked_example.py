"""The worked example of leverage, decided command by command from the disclosed auction on."""

from datetime import UTC, date, datetime
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.announcing import PublishAwardNotice, SendAssessmentSummaries
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.contract.events import ContractVaried
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.kind import Command, Event
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.events import (
    DeliveryClaimed,
    DeliveryConfirmed,
    PledgeCommitted,
    PledgeVaried,
)
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import event_type, stored_name

from .auction.scene import ASSESSOR, AUCTION, RIVAL
from .cast import APPROVER, BIDDER, BUYER, LEAD, SUPPLIER
from .outcome import World
from .worked_example import (
    AFTER,
    AWARD,
    CASH_NEED,
    CONTRACT,
    DISCLOSED,
    ENTER,
    ENTERED,
    EXPERT_NEED,
    LAPTOP_NEED,
    MANAGER,
    NOTIFIED,
    SILENT,
    VOLUNTEER_NEED,
    line,
    pledge,
)

NOTICE_TIME = datetime(2026, 3, 10, 12, tzinfo=UTC)
DELIVERY_TIME = datetime(2026, 7, 1, 12, tzinfo=UTC)
AWARDED_NOW = {
    CASH_NEED: 2_200_000,
    LAPTOP_NEED: 1_000,
    EXPERT_NEED: 10_000,
    VOLUNTEER_NEED: 50_000,
}
DELIVERIES = {  # claimed, confirmed
    CASH_NEED: (2_200_000, 2_025_150),
    LAPTOP_NEED: (1_000, 1_000),
    EXPERT_NEED: (10_000, 9_000),
    VOLUNTEER_NEED: (48_000, 45_000),
}


class Thread:
    """Everything that follows the auction, given as commands; keeps what was written."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.written: list[Event] = []

    def run(self, command: Command, by: Actor, at: datetime) -> None:
        decision = self.world.execute(command, by, at)
        assert isinstance(decision, list), decision
        self.written += [event for _, event in decision]

    def award(self) -> None:
        self.run(
            RankAssessment(award_id=AWARD, auction_id=AUCTION, cause="auction-closed"),
            BUYER,
            NOTICE_TIME,
        )
        recommend = RecommendAward(award_id=AWARD, supplier_id=SUPPLIER, grounds=())
        self.run(recommend, ASSESSOR, NOTICE_TIME)
        self.run(ApproveAward(award_id=AWARD, supplier_id=SUPPLIER), APPROVER, NOTICE_TIME)
        self.run(
            SendAssessmentSummaries(award_id=AWARD, recipients=(SUPPLIER, RIVAL, SILENT)),
            BUYER,
            NOTICE_TIME,
        )
        notice = PublishAwardNotice(
            award_id=AWARD,
            reference="2026/S-000-000002",
            published_on=NOTIFIED,
            calendar="UK bank holidays (union)",
            calendar_version="2026-01",
            non_working_days=(date(2026, 3, 17),),
        )
        self.run(notice, BUYER, NOTICE_TIME)
        self.run(ENTER, BUYER, AFTER)

    def vary(self) -> None:
        lines = tuple(line(need, quantity) for need, quantity in AWARDED_NOW.items())
        ground = "Spend on the contract fell"
        self.run(
            RequestVariation(contract_id=CONTRACT, lines=lines, ground=ground), MANAGER, AFTER
        )
        self.run(ApproveVariation(contract_id=CONTRACT), APPROVER, AFTER)

    def deliver(self, need: str, claimed: Decimal, confirmed: Decimal, evidence: str) -> None:
        claim = ClaimDelivery(
            pledge_id=pledge(need),
            quantity=claimed,
            delivered_from=date(2026, 6, 1),
            delivered_to=date(2026, 6, 30),
            evidence_sha256=evidence * 64,
        )
        self.run(claim, BIDDER, DELIVERY_TIME)
        claimed_event = self.written[-1]
        assert isinstance(claimed_event, DeliveryClaimed)
        confirm = ConfirmDelivery(
            pledge_id=claim.pledge_id, claim_no=claimed_event.claim_no, quantity=confirmed
        )
        self.run(confirm, LEAD, DELIVERY_TIME)


def pounds_of(pence: int) -> Decimal:
    return Decimal(pence) / 100


def test_the_worked_example_comes_out() -> None:
    thread = Thread(World(DISCLOSED))
    thread.award()
    thread.vary()
    for number, (need, (claimed, confirmed)) in enumerate(DELIVERIES.items()):
        thread.deliver(need, Decimal(claimed), Decimal(confirmed), str(number))

    written = thread.written
    pledged = sum(e.value_pence for e in written if isinstance(e, PledgeCommitted))
    awarded = sum(e.value_pence for e in written if isinstance(e, PledgeVaried))
    claimed = sum(e.value_pence for e in written if isinstance(e, DeliveryClaimed))
    confirmed = sum(e.counted_pence for e in written if isinstance(e, DeliveryConfirmed))
    (varied,) = (e for e in written if isinstance(e, ContractVaried))

    assert pounds_of(pledged) == 4_957_800
    assert pounds_of(awarded) == 4_356_500
    assert pounds_of(varied.pledged_pence_was - varied.pledged_pence) == 601_300
    assert not varied.below_runner_up
    assert pounds_of(claimed) == 4_322_640
    assert pounds_of(confirmed) == 3_996_000


def test_all_that_is_written_reads_back_from_its_stored_form() -> None:
    thread = Thread(World(DISCLOSED))
    thread.award()
    thread.vary()
    thread.deliver(VOLUNTEER_NEED, Decimal("0.5"), Decimal("0.25"), "a")
    shapes = [shape_of(type(event)) for event in thread.written]

    for event, shape in zip(thread.written, shapes, strict=True):
        assert shape.decode(shape.encode(event)) == event
        assert event_type(stored_name(type(event))) is type(event)


def test_four_half_hours_are_worth_two_hours() -> None:
    thread = Thread(World(ENTERED))
    for number in range(4):
        thread.deliver(VOLUNTEER_NEED, Decimal("0.5"), Decimal("0.5"), str(number))

    claimed = [e.value_pence for e in thread.written if isinstance(e, DeliveryClaimed)]
    confirmed = [e.value_pence for e in thread.written if isinstance(e, DeliveryConfirmed)]

    assert claimed == confirmed == [846, 847, 847, 846]
    assert pounds_of(sum(confirmed)) == Decimal("33.86")
