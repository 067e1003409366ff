"""Visibility in histories that were played by the rules: what a viewer sees, and since when."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.access import GrantAccess, RevokeAccess
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.reading_hidden import ReadHiddenAmounts
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.award.dropping import WithdrawTender
from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.ending import CancelAuction
from svx_ledger.domain.exclusion import ApproveExclusion, RequestExclusion
from svx_ledger.domain.procurement import DeclareInterest
from svx_ledger.domain.resource_offer import OfferResource, WithdrawResource
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid
from svx_ledger.eventlog.record import read_record
from svx_ledger.projections.board import Board, board
from svx_ledger.projections.register import registered
from svx_ledger.projections.visibility import hidden_fields, may_see
from tests.domain.cast import PLACE
from tests.domain.outcome import OPERATOR

from .deal import CLOSES_AT, Deal
from .play import Play

AUDITOR = Actor(id="person-auditor", role="auditor", organisation="organisation-audit")
OTHER_AUDITOR = replace(AUDITOR, id="person-auditor-2")
EXCHANGE = replace(OPERATOR, organisation="organisation-exchange")


@pytest.fixture
def deal() -> Deal:
    """An auction with a bid of each supplier."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    deal.bid(deal.rival, {"cash": 1_000})
    return deal


def viewers(deal: Deal) -> dict[str, Actor | None]:
    return {
        "public": None,
        "authority": deal.buyer,
        "observer": deal.person("authority.observer"),
        "winner": deal.bidder(deal.winner),
        "rival": deal.bidder(deal.rival),
        "community": deal.lead,
        "operator": EXCHANGE,
        "evaluator": deal.person("evaluator", deal.evaluator),
        "auditor": AUDITOR,
        "other auditor": OTHER_AUDITOR,
    }


EVERYBODY = frozenset(viewers(Deal(Play())))


def seeing(deal: Deal, kind: str) -> list[frozenset[str]]:
    """For each record of this type, who sees it now."""
    tables = deal.play.views().tables
    records = [read_record(row) for row in deal.play.log if row.type == f"{kind}.v1"]
    return [
        frozenset(n for n, viewer in viewers(deal).items() if may_see(recorded, tables, viewer))
        for recorded in records
    ]


def void(deal: Deal) -> None:
    """Two organisations void the auction."""
    request = RequestVoid(auction_id=deal.auction, ground="fault", reason="A wrong need")
    deal.play.do(request, deal.buyer)
    deal.play.do(ApproveVoid(auction_id=deal.auction, request_no=2), EXCHANGE)


def read_hidden(deal: Deal) -> None:
    """An auditor reads what the bids are worth."""
    read = ReadHiddenAmounts(auction_id=deal.auction, purpose="A complaint (fictional)")
    deal.play.do(read, AUDITOR)


def board_of(deal: Deal, viewer: Actor | None) -> Board:
    found = board(deal.play.views().tables, deal.auction, deal.play.now, viewer)
    assert found is not None
    return found


def fields_hidden(deal: Deal, stream: str, viewer: Actor | None) -> tuple[str, ...]:
    state = deal.play.world.streams[stream]
    return hidden_fields(stream, state, deal.play.views().tables, viewer)


def test_the_bids_of_an_auction_that_was_voided_unranked_stay_hidden(deal: Deal) -> None:
    void(deal)

    assert seeing(deal, "bid-accepted") == [{"winner"}, {"rival"}]
    assert set(seeing(deal, "supplier-qualified")) == {
        frozenset({"authority", "winner"}),
        frozenset({"authority", "rival"}),
    }
    assert seeing(deal, "assessment-sealed") == [frozenset()]
    found = board_of(deal, None)
    assert (found.phase, found.bids, found.ranking, found.scores) == ("voided", *[None] * 3)


def test_an_auditor_who_read_them_sees_the_bids_of_a_voided_auction(deal: Deal) -> None:
    void(deal)
    before = board_of(deal, AUDITOR)
    read_hidden(deal)

    assert seeing(deal, "bid-accepted") == [{"winner", "auditor"}, {"rival", "auditor"}]
    assert seeing(deal, "assessment-sealed") == [{"auditor"}]
    assert seeing(deal, "hidden-amounts-read") == [EVERYBODY]
    found, other = board_of(deal, AUDITOR), board_of(deal, OTHER_AUDITOR)
    assert (before.bids, other.bids, other.scores) == (None, None, None)
    assert (found.bids, found.rejections, found.bidders, found.extensions) == (2, 0, 2, 0)
    assert (found.withdrawals, found.ranking) == ((), None)
    assert found.scores is not None
    assert len(found.scores) == 2
    assert found.participants is None
    assert "standing" in fields_hidden(deal, deal.auction, OTHER_AUDITOR)
    assert "standing" not in fields_hidden(deal, deal.auction, AUDITOR)


def test_what_was_ranked_stays_shown_when_it_is_voided_later(deal: Deal) -> None:
    deal.close()
    ranked = board_of(deal, None)
    void(deal)
    found = board_of(deal, None)

    assert seeing(deal, "bid-accepted") == [EVERYBODY] * 2
    assert set(seeing(deal, "invitation-accepted")) == {EVERYBODY}
    assert set(seeing(deal, "participation-began")) == {
        frozenset({"winner"}),
        frozenset({"rival"}),
    }
    assert found == replace(ranked, phase="voided")
    assert found.ranking is not None
    assert "standing" not in fields_hidden(deal, deal.auction, None)


def test_who_was_in_an_auction_that_was_cancelled_is_never_shown() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.play.do(CancelAuction(auction_id=deal.auction, reason="No money"), deal.buyer)

    for kind in ("supplier-invited", "invitation-accepted"):
        assert set(seeing(deal, kind)) == {
            frozenset({"authority", "winner"}),
            frozenset({"authority", "rival"}),
        }
    assert board_of(deal, None).participants is None


def test_a_request_to_void_is_between_the_two_sides_until_it_is_granted(deal: Deal) -> None:
    request = RequestVoid(auction_id=deal.auction, ground="fault", reason="A wrong need")
    deal.play.do(request, deal.buyer)
    sides = {"authority", "operator", "evaluator", "auditor", "other auditor"}
    before = seeing(deal, "void-requested")
    hidden = fields_hidden(deal, deal.auction, None)
    deal.play.do(ApproveVoid(auction_id=deal.auction, request_no=2), EXCHANGE)

    assert before == [sides]
    assert {"void_request", "requests"} <= set(hidden)
    assert seeing(deal, "void-requested") == [EVERYBODY]


def test_an_exclusion_is_between_authority_and_supplier_until_the_ranking(deal: Deal) -> None:
    request = RequestExclusion(
        auction_id=deal.auction,
        supplier_id=deal.rival,
        ground="discretionary",
        reason="Misconduct (fictional)",
    )
    deal.play.do(request, deal.buyer)
    asked = seeing(deal, "exclusion-requested")
    approve = ApproveExclusion(auction_id=deal.auction, supplier_id=deal.rival)
    deal.play.do(approve, deal.person("authority.approver"))
    excluded = seeing(deal, "exclusion-requested"), seeing(deal, "supplier-excluded")
    deal.close()

    involved = [{"authority", "rival"}]
    assert asked == involved
    assert excluded[0] == involved
    assert excluded[1] == involved
    assert seeing(deal, "exclusion-requested") == [EVERYBODY]
    assert seeing(deal, "supplier-excluded") == [EVERYBODY]


def test_a_request_to_exclude_that_nobody_granted_stays_between_the_two(deal: Deal) -> None:
    deal.close()
    request = RequestExclusion(
        auction_id=deal.auction,
        supplier_id=deal.rival,
        ground="debarred",
        reason="On the list (fictional)",
    )
    deal.play.do(request, deal.buyer)

    assert seeing(deal, "exclusion-requested") == [{"authority", "rival"}]
    assert "exclusion_requests" in fields_hidden(deal, deal.auction, None)
    assert "exclusion_requests" not in fields_hidden(deal, deal.auction, deal.buyer)


def test_a_recommendation_is_shown_with_its_approval_and_the_next_waits_again(
    deal: Deal,
) -> None:
    def recommend(supplier: str) -> None:
        proposed = RecommendAward(award_id=deal.award, supplier_id=supplier, grounds=())
        deal.play.do(proposed, deal.person("authority.assessor"))

    insiders = {"authority", "auditor", "other auditor"}
    deal.close()
    deal.disclose()
    ranked = RankAssessment(
        award_id=deal.award, auction_id=deal.auction, cause="auction-closed"
    )
    deal.play.do(ranked, deal.buyer)
    assert "recommended" in fields_hidden(deal, deal.award, None)
    recommend(deal.winner)
    assert seeing(deal, "award-recommended") == [insiders]
    of_public = registered(deal.play.views().tables, deal.award)
    of_authority = registered(deal.play.views().tables, deal.award, deal.buyer)
    assert of_public is not None
    assert of_authority is not None
    assert (of_authority.award.phase, of_authority.award.recommended) == (
        "recommended",
        deal.winner,
    )
    assert of_public.award == of_authority.award._replace(
        phase="assessed",
        recommended=None,
        recommended_by=None,
        recommended_at=None,
        recommended_position=None,
    )
    deal.review("before-award")
    approve = ApproveAward(award_id=deal.award, supplier_id=deal.winner)
    deal.play.do(approve, deal.person("authority.approver"))
    assert seeing(deal, "award-recommended") == [EVERYBODY]
    assert fields_hidden(deal, deal.award, None) == ()
    withdrawn = WithdrawTender(
        award_id=deal.award, supplier_id=deal.winner, reason="Insolvent (fictional)"
    )
    deal.play.do(withdrawn, deal.buyer)
    assert "recommended" in fields_hidden(deal, deal.award, None)
    recommend(deal.rival)
    assert seeing(deal, "award-recommended") == [EVERYBODY, insiders]
    assert "recommended" in fields_hidden(deal, deal.award, deal.lead)
    assert fields_hidden(deal, deal.award, AUDITOR) == ()


def test_interests_and_what_was_found_are_for_the_authority_and_auditors(deal: Deal) -> None:
    declare = DeclareInterest(
        procurement_id=deal.procurement,
        person_id="person-x",
        organisation_id=deal.rival,
        nature="family",
    )
    deal.play.do(declare, deal.buyer)
    insiders = {"authority", "auditor", "other auditor"}

    assert seeing(deal, "interest-declared") == [insiders]
    assert set(seeing(deal, "conflicts-reviewed")) == {frozenset(insiders)}
    of_public = fields_hidden(deal, deal.procurement, None)
    assert {"interests", "conflicted_persons", "conflicted_suppliers"} <= set(of_public)
    assert fields_hidden(deal, deal.procurement, deal.buyer) == ()


def test_who_may_act_for_a_supplier_is_known_to_it_the_operator_and_auditors(
    deal: Deal,
) -> None:
    grant = GrantAccess(
        access_id="access-a001",
        person_id="person-new",
        organisation_id=deal.winner,
        role="supplier.signatory",
    )
    deal.play.do(grant, EXCHANGE)
    deal.play.do(RevokeAccess(access_id="access-a001", reason="Left"), EXCHANGE)
    insiders = {"winner", "operator", "auditor", "other auditor"}

    assert seeing(deal, "access-granted") == seeing(deal, "access-revoked") == [insiders]
    assert "person_id" in fields_hidden(deal, "access-a001", None)
    assert fields_hidden(deal, "access-a001", deal.bidder(deal.winner)) == ()


def test_what_a_supplier_could_give_only_it_sees(deal: Deal) -> None:
    offer = OfferResource(
        resource_offer_id="resource-offer-r001",
        supplier_id=deal.winner,
        measure="laptop",
        unit="laptop",
        quantity=Decimal(12),
        places=(PLACE,),
        available_from=date(2026, 1, 1),
        available_to=date(2026, 9, 30),
    )
    deal.play.do(offer, deal.bidder(deal.winner))
    withdraw = WithdrawResource(resource_offer_id="resource-offer-r001", reason="Given away")
    deal.play.do(withdraw, deal.bidder(deal.winner))

    assert seeing(deal, "resource-offered") == [{"winner"}]
    assert seeing(deal, "resource-withdrawn") == [{"winner"}]
    assert "quantity" in fields_hidden(deal, "resource-offer-r001", EXCHANGE)
    assert fields_hidden(deal, "resource-offer-r001", deal.bidder(deal.winner)) == ()


def test_a_correction_is_its_organisation_s_until_a_second_person_agrees(deal: Deal) -> None:
    ask = RequestCorrection(
        correction_id="correction-c001",
        target_id=deal.project,
        field="title",
        old="Homework club",
        new="Homework clubs",
        reason="There are two",
    )
    deal.play.do(ask, deal.lead)
    insiders = {"community", "auditor", "other auditor"}
    before, hidden = (
        seeing(deal, "correction-requested"),
        fields_hidden(deal, "correction-c001", None),
    )
    tables = deal.play.views().tables
    asked = read_record(deal.play.log[-1])
    entering = replace(EXCHANGE, on_behalf_of=deal.community)
    elsewhere = replace(EXCHANGE, on_behalf_of=deal.winner)
    entered = [may_see(asked, tables, viewer) for viewer in (entering, elsewhere)]
    approve = ApproveCorrection(correction_id="correction-c001")
    deal.play.do(approve, deal.person("community.confirmer", deal.community))

    assert before == [insiders]
    assert hidden == ("request",)
    assert entered == [True, False]
    assert seeing(deal, "correction-requested") == [EVERYBODY]
    assert seeing(deal, "record-corrected") == [EVERYBODY]
    assert fields_hidden(deal, "correction-c001", None) == ()


def test_a_bidder_sees_what_became_of_its_own_bids_and_of_no_others(deal: Deal) -> None:
    deal.bid(deal.winner, {"cash": 2_000})  # no more than it had
    deal.bid(deal.rival, {"cash": 3_000}, CLOSES_AT - timedelta(seconds=30))

    assert seeing(deal, "bid-accepted") == [{"winner"}, {"rival"}, {"rival"}]
    assert seeing(deal, "bid-rejected") == [{"winner"}]
    assert seeing(deal, "auction-extended") == [{"rival"}]
