"""The award register, step by step as an award comes about."""

from datetime import date
from decimal import Decimal

import pytest

from svx_ledger.domain.award.choosing import RankAssessment, RecommendAward
from svx_ledger.domain.award.events import Ground
from svx_ledger.projections.register import (
    AssessedTender,
    Contract,
    PledgedLine,
    RegisteredAward,
    register,
    registered,
    standstill_runs,
)

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


def award_of(deal: Deal) -> RegisteredAward:
    (award,) = register(deal.play.views().tables)
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
    before = award_of(deal).grounds
    recommend({"rival": deal.rival, "winner": deal.winner}[then], reason)

    assert [ground.reason for ground in before] == ["It withdrew its price"]
    assert [ground.reason for ground in award_of(deal).grounds] == shown


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
