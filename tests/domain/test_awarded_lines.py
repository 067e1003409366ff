"""From a bid to an award by commands alone, where a rate or points make the difference."""

from dataclasses import replace
from decimal import Decimal

from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.assessment import Band
from svx_ledger.domain.auction.closing import CloseAuction, DiscloseAssessment
from svx_ledger.domain.auction.events import BidLine, BidsRanked
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.award.events import AssessmentRanked, AwardApproved, AwardedLine
from svx_ledger.domain.kind import Command, Event

from .auction.points import OPEN_IN_POINTS, POINTS
from .auction.scene import (
    ASSESSOR,
    AUCTION,
    CLOSES_AT,
    HOURS_NEED,
    LAPTOP_NEED,
    OPEN,
    RIVAL,
    RIVAL_BIDDER,
    TERMS,
    bid,
    hours,
    laptops,
    with_terms,
)
from .cast import (
    APPROVER,
    BIDDER,
    BUYER,
    PROCUREMENT,
    REVIEWED_BEFORE_AWARD,
    SUPPLIER,
    Past,
)
from .outcome import NOON, World

AWARD = "award-w001"
ON_REFERENCE = replace(TERMS, reference_spend_pence=1_000_000_00)
RATED = replace(laptops(20), rate=Decimal("0.0000129"))


class Story:
    """An auction from its first bid to the approval of its award."""

    def __init__(self, past: Past) -> None:
        self.world = World([*past, (PROCUREMENT, REVIEWED_BEFORE_AWARD)])

    def do(self, command: Command, by: Actor) -> list[Event]:
        at = CLOSES_AT if isinstance(command, CloseAuction) else NOON
        decision = self.world.execute(command, by, at)
        assert isinstance(decision, list), decision
        return [event for _, event in decision]

    def close(self) -> BidsRanked:
        close = CloseAuction(auction_id=AUCTION, closed_at=CLOSES_AT)
        _, ranked = self.do(close, CLOCK)
        assert isinstance(ranked, BidsRanked)
        self.do(DiscloseAssessment(auction_id=AUCTION), BUYER)
        return ranked

    def assess(self) -> AssessmentRanked:
        rank = RankAssessment(award_id=AWARD, auction_id=AUCTION, cause="auction-closed")
        (assessed,) = (e for e in self.do(rank, BUYER) if isinstance(e, AssessmentRanked))
        return assessed

    def approve(self, supplier: str) -> AwardApproved:
        recommend = RecommendAward(award_id=AWARD, supplier_id=supplier, grounds=())
        self.do(recommend, ASSESSOR)
        approve = ApproveAward(award_id=AWARD, supplier_id=supplier)
        (approved,) = self.do(approve, APPROVER)
        assert isinstance(approved, AwardApproved)
        return approved


def test_an_awarded_rate_line_has_its_reference_figures_its_rate_and_its_cap() -> None:
    story = Story(with_terms(OPEN, ON_REFERENCE))
    story.do(bid(RATED, hours("1.5")), BIDDER)
    story.close()
    story.assess()

    approved = story.approve(SUPPLIER)

    assert approved.value_pence == 12 * 30_000 + 2_540
    assert approved.lines == (
        AwardedLine(
            need_id=LAPTOP_NEED,
            measure="laptop",
            unit="laptop",
            quantity=Decimal(12),
            pounds_per_unit=Decimal(300),
            value_pence=360_000,
            rate=Decimal("0.0000129"),
            cap=Decimal(20),
        ),
        AwardedLine(
            need_id=HOURS_NEED,
            measure="volunteer-hour",
            unit="hour",
            quantity=Decimal("1.5"),
            pounds_per_unit=Decimal("16.93"),
            value_pence=2_540,
        ),
    )


def test_the_value_of_a_bid_is_that_of_its_awarded_lines() -> None:
    story = Story(with_terms(OPEN, ON_REFERENCE))
    lines: tuple[BidLine, ...] = (RATED, replace(hours(30), rate=Decimal("0.0000123")))
    story.do(bid(*lines), BIDDER)
    story.close()
    story.assess()

    approved = story.approve(SUPPLIER)

    assert sum(line.value_pence for line in approved.lines) == approved.value_pence


def test_in_points_score_and_value_stay_side_by_side_to_the_award() -> None:
    """Two laptops and ten hours score 12.5, sixty hours score 15."""
    story = Story(OPEN_IN_POINTS)
    story.do(bid(laptops(2), hours(10)), BIDDER)
    story.do(bid(hours(60), supplier=RIVAL), RIVAL_BIDDER)
    ranked = story.close()
    assessed = story.assess()
    auction = story.world.streams[AUCTION]

    assert isinstance(auction, Auction)
    assert auction.ranking == ranked.ranking
    assert [(b.supplier_id, b.value_pence, b.score_points) for b in ranked.ranking] == [
        (RIVAL, 101_580, Decimal(15)),
        (SUPPLIER, 76_930, Decimal("12.5")),
    ]
    assert [(t.supplier_id, t.social_value, t.bid_points) for t in assessed.ranking] == [
        (RIVAL, Decimal(10), Decimal(15)),
        (SUPPLIER, Decimal("8.333333"), Decimal("12.5")),
    ]


def test_bands_in_points_give_the_points_of_the_assessment() -> None:
    bands = (
        Band(points=Decimal(4), at_least_points=Decimal("12.5")),
        Band(points=Decimal(9), at_least_points=Decimal("15.000001")),
    )
    banded = replace(POINTS, social_value_score="banded", bands=bands)
    story = Story(with_terms(OPEN_IN_POINTS, banded))
    story.do(bid(laptops(2), hours(10)), BIDDER)
    story.do(bid(hours(60), supplier=RIVAL), RIVAL_BIDDER)
    story.close()

    assert [(t.supplier_id, t.total) for t in story.assess().ranking] == [
        (SUPPLIER, Decimal(84)),
        (RIVAL, Decimal(83)),
    ]
