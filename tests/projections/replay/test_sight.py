"""What could be seen then, and what may be seen now of then: never more than either."""

import json
from dataclasses import replace
from typing import Any

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.reading_hidden import ReadHiddenAmounts
from svx_ledger.domain.ending import CancelAuction
from svx_ledger.domain.participations import participations_of
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.projections.replay import (
    EVERYBODY,
    AuctionHistory,
    NoSuchStream,
    Sight,
    auction_at,
    auction_steps,
    could_see,
    exchange_at,
    stream_seen,
    stream_steps,
)
from svx_ledger.projections.replay.boards import both
from tests.domain.outcome import OPERATOR
from tests.projections.deal import CLOSES_AT, Deal
from tests.projections.play import SECOND, Play
from tests.projections.test_board import drafted

from .memory_log import MemoryLog

AUDITOR = Actor(id="person-auditor", role="auditor", organisation="organisation-audit")
EXCHANGE = replace(OPERATOR, organisation="organisation-exchange")
CASH = 2_000
HIDDEN_PENCE = str(CASH * 100)


@pytest.fixture
def deal() -> Deal:
    """An open auction with a bid of each supplier; the winner's comes last and leads."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.rival, {"cash": 1_000})
    deal.bid(deal.winner, {"cash": CASH})
    return deal


def told(log: MemoryLog, deal: Deal, sight: Sight, **asked: Any) -> str:
    """Everything that a replay says of an auction, in one text."""
    at = auction_at(log, deal.auction, sight=sight, **asked)
    steps = auction_steps(log, deal.auction, until=at.known_at, sight=sight)
    events = [(plain_of(s.event.event), s.event.type, plain_of(s.changes)) for s in steps]
    state = stream_seen(log, deal.auction, sight=sight, position=at.known_at)
    return json.dumps([at.plain(), events, state.state])


def test_before_the_ranking_a_bid_is_hidden_from_all_but_its_bidder(deal: Deal) -> None:
    log = MemoryLog(deal.play)
    strangers = [None, deal.buyer, AUDITOR, EXCHANGE, deal.bidder(deal.rival)]
    for viewer in strangers:
        for sight in (Sight(viewer), could_see(viewer)):
            said = told(log, deal, sight)

            assert HIDDEN_PENCE not in said
            assert "bid-accepted.v1" not in said or viewer == deal.bidder(deal.rival)
    assert HIDDEN_PENCE in told(log, deal, could_see(deal.bidder(deal.winner)))


def test_a_bidder_sees_its_own_rank_of_then(deal: Deal) -> None:
    log, last = MemoryLog(deal.play), len(deal.play.log)
    for sight in (Sight(deal.bidder(deal.rival)), could_see(deal.bidder(deal.rival))):
        ranks = [
            at.own.rank
            for position in (last - 1, last)
            if (at := auction_at(log, deal.auction, position=position, sight=sight)).own
        ]

        assert ranks == [1, 2]


def test_nobody_sees_through_a_bidder_s_eyes_what_they_may_not_see_now(deal: Deal) -> None:
    log, bidder = MemoryLog(deal.play), deal.bidder(deal.winner)
    for asker in (None, AUDITOR, deal.bidder(deal.rival)):
        sight = Sight(asker, bidder, as_party=True)
        at = auction_at(log, deal.auction, sight=sight)

        assert at.own is None
        assert at.standing is None
        assert HIDDEN_PENCE not in told(log, deal, sight)
        assert AuctionHistory(log, deal.auction, sight).refusal(deal.winner) is not None


def test_after_the_ranking_everybody_may_know_how_the_bids_stood(deal: Deal) -> None:
    before = len(deal.play.log)
    deal.close()
    log = MemoryLog(deal.play)

    now = auction_at(log, deal.auction, position=before)
    then = auction_at(log, deal.auction, position=before, sight=could_see(None))

    assert (now.board.phase, now.board.ranking) == ("open", None)
    assert [place.supplier_id for place in now.standing or ()] == [deal.winner, deal.rival]
    assert now.leader == deal.winner
    assert (then.leader, then.standing, then.board.participants) == (None, None, None)
    assert then.board.bids is None


def test_then_a_bidder_saw_its_rank_and_no_rival_s_bid(deal: Deal) -> None:
    before = len(deal.play.log)
    deal.close()
    log, sight = MemoryLog(deal.play), Sight(None, deal.bidder(deal.winner), as_party=True)

    then = auction_at(log, deal.auction, position=before, sight=sight)

    assert then.own is not None
    assert (then.own.rank, then.own.value_pence) == (1, None)
    assert then.standing is None
    assert [p.supplier_id for p in then.board.participants or ()] == [deal.winner]


def test_an_auditor_sees_the_past_by_its_read_and_saw_nothing_before_it(deal: Deal) -> None:
    open_ = len(deal.play.log)
    request = RequestVoid(auction_id=deal.auction, ground="fault", reason="A wrong need")
    deal.play.do(request, deal.buyer)
    deal.play.do(ApproveVoid(auction_id=deal.auction, request_no=2), EXCHANGE)
    unread = len(deal.play.log)
    assert auction_at(MemoryLog(deal.play), deal.auction, sight=Sight(AUDITOR)).standing is None
    read = ReadHiddenAmounts(auction_id=deal.auction, purpose="To check the order")
    deal.play.do(read, AUDITOR)
    log, head = MemoryLog(deal.play), len(deal.play.log)

    def leader(sight: Sight, position: int) -> str | None:
        return auction_at(log, deal.auction, position=position, sight=sight).leader

    assert leader(Sight(AUDITOR), open_) == deal.winner  # now it may see what was
    assert leader(could_see(AUDITOR), open_) is None  # then it could not
    assert leader(could_see(AUDITOR), unread) is None
    assert leader(could_see(AUDITOR), head) == deal.winner
    assert leader(Sight(replace(AUDITOR, id="person-other")), open_) is None
    assert leader(EVERYBODY, head) is None


def test_a_recommendation_is_public_now_and_was_not_then(deal: Deal) -> None:
    deal.close()
    deal.disclose()
    deal.approve()
    log, play = MemoryLog(deal.play), Play()
    recommended = next(r.position for r in deal.play.log if r.type == "award-recommended.v1")
    play.log = deal.play.log[:recommended]  # as long as nobody has approved it
    assert exchange_at(MemoryLog(play)).register()[0].award.recommended is None
    assert told_of(MemoryLog(play), could_see(AUDITOR)) == deal.winner
    assert told_of(MemoryLog(play), Sight(None, AUDITOR, as_party=True)) is None

    now = exchange_at(log, position=recommended)
    then = exchange_at(log, position=recommended, sight=could_see(None))
    auditor = exchange_at(log, position=recommended, sight=could_see(AUDITOR))

    assert [x.register()[0].award.recommended for x in (now, then, auditor)] == [
        deal.winner,
        None,
        deal.winner,
    ]
    assert stream_seen(log, deal.award, position=recommended).withheld == ()
    hidden = stream_seen(log, deal.award, position=recommended, sight=could_see(None))
    assert (hidden.state["phase"], hidden.withheld) == ("assessed", ("recommended",))


def told_of(log: MemoryLog, sight: Sight) -> str | None:
    """Whom the only award is recommended to."""
    return exchange_at(log, sight=sight).register()[0].award.recommended


def test_two_looks_show_of_a_participant_what_both_show(deal: Deal) -> None:
    deal.close()
    shown = auction_at(MemoryLog(deal.play), deal.auction).board
    first, *others = shown.participants or ()
    less = replace(shown, participants=(replace(first, has_bid=None),), bids=None, ranking=None)

    assert others
    assert both(shown, less) == both(less, shown) == less
    assert both(shown, shown) == both(shown) == shown
    assert both(shown, replace(shown, participants=None)).participants is None


def test_of_a_supplier_not_even_a_position_tells_that_it_competes(deal: Deal) -> None:
    log, stream = MemoryLog(deal.play), participations_of(deal.winner)
    began = [row.position for row in deal.play.log if row.stream == stream]
    itself = deal.bidder(deal.winner)
    others = (EVERYBODY, could_see(None), Sight(AUDITOR), could_see(itself, AUDITOR))
    for sight in others:
        steps = list(stream_steps(log, deal.winner, sight=sight))
        seen = stream_seen(log, deal.winner, sight=sight)
        said = json.dumps([plain_of(s) for s in steps] + [plain_of(seen.state)])

        assert not {s.event.position for s in steps} & set(began)
        assert not {s.before.position for s in steps if s.before} & set(began)
        assert not {s.before.known_at for s in steps if s.before} & set(began)
        assert deal.auction not in said
        assert seen.position not in began
        assert seen.withheld == ()
    own = stream_seen(log, stream, sight=could_see(itself))
    assert (own.position, own.version) == (began[-1], len(began))
    assert own.state == {"auctions": {deal.auction: deal.authority}}
    deal.close()
    log = MemoryLog(deal.play)
    assert stream_seen(log, stream, sight=Sight(itself)).position == began[-1]
    as_public = stream_seen(log, stream, sight=could_see(None, itself))
    assert (as_public.position, as_public.version, as_public.head) == (None, None, None)


@pytest.mark.parametrize("position", [1, None])
def test_participations_are_unknown_to_all_others_as_if_there_were_none(
    deal: Deal, position: int | None
) -> None:
    deal.close()
    log, stream = MemoryLog(deal.play), participations_of(deal.winner)
    nowhere = stream.replace(stream[-4:], "none")
    for sight in (EVERYBODY, could_see(None), Sight(AUDITOR), Sight(deal.buyer)):
        said = [unknown(log, name, sight, position) for name in (stream, nowhere)]
        assert said[0] == said[1]


def unknown(log: MemoryLog, name: str, sight: Sight, position: int | None) -> str:
    """All that is said of a stream that the asker may not know of, but for its name."""
    said = []
    for look in (
        lambda: stream_seen(log, name, position=position, sight=sight),
        lambda: list(stream_steps(log, name, until=position, sight=sight)),
        lambda: auction_at(log, name, position=position, sight=sight),
    ):
        with pytest.raises(NoSuchStream) as raised:
            look()
        said.append(f"{raised.value} {raised.value.refusal.facts}")
    return "\n".join(said).replace(name, "")


def test_the_clock_of_then_closes_an_auction_before_that_is_written(deal: Deal) -> None:
    log = MemoryLog(deal.play)

    before = auction_at(log, deal.auction, at=CLOSES_AT - SECOND)
    at_close = auction_at(log, deal.auction, at=CLOSES_AT)

    assert (before.board.phase, at_close.board.phase) == ("open", "closed")
    assert before.known_at == at_close.known_at
    assert stream_seen(log, deal.auction, at=CLOSES_AT).state["phase"] == "closed"


def test_a_cancelled_auction_never_tells_its_participants() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.play.do(CancelAuction(auction_id=deal.auction, reason="No longer needed"), deal.buyer)

    assert auction_at(MemoryLog(deal.play), deal.auction).board.participants is None


def test_where_totals_rank_the_order_of_then_waits_for_the_sealed_scores() -> None:
    deal = drafted(("rival", 100_000), ("winner", 60_000), rank_on="combined")
    open_ = len(deal.play.log)
    deal.close()
    ranked = auction_at(MemoryLog(deal.play), deal.auction, position=open_)
    deal.disclose()
    disclosed = auction_at(MemoryLog(deal.play), deal.auction, position=open_)

    assert (ranked.board.bids, ranked.standing, ranked.leader) == (2, None, None)
    assert [place.supplier_id for place in disclosed.standing or ()] == [
        deal.winner,
        deal.rival,
    ]
