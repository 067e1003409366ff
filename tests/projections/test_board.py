"""The board by the ledger's time, and what nobody reads on it before the auction is ranked."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.assessment import Band
from svx_ledger.domain.auction.ranking import rank
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.terms import Increment
from svx_ledger.domain.auction.withdrawing import WithdrawBid
from svx_ledger.domain.exclusion import ApproveExclusion, RequestExclusion
from svx_ledger.domain.rule import NOT_YOURS, Refusal
from svx_ledger.eventlog.record import read_record
from svx_ledger.projections.auction_board import pseudonyms
from svx_ledger.projections.board import (
    Board,
    OwnBoard,
    Participant,
    Score,
    board,
    board_for,
    boards,
)
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.live_ranking import live_ranking
from svx_ledger.projections.memory import Views
from svx_ledger.projections.register import register
from svx_ledger.projections.visibility import HIDDEN, RULES, Seen, may_see, seen
from tests.domain.auction.scene import TERMS
from tests.domain.outcome import OPERATOR

from .deal import CLOSES_AT, OPENS_AT, Deal
from .play import Play

INSTANT = timedelta(microseconds=1)
WINNING, LOSING, TOO_LITTLE = 987_654, 123_457, 123_458
"""Amounts in pounds that nothing else on the exchange has."""


@pytest.fixture
def deal() -> Deal:
    """An auction with two standing bids and a rejected one."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": LOSING - 1})
    deal.bid(deal.rival, {"cash": LOSING})
    deal.bid(deal.winner, {"cash": WINNING})
    deal.bid(deal.rival, {"cash": TOO_LITTLE})
    return deal


def board_of(deal: Deal) -> Board:
    found = board(deal.play.views().tables, deal.auction, deal.play.now)
    assert found is not None
    return found


def own_board(deal: Deal, views: Views, supplier: str) -> OwnBoard:
    """The board of a bidder, as it sees it itself."""
    found = board_for(
        views.tables, deal.auction, supplier, viewer=deal.bidder(supplier), now=deal.play.now
    )
    assert isinstance(found, OwnBoard)
    return found


def everything_asked(deal: Deal, views: Views) -> str:
    """Every answer that every query gives now, as text."""
    tables, now = views.tables, deal.play.now
    own = [own_board(deal, views, supplier) for supplier in (deal.winner, deal.rival)]
    report = leverage_report(tables, as_at=now, known_at=views.position)
    events = [seen(read_record(row), tables) for row in deal.play.log]
    reported = vars(report) | vars(report.frame)  # its parts are functions
    apart = ("frame", "parts")
    plainly = [repr(value) for name, value in reported.items() if name not in apart]
    answers = [boards(tables, now), own, register(tables), plainly, events]
    answers.append([*report.figures()])
    return orjson.dumps(answers, default=str).decode()


def test_hidden_amounts_are_in_no_answer_before_the_ranking(deal: Deal) -> None:
    answers = everything_asked(deal, deal.play.views())

    for pounds in (WINNING, LOSING, TOO_LITTLE, LOSING - 1):
        assert str(pounds) not in answers
    assert "bid-below-increment" not in answers
    deal.close()
    answers = everything_asked(deal, deal.play.views())
    for pounds in (WINNING, LOSING, TOO_LITTLE, LOSING - 1):
        assert str(pounds) in answers
    assert "bid-below-increment" in answers


def test_written_closed_is_not_yet_ranked(deal: Deal) -> None:
    deal.close()
    views = Views(deal.play)
    views.refresh(len(deal.play.log) - 1)  # AuctionClosed is read, BidsRanked is not

    found = board(views.tables, deal.auction, deal.play.now)

    assert found is not None
    assert (found.phase, found.ranking, found.bidders) == ("closed", None, None)


def test_the_whole_board_while_bids_are_hidden(deal: Deal) -> None:
    found = board_of(deal)

    assert found == Board(
        auction_id=deal.auction,
        procurement_id=deal.procurement,
        lot="1",
        authority_id=deal.authority,
        phase="open",
        opens_at=OPENS_AT,
        closes_at=CLOSES_AT,
        hard_stop=CLOSES_AT + timedelta(hours=1),
        extensions=None,
        mode="ascending",
        visibility="rank",
        rank_on="social-value",
        basis="pounds",
        reserve_pence=0,
        reserve_points=None,
        needs=found.needs,
        participants=None,
        bids=None,
        rejections=None,
        bidders=None,
        ranking=None,
        withdrawals=None,
        scores=None,
    )
    assert [(n.measure, n.unit, n.quantity, n.pounds_per_unit) for n in found.needs] == [
        ("cash", "£", Decimal(5_000_000), Decimal(1)),
        ("expert", "hour", Decimal(12_000), Decimal(101)),
        ("laptop", "laptop", Decimal(1_100), Decimal(300)),
        ("volunteer", "hour", Decimal(60_000), Decimal("16.93")),
    ]


def test_the_board_counts_bids_without_saying_whose(deal: Deal) -> None:
    found = board_of(deal)

    assert (found.phase, found.bids, found.rejections) == ("open", None, None)
    assert (found.ranking, found.scores, found.bidders) == (None, None, None)
    assert found.participants is None


def test_who_takes_part_is_shown_to_the_authority_and_to_itself_before_the_ranking(
    deal: Deal,
) -> None:
    def seen_by(viewer: Actor | None) -> list[str] | None:
        tables, now = deal.play.views().tables, deal.play.now
        found = board(tables, deal.auction, now, viewer)
        assert found is not None
        assert boards(tables, now, viewer) == (found,)
        shown = found.participants
        return None if shown is None else [p.supplier_id for p in shown]

    everybody = [deal.rival, deal.winner]
    viewers = [
        None,
        OPERATOR,
        deal.person("authority.observer"),
        deal.person("auditor", deal.evaluator),
        deal.lead,
        deal.buyer,
        deal.bidder(deal.rival),
    ]
    before = [seen_by(viewer) for viewer in viewers]
    of_authority = board(
        deal.play.views().tables, deal.auction, deal.play.now, viewer=deal.buyer
    )
    deal.close()

    assert before == [None, None, None, None, None, everybody, [deal.rival]]
    assert of_authority is not None
    assert of_authority.participants is not None
    assert of_authority.participants[0] == Participant(
        supplier_id=deal.rival,
        name="The RIVAL0001 organisation",
        status="qualified",
        has_bid=None,
    )
    assert (of_authority.bids, of_authority.extensions, of_authority.scores) == (None,) * 3
    assert [seen_by(viewer) for viewer in viewers] == [everybody] * len(viewers)


def test_the_ranked_board_has_the_order_of_the_one_ranking(deal: Deal) -> None:
    deal.close()
    found = board_of(deal)
    auction = deal.play.world.streams[deal.auction]
    assert isinstance(auction, Auction)

    own = own_board(deal, deal.play.views(), deal.rival)

    assert own.value_pence == 100 * LOSING
    assert found.phase == "ranked"
    assert found.bidders == 2
    assert found.participants is not None
    assert [p.has_bid for p in found.participants] == [True, True]
    assert found.extensions == 0
    assert found.ranking is not None
    assert [(p.rank, p.supplier_id, p.bid_no, p.value_pence) for p in found.ranking] == [
        (b.rank, b.supplier_id, b.bid_no, b.value_pence) for b in rank(auction.standing, None)
    ]
    assert [(p.name, p.value_pence) for p in found.ranking] == [
        ("The WINNER0001 organisation", 100 * WINNING),
        ("The RIVAL0001 organisation", 100 * LOSING),
    ]


def test_scores_wait_for_their_disclosure(deal: Deal) -> None:
    deal.close()
    sealed = board_of(deal)
    deal.disclose()
    disclosed = board_of(deal)

    assert sealed.scores is None
    assert disclosed.scores == (
        Score(supplier_id=deal.rival, price=Decimal(45), quality=Decimal(29)),
        Score(supplier_id=deal.winner, price=Decimal(45), quality=Decimal(35)),
    )


def test_a_bidder_sees_its_own_place_and_nobody_elses(deal: Deal) -> None:
    own = own_board(deal, deal.play.views(), deal.rival)

    assert own == OwnBoard(
        auction_id=deal.auction,
        supplier_id=deal.rival,
        phase="open",
        opens_at=OPENS_AT,
        closes_at=CLOSES_AT,
        hard_stop=CLOSES_AT + timedelta(hours=1),
        status="qualified",
        bidders=None,
        rank=2,
        bid_no=2,
        value_pence=None,
        score_points=None,
        pseudonym=None,
        rivals=None,
    )
    assert deal.winner not in json.dumps(orjson.loads(orjson.dumps(own)))


def test_how_many_bid_is_shown_where_the_terms_say_so() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft(bidder_count_shown=True)
    deal.bid(deal.rival, {"cash": LOSING})
    own = own_board(deal, deal.play.views(), deal.winner)

    assert (own.bidders, own.rank, own.bid_no) == (1, None, None)
    assert board_of(deal).bidders == 1


def drafted(*pledges: tuple[str, int], **terms: Any) -> Deal:
    """An auction under other terms, with a bid in cash by each supplier named, in order."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft(under=replace(TERMS, **terms))
    for supplier, pounds in pledges:
        deal.bid(getattr(deal, supplier), {"cash": pounds})
    return deal


SINGLE = {"mode": "single", "soft_close": replace(TERMS.soft_close, at_most=0)}
IN_POINTS = {
    "basis": "points",
    "increment": Increment(kind="points", points=Decimal(1)),
    "reserve_points": Decimal(1),
}


def test_where_each_has_one_bid_nobody_sees_its_place_before_the_ranking() -> None:
    deal = drafted(("rival", LOSING), ("winner", WINNING), **SINGLE)
    before = own_board(deal, deal.play.views(), deal.rival)
    deal.close()
    after = own_board(deal, deal.play.views(), deal.rival)

    assert (before.rank, before.bid_no, before.value_pence) == (None, 1, None)
    assert (after.rank, after.bid_no, after.value_pence) == (2, 1, 100 * LOSING)


def test_a_live_place_is_by_totals_where_these_rank() -> None:
    """Of 100 points the winner has 6 more sealed, and 4 less for social value."""
    deal = drafted(("rival", 100_000), ("winner", 60_000), rank_on="combined")
    ranks = [own_board(deal, deal.play.views(), s).rank for s in (deal.winner, deal.rival)]
    deal.bid(deal.rival, {"cash": 160_000})  # 10 and 74 against 3.75 and 80
    then = [own_board(deal, deal.play.views(), s).rank for s in (deal.winner, deal.rival)]
    deal.close()
    places = board_of(deal).ranking

    assert ranks == [1, 2]
    assert then == [2, 1]
    assert places is not None
    assert [place.supplier_id for place in places] == [deal.rival, deal.winner]


@pytest.mark.parametrize(
    "terms",
    [
        {"social_value_score": "share-of-target", "target_pence": 100 * 200_000},
        {
            "social_value_score": "banded",
            "bands": (
                Band(points=Decimal(4), at_least_pence=100 * 60_000),
                Band(points=Decimal(10), at_least_pence=100 * 100_000),
            ),
        },
        {
            **IN_POINTS,
            "social_value_score": "share-of-target",
            "target_points": Decimal(100_000),
        },
    ],
)
@pytest.mark.parametrize("pounds", [60_000, 59_999, 100_000])
def test_the_live_order_is_the_one_that_is_ranked_whatever_the_formula(
    terms: dict[str, Any], pounds: int
) -> None:
    deal = drafted(("rival", 100_000), ("winner", pounds), rank_on="combined", **terms)
    live = live_ranking(deal.play.views().tables, deal.auction)
    deal.close()
    auction = deal.play.world.streams[deal.auction]

    assert isinstance(auction, Auction)
    assert live == auction.ranking


def test_bidders_see_each_others_scores_under_pseudonyms_where_the_terms_say_so() -> None:
    deal = drafted(("rival", LOSING), ("winner", WINNING), visibility="open")
    views = deal.play.views()
    of_winner, of_rival = (own_board(deal, views, s) for s in (deal.winner, deal.rival))

    assert of_winner.rivals == of_rival.rivals
    assert of_winner.rivals is not None
    assert [rival.score_pence for rival in of_winner.rivals] == [100 * WINNING, 100 * LOSING]
    assert [rival.score_points for rival in of_winner.rivals] == [None, None]
    assert [rival.pseudonym for rival in of_winner.rivals] == [
        of_winner.pseudonym,
        of_rival.pseudonym,
    ]
    assert {of_winner.pseudonym, of_rival.pseudonym} == {"Bidder 1", "Bidder 2"}
    assert deal.rival not in orjson.dumps(of_winner, default=str).decode()
    assert (of_winner.value_pence, of_winner.rank) == (None, 1)


def test_scores_under_pseudonyms_are_for_bidders_and_for_the_time_of_bidding() -> None:
    deal = drafted(("rival", LOSING), ("winner", WINNING), visibility="open")
    views = deal.play.views()
    tables, now = views.tables, deal.play.now
    others = [
        board_for(tables, deal.auction, deal.rival, viewer=viewer, now=now)
        for viewer in (None, OPERATOR, deal.buyer, deal.bidder(deal.winner))
    ]
    answers = orjson.dumps([boards(tables, now), *others], default=str).decode()
    log = [read_record(row) for row in deal.play.log]

    assert others == [NOT_YOURS.refuse(organisation=deal.rival)] * 4
    assert str(100 * WINNING) not in answers
    assert all(not may_see(r, tables) for r in log if r.type == "bid-accepted.v1")
    deal.close()
    after = own_board(deal, deal.play.views(), deal.rival)
    assert (after.pseudonym, after.rivals) == (None, None)


def test_who_is_not_qualified_sees_no_scores() -> None:
    deal = drafted(("rival", LOSING), visibility="open")
    exclude(deal, deal.winner)

    excluded = own_board(deal, deal.play.views(), deal.winner)

    assert (excluded.status, excluded.pseudonym, excluded.rivals) == ("excluded", None, None)


def test_scores_under_pseudonyms_do_not_tell_of_totals() -> None:
    """They come in the order of the bids, whatever ranks."""
    deal = drafted(
        ("rival", 100_000), ("winner", 60_000), visibility="open", rank_on="combined"
    )
    own = own_board(deal, deal.play.views(), deal.winner)

    assert own.rank == 1
    assert own.rivals is not None
    assert [rival.score_pence for rival in own.rivals] == [10_000_000, 6_000_000]


def test_pseudonyms_follow_from_the_hidden_salt_and_from_nothing_else() -> None:
    suppliers = [f"organisation-{n:04}" for n in range(8)]
    salts = ["00" * 16, "01" * 16, "02" * 16]
    numbered = [pseudonyms(salt, suppliers) for salt in salts]

    assert all(sorted(numbers.values()) == list(range(1, 9)) for numbers in numbered)
    assert numbered[0] == pseudonyms(salts[0], reversed(suppliers))
    assert len({tuple(numbers[s] for s in suppliers) for numbers in numbered}) == 3


def test_a_board_in_points_has_them_beside_the_pounds() -> None:
    deal = drafted(("rival", 1_000), ("winner", 2_000), visibility="open", **IN_POINTS)
    own = own_board(deal, deal.play.views(), deal.rival)
    hidden = board_of(deal)
    deal.close()
    ranked = board_of(deal)
    of_rival = own_board(deal, deal.play.views(), deal.rival)

    assert own.rivals is not None
    assert [(r.score_pence, r.score_points) for r in own.rivals] == [
        (None, Decimal(500)),
        (None, Decimal(250)),
    ]
    assert own.score_points is None
    assert (hidden.basis, hidden.reserve_points) == ("points", Decimal(1))
    assert [need.points_per_unit for need in hidden.needs] == [Decimal("0.25")] * 4
    assert ranked.ranking is not None
    assert [(p.value_pence, p.score_points) for p in ranked.ranking] == [
        (200_000, Decimal(500)),
        (100_000, Decimal(250)),
    ]
    assert (of_rival.value_pence, of_rival.score_points) == (100_000, Decimal(250))


def test_a_withdrawn_bid_has_no_place_and_shows_with_its_reason_once_ranked() -> None:
    deal = drafted(("winner", WINNING), ("rival", LOSING), withdrawal_allowed=True)
    reason = "Counted twice (fictional)"
    withdraw = WithdrawBid(auction_id=deal.auction, supplier_id=deal.winner, reason=reason)
    deal.play.do(withdraw, deal.bidder(deal.winner))
    own = own_board(deal, deal.play.views(), deal.winner)
    other = own_board(deal, deal.play.views(), deal.rival)
    hidden = everything_asked(deal, deal.play.views())
    deal.close()
    ranked = board_of(deal)

    assert (own.rank, own.bid_no, other.rank) == (None, None, 1)
    assert reason not in hidden
    assert ranked.ranking is not None
    assert [place.supplier_id for place in ranked.ranking] == [deal.rival]
    assert ranked.withdrawals is not None
    assert [(w.bid_no, w.supplier_id, w.reason) for w in ranked.withdrawals] == [
        (1, deal.winner, reason)
    ]
    assert reason in everything_asked(deal, deal.play.views())


def exclude(deal: Deal, supplier: str) -> None:
    """Two people of the authority exclude a supplier."""
    request = RequestExclusion(
        auction_id=deal.auction,
        supplier_id=supplier,
        ground="discretionary",
        reason="Misconduct (fictional)",
    )
    deal.play.do(request, deal.buyer)
    approve = ApproveExclusion(auction_id=deal.auction, supplier_id=supplier)
    deal.play.do(approve, deal.person("authority.approver"))


def test_the_bids_of_an_excluded_supplier_have_no_place() -> None:
    deal = drafted(("winner", WINNING), ("rival", LOSING), bidder_count_shown=True)
    exclude(deal, deal.winner)
    own = own_board(deal, deal.play.views(), deal.winner)
    other = own_board(deal, deal.play.views(), deal.rival)

    assert (own.status, own.rank, other.rank, other.bidders) == ("excluded", None, 1, 1)


def test_the_final_ranking_is_without_a_supplier_that_was_excluded_since() -> None:
    deal = drafted(("winner", WINNING), ("rival", LOSING))
    deal.close()
    exclude(deal, deal.winner)
    found = board_of(deal)

    assert found.ranking is not None
    assert [(place.rank, place.supplier_id) for place in found.ranking] == [(1, deal.rival)]
    assert found.bidders == 1
    assert found.participants is not None
    assert [p.has_bid for p in found.participants] == [True, False]


def test_who_takes_no_part_has_no_board_of_its_own(deal: Deal) -> None:
    tables, now = deal.play.views().tables, deal.play.now
    stranger = Actor(id="person-x", role="supplier.bidder", organisation="organisation-none")
    alone = board_for(tables, deal.auction, "organisation-none", viewer=stranger, now=now)

    assert alone is None
    assert board_for(tables, "auction-none", deal.winner, viewer=None, now=now) is None
    assert board(tables, "auction-none", now) is None


def test_a_live_rank_is_for_its_own_bidder_only(deal: Deal) -> None:
    others = [
        None,
        OPERATOR,
        deal.buyer,
        deal.bidder(deal.rival),
        deal.person("auditor", deal.winner),
        replace(OPERATOR, organisation=deal.winner, on_behalf_of=deal.winner),
        replace(deal.bidder(deal.rival), on_behalf_of=deal.winner),
    ]

    def asked(viewer: Actor | None) -> OwnBoard | Refusal | None:
        tables, now = deal.play.views().tables, deal.play.now
        return board_for(tables, deal.auction, deal.winner, viewer=viewer, now=now)

    refused = NOT_YOURS.refuse(organisation=deal.winner)
    assert [asked(viewer) for viewer in others] == [refused] * len(others)
    assert isinstance(asked(deal.person("supplier.signatory", deal.winner)), OwnBoard)
    deal.close()
    assert all(isinstance(asked(viewer), OwnBoard) for viewer in others)


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (OPENS_AT - INSTANT, "scheduled"),
        (OPENS_AT, "open"),
        (CLOSES_AT - INSTANT, "open"),
        (CLOSES_AT, "closed"),
    ],
)
def test_the_phase_is_by_the_clock_whatever_is_written(
    deal: Deal, at: datetime, phase: str
) -> None:
    found = board(deal.play.views().tables, deal.auction, at)

    assert found is not None
    assert found.phase == phase


def test_a_late_bid_moves_the_close_on_the_board(deal: Deal) -> None:
    late = CLOSES_AT - timedelta(seconds=30)
    deal.bid(deal.rival, {"cash": WINNING + 1_000}, late)
    found = board_of(deal)

    assert found.extensions is None
    assert found.closes_at == late + timedelta(seconds=240)
    assert found.phase == "open"
    deal.close()
    assert board_of(deal).extensions == 1


def test_boards_come_by_their_closing_time_then_by_name() -> None:
    play = Play()
    second, first = Deal(play, "0002"), Deal(play, "0001")
    for deal in (second, first):
        deal.prepare()
    for deal in (second, first):
        deal.draft()

    assert [b.auction_id for b in boards(play.views().tables, OPENS_AT)] == [
        first.auction,
        second.auction,
    ]
    first.bid(first.rival, {"cash": LOSING}, CLOSES_AT - timedelta(seconds=30))
    assert [b.auction_id for b in boards(play.views().tables, OPENS_AT)] == [
        second.auction,
        first.auction,
    ]


def test_a_scheduled_auction_that_nobody_opened_is_closed_at_its_close(deal: Deal) -> None:
    scheduled = [row for row in deal.play.log if row.type == "auction-scheduled.v1"]
    views = Views(deal.play)
    views.refresh(scheduled[0].position)
    phases = [
        found.phase
        for at in (OPENS_AT, CLOSES_AT - INSTANT, CLOSES_AT)
        if (found := board(views.tables, deal.auction, at))
    ]

    assert phases == ["scheduled", "scheduled", "closed"]


def test_a_visible_event_is_seen_whole(deal: Deal) -> None:
    recorded = read_record(deal.play.log[0])

    assert seen(recorded, deal.play.views().tables) == Seen(
        position=1,
        stream=recorded.stream,
        version=1,
        type="organisation-registered.v1",
        recorded_at=recorded.recorded_at,
        actor=recorded.actor,
        command_type="RegisterOrganisation",
        command_id="command-1",
        event=recorded.event,
    )


def test_of_a_hidden_event_only_the_envelope_is_seen(deal: Deal) -> None:
    tables = deal.play.views().tables
    for row in deal.play.log:
        recorded = read_record(row)
        hidden = RULES[type(recorded.event)].name != "public"
        told = seen(recorded, tables)

        assert may_see(recorded, tables) is not hidden
        assert told.withheld is hidden
        assert (told.actor is None) is hidden
        assert (told.command_id is None) is hidden
        assert (told.stream is None) is (recorded.type == "participation-began.v1")
        assert (told.position, told.type) == (row.position, HIDDEN if hidden else row.type)


def test_every_event_of_a_bid_is_hidden_until_the_ranking(deal: Deal) -> None:
    deal.bid(deal.rival, {"cash": WINNING + 1_000}, CLOSES_AT - timedelta(seconds=30))
    log = map(read_record, deal.play.log)
    of_bids = [recorded for recorded in log if recorded.command.type == "SubmitBid"]

    def visible() -> list[bool]:
        tables = deal.play.views().tables
        return [not seen(recorded, tables).withheld for recorded in of_bids]

    assert {recorded.type for recorded in of_bids} == {
        "bid-accepted.v1",
        "bid-rejected.v1",
        "auction-extended.v1",
    }
    assert not any(visible())
    deal.close()
    assert all(visible())


def test_an_event_of_an_unknown_auction_is_hidden(deal: Deal) -> None:
    bid = read_record(next(row for row in deal.play.log if row.type == "bid-accepted.v1"))

    assert not may_see(bid, Play().views().tables)


def test_disclosure_shows_the_sealed_event(deal: Deal) -> None:
    sealed = read_record(next(r for r in deal.play.log if r.type == "assessment-sealed.v1"))
    deal.close()

    assert not may_see(sealed, deal.play.views().tables)
    deal.disclose()
    assert may_see(sealed, deal.play.views().tables)
