"""The timeline of an auction: what happened, who led from then on, and who may see that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionConcluded,
    AuctionPaused,
    AuctionResumed,
    AuctionUnsuccessful,
    AuctionVoided,
    LotReleased,
    SupplierExcluded,
)
from svx_ledger.domain.auction.events import (
    AssessmentDisclosed,
    AuctionClosed,
    AuctionExtended,
    AuctionOpened,
    AuctionScheduled,
    BidsRanked,
)
from svx_ledger.domain.auction.terms import AuctionTerms
from svx_ledger.domain.auction.withdrawing import WithdrawBid
from svx_ledger.domain.exclusion import ApproveExclusion, RequestExclusion
from svx_ledger.domain.kind import Event
from svx_ledger.projections.leading import Lead, timeline
from svx_ledger.projections.live_ranking import live_ranking
from svx_ledger.projections.memory import Tables, Views
from svx_ledger.projections.timeline import TIMELINE, TURN, TurnRow
from tests.domain.auction.scene import TERMS
from tests.domain.outcome import NOON

from .deal import CLOSES_AT, Deal
from .play import Play
from .test_visibility_played import AUDITOR, OTHER_AUDITOR, read_hidden, viewers, void
from .told import tables_after

AUCTION = "auction-a001"
LATER, LATEST = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
NUMBERED = {"request_no": 1, "approved_by": "person-x"}
LOT = {"procurement_id": "procurement-p001", "lot": "1"}


@pytest.mark.parametrize(
    ("event", "turn"),
    [
        (AuctionScheduled(), {"turn": "scheduled"}),
        (AuctionOpened(), {"turn": "opened"}),
        (
            AuctionExtended(bid_no=7, closes_at_was=LATER, closes_at=LATEST),
            {"turn": "extended", "bid_no": 7, "closes_at_was": LATER, "closes_at": LATEST},
        ),
        (
            AuctionPaused(paused_at=LATER, cause="person", reason="Alarm"),
            {"turn": "paused", "took_effect_at": LATER, "reason": "Alarm"},
        ),
        (
            AuctionPaused(paused_at=LATER, cause="outage"),
            {"turn": "paused", "took_effect_at": LATER, "reason": "outage"},
        ),
        (
            AuctionResumed(
                approving_organisation="organisation-two2",
                resumed_at=NOON,
                closes_at_was=LATER,
                closes_at=LATEST,
                hard_stop_was=LATER,
                hard_stop=LATEST,
                **NUMBERED,  # type: ignore[arg-type]
            ),
            {
                "turn": "resumed",
                "took_effect_at": NOON,
                "closes_at_was": LATER,
                "closes_at": LATEST,
            },
        ),
        (
            SupplierExcluded(
                supplier_id="organisation-supp1",
                ground="debarred",
                reason="On the list",
                requested_by="person-x",
                approved_by="person-y",
            ),
            {"turn": "excluded", "supplier_id": "organisation-supp1", "reason": "On the list"},
        ),
        (AuctionClosed(closed_at=LATER), {"turn": "closed", "took_effect_at": LATER}),
        (BidsRanked(ranking=()), {"turn": "ranked"}),
        (AssessmentDisclosed(), {"turn": "disclosed"}),
        (
            AuctionCancelled(reason="No money", **LOT),
            {"turn": "cancelled", "reason": "No money"},
        ),
        (
            AuctionUnsuccessful(reason="Nobody", **LOT),
            {"turn": "unsuccessful", "reason": "Nobody"},
        ),
        (
            AuctionVoided(
                ground="fault",
                reason="Wrong need",
                approving_organisation="organisation-two2",
                **NUMBERED,  # type: ignore[arg-type]
            ),
            {"turn": "voided", "reason": "Wrong need"},
        ),
        (
            LotReleased(award_id="award-a001", outcome="lapsed", **LOT),
            {"turn": "lot-released", "reason": "lapsed", "thing": "award-a001"},
        ),
        (
            AuctionConcluded(contract_id="contract-c001"),
            {"turn": "concluded", "thing": "contract-c001"},
        ),
    ],
)
def test_each_turn_says_what_changed(event: Event, turn: dict) -> None:  # type: ignore[type-arg]
    (row,) = tables_after(TIMELINE, (AUCTION, event)).all(TURN)

    assert row == TurnRow(
        auction_id=AUCTION, position=1, recorded_at=NOON + timedelta(minutes=1), **turn
    )


def opened(under: AuctionTerms = TERMS) -> Deal:
    deal = Deal(Play())
    deal.prepare()
    deal.draft(under=under)
    return deal


def told(deal: Deal, viewer: object = "public") -> tuple[Lead, ...]:
    who = viewers(deal)[str(viewer)]
    found = timeline(deal.play.views().tables, deal.auction, who)
    assert found is not None
    return found


def exclude(deal: Deal, supplier: str) -> None:
    asked = RequestExclusion(
        auction_id=deal.auction, supplier_id=supplier, ground="debarred", reason="A (fictional)"
    )
    deal.play.do(asked, deal.buyer)
    agreed = ApproveExclusion(auction_id=deal.auction, supplier_id=supplier)
    deal.play.do(agreed, deal.person("authority.approver"))


def full_story() -> Deal:
    """First bid, outbid, outbid back, no change, a rejection, a withdrawal, an extension."""
    deal = opened(replace(TERMS, withdrawal_allowed=True))
    deal.bid(deal.rival, {"cash": 1_000_000})
    deal.bid(deal.winner, {"cash": 2_000_000})
    deal.bid(deal.winner, {"cash": 2_500_000})
    deal.bid(deal.winner, {"cash": 2_500_000})  # no more than it had: rejected
    withdraw = WithdrawBid(auction_id=deal.auction, supplier_id=deal.winner, reason="A slip")
    deal.play.do(withdraw, deal.bidder(deal.winner))
    deal.bid(deal.winner, {"cash": 3_000_000}, CLOSES_AT - timedelta(seconds=30))
    deal.close()
    return deal


def test_who_led_when_by_how_much_and_why_that_changed() -> None:
    deal = full_story()
    story = [
        (f.happened, f.bid_no, f.rank, f.leader_id, f.leader_pence, f.ahead_by, f.why)
        for f in told(deal)
        if f.happened not in ("scheduled", "opened")
    ]
    rival, winner = deal.rival, deal.winner
    million = 100_000_000

    assert story == [
        ("bid", 1, 1, rival, million, None, "first-bid"),
        ("bid", 2, 1, winner, 2 * million, million, "outbid"),
        ("bid", 3, 1, winner, 5 * million // 2, 3 * million // 2, None),
        ("rejected", 4, None, winner, 5 * million // 2, 3 * million // 2, None),
        ("withdrawn", 3, None, rival, million, None, "withdrawn"),
        ("bid", 5, 1, winner, 3 * million, 2 * million, "outbid"),
        ("extended", 5, None, winner, 3 * million, 2 * million, None),
        ("closed", None, None, winner, 3 * million, 2 * million, None),
        ("ranked", None, None, winner, 3 * million, 2 * million, None),
    ]
    moved = next(f for f in told(deal) if f.happened == "extended")
    assert moved.closes_at_was == CLOSES_AT
    assert moved.closes_at is not None
    assert moved.closes_at > CLOSES_AT
    assert next(f.reason for f in told(deal) if f.happened == "withdrawn") == "A slip"
    assert [f.position for f in told(deal)] == sorted(f.position for f in told(deal))


def test_the_leader_is_the_live_ranking_s_at_every_position() -> None:
    deal = full_story()
    exclude(deal, deal.winner)
    facts = {fact.position: fact for fact in told(deal)}
    views = Views(deal.play)
    for row in deal.play.log:
        views.refresh(1)
        fact = facts.get(row.position)
        if fact is None:
            continue
        places = live_ranking(views.tables, deal.auction)
        assert fact.leader_id == (places[0].supplier_id if places else None), fact
        if fact.happened == "bid":
            assert fact.rank == next(p.rank for p in places if p.bid_no == fact.bid_no)
    excluded, ranked_again = list(facts.values())[-2:]
    assert (excluded.happened, excluded.why) == ("excluded", "excluded")
    assert (ranked_again.happened, ranked_again.leader_id) == ("ranked", deal.rival)


def test_a_bid_at_the_same_score_does_not_lead() -> None:
    deal = opened()
    deal.bid(deal.rival, {"cash": 1_000_000})
    deal.bid(deal.winner, {"cash": 1_000_000})
    deal.close()
    last = [fact for fact in told(deal) if fact.happened == "bid"][-1]

    assert (last.rank, last.leader_id, last.ahead_by, last.why) == (2, deal.rival, 0, None)


def test_before_the_ranking_a_bidder_sees_its_own_bids_and_nobody_any_other() -> None:
    deal = opened(replace(TERMS, withdrawal_allowed=True))
    deal.bid(deal.rival, {"cash": 1_000_000})
    deal.bid(deal.winner, {"cash": 2_345_678})
    deal.bid(deal.winner, {"cash": 2_345_678})
    deal.bid(deal.winner, {"cash": 3_000_000}, CLOSES_AT - timedelta(seconds=30))
    open_turns = ["scheduled", "opened"]
    seen_by = {name: told(deal, name) for name in viewers(deal)}

    for name, found in seen_by.items():
        assert all(fact.leader_id is None and fact.rank is None for fact in found), name
        happened = [fact.happened for fact in found]
        if name == "winner":
            assert happened == [*open_turns, "bid", "rejected", "bid", "extended"]
            assert {f.supplier_id for f in found} == {None, deal.winner}
        elif name == "rival":
            assert happened == [*open_turns, "bid"]
            assert found[-1].value_pence == 100_000_000
        else:
            assert happened == open_turns, name
        if name != "winner":
            assert "234567800" not in repr(found)
            assert deal.winner not in repr(found)


def test_an_exclusion_before_the_ranking_is_seen_by_the_two_sides_alone() -> None:
    deal = opened()
    deal.bid(deal.rival, {"cash": 1_000_000})
    exclude(deal, deal.rival)
    seeing = {
        name
        for name in viewers(deal)
        if any(fact.happened == "excluded" for fact in told(deal, name))
    }

    assert seeing == {"authority", "rival"}
    deal.close()
    assert all(
        any(fact.happened == "excluded" for fact in told(deal, name)) for name in viewers(deal)
    )


def test_of_a_voided_auction_only_a_reader_sees_who_led() -> None:
    deal = opened()
    deal.bid(deal.rival, {"cash": 1_000_000})
    void(deal)
    read_hidden(deal)
    tables = deal.play.views().tables
    reader = timeline(tables, deal.auction, AUDITOR)
    other = timeline(tables, deal.auction, OTHER_AUDITOR)

    assert reader is not None
    assert other is not None
    assert [f.leader_id for f in reader if f.happened == "bid"] == [deal.rival]
    assert [f.happened for f in other] == ["scheduled", "opened", "voided"]


def test_where_totals_rank_who_led_comes_out_with_the_scores() -> None:
    deal = opened(replace(TERMS, rank_on="combined"))
    deal.bid(deal.rival, {"cash": 1_000_000})
    deal.bid(deal.winner, {"cash": 900_000})
    deal.close()
    before = told(deal)
    deal.disclose()
    after = told(deal)

    assert [fact.happened for fact in before].count("bid") == 2
    assert all(fact.leader_id is None for fact in before)
    bids = [fact for fact in after if fact.happened == "bid"]
    assert [fact.leader_id for fact in bids] == [deal.rival, deal.winner]
    assert (bids[-1].leader_pence, bids[-1].ahead_by) == (90_000_000, -10_000_000)


def test_what_may_be_seen_can_be_judged_by_a_later_moment() -> None:
    deal = opened()
    deal.bid(deal.rival, {"cash": 1_000_000})
    then = deal.play.views().tables
    deal.close()
    now = deal.play.views().tables
    judged = timeline(then, deal.auction, None, judged=now)
    unjudged = timeline(then, deal.auction, None)

    assert judged is not None
    assert unjudged is not None
    assert [fact.happened for fact in judged] == ["scheduled", "opened", "bid"]
    assert judged[-1].leader_id == deal.rival
    assert [fact.happened for fact in unjudged] == ["scheduled", "opened"]


def test_there_is_no_timeline_of_what_is_no_auction() -> None:
    assert timeline(Tables(), "auction-nowhere") is None
