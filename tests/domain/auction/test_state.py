"""The auction from its draft to its ranking, by commands alone; and how its events fold."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.auction import COMMANDS
from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionConcluded,
    AuctionPaused,
    AuctionResumed,
    AuctionUnsuccessful,
    AuctionVoided,
    ExclusionRequested,
    HiddenAmountsRead,
    LotReleased,
    ResumeRequested,
    VoidRequested,
)
from svx_ledger.domain.auction.closing import CloseAuction, DiscloseAssessment
from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.auction.events import (
    EVENTS,
    AssessmentDisclosed,
    AuctionClosed,
    BidsRanked,
    FreezeRequested,
    lot_key,
)
from svx_ledger.domain.auction.freezing import ApproveFreeze, RequestFreeze
from svx_ledger.domain.auction.inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from svx_ledger.domain.auction.opening import OpenAuction, ScheduleAuction, SealAssessment
from svx_ledger.domain.auction.pausing import ApproveResume, PauseAuction, RequestResume
from svx_ledger.domain.auction.reading_hidden import ReadHiddenAmounts
from svx_ledger.domain.auction.state import Auction, Standing, evolve
from svx_ledger.domain.auction.withdrawing import WithdrawBid
from svx_ledger.domain.kind import Command, Event
from svx_ledger.domain.listing import ListNeed
from svx_ledger.eventlog.commands import command_from
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.shapes import shape_of
from tests.domain.cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    PROCUREMENT,
    PROXY_SET,
    SUPPLIER,
)
from tests.domain.outcome import NOON, OPERATOR, World

from .scene import (
    ANNOUNCED,
    ASSESSOR,
    AUCTION,
    CLOSES_AT,
    EXTENSION,
    HOURS_NEED,
    LAPTOP_NEED,
    RIVAL,
    RIVAL_BIDDER,
    SCHEDULED_AT,
    SEALED,
    SECOND,
    TERMS,
    bid,
    hours,
    laptops,
)

PAUSE = 10 * SECOND
LATE = CLOSES_AT + PAUSE - SECOND
END = LATE + EXTENSION
AUDITOR = Actor(id="person-ada", role="auditor", organisation="organisation-audit1")


def play() -> list[tuple[Command, Actor, timedelta]]:
    """A whole auction: each command, who gives it, and when (from noon)."""
    before = SCHEDULED_AT - NOON
    steps: list[tuple[Command, Actor, timedelta]] = [
        (
            DraftAuction(
                auction_id=AUCTION,
                procurement_id=PROCUREMENT,
                lot="1",
                proxy_set_id=PROXY_SET,
                terms=replace(TERMS, withdrawal_allowed=True),
            ),
            BUYER,
            before,
        ),
        *(
            (ListNeed(need_id=need, auction_id=AUCTION, relevance="local"), BUYER, before)
            for need in (LAPTOP_NEED, HOURS_NEED)
        ),
        (RequestFreeze(auction_id=AUCTION, caps=()), BUYER, before),
        (ApproveFreeze(auction_id=AUCTION), APPROVER, before),
    ]
    for supplier, person in ((SUPPLIER, BIDDER), (RIVAL, RIVAL_BIDDER)):
        named = {"auction_id": AUCTION, "supplier_id": supplier}
        steps += [
            (InviteSupplier(**named), BUYER, before),
            (AcceptInvitation(**named), person, before),
            (QualifySupplier(**named, basis="conditions met"), BUYER, before),
        ]
    return [
        *steps,
        (ScheduleAuction(auction_id=AUCTION), BUYER, before),
        (
            SealAssessment(
                auction_id=AUCTION, scores=SEALED.scores, assessors=SEALED.assessors
            ),
            ASSESSOR,
            before,
        ),
        (OpenAuction(auction_id=AUCTION), BUYER, timedelta()),
        (bid(laptops(2)), BIDDER, SECOND),
        (bid(laptops(21), supplier=RIVAL), RIVAL_BIDDER, 2 * SECOND),
        (bid(laptops(4), supplier=RIVAL), RIVAL_BIDDER, 3 * SECOND),
        (
            WithdrawBid(auction_id=AUCTION, supplier_id=RIVAL, reason="one too many"),
            RIVAL_BIDDER,
            4 * SECOND,
        ),
        (bid(laptops(3), supplier=RIVAL), RIVAL_BIDDER, 5 * SECOND),
        (PauseAuction(auction_id=AUCTION, reason="a fault"), BUYER, 6 * SECOND),
        (RequestResume(auction_id=AUCTION, reason="mended"), BUYER, 7 * SECOND),
        (ApproveResume(auction_id=AUCTION, request_no=2), OPERATOR, 6 * SECOND + PAUSE),
        (bid(laptops(3), hours("0.5")), BIDDER, LATE - NOON),
        (CloseAuction(auction_id=AUCTION, closed_at=END), CLOCK, END - NOON),
        (ReadHiddenAmounts(auction_id=AUCTION, purpose="a sample"), AUDITOR, END - NOON),
        (DiscloseAssessment(auction_id=AUCTION), BUYER, END - NOON),
    ]


def played() -> tuple[World, list[Event]]:
    world = World(ANNOUNCED)
    events: list[Event] = []
    for command, actor, after_noon in play():
        decision = world.execute(command, actor, NOON + after_noon)
        assert isinstance(decision, list), decision
        events += [event for stream, event in decision if stream == AUCTION]
    return world, events


WORLD, HISTORY = played()


def fold(events: list[Event], start: Auction | None = None) -> Auction | None:
    for event in events:
        start = evolve(start, event)  # type: ignore[arg-type]
    return start


def test_the_play_has_every_command_and_every_event() -> None:
    assert {type(command) for command, _, _ in play()} == {*COMMANDS, ListNeed}
    pauses = {AuctionPaused, ResumeRequested, AuctionResumed}
    assert {type(event) for event in HISTORY} == {*EVENTS, *pauses, HiddenAmountsRead}


def test_a_whole_auction_ends_ranked_and_disclosed() -> None:
    auction = WORLD.streams[AUCTION]

    assert isinstance(auction, Auction)
    assert auction.phase == "ranked"
    assert auction.disclosed
    assert [(bid.rank, bid.supplier_id) for bid in auction.ranking] == [
        (1, SUPPLIER),
        (2, RIVAL),
    ]
    assert auction.standing[SUPPLIER] == Standing(
        bid_no=5, value_pence=90_846, lines=(laptops(3), hours("0.5"))
    )
    assert (auction.bids, auction.extensions, auction.closes_at) == (5, 1, END)
    assert auction.withdrawn == {RIVAL}
    assert auction.rejections == {RIVAL: (NOON, 1)}
    assert set(auction.needs) == {LAPTOP_NEED, HOURS_NEED}
    assert auction.listed == {}
    assert auction.freeze_request is None


def test_between_its_close_and_its_ranking_an_auction_is_closed() -> None:
    length = next(n for n, event in enumerate(HISTORY, 1) if isinstance(event, AuctionClosed))

    closed = fold([*HISTORY[: length - 1], AuctionClosed(closed_at=CLOSES_AT)])

    assert closed is not None
    assert (closed.phase, closed.closes_at) == ("closed", CLOSES_AT)


@pytest.mark.parametrize(
    ("end", "phase"),
    [
        (AuctionCancelled(reason="-", procurement_id=PROCUREMENT, lot="1"), "cancelled"),
        (AuctionUnsuccessful(reason="-", procurement_id=PROCUREMENT, lot="1"), "unsuccessful"),
        (
            AuctionVoided(
                request_no=3,
                ground="fault",
                reason="-",
                approved_by=OPERATOR.id,
                approving_organisation="organisation-0perator",
            ),
            "voided",
        ),
        (
            LotReleased(
                award_id="award-a001", outcome="lapsed", procurement_id=PROCUREMENT, lot="1"
            ),
            "paused",
        ),
        (AuctionConcluded(contract_id="contract-c001"), "paused"),
    ],
)
def test_an_auction_that_has_ended_has_nothing_open(end: Event, phase: str) -> None:
    length = next(n for n, event in enumerate(HISTORY, 1) if isinstance(event, ResumeRequested))
    asked = {"requested_by": BUYER.id, "requesting_organisation": AUTHORITY}
    before = fold(
        [
            *HISTORY[:length],
            FreezeRequested(caps=(), requested_by=BUYER.id),
            VoidRequested(ground="fault", reason="-", request_no=3, **asked),
            ExclusionRequested(
                supplier_id=RIVAL, ground="debarred", reason="-", requested_by=BUYER.id
            ),
        ]
    )
    assert before is not None
    requests = (before.freeze_request, before.resume_request, before.void_request)
    assert None not in (before.pause, *requests)
    assert before.exclusion_requests

    after = fold([end], before)

    assert after is not None
    assert after.phase == phase
    requests = (after.freeze_request, after.resume_request, after.void_request)
    assert (after.pause, *requests) == (None, None, None, None)
    assert after.exclusion_requests == {}


@pytest.mark.parametrize(
    "later", [AuctionClosed(closed_at=CLOSES_AT), BidsRanked(ranking=()), AssessmentDisclosed()]
)
def test_what_was_asked_before_the_result_falls_with_it(later: Event) -> None:
    requested = VoidRequested(
        ground="fault",
        reason="-",
        requested_by=BUYER.id,
        requesting_organisation=AUTHORITY,
        request_no=3,
    )
    before, after = fold([*HISTORY, requested]), fold([*HISTORY, requested, later])

    assert before is not None
    assert after is not None
    assert (before.void_request, after.void_request) == (requested, None)
    assert after.requests == 3


def test_the_lot_stays_taken() -> None:
    assert WORLD.holders[lot_key(PROCUREMENT, "1")] == AUCTION


@given(st.integers(0, len(HISTORY)))
def test_folding_splits_at_any_prefix(split: int) -> None:
    assert fold(HISTORY[split:], fold(HISTORY[:split])) == WORLD.streams[AUCTION]


@given(st.integers(1, len(HISTORY)))
def test_folding_leaves_the_state_before_as_it_was(length: int) -> None:
    before = fold(HISTORY[:length])
    fold(HISTORY[length:], before)

    assert before == fold(HISTORY[:length])


def test_every_event_and_command_has_a_form_that_reads_back() -> None:
    for event in HISTORY:
        shape = shape_of(type(event))
        assert shape.decode(shape.encode(event)) == event
    for command, _, _ in play():
        shape = shape_of(type(command))
        assert shape.decode(shape.encode(command)) == command


def test_the_clocks_command_is_not_read_from_outside() -> None:
    submitted = bid(laptops(2))
    closed = CloseAuction(auction_id=AUCTION, closed_at=CLOSES_AT)

    assert command_from("SubmitBid", shape_of(type(submitted)).encode(submitted)) == submitted
    with pytest.raises(Malformed):
        command_from("CloseAuction", shape_of(type(closed)).encode(closed))
