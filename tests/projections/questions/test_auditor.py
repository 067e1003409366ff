"""What an auditor asks: rejected and late bids, reads, departures, persons, corrections."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.reading_hidden import ReadHiddenAmounts
from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid
from svx_ledger.projections.questions.asking import BadQuestion
from svx_ledger.projections.questions.auditor import (
    RejectedBids,
    hidden_reads,
    late_bids,
    rejected_bids,
)
from svx_ledger.projections.questions.auditor_persons import SamePerson, same_person
from svx_ledger.projections.questions.corrected import corrections
from svx_ledger.projections.questions.departures import Departure, departures
from svx_ledger.projections.trail_rows import TrailRow
from svx_ledger.projections.view import View
from tests.projections.deal import CLOSES_AT, OPENS_AT, Deal
from tests.projections.play import Play
from tests.projections.told import trailed

from .conftest import decimals, view_of

AUDITOR = Actor(id="person-auditor", role="auditor", organisation="organisation-audit")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def opened() -> Deal:
    """An open auction without a bid."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    return deal


def found_at(deal: Deal, kind: str) -> list[int]:
    return [row.position for row in deal.play.log if row.type == f"{kind}.v1"]


def test_rejected_bids_stand_under_the_rule_that_they_broke(opened: Deal) -> None:
    opened.bid(opened.winner, {"cash": 2_000})
    opened.bid(opened.winner, {"cash": 2_001})  # the increment is £100
    opened.bid(opened.winner, {"cash": 2_099})
    opened.bid(opened.rival, {"cash": 9_000_000})  # £5,000,000 are needed
    hidden = view_of(opened)
    opened.close()
    view = view_of(opened)
    low, _, high = found_at(opened, "bid-rejected")
    expected = (
        RejectedBids(
            rule="bid-below-increment",
            auction_id=opened.auction,
            supplier_id=opened.winner,
            bids=2,
            first_at=OPENS_AT + timedelta(seconds=1),
            last_at=OPENS_AT + timedelta(seconds=2),
            positions=(low, low + 1),
        ),
        RejectedBids(
            rule="quantity-above-cap",
            auction_id=opened.auction,
            supplier_id=opened.rival,
            bids=1,
            first_at=OPENS_AT + timedelta(seconds=3),
            last_at=OPENS_AT + timedelta(seconds=3),
            positions=(high,),
        ),
    )

    assert rejected_bids(view) == expected
    assert rejected_bids(view, auction="auction-none") == ()
    assert rejected_bids(hidden) == rejected_bids(hidden, opened.buyer) == ()
    assert rejected_bids(hidden, AUDITOR) == ()
    assert rejected_bids(hidden, opened.bidder(opened.winner)) == expected[:1]
    assert rejected_bids(hidden, opened.bidder(opened.rival)) == expected[1:]


def test_an_auditor_who_read_hidden_amounts_sees_them_and_is_seen(opened: Deal) -> None:
    opened.bid(opened.winner, {"cash": 2_000}, CLOSES_AT - MINUTE)
    opened.bid(opened.winner, {"cash": 2_001})
    request = RequestVoid(auction_id=opened.auction, ground="fault", reason="A wrong need")
    opened.play.do(request, opened.buyer)
    opened.play.do(ApproveVoid(auction_id=opened.auction, request_no=2), AUDITOR)
    reader = replace(AUDITOR, id="person-reader")
    read = ReadHiddenAmounts(auction_id=opened.auction, purpose="A complaint (fictional)")
    opened.play.do(read, reader)
    view = view_of(opened)

    assert rejected_bids(view) == rejected_bids(view, AUDITOR) == ()
    assert late_bids(view) == late_bids(view, AUDITOR) == ()
    assert len(rejected_bids(view, reader)) == 1
    assert len(late_bids(view, reader)) == 2
    (seen,) = hidden_reads(view)
    assert (seen.person_id, seen.organisation_id) == (reader.id, "organisation-audit")
    assert seen.purpose == "A complaint (fictional)"
    assert seen.positions == tuple(found_at(opened, "hidden-amounts-read"))
    assert hidden_reads(view, auction="auction-none") == ()
    assert hidden_reads(view, auction=opened.auction) == (seen,)


def test_late_is_within_the_last_minutes_of_the_close_in_force(opened: Deal) -> None:
    opened.bid(opened.winner, {"cash": 1_000}, CLOSES_AT - 5 * MINUTE - timedelta(seconds=1))
    opened.bid(opened.rival, {"cash": 2_000}, CLOSES_AT - 5 * MINUTE)
    moved = CLOSES_AT - MINUTE + timedelta(seconds=240)
    opened.bid(opened.winner, {"cash": 3_000}, CLOSES_AT - MINUTE)
    opened.bid(opened.rival, {"cash": 4_000}, CLOSES_AT + MINUTE)
    opened.close()
    found = late_bids(view_of(opened))

    assert tuple(row.before_close for row in found) == decimals(300, 60, 120)
    assert [row.closes_at for row in found] == [CLOSES_AT, CLOSES_AT, moved]
    again = CLOSES_AT + MINUTE + timedelta(seconds=240)
    assert [row.moved_close_to for row in found] == [None, moved, again]
    assert [row.value_pence for row in found] == [200_000, 300_000, 400_000]
    first, second = found_at(opened, "auction-extended")
    assert [row.positions for row in found[1:]] == [(first - 1, first), (second - 1, second)]
    assert len(late_bids(view_of(opened), minutes=1)) == 1
    assert len(late_bids(view_of(opened), minutes=6)) == 4
    with pytest.raises(BadQuestion, match="one or more"):
        late_bids(view_of(opened), minutes=0)
    with pytest.raises(BadQuestion):
        late_bids(view_of(opened), minutes=10**15)


def test_a_bid_after_the_close_is_late_by_less_than_nothing(demo: View) -> None:
    (row,) = [row for row in late_bids(demo) if row.before_close < 0]

    assert (row.auction_id, row.rule) == ("auction-estates", "auction-closed")
    assert row.before_close == -31
    assert (row.value_pence, row.moved_close_to) == (None, None)


def test_a_departure_names_who_was_passed_over_and_why(opened: Deal) -> None:
    opened.bid(opened.winner, {"cash": 2_000})
    opened.bid(opened.rival, {"cash": 1_000})
    opened.close()
    opened.disclose()
    opened.approve(opened.rival, ground="Abnormally low price (fictional)")
    view = view_of(opened)
    (ranked,) = found_at(opened, "assessment-ranked")
    (recommended,) = found_at(opened, "award-recommended")
    (approved,) = found_at(opened, "award-approved")

    assert departures(view) == (
        Departure(
            award_id=opened.award,
            authority_id=opened.authority,
            recommended=opened.rival,
            recommended_rank=2,
            passed_over=opened.winner,
            rank=1,
            points_more=Decimal(11),  # 45 + 35 + 10, against 45 + 29 + 5
            ground="Abnormally low price (fictional)",
            recommended_by="person-authority-assessor",
            approved_by="person-authority-approver",
            positions=(ranked, recommended, approved),
        ),
    )


def test_an_award_to_rank_1_is_no_departure(worked: View) -> None:
    assert departures(worked) == ()


ROW = TrailRow(
    position=1,
    recorded_at=datetime(2026, 3, 2),  # noqa: DTZ001 - nobody reads it
    stream="need-a",
    version=1,
    type="need-proposed.v1",
    person_id="person-a",
    role="community.lead",
    organisation_id="organisation-a",
    on_behalf_of=None,
    command_id="command-1",
    command_type="ProposeNeed",
    n=1,
    of=1,
    causation=None,
    correlation=None,
    request=None,
    supplier_id=None,
    bid_no=None,
)


def checked(view: View, *acts: tuple[str, str, str, str]) -> list[SamePerson]:
    """What stands out of these acts, each a stream, a type, a person and for whom."""
    tables = Play().views().tables
    for position, (stream, kind, person, organisation) in enumerate(acts, start=1):
        row = ROW._replace(
            position=position,
            stream=stream,
            type=f"{kind}.v1",
            person_id=person,
            organisation_id=organisation,
        )
        tables.apply(trailed(row))
    return list(same_person(view._replace(rows=tables)))


def test_clean_histories_have_nobody_on_both_sides(worked: View, demo: View) -> None:
    several = [row for row in same_person(worked) if row.check == "several-organisations"]

    assert [row.person_id for row in several] == ["person-supplier-bidder"]  # it bid for both
    assert list(same_person(worked)) == several
    assert same_person(demo) == ()


def test_one_person_who_asks_and_approves_the_same_is_named(worked: View) -> None:
    found = checked(
        worked,
        ("auction-a", "freeze-requested", "p1", "organisation-a"),
        ("auction-a", "freeze-requested", "p2", "organisation-a"),
        ("auction-a", "auction-rules-frozen", "p1", "organisation-a"),
        ("auction-b", "freeze-requested", "p1", "organisation-a"),
        ("auction-b", "auction-rules-frozen", "p1", "organisation-a"),
    )

    assert [(row.check, row.person_id, row.positions) for row in found] == [
        ("both-in-one", "p1", (4, 5))  # of auction-a, p1 approved what p2 had asked for
    ]


def test_one_person_who_claims_here_and_confirms_there_is_named(worked: View) -> None:
    found = checked(
        worked,
        ("pledge-a", "delivery-claimed", "p1", "organisation-a"),
        ("pledge-a", "delivery-confirmed", "p2", "organisation-b"),
        ("pledge-b", "delivery-claimed", "p3", "organisation-c"),
        ("pledge-b", "delivery-confirmed", "p1", "organisation-a"),
        ("need-a", "need-proposed", "p2", "organisation-b"),
    )

    assert [(row.check, row.person_id, row.positions) for row in found] == [
        ("both-across", "p1", (1, 4))
    ]


def test_two_who_approve_each_other_are_named_once(worked: View) -> None:
    found = checked(
        worked,
        ("contract-a", "variation-requested", "p2", "organisation-a"),
        ("contract-a", "contract-varied", "p1", "organisation-a"),
        ("contract-b", "variation-requested", "p1", "organisation-a"),
        ("contract-b", "contract-varied", "p2", "organisation-a"),
        ("contract-c", "variation-requested", "p1", "organisation-a"),
        ("contract-c", "contract-varied", "p3", "organisation-a"),
    )
    says = "each other's requests: contract-varied"

    assert found == [SamePerson("each-other", "p1", "p2", says, (1, 2, 3, 4))]


def test_acting_for_several_shows_by_public_acts_only(worked: View) -> None:
    hidden = checked(
        worked,
        ("auction-a", "bid-accepted", "p1", "organisation-a"),
        ("auction-b", "bid-accepted", "p1", "organisation-b"),
    )
    shown = checked(
        worked,
        ("organisation-a", "key-registered", "p1", "organisation-a"),
        ("organisation-b", "key-registered", "p1", "organisation-b"),
        ("organisation-b", "key-registered", "p1", "organisation-b"),
    )

    assert hidden == []
    assert [(row.check, row.positions) for row in shown] == [("several-organisations", (1, 2))]


def test_a_correction_is_everybody_s_once_it_is_agreed() -> None:
    deal = Deal(Play())
    deal.prepare()
    request = RequestCorrection(
        correction_id="correction-0001",
        target_id=deal.project,
        field="title",
        old="Homework club",
        new="Reading club",
        reason="It was renamed (fictional)",
    )
    deal.play.do(request, deal.lead)
    asked = view_of(deal)
    approve = ApproveCorrection(correction_id="correction-0001")
    deal.play.do(approve, replace(deal.lead, id="person-second"))
    view = view_of(deal)
    (requested,) = found_at(deal, "correction-requested")
    (row,) = corrections(view)

    assert corrections(asked) == corrections(asked, deal.buyer) == ()
    assert len(corrections(asked, deal.lead)) == len(corrections(asked, AUDITOR)) == 1
    assert corrections(asked, AUDITOR)[0].approved_by is None
    assert (row.old, row.new) == ("Homework club", "Reading club")
    assert (row.requested_by, row.approved_by) == (deal.lead.id, "person-second")
    assert row.positions == (requested, requested + 1)
    assert corrections(view, record=deal.project) == (row,)
    assert corrections(view, record=deal.need("cash")) == ()
