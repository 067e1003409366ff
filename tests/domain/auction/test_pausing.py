"""Pauses: who stops bidding, which two organisations let it go on, and what time it costs."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionPaused,
    AuctionResumed,
    AuctionVoided,
    ResumeRequested,
)
from svx_ledger.domain.auction.closing import CloseAuction, due, extended_close
from svx_ledger.domain.auction.events import AuctionClosed, BidAccepted, BidRejected, BidsRanked
from svx_ledger.domain.auction.pausing import ApproveResume, PauseAuction, RequestResume
from svx_ledger.domain.auction.terms import AuctionTerms
from svx_ledger.domain.kind import Command, Event
from tests.domain.cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    DECLARED,
    EVALUATING,
    EVALUATOR,
    JUDGED,
    OTHER_BUYER,
    PROCUREMENT,
    SUPPLIER,
    Past,
)
from tests.domain.outcome import NOON, OPERATOR, outcome

from .scene import (
    AUCTION,
    CLOSES_AT,
    EXTENSION,
    HARD_STOP,
    INSTANT,
    OPEN,
    OPENS_AT,
    READY,
    SECOND,
    TERMS,
    auction_of,
    bid,
    here,
    laptops,
    told,
    with_terms,
)

AUDITOR = Actor(id="person-ada", role="auditor", organisation="organisation-audit1")
PAUSED_AT = NOON + timedelta(minutes=20)
RESUMED_AT = PAUSED_AT + timedelta(minutes=7, seconds=3, microseconds=5)
PAUSE = PauseAuction(auction_id=AUCTION, reason="The page did not load for two bidders")
REQUEST = RequestResume(auction_id=AUCTION, reason="It loads again")
APPROVE = ApproveResume(auction_id=AUCTION, request_no=2)
PAUSED = AuctionPaused(
    reason="The page did not load for two bidders",
    paused_at=PAUSED_AT,
    cause="person",
    paused_by=BUYER.id,
)
REQUESTED = ResumeRequested(
    reason="It loads again",
    requested_by=BUYER.id,
    requesting_organisation=AUTHORITY,
    request_no=2,
)
STANDING_STILL: Past = [*OPEN, *here(PAUSED)]
ASKED: Past = [*STANDING_STILL, *here(REQUESTED)]

OUTAGE = timedelta(seconds=120)
LONG_AFTER = CLOSES_AT + timedelta(hours=3)
PAUSING = replace(TERMS, outage="pause", outage_seconds=120, outage_window_minutes=10)
CLOSE = CloseAuction(auction_id=AUCTION, closed_at=CLOSES_AT)
OUT = AuctionPaused(paused_at=CLOSES_AT, cause="outage")
DARK: Past = [*with_terms(OPEN, PAUSING), *here(OUT)]
LOST = replace(REQUEST, lost_seconds=600)


def test_the_authority_or_the_operator_pauses_at_once() -> None:
    at = PAUSED_AT

    assert outcome(given=OPEN, when=PAUSE, by=BUYER, at=at) == [PAUSED]
    assert outcome(given=OPEN, when=PAUSE, by=OPERATOR, at=at) == [
        replace(PAUSED, paused_by=OPERATOR.id)
    ]
    assert outcome(given=OPEN, when=PAUSE, by=OTHER_BUYER, at=at) == "not-yours"
    assert outcome(given=OPEN, when=PAUSE, by=BIDDER, at=at) == "role-not-allowed"
    assert outcome(given=OPEN, when=PAUSE, by=EVALUATOR, at=at) == "role-not-allowed"


def test_only_an_open_auction_is_paused() -> None:
    assert outcome(given=READY, when=PAUSE, by=BUYER, at=PAUSED_AT) == "wrong-state"
    assert told(given=STANDING_STILL, when=PAUSE, by=BUYER, at=PAUSED_AT) == {
        "state": "paused",
        "expected": "open",
    }


def test_an_auction_is_paused_between_its_opening_time_and_its_close() -> None:
    early, late = OPENS_AT - INSTANT, CLOSES_AT

    for at in (OPENS_AT, CLOSES_AT - INSTANT):
        assert outcome(given=OPEN, when=PAUSE, by=BUYER, at=at) == [
            replace(PAUSED, paused_at=at)
        ]
    for at in (early, late):
        assert outcome(given=OPEN, when=PAUSE, by=BUYER, at=at) == "wrong-state"
    for at, state in ((early, "not begun"), (late, "closed")):
        assert told(given=OPEN, when=PAUSE, by=BUYER, at=at) == {
            "state": state,
            "expected": "open",
        }


def test_while_paused_nothing_closes_and_no_bid_is_taken() -> None:
    rejected = outcome(
        given=STANDING_STILL, when=bid(laptops(2)), by=BIDDER, at=CLOSES_AT - SECOND
    )

    assert due(auction_of(STANDING_STILL), AUCTION) is None
    assert outcome(given=STANDING_STILL, when=CLOSE, by=CLOCK, at=CLOSES_AT) == "wrong-state"
    assert isinstance(rejected, list)
    (rejection,) = rejected
    assert isinstance(rejection, BidRejected)
    assert rejection.rule == "auction-paused"


@pytest.mark.parametrize("by", [BUYER, APPROVER, OPERATOR, AUDITOR, EVALUATOR])
def test_either_side_requests_that_it_go_on(by: Actor) -> None:
    assert by.organisation is not None
    assert outcome(given=STANDING_STILL, when=REQUEST, by=by) == [
        replace(REQUESTED, requested_by=by.id, requesting_organisation=by.organisation)
    ]


REFUSED_SIDES = [
    (OTHER_BUYER, "not-yours"),
    (replace(BUYER, on_behalf_of=EVALUATING), "not-yours"),
    (replace(BUYER, role="authority.observer"), "role-not-allowed"),
    (BIDDER, "role-not-allowed"),
    (replace(OPERATOR, organisation=None), "same-organisation"),
    (replace(OPERATOR, organisation=AUTHORITY), "same-organisation"),
    (replace(OPERATOR, on_behalf_of=AUTHORITY), "same-organisation"),
]


@pytest.mark.parametrize("command", [REQUEST, APPROVE])
@pytest.mark.parametrize(("by", "rule"), REFUSED_SIDES)
def test_a_side_is_the_authority_or_an_independent_organisation_for_itself(
    command: Command, by: Actor, rule: str
) -> None:
    assert outcome(given=ASKED, when=command, by=by) == rule


def test_a_refused_side_is_told_why() -> None:
    assert told(given=ASKED, when=REQUEST, by=BIDDER) == {
        "allowed": "authority, operator, auditor, evaluator",
        "role": "supplier.bidder",
    }
    nobodys = replace(OPERATOR, organisation=None)
    assert told(given=ASKED, when=REQUEST, by=nobodys) == {"organisation": "none"}
    own = replace(OPERATOR, on_behalf_of=OPERATOR.organisation)
    assert isinstance(outcome(given=ASKED, when=REQUEST, by=own), list)


def test_only_a_paused_auction_is_to_go_on() -> None:
    assert outcome(given=OPEN, when=REQUEST, by=BUYER) == "wrong-state"
    assert told(given=OPEN, when=APPROVE, by=OPERATOR) == {
        "state": "open",
        "expected": "paused",
    }
    assert told(given=STANDING_STILL, when=APPROVE, by=OPERATOR) == {
        "state": "paused",
        "expected": "resume requested",
    }


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (
            AuctionCancelled(reason="No budget", procurement_id=PROCUREMENT, lot="1"),
            "cancelled",
        ),
        (
            AuctionVoided(
                request_no=3,
                ground="fault",
                reason="Two needs were swapped",
                approved_by=OPERATOR.id,
                approving_organisation="organisation-0perator",
                procurement_id=PROCUREMENT,
                lot="1",
            ),
            "voided",
        ),
    ],
)
def test_what_ended_while_it_was_paused_does_not_go_on(end: Event, state: str) -> None:
    ended = [*ASKED, *here(end)]
    asked_late = [*ended, *here(replace(REQUESTED, request_no=3))]

    assert isinstance(outcome(given=ASKED, when=APPROVE, by=OPERATOR, at=RESUMED_AT), list)
    assert told(given=ended, when=APPROVE, by=OPERATOR, at=RESUMED_AT) == {
        "state": state,
        "expected": "paused",
    }
    assert outcome(given=asked_late, when=APPROVE, by=OPERATOR) == "wrong-state"


def test_whoever_lets_it_go_on_has_no_live_conflict_of_interest() -> None:
    by_auditor = replace(
        REQUESTED, requested_by=AUDITOR.id, requesting_organisation="organisation-audit1"
    )
    asked = [*STANDING_STILL, *here(by_auditor)]
    declared = [*asked, (PROCUREMENT, replace(DECLARED, person_id=APPROVER.id))]
    judged = [*declared, (PROCUREMENT, JUDGED)]

    assert told(given=declared, when=APPROVE, by=APPROVER, at=RESUMED_AT) == {
        "person": APPROVER.id
    }
    assert outcome(given=declared, when=APPROVE, by=APPROVER) == "conflict-of-interest"
    assert isinstance(outcome(given=judged, when=APPROVE, by=APPROVER, at=RESUMED_AT), list)


def test_a_pause_moves_close_and_hard_stop_by_exactly_what_it_took() -> None:
    took = timedelta(minutes=7, seconds=3, microseconds=5)
    resumed = AuctionResumed(
        request_no=2,
        approved_by=OPERATOR.id,
        approving_organisation="organisation-0perator",
        resumed_at=RESUMED_AT,
        closes_at_was=CLOSES_AT,
        closes_at=datetime(2026, 3, 2, 13, 7, 3, 5, tzinfo=NOON.tzinfo),
        hard_stop_was=HARD_STOP,
        hard_stop=datetime(2026, 3, 2, 13, 17, 3, 5, tzinfo=NOON.tzinfo),
    )

    assert outcome(given=ASKED, when=APPROVE, by=OPERATOR, at=RESUMED_AT) == [resumed]
    assert (resumed.closes_at, resumed.hard_stop) == (CLOSES_AT + took, HARD_STOP + took)


def test_a_resumed_auction_goes_on_under_the_moved_times() -> None:
    took = timedelta(minutes=9)
    resumed = AuctionResumed(
        request_no=2,
        approved_by=OPERATOR.id,
        approving_organisation="organisation-0perator",
        resumed_at=PAUSED_AT + took,
        closes_at_was=CLOSES_AT,
        closes_at=CLOSES_AT + took,
        hard_stop_was=HARD_STOP,
        hard_stop=HARD_STOP + took,
    )
    auction = auction_of([*ASKED, *here(resumed)])
    late = HARD_STOP - SECOND
    accepted = BidAccepted(
        supplier_id=SUPPLIER, lines=(laptops(2),), bid_no=1, value_pence=60_000
    )

    assert (auction.phase, auction.pause, auction.resume_request) == ("open", None, None)
    assert due(auction, AUCTION) == (
        CLOSES_AT + took,
        replace(CLOSE, closed_at=CLOSES_AT + took),
    )
    assert auction.terms.opens_at == OPENS_AT
    assert extended_close(auction, accepted, late) == late + EXTENSION


def test_after_a_pause_by_a_person_no_lost_time_is_stated() -> None:
    stated = replace(REQUEST, lost_seconds=60)

    assert told(given=STANDING_STILL, when=stated, by=BUYER) == {
        "cause": "person",
        "lost_seconds": 60,
        "most_seconds": 0,
    }


@pytest.mark.parametrize(
    ("lost_seconds", "refused"),
    [(None, True), (0, True), (1, False), (3600, False), (3601, True)],
)
def test_after_an_outage_the_lost_time_is_stated_within_the_whole_auction(
    lost_seconds: int | None, *, refused: bool
) -> None:
    request = replace(REQUEST, lost_seconds=lost_seconds)

    decided = outcome(given=DARK, when=request, by=OPERATOR, at=LONG_AFTER)
    assert (decided == "lost-time") is refused
    if refused:
        assert told(given=DARK, when=request, by=OPERATOR, at=LONG_AFTER) == {
            "cause": "outage",
            "lost_seconds": "none" if lost_seconds is None else lost_seconds,
            "most_seconds": 3600,
        }


def test_the_whole_auction_is_told_in_whole_seconds() -> None:
    longer = replace(PAUSING, closes_at=CLOSES_AT + SECOND / 2)
    given: Past = [*with_terms(OPEN, longer), *here(OUT)]
    request = replace(REQUEST, lost_seconds=3601)

    assert told(given=given, when=request, by=OPERATOR, at=LONG_AFTER) == {
        "cause": "outage",
        "lost_seconds": 3601,
        "most_seconds": 3600,
    }


def test_after_an_outage_the_close_is_the_lost_time_from_the_resumption() -> None:
    asked = ResumeRequested(
        reason="It loads again",
        lost_seconds=600,
        requested_by=OPERATOR.id,
        requesting_organisation="organisation-0perator",
        request_no=2,
    )
    given = [*DARK, *here(asked)]

    assert outcome(given=DARK, when=LOST, by=OPERATOR, at=LONG_AFTER) == [asked]
    decided = outcome(given=given, when=APPROVE, by=BUYER, at=LONG_AFTER)
    assert isinstance(decided, list)
    (resumed,) = decided
    assert isinstance(resumed, AuctionResumed)
    assert resumed.closes_at == LONG_AFTER + timedelta(seconds=600)
    assert resumed.hard_stop - resumed.closes_at == HARD_STOP - CLOSES_AT
    assert (resumed.closes_at_was, resumed.hard_stop_was) == (CLOSES_AT, HARD_STOP)


def test_who_approves_names_the_request_that_stands() -> None:
    again = [*ASKED, *here(replace(REQUESTED, request_no=3))]

    assert outcome(given=again, when=APPROVE, by=OPERATOR) == "other-request"
    assert told(given=again, when=APPROVE, by=OPERATOR) == {"request_no": 3}
    named = replace(APPROVE, request_no=3)
    assert isinstance(outcome(given=again, when=named, by=OPERATOR, at=RESUMED_AT), list)


def test_a_later_request_has_the_next_number() -> None:
    decided = outcome(given=ASKED, when=REQUEST, by=OPERATOR)
    assert isinstance(decided, list)
    (requested,) = decided

    assert isinstance(requested, ResumeRequested)
    assert requested.request_no == 3


def test_nobody_approves_their_own_request() -> None:
    two_hats = replace(OPERATOR, id=BUYER.id)

    assert outcome(given=ASKED, when=APPROVE, by=two_hats) == "same-person"
    assert told(given=ASKED, when=APPROVE, by=two_hats) == {"person": BUYER.id}


def test_the_two_are_the_authority_and_an_independent_organisation() -> None:
    by_auditor = replace(
        REQUESTED, requested_by=AUDITOR.id, requesting_organisation="organisation-audit1"
    )
    independent = [*STANDING_STILL, *here(by_auditor)]
    at = RESUMED_AT

    assert outcome(given=ASKED, when=APPROVE, by=APPROVER, at=at) == "same-organisation"
    assert told(given=ASKED, when=APPROVE, by=APPROVER, at=at) == {"organisation": AUTHORITY}
    assert outcome(given=independent, when=APPROVE, by=OPERATOR, at=at) == "same-organisation"
    for by in (OPERATOR, AUDITOR, EVALUATOR):
        assert isinstance(outcome(given=ASKED, when=APPROVE, by=by, at=at), list)
    assert isinstance(outcome(given=independent, when=APPROVE, by=APPROVER, at=at), list)


@pytest.mark.parametrize(
    ("terms", "late", "pauses"),
    [
        (PAUSING, OUTAGE, False),
        (PAUSING, OUTAGE + INSTANT, True),
        (replace(PAUSING, outage="close"), OUTAGE + INSTANT, False),
        (TERMS, OUTAGE + INSTANT, False),
        (replace(PAUSING, outage_seconds=None), OUTAGE + INSTANT, False),
    ],
)
def test_an_outage_over_the_close_follows_the_frozen_rule(
    terms: AuctionTerms, late: timedelta, *, pauses: bool
) -> None:
    closed = [AuctionClosed(closed_at=CLOSES_AT), BidsRanked(ranking=())]
    given = with_terms(OPEN, terms)

    decided = outcome(given=given, when=CLOSE, by=CLOCK, at=CLOSES_AT + late)

    assert decided == ([OUT] if pauses else closed)


def test_after_an_outage_the_auction_is_paused_as_of_its_close() -> None:
    rejected = outcome(given=DARK, when=bid(laptops(2)), by=BIDDER, at=LONG_AFTER)

    assert auction_of(DARK).phase == "paused"
    assert due(auction_of(DARK), AUCTION) is None
    assert isinstance(rejected, list)
    assert [event.rule for event in rejected if isinstance(event, BidRejected)] == [
        "auction-paused"
    ]
