"""Tenders that are withdrawn, and awards that come to nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import LotReleased
from svx_ledger.domain.auction.events import lot_key
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.award.dropping import LapseAward, SetAsideAward, WithdrawTender
from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AwardApproved,
    AwardLapsed,
    AwardSetAside,
    ProceedingsNotified,
    TenderWithdrawn,
)
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.need import Need, NeedReleased
from svx_ledger.domain.procurement import InterestDeclared

from .auction.scene import ASSESSOR, AUCTION, RIVAL
from .cast import APPROVER, BIDDER, BUYER, OTHER_BUYER, PROCUREMENT, SUPPLIER, Past
from .outcome import World, outcome
from .worked_example import (
    AFTER,
    ASSESSED,
    AWARD,
    AWARD_APPROVED,
    AWARDED,
    DISCLOSED,
    ENTER,
    ENTERED,
    MANAGER,
    NOTIFIED,
    PLEDGED,
    RECOMMENDED,
    SILENT,
    award,
    facts,
)

WITHDRAW = WithdrawTender(award_id=AWARD, supplier_id=SUPPLIER, reason="Cannot staff it now")
WITHDRAWN = TenderWithdrawn(
    supplier_id=SUPPLIER, reason="Cannot staff it now", recorded_by=BUYER.id
)
LAPSE = LapseAward(award_id=AWARD, reason="The budget was cut")
SECOND = replace(APPROVER, id="person-approver2")
LAPSED = AwardLapsed(reason="The budget was cut", lapsed_by=SECOND.id)
SET_ASIDE = SetAsideAward(award_id=AWARD, court_ref="HT-2026-000001", order_ref="ORDER-1")
SUED: Past = [
    *AWARDED,
    (
        AWARD,
        ProceedingsNotified(
            court_ref="HT-2026-000001",
            commenced_on=NOTIFIED,
            notified_on=NOTIFIED,
            suspends=True,
            recorded_by=BUYER.id,
        ),
    ),
]
AWARD_SET_ASIDE = AwardSetAside(
    court_ref="HT-2026-000001", order_ref="ORDER-1", recorded_by=SECOND.id
)
ALREADY_ENDED = [[*AWARDED, (AWARD, LAPSED)], [*AWARDED, (AWARD, AWARD_SET_ASIDE)]]
ENDINGS = [(AWARDED, LAPSE, LAPSED, "lapsed"), (SUED, SET_ASIDE, AWARD_SET_ASIDE, "set-aside")]


def after_withdrawal(given: Past = AWARDED, *suppliers: str) -> World:
    world = World(given)
    for supplier in suppliers or (SUPPLIER,):
        decision = world.execute(replace(WITHDRAW, supplier_id=supplier), BUYER, AFTER)
        assert isinstance(decision, list), decision
    return world


def state_of(world: World) -> Award:
    state = world.streams[AWARD]
    assert isinstance(state, Award)
    return state


def test_the_others_are_ranked_again_by_the_best_bid_that_is_left() -> None:
    recorded = outcome(given=AWARDED, when=WITHDRAW, by=BUYER, at=AFTER)

    assert isinstance(recorded, list)
    assert recorded[0] == WITHDRAWN
    again = recorded[1]
    assert isinstance(again, AssessmentRanked)
    assert (again.cause, again.auction_id) == ("tender-withdrawn", AUCTION)
    assert again.claims() == ()
    assert [(t.rank, t.supplier_id, t.social_value, t.total) for t in again.ranking] == [
        (1, RIVAL, Decimal(10), Decimal(89)),  # the earlier place goes to who bid
        (2, SILENT, Decimal(0), Decimal(89)),
    ]


def test_a_new_ranking_undoes_what_followed_the_old_one() -> None:
    state = state_of(after_withdrawal(AWARDED, SUPPLIER))

    assert state == Award(
        auction_id=AUCTION,
        procurement_id=PROCUREMENT,
        lot="1",
        authority_id=state.authority_id,
        ranking=state.ranking,
        suppliers=frozenset({SUPPLIER, RIVAL, SILENT}),
        withdrawn=frozenset({SUPPLIER}),
        dropped_by=frozenset({BUYER.id}),
    )


def test_after_a_new_ranking_an_older_recommendation_is_not_approved() -> None:
    approve = ApproveAward(award_id=AWARD, supplier_id=SUPPLIER)
    given = award(ASSESSED, RECOMMENDED)
    world = after_withdrawal(given, SILENT)

    assert isinstance(outcome(given=given, when=approve, by=APPROVER, at=AFTER), list)
    refusal = world.execute(approve, APPROVER, AFTER)
    assert not isinstance(refusal, list)
    assert refusal.facts == {"state": "assessed", "expected": "recommended"}


def test_the_next_one_wins_without_a_ground_and_against_who_is_left() -> None:
    world = after_withdrawal(AWARDED)
    recommend = RecommendAward(award_id=AWARD, supplier_id=RIVAL, grounds=())
    gone = RecommendAward(award_id=AWARD, supplier_id=SUPPLIER, grounds=())
    approve = ApproveAward(award_id=AWARD, supplier_id=RIVAL)

    assert not isinstance(world.execute(gone, ASSESSOR, AFTER), list)
    assert isinstance(world.execute(recommend, ASSESSOR, AFTER), list)
    approved = world.execute(approve, APPROVER, AFTER)

    assert isinstance(approved, list)
    assert isinstance(approved[0][1], AwardApproved)
    assert approved[0][1].runner_up_pence is None


def test_each_later_ranking_leaves_out_who_withdrew_before() -> None:
    two_gone = state_of(after_withdrawal(AWARDED, SUPPLIER, SILENT))
    nobody_left = after_withdrawal(AWARDED, SUPPLIER, SILENT, RIVAL)

    assert [tender.supplier_id for tender in two_gone.ranking] == [RIVAL]
    assert state_of(nobody_left).ranking == ()
    assert isinstance(nobody_left.execute(LAPSE, APPROVER, AFTER), list)


def test_an_approver_or_buyer_records_a_withdrawal() -> None:
    assert isinstance(outcome(given=AWARDED, when=WITHDRAW, by=APPROVER, at=AFTER), list)
    assert outcome(given=AWARDED, when=WITHDRAW, by=MANAGER, at=AFTER) == "role-not-allowed"
    assert outcome(given=AWARDED, when=WITHDRAW, by=BIDDER, at=AFTER) == "role-not-allowed"
    assert outcome(given=AWARDED, when=WITHDRAW, by=OTHER_BUYER, at=AFTER) == "not-yours"


def test_nobody_withdraws_a_tender_who_recommended_the_award() -> None:
    recommender = replace(BUYER, id=ASSESSOR.id)
    given = award(ASSESSED, RECOMMENDED)

    assert outcome(given=given, when=WITHDRAW, by=recommender, at=AFTER) == "same-person"
    assert facts(given, WITHDRAW, recommender) == {"person": ASSESSOR.id}
    assert isinstance(outcome(given=given, when=WITHDRAW, by=BUYER, at=AFTER), list)
    before = award(ASSESSED)
    assert isinstance(outcome(given=before, when=WITHDRAW, by=recommender, at=AFTER), list)


def test_nobody_recommends_who_recorded_a_withdrawal() -> None:
    world = after_withdrawal(AWARDED, SUPPLIER)
    by_another = replace(WITHDRAW, supplier_id=SILENT)
    assert isinstance(world.execute(by_another, APPROVER, AFTER), list)
    recommend = RecommendAward(award_id=AWARD, supplier_id=RIVAL, grounds=())
    refusal = world.execute(recommend, BUYER, AFTER)

    assert state_of(world).dropped_by == {BUYER.id, APPROVER.id}
    assert not isinstance(refusal, list)
    assert refusal.rule.name == "same-person"
    assert refusal.facts == {"person": BUYER.id}
    assert isinstance(world.execute(recommend, ASSESSOR, AFTER), list)


def test_nobody_lapses_what_they_approved_or_a_tender_of_which_they_withdrew() -> None:
    approved = outcome(given=AWARDED, when=LAPSE, by=APPROVER, at=AFTER)
    world = World(AWARDED)
    assert isinstance(world.execute(WITHDRAW, APPROVER, AFTER), list)
    dropped = world.execute(LAPSE, APPROVER, AFTER)

    assert approved == "same-person"
    assert facts(AWARDED, LAPSE, APPROVER) == {"person": APPROVER.id}
    assert not isinstance(dropped, list)
    assert dropped.rule.name == "same-person"
    assert isinstance(world.execute(LAPSE, SECOND, AFTER), list)
    assert isinstance(outcome(given=award(ASSESSED), when=LAPSE, by=APPROVER), list)
    assert isinstance(outcome(given=SUED, when=SET_ASIDE, by=APPROVER, at=AFTER), list)


@pytest.mark.parametrize(("given", "command", "event", "how"), ENDINGS)
def test_nobody_with_a_conflict_ends_an_award(
    given: Past, command: LapseAward, event: AwardLapsed, how: str
) -> None:
    del event, how
    interest = InterestDeclared(
        person_id=SECOND.id,
        organisation_id=RIVAL,
        nature="family",
        interest_no=1,
        declared_by=SECOND.id,
    )
    conflicted = [*given, (PROCUREMENT, interest)]
    third = replace(SECOND, id="person-approver3")

    assert outcome(given=conflicted, when=command, by=SECOND, at=AFTER) == (
        "conflict-of-interest"
    )
    assert isinstance(outcome(given=conflicted, when=command, by=third, at=AFTER), list)


def test_nobody_with_a_conflict_records_a_withdrawal() -> None:
    interest = InterestDeclared(
        person_id=BUYER.id,
        organisation_id=RIVAL,
        nature="family",
        interest_no=1,
        declared_by=BUYER.id,
    )
    given = [*AWARDED, (PROCUREMENT, interest)]

    assert outcome(given=given, when=WITHDRAW, by=BUYER, at=AFTER) == "conflict-of-interest"
    assert isinstance(outcome(given=given, when=WITHDRAW, by=APPROVER, at=AFTER), list)


def test_what_is_withdrawn_stands_in_the_assessment() -> None:
    world = after_withdrawal()
    again = world.execute(WITHDRAW, BUYER, AFTER)

    assert not isinstance(again, list)
    assert again.rule.name == "not-assessed"
    assert again.facts == {"supplier": SUPPLIER}
    assert isinstance(outcome(given=award(ASSESSED), when=WITHDRAW, by=BUYER), list)


@pytest.mark.parametrize(("given", "command", "event", "how"), ENDINGS)
def test_an_award_that_ends_frees_the_lot_and_every_need(
    given: Past, command: LapseAward, event: AwardLapsed, how: str
) -> None:
    world = World(given)
    decision = world.execute(command, SECOND, AFTER)

    assert decision == [
        (AWARD, event),
        (
            AUCTION,
            LotReleased(
                award_id=AWARD,
                outcome=how,  # type: ignore[arg-type]
                procurement_id=PROCUREMENT,
                lot="1",
            ),
        ),
        *((need, NeedReleased(auction_id=AUCTION)) for need in PLEDGED),
    ]
    assert state_of(world).phase == how
    assert lot_key(PROCUREMENT, "1") not in world.holders
    auction = world.streams[AUCTION]
    assert isinstance(auction, Auction)
    assert auction.ended
    for need_id in PLEDGED:
        need = world.streams[need_id]
        assert isinstance(need, Need)
        assert need.listed_in is None


@pytest.mark.parametrize(("given", "command", "event", "how"), ENDINGS)
def test_an_approver_ends_an_award_who_did_not_recommend_it(
    given: Past, command: LapseAward, event: AwardLapsed, how: str
) -> None:
    del event, how
    recommender = replace(APPROVER, id=ASSESSOR.id)
    unrecommended = [(s, e) for s, e in given if e not in (RECOMMENDED, AWARD_APPROVED)]

    def ended(given: Past, by: Actor) -> object:
        return outcome(given=given, when=command, by=by, at=AFTER)

    assert ended(given, BUYER) == "role-not-allowed"
    assert ended(given, replace(APPROVER, organisation=OTHER_BUYER.organisation)) == "not-yours"
    assert ended(given, recommender) == "same-person"
    assert facts(given, command, recommender) == {"person": ASSESSOR.id}
    assert isinstance(ended(unrecommended, recommender), list)


@pytest.mark.parametrize(
    ("command", "by"), [(WITHDRAW, BUYER), (LAPSE, SECOND), (SET_ASIDE, SECOND)]
)
def test_an_award_is_in_force_until_it_ends_or_leads_to_a_contract(
    command: LapseAward, by: Actor
) -> None:
    for given in ALREADY_ENDED:
        assert outcome(given=given, when=command, by=by, at=AFTER) == "wrong-state"
    assert outcome(given=ENTERED, when=command, by=by, at=AFTER) == "award-led-to-contract"
    assert facts(ENTERED, command, by) == {"contract": ENTER.contract_id}
    assert facts(ALREADY_ENDED[0], command, by) == {"state": "lapsed", "expected": "in force"}
    assert outcome(given=DISCLOSED, when=command, by=by, at=AFTER) == "not-found"


def test_a_court_sets_aside_in_proceedings_that_are_on_record() -> None:
    other = replace(SET_ASIDE, court_ref="HT-2026-000002")

    assert outcome(given=SUED, when=other, by=APPROVER, at=AFTER) == "proceedings-unknown"
    assert facts(SUED, other, APPROVER) == {"court_ref": "HT-2026-000002"}
    assert isinstance(outcome(given=SUED, when=SET_ASIDE, by=APPROVER, at=AFTER), list)


def test_no_contract_follows_an_award_that_ended() -> None:
    for given in ALREADY_ENDED:
        assert outcome(given=given, when=ENTER, by=BUYER, at=AFTER) == "wrong-state"
