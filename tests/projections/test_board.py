"""The board by the ledger's time, and what nobody reads on it before the auction is ranked."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import orjson
import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.ranking import rank
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.rule import NOT_YOURS, Refusal
from svx_ledger.eventlog.record import read_record
from svx_ledger.projections.board import (
    Board,
    OwnBoard,
    Participant,
    Score,
    board,
    board_for,
    boards,
)
from svx_ledger.projections.leverage_report import leverage_report
from svx_ledger.projections.memory import Views
from svx_ledger.projections.register import register
from svx_ledger.projections.visibility import HIDDEN, HIDDEN_UNTIL, Seen, seen, shown
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
    answers = [boards(tables, now), own, register(tables), report, [*report.figures()], events]
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
        extensions=0,
        reserve_pence=0,
        needs=found.needs,
        participants=tuple(
            Participant(
                supplier_id=supplier,
                name=f"The {name} organisation",
                status="qualified",
                has_bid=None,
            )
            for supplier, name in ((deal.rival, "RIVAL0001"), (deal.winner, "WINNER0001"))
        ),
        bids=None,
        rejections=None,
        bidders=None,
        ranking=None,
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
    assert [(p.status, p.has_bid) for p in found.participants] == [("qualified", None)] * 2


def test_the_ranked_board_has_the_order_of_the_one_ranking(deal: Deal) -> None:
    deal.close()
    found = board_of(deal)
    auction = deal.play.world.streams[deal.auction]
    assert isinstance(auction, Auction)

    own = own_board(deal, deal.play.views(), deal.rival)

    assert own.value_pence == 100 * LOSING
    assert found.phase == "ranked"
    assert found.bidders == 2
    assert [p.has_bid for p in found.participants] == [True, True]
    assert found.ranking is not None
    assert [(p.rank, p.supplier_id, p.bid_no, p.value_pence) for p in found.ranking] == [
        (b.rank, b.supplier_id, b.bid_no, b.value_pence) for b in rank(auction.standing)
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

    assert found.extensions == 1
    assert found.closes_at == late + timedelta(seconds=240)
    assert found.phase == "open"


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
        hidden = type(recorded.event) in HIDDEN_UNTIL
        told = seen(recorded, tables)

        assert shown(recorded, tables) is not hidden
        assert told.withheld is hidden
        assert (told.actor is None) is hidden
        assert (told.command_id is None) is hidden
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

    assert not shown(bid, Play().views().tables)


def test_disclosure_shows_the_sealed_event(deal: Deal) -> None:
    sealed = read_record(next(r for r in deal.play.log if r.type == "assessment-sealed.v1"))
    deal.close()

    assert not shown(sealed, deal.play.views().tables)
    deal.disclose()
    assert shown(sealed, deal.play.views().tables)
