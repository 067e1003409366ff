"""The award register, step by step as an award comes about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.award.dropping import LapseAward, SetAsideAward, WithdrawTender
from svx_ledger.domain.award.events import Ground
from svx_ledger.domain.award.objecting import (
    LiftSuspension,
    RecordProceedings,
    RecordRepresentation,
)
from svx_ledger.domain.finishing import CompleteProcurement, TerminateProcurement
from svx_ledger.domain.procurement import PublishNotice
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.award_register import AWARD_STEPS
from svx_ledger.projections.award_rows import (
    ProceedingsRow,
    RankingRow,
    RepresentationRow,
    WithdrawnRow,
)
from svx_ledger.projections.procurements import NOTICE, PROCUREMENT, NoticeRow, ProcurementRow
from svx_ledger.projections.register import (
    AssessedTender,
    Contract,
    PledgedLine,
    RegisteredAward,
    register,
    registered,
    standstill_runs,
)
from svx_ledger.projections.table import existing

from .deal import AWARDED, ENTERED_AT, PLEDGED, Deal, worked_example
from .play import Play


@pytest.fixture
def deal() -> Deal:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.rival, {"cash": 4_200_000})
    deal.bid(deal.winner, PLEDGED)
    deal.close()
    deal.disclose()
    return deal


def award_of(deal: Deal, viewer: Actor | None = None) -> RegisteredAward:
    (award,) = register(deal.play.views().tables, viewer)
    return award


def test_there_is_no_award_before_the_assessment(deal: Deal) -> None:
    tables = deal.play.views().tables

    assert register(tables) == ()
    assert registered(tables, deal.award) is None


def test_an_approved_award_names_the_winner_and_its_lines(deal: Deal) -> None:
    deal.approve()
    found = award_of(deal)
    award = found.award

    assert award.phase == "approved"
    assert (award.recommended, award.supplier_id) == (deal.winner, deal.winner)
    assert (award.recommended_by, award.approved_by) == (
        "person-authority-assessor",
        "person-authority-approver",
    )
    assert (award.value_pence, award.runner_up_pence) == (495_780_000, 420_000_000)
    assert found.supplier == "The WINNER0001 organisation"
    assert {line.measure: line.quantity for line in found.lines} == PLEDGED
    assert [line.owed for line in found.lines] == [None] * 4
    assert [(t.rank, t.supplier_id, t.total) for t in found.tenders] == [
        (1, deal.winner, Decimal(90)),
        (2, deal.rival, Decimal("82.471499")),
    ]
    assert standstill_runs(award, date(2026, 3, 10)) is None


def test_the_whole_award() -> None:
    deal = worked_example()
    found = award_of(deal)
    award, contract = found.award, found.contract

    assert found.title == "Facilities management"
    assert found.ocid == "ocds-abc123-0001"
    assert found.authority == "The AUTH0001 organisation"
    assert award.phase == "contract-entered"
    assert award.summaries_sent_on == award.notice_on == date(2026, 3, 10)
    assert award.standstill_first_day == date(2026, 3, 10)
    assert award.standstill_last_day == date(2026, 3, 20)
    assert contract is not None
    assert (contract.period_from, contract.period_to) == (date(2026, 4, 1), date(2029, 3, 31))
    assert contract.contract_value_pence == 5 * 10**9
    assert {line.measure: line.owed for line in found.lines} == AWARDED
    assert {line.community for line in found.lines} == {"The COMM0001 organisation"}
    assert registered(deal.play.views().tables, deal.award) == found


def test_a_variation_is_in_the_register_with_its_ground() -> None:
    contract = award_of(worked_example()).contract

    assert contract is not None
    assert contract.pledged_pence == 435_650_000
    assert len(contract.variations) == 4
    for row in contract.variations:
        assert row.ground == "Less spend"
        assert row.pledged_pence_was - row.pledged_pence == 60_130_000
        assert not row.below_runner_up


def test_the_last_of_several_variations_holds() -> None:
    deal = worked_example()
    deal.vary({"cash": 2_300_000})
    found = award_of(deal)

    assert found.contract is not None
    assert found.contract.pledged_pence == 445_650_000
    owed = {line.measure: line.owed for line in found.lines}
    assert owed == AWARDED | {"cash": 2_300_000}


@pytest.mark.parametrize(("today", "runs"), [(20, True), (21, False)])
def test_the_standstill_runs_through_its_last_day(today: int, runs: bool) -> None:  # noqa: FBT001
    award = award_of(worked_example()).award

    assert standstill_runs(award, date(2026, 3, today)) is runs


def test_a_line_and_a_tender_in_full() -> None:
    found = award_of(worked_example())
    line = next(line for line in found.lines if line.measure == "laptop")

    assert line == PledgedLine(
        need_id="need-0001laptop",
        community_id="organisation-comm0001",
        community="The COMM0001 organisation",
        measure="laptop",
        unit="laptop",
        quantity=Decimal(1_100),
        value_pence=33_000_000,
        owed=Decimal(1_000),
        theme="NT11",
        police_force="E23000001",
        local_authority="E09000001",
    )
    assert found.lot_title == "All"
    assert found.grounds == ()
    assert found.tenders[1] == AssessedTender(
        rank=2,
        supplier_id="organisation-rival0001",
        supplier="The RIVAL0001 organisation",
        social_value=Decimal("8.471499"),
        price=Decimal(45),
        quality=Decimal(29),
        total=Decimal("82.471499"),
        bid_pence=420_000_000,
    )


def test_a_contract_in_full() -> None:
    contract = award_of(worked_example()).contract

    assert contract is not None
    assert contract == Contract(
        contract_id="contract-0001",
        entered_at=ENTERED_AT,
        period_from=date(2026, 4, 1),
        period_to=date(2029, 3, 31),
        contract_value_pence=5 * 10**9,
        pledged_pence=435_650_000,
        variations=contract.variations,
    )


def test_a_departure_from_the_order_shows_its_ground(deal: Deal) -> None:
    deal.approve(deal.rival, ground="The best tender withdrew its price")
    found = award_of(deal)

    assert found.award.supplier_id == deal.rival
    assert [(g.supplier_id, g.reason) for g in found.grounds] == [
        (deal.winner, "The best tender withdrew its price")
    ]


@pytest.mark.parametrize(
    ("then", "reason", "shown"),
    [("rival", "It has no licence", ["It has no licence"]), ("winner", "", [])],
)
def test_the_grounds_of_a_replaced_recommendation_are_not_the_award_s(
    deal: Deal, then: str, reason: str, shown: list[str]
) -> None:
    def recommend(supplier: str, reason: str) -> None:
        grounds = (Ground(supplier_id=deal.winner, reason=reason),) if reason else ()
        proposed = RecommendAward(award_id=deal.award, supplier_id=supplier, grounds=grounds)
        deal.play.do(proposed, deal.buyer)

    ranked = RankAssessment(
        award_id=deal.award, auction_id=deal.auction, cause="auction-closed"
    )
    deal.play.do(ranked, deal.buyer)
    recommend(deal.rival, "It withdrew its price")
    before = award_of(deal, deal.buyer).grounds
    recommend({"rival": deal.rival, "winner": deal.winner}[then], reason)

    assert [ground.reason for ground in before] == ["It withdrew its price"]
    assert [ground.reason for ground in award_of(deal, deal.buyer).grounds] == shown


def test_awards_come_in_the_order_of_their_assessment() -> None:
    play = Play()
    second, first = Deal(play, "0001"), Deal(play, "0002")
    for deal in (first, second):
        deal.prepare()
    for deal in (first, second):
        deal.draft()
    for deal in (first, second):
        deal.bid(deal.winner, PLEDGED)
    for deal in (first, second):
        deal.close()
    for deal in (first, second):
        deal.disclose()
        deal.approve()

    awards = register(play.views().tables)

    assert [found.award.award_id for found in awards] == [first.award, second.award]


UNDONE: dict[str, Any] = dict.fromkeys(AWARD_STEPS)


@pytest.fixture
def announced(deal: Deal) -> Deal:
    deal.approve()
    deal.announce()
    return deal


def test_a_standstill_says_of_which_kind_it_is(announced: Deal) -> None:
    award = award_of(announced).award

    assert (award.phase, award.standstill_kind) == ("standstill", "mandatory")
    assert award.standstill_ground is None


def test_a_new_ranking_takes_the_award_back_and_the_old_one_stays_in_history(
    announced: Deal,
) -> None:
    before = award_of(announced)
    withdraw = WithdrawTender(
        award_id=announced.award, supplier_id=announced.winner, reason="No staff"
    )
    announced.play.do(withdraw, announced.buyer)
    found = award_of(announced)

    assert found.award == before.award._replace(
        phase="assessed",
        ranked_position=announced.play.log[-1].position,
        **UNDONE,
    )
    assert [(t.rank, t.supplier_id, t.total) for t in found.tenders] == [
        (1, announced.rival, Decimal(84))
    ]
    assert (found.supplier, found.lines, found.grounds) == (None, (), ())
    assert found.rankings == (
        before.rankings[0],
        RankingRow(
            announced.award,
            found.award.ranked_position,
            "tender-withdrawn",
            announced.play.now,
        ),
    )
    assert [row.cause for row in before.rankings] == ["auction-closed"]
    assert found.withdrawn == (
        WithdrawnRow(
            award_id=announced.award,
            supplier_id=announced.winner,
            withdrawn_at=announced.play.now,
            reason="No staff",
            recorded_by=announced.buyer.id,
        ),
    )


def test_after_a_new_ranking_the_register_shows_the_new_award(announced: Deal) -> None:
    withdraw = WithdrawTender(
        award_id=announced.award, supplier_id=announced.winner, reason="No staff"
    )
    announced.play.do(withdraw, announced.buyer)
    proposed = RecommendAward(award_id=announced.award, supplier_id=announced.rival, grounds=())
    announced.play.do(proposed, announced.person("authority.assessor"))
    approved = ApproveAward(award_id=announced.award, supplier_id=announced.rival)
    announced.play.do(approved, announced.person("authority.approver"))
    found = award_of(announced)

    assert found.award.supplier_id == announced.rival
    assert [(line.measure, line.quantity) for line in found.lines] == [
        ("cash", Decimal(4_200_000))
    ]


def test_proceedings_suspend_until_that_is_lifted(announced: Deal) -> None:
    today = uk_date(announced.play.now)
    for court_ref in ("HT-1", "HT-2"):
        notified = RecordProceedings(
            award_id=announced.award,
            court_ref=court_ref,
            commenced_on=today,
            notified_on=today,
        )
        announced.play.do(notified, announced.buyer)
    suspended = []
    for court_ref in ("HT-1", "HT-2"):
        suspended.append(award_of(announced).suspended)
        lifted = LiftSuspension(
            award_id=announced.award, court_ref=court_ref, order_ref="O-1", lifted_on=today
        )
        announced.play.do(lifted, announced.buyer)
    found = award_of(announced)

    assert suspended == [True, True]
    assert not found.suspended
    assert found.proceedings[0] == ProceedingsRow(
        award_id=announced.award,
        court_ref="HT-1",
        commenced_on=today,
        notified_on=today,
        suspends=True,
        order_ref="O-1",
        lifted_on=today,
    )


def test_proceedings_out_of_time_suspend_nothing(announced: Deal) -> None:
    early = date(2026, 3, 1)
    notified = RecordProceedings(
        award_id=announced.award, court_ref="HT-1", commenced_on=early, notified_on=early
    )
    announced.play.do(notified, announced.buyer)
    found = award_of(announced)

    assert [row.suspends for row in found.proceedings] == [False]
    assert not found.suspended


def test_a_representation_is_in_the_register(announced: Deal) -> None:
    objected = RecordRepresentation(
        award_id=announced.award,
        supplier_id=announced.rival,
        received_on=date(2026, 3, 10),
        subject="scoring",
    )
    announced.play.do(objected, announced.buyer)

    assert award_of(announced).representations == (
        RepresentationRow(
            award_id=announced.award,
            position=announced.play.log[-1].position,
            supplier_id=announced.rival,
            received_on=date(2026, 3, 10),
            subject="scoring",
        ),
    )


def second_approver(deal: Deal) -> Actor:
    """An approver other than the one who approved the award."""
    return replace(deal.person("authority.approver"), id="person-second-approver")


def test_an_award_that_came_to_nothing_says_why(announced: Deal) -> None:
    lapse = LapseAward(award_id=announced.award, reason="The budget was cut")
    announced.play.do(lapse, second_approver(announced))
    award = award_of(announced).award

    assert (award.phase, award.reason, award.order_ref) == (
        "lapsed",
        "The budget was cut",
        None,
    )
    assert (award.ended_at, award.ended_by) == (announced.play.now, "person-second-approver")


def test_an_award_that_a_court_set_aside_names_the_order(announced: Deal) -> None:
    today = uk_date(announced.play.now)
    notified = RecordProceedings(
        award_id=announced.award, court_ref="HT-1", commenced_on=today, notified_on=today
    )
    announced.play.do(notified, announced.buyer)
    ordered = SetAsideAward(award_id=announced.award, court_ref="HT-1", order_ref="O-2")
    announced.play.do(ordered, announced.person("authority.approver"))
    award = award_of(announced).award

    assert (award.phase, award.reason, award.order_ref) == ("set-aside", None, "O-2")
    assert (award.ended_at, award.ended_by) == (announced.play.now, "person-authority-approver")


def test_a_procurement_shows_its_notices_reviews_and_end(deal: Deal) -> None:
    def row() -> ProcurementRow:
        return existing(deal.play.views().tables, PROCUREMENT, deal.procurement)

    assert row().phase == "published"
    assert row().conflicts_reviewed_at is not None
    published_on = uk_date(deal.play.now)
    notice = PublishNotice(
        procurement_id=deal.procurement,
        notice="UK2",
        reference="UK2-1",
        published_on=published_on,
        lot="1",
    )
    deal.play.do(notice, deal.buyer)
    position = deal.play.log[-1].position

    assert list(deal.play.views().tables.select(NOTICE, deal.procurement)) == [
        NoticeRow(deal.procurement, position, "UK2", "UK2-1", published_on, "1")
    ]
    deal.approve()
    lapse = LapseAward(award_id=deal.award, reason="The building is sold")
    deal.play.do(lapse, second_approver(deal))
    ended = TerminateProcurement(
        procurement_id=deal.procurement,
        reason="The building is sold",
        reference="UK12-1",
        lots=("1",),
        auctions=(),
    )
    deal.play.do(ended, deal.buyer)

    assert (row().phase, row().termination, row().reason) == (
        "terminated",
        "UK12-1",
        "The building is sold",
    )


def test_a_completed_procurement_says_so() -> None:
    deal = worked_example()
    complete = CompleteProcurement(
        procurement_id=deal.procurement, lots=("1",), auctions=(deal.auction,)
    )
    deal.play.do(complete, deal.buyer)
    row = existing(deal.play.views().tables, PROCUREMENT, deal.procurement)

    assert (row.phase, row.termination) == ("completed", None)
