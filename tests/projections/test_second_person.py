"""What waits for a second person, whom that may be told, and what was answered."""

from datetime import timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.breaks import (
    AuctionNeedRemoved,
    ExclusionRequested,
    SupplierExcluded,
)
from svx_ledger.domain.auction.events import AuctionDrafted, AuctionNeedAdded, FreezeRequested
from svx_ledger.domain.auction.pausing import ApproveResume, PauseAuction, RequestResume
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import RecommendAward
from svx_ledger.domain.contract.events import VariedLine
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.exclusion import ApproveExclusion, RequestExclusion
from svx_ledger.domain.pledge.outcomes import WriteOffRequested
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid
from svx_ledger.eventlog.record import read_record
from svx_ledger.projections.auction_board import BOARD
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.pending import Pending, pending
from svx_ledger.projections.second_person import (
    ANSWER,
    REQUEST,
    SECOND_PERSON,
    AnswerRow,
    RequestRow,
)
from svx_ledger.projections.trail import AUDIT_TRAIL
from tests.domain.outcome import NOON

from .deal import OPENS_AT, Deal, worked_example
from .play import Play
from .test_visibility_played import EXCHANGE, viewers
from .told import TELLER, at, tables_after


@pytest.fixture
def deal() -> Deal:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    return deal


def acts(deal: Deal, viewer: str = "authority") -> list[tuple[str, str, str | None]]:
    found = pending(deal.play.views().tables, viewers(deal)[viewer])
    return [(one.act, one.stream, one.about) for one in found]


def test_a_request_and_its_answer_are_rows_of_their_own() -> None:
    asked = ExclusionRequested(
        supplier_id="organisation-supp1",
        ground="debarred",
        reason="On the list",
        requested_by="person-x",
    )
    excluded = SupplierExcluded(
        supplier_id="organisation-supp1",
        ground="debarred",
        reason="On the list",
        requested_by="person-x",
        approved_by="person-y",
    )
    write_off = WriteOffRequested(reason="Gone", requested_by="person-x", request_no=3)
    told = (("auction-a001", asked), ("auction-a001", excluded), ("pledge-p001", write_off))
    tables = tables_after(SECOND_PERSON, *told)

    assert list(tables.all(REQUEST)) == [
        RequestRow(
            stream="auction-a001",
            act="exclude",
            about="organisation-supp1",
            position=1,
            requested_at=NOON + timedelta(minutes=1),
            requested_by="person-x",
            organisation_id=TELLER.organisation,
            request_no=None,
            reason="On the list",
        ),
        RequestRow(
            stream="pledge-p001",
            act="write-off",
            about="",
            position=3,
            requested_at=NOON + timedelta(minutes=3),
            requested_by="person-x",
            organisation_id=TELLER.organisation,
            request_no=3,
            reason="Gone",
        ),
    ]
    assert list(tables.all(ANSWER)) == [
        AnswerRow(
            stream="auction-a001",
            act="exclude",
            about="organisation-supp1",
            position=2,
            answered_at=NOON + timedelta(minutes=2),
            answered_by="person-y",
        )
    ]


def test_a_freeze_that_was_agreed_waits_no_longer(deal: Deal) -> None:
    assert acts(deal) == []


def test_a_resumption_waits_until_the_other_side_agrees(deal: Deal) -> None:
    pause = PauseAuction(auction_id=deal.auction, reason="Alarm")
    deal.play.do(pause, deal.buyer, OPENS_AT)
    ask = RequestResume(auction_id=deal.auction, reason="It is over")
    deal.play.do(ask, deal.buyer)
    before = {name: acts(deal, name) for name in viewers(deal)}
    deal.play.do(ApproveResume(auction_id=deal.auction, request_no=2), EXCHANGE)

    assert set(map(tuple, before.values())) == {(("resume", deal.auction, None),)}
    assert acts(deal) == []


def test_a_request_to_void_is_known_to_the_two_sides(deal: Deal) -> None:
    ask = RequestVoid(auction_id=deal.auction, ground="fault", reason="A wrong need")
    deal.play.do(ask, deal.buyer)
    before = {name for name in viewers(deal) if acts(deal, name)}
    deal.play.do(ApproveVoid(auction_id=deal.auction, request_no=2), EXCHANGE)

    assert before == {"authority", "operator", "evaluator", "auditor", "other auditor"}
    assert all(acts(deal, name) == [] for name in viewers(deal))


def test_a_request_to_exclude_is_known_to_the_authority_and_that_supplier(deal: Deal) -> None:
    ask = RequestExclusion(
        auction_id=deal.auction,
        supplier_id=deal.rival,
        ground="debarred",
        reason="A reason",
    )
    deal.play.do(ask, deal.buyer)
    before = {name for name in viewers(deal) if acts(deal, name)}
    assert acts(deal) == [("exclude", deal.auction, deal.rival)]
    agree = ApproveExclusion(auction_id=deal.auction, supplier_id=deal.rival)
    deal.play.do(agree, deal.person("authority.approver"))

    assert before == {"authority", "rival"}
    assert acts(deal) == []


def test_a_request_in_an_auction_that_ended_waits_no_longer(deal: Deal) -> None:
    ask = RequestExclusion(
        auction_id=deal.auction,
        supplier_id=deal.rival,
        ground="debarred",
        reason="A reason",
    )
    deal.play.do(ask, deal.buyer)
    void = RequestVoid(auction_id=deal.auction, ground="fault", reason="A wrong need")
    deal.play.do(void, deal.buyer)
    assert len(acts(deal)) == 2
    deal.play.do(ApproveVoid(auction_id=deal.auction, request_no=2), EXCHANGE)

    assert acts(deal) == []


def test_a_freeze_waits_no_longer_once_the_needs_changed(deal: Deal) -> None:
    log = [read_record(row) for row in deal.play.log if row.stream == deal.auction]
    kept = (AuctionDrafted, AuctionNeedAdded)
    events = (
        *(one.event for one in log if isinstance(one.event, kept)),
        FreezeRequested(caps=(), requested_by="person-x", request_no=1),
        AuctionNeedRemoved(need_id=deal.need("cash")),
    )
    tables, waiting = Tables(), []
    for position, event in enumerate(events, start=1):
        recorded = at(position, deal.auction, event)
        for projection in (BOARD, AUDIT_TRAIL, SECOND_PERSON):
            tables.apply(projection.project(recorded))
        waiting.append([one.act for one in pending(tables)])

    assert waiting[-3:] == [[], ["freeze"], []]


def test_a_request_to_void_waits_no_longer_once_the_auction_closed(deal: Deal) -> None:
    deal.bid(deal.winner, {"cash": 2_000})
    ask = RequestVoid(auction_id=deal.auction, ground="fault", reason="A wrong need")
    deal.play.do(ask, deal.buyer)
    before = acts(deal)
    deal.close()

    assert before == [("void", deal.auction, None)]
    assert acts(deal) == []


def test_a_request_to_exclude_waits_no_longer_once_there_is_a_contract(deal: Deal) -> None:
    deal.bid(deal.winner, {"cash": 2_000})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    ask = RequestExclusion(
        auction_id=deal.auction,
        supplier_id=deal.rival,
        ground="debarred",
        reason="A reason",
    )
    deal.play.do(ask, deal.buyer)
    before = acts(deal)
    deal.enter()

    assert before == [("exclude", deal.auction, deal.rival)]
    assert acts(deal) == []


def test_a_recommendation_waits_for_those_who_may_know_of_it(deal: Deal) -> None:
    deal.bid(deal.winner, {"cash": 2_000})
    deal.bid(deal.rival, {"cash": 1_000})
    deal.close()
    deal.disclose()
    ranked = RankAssessment(
        award_id=deal.award, auction_id=deal.auction, cause="auction-closed"
    )
    deal.play.do(ranked, deal.buyer)
    proposed = RecommendAward(award_id=deal.award, supplier_id=deal.winner, grounds=())
    deal.play.do(proposed, deal.person("authority.assessor"))

    assert acts(deal) == [("award", deal.award, deal.winner)]
    assert {name for name in viewers(deal) if acts(deal, name)} == {
        *("authority", "auditor", "other auditor")
    }


def test_a_correction_is_its_organisation_s_and_can_be_asked_for_by_it() -> None:
    deal = worked_example()
    ask = RequestCorrection(
        correction_id="correction-c001",
        target_id=deal.project,
        field="title",
        old="Homework club",
        new="Homework clubs",
        reason="There are two",
    )
    deal.play.do(ask, deal.lead)
    tables = deal.play.views().tables
    (found,) = pending(tables, deal.lead, organisation=deal.community)

    assert found == Pending(
        stream="correction-c001",
        act="correct",
        about=deal.project,
        requested_at=deal.play.now,
        requested_by=deal.lead.id,
        organisation_id=deal.community,
        request_no=None,
        reason="There are two",
        position=len(deal.play.log),
    )
    assert pending(tables, deal.lead, organisation=deal.authority) == ()
    assert pending(tables, None) == pending(tables, deal.buyer) == ()
    agree = ApproveCorrection(correction_id="correction-c001")
    deal.play.do(agree, deal.person("community.confirmer", deal.community))
    assert pending(deal.play.views().tables, deal.lead) == ()


def test_a_variation_waits_until_it_is_approved() -> None:
    deal = worked_example()
    line = VariedLine(need_id=deal.need("cash"), quantity=Decimal(2_300_000))
    ask = RequestVariation(contract_id=deal.contract, lines=(line,), ground="More")
    deal.play.do(ask, deal.buyer)
    before = pending(deal.play.views().tables, None)
    agree = ApproveVariation(contract_id=deal.contract)
    deal.play.do(agree, deal.person("authority.approver"))

    assert [(one.act, one.reason) for one in before] == [("vary", "More")]
    assert pending(deal.play.views().tables, None) == ()
    deal.play.do(ask, deal.buyer)
    assert len(pending(deal.play.views().tables, None)) == 1  # asked again after the answer
