"""Voiding: two organisations, grounds, and the frozen rule on outages."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.auction.breaks import (
    AuctionConcluded,
    AuctionVoided,
    LotReleased,
    VoidGround,
    VoidRequested,
)
from svx_ledger.domain.auction.events import (
    AssessmentDisclosed,
    AuctionClosed,
    BidsRanked,
    lot_key,
)
from svx_ledger.domain.auction.terms import AuctionTerms
from svx_ledger.domain.award.events import AssessmentRanked
from svx_ledger.domain.book import LedgerOpened, LedgerResumed
from svx_ledger.domain.need import NeedListed, NeedReleased
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid

from .auction.scene import (
    AUCTION,
    CLOSES_AT,
    DRAFTED,
    HOURS_NEED,
    INSTANT,
    INVITING,
    LAPTOP_NEED,
    OPEN,
    READY,
    SCHEDULED,
    TERMS,
    UNFROZEN,
    auction_of,
    here,
    told,
    with_terms,
)
from .cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    DECLARED,
    JUDGED,
    OTHER_BUYER,
    PROCUREMENT,
    SUPPLIER,
    Past,
)
from .outcome import NOON, OPERATOR, World, outcome

LEDGER = "ledger-b001"
AWARD = "award-w001"
AUDITOR = Actor(id="person-ada", role="auditor", organisation="organisation-audit1")
LATER = CLOSES_AT + timedelta(hours=2)
REQUEST = RequestVoid(auction_id=AUCTION, ground="fault", reason="Two needs were swapped")
APPROVE = ApproveVoid(auction_id=AUCTION, request_no=2)
REQUESTED = VoidRequested(
    ground="fault",
    reason="Two needs were swapped",
    requested_by=BUYER.id,
    requesting_organisation=AUTHORITY,
    request_no=2,
)
VOIDED = AuctionVoided(
    request_no=2,
    ground="fault",
    reason="Two needs were swapped",
    approved_by=OPERATOR.id,
    approving_organisation="organisation-0perator",
    procurement_id=PROCUREMENT,
    lot="1",
)
RELEASED = NeedReleased(auction_id=AUCTION)
LISTED: Past = [
    (need, NeedListed(auction_id=AUCTION, relevance="local"))
    for need in (LAPTOP_NEED, HOURS_NEED)
]
RANKED: Past = [*OPEN, *here(AuctionClosed(closed_at=CLOSES_AT), BidsRanked(ranking=()))]
TENDER = AssessedTender(
    rank=1,
    supplier_id=SUPPLIER,
    social_value=Decimal(0),
    price=Decimal(45),
    quality=Decimal(35),
    total=Decimal(80),
    bid_pence=0,
)
IN_FORCE: Past = [
    (
        AWARD,
        AssessmentRanked(
            auction_id=AUCTION,
            cause="auction-closed",
            procurement_id=PROCUREMENT,
            lot="1",
            authority_id=AUTHORITY,
            ranking=(TENDER,),
        ),
    )
]
FREED = LotReleased(award_id=AWARD, outcome="lapsed", procurement_id=PROCUREMENT, lot="1")
CONCLUDED = AuctionConcluded(contract_id="contract-c001")


def asked(past: Past, request: VoidRequested = REQUESTED) -> Past:
    return [*past, *here(request)]


@pytest.mark.parametrize("by", [BUYER, OPERATOR, AUDITOR])
def test_either_side_requests_it(by: Actor) -> None:
    assert by.organisation is not None
    assert outcome(given=RANKED, when=REQUEST, by=by) == [
        replace(REQUESTED, requested_by=by.id, requesting_organisation=by.organisation)
    ]
    assert outcome(given=RANKED, when=REQUEST, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=RANKED, when=REQUEST, by=BIDDER) == "role-not-allowed"


def test_the_other_side_approves_and_the_needs_and_the_lot_are_free() -> None:
    given = asked([*RANKED, *LISTED])
    world = World(given)
    decided = world.execute(APPROVE, OPERATOR, NOON)

    assert decided == [(AUCTION, VOIDED), (LAPTOP_NEED, RELEASED), (HOURS_NEED, RELEASED)]
    assert lot_key(PROCUREMENT, "1") not in world.holders
    voided = auction_of([*given, *here(VOIDED)])
    assert (voided.phase, voided.ended, voided.void_request) == ("voided", True, None)


def test_of_the_two_sides_one_requests_and_the_other_approves() -> None:
    given = asked(RANKED)

    assert outcome(given=given, when=APPROVE, by=APPROVER) == "same-organisation"
    assert outcome(given=given, when=APPROVE, by=BIDDER) == "role-not-allowed"
    assert outcome(given=given, when=APPROVE, by=replace(AUDITOR, id=BUYER.id)) == "same-person"
    assert isinstance(outcome(given=given, when=APPROVE, by=AUDITOR), list)


def test_what_is_approved_was_requested_by_that_number() -> None:
    again = asked(asked(RANKED), replace(REQUESTED, request_no=3))

    assert told(given=RANKED, when=APPROVE, by=OPERATOR) == {
        "state": "ranked",
        "expected": "void requested",
    }
    assert outcome(given=again, when=APPROVE, by=OPERATOR) == "other-request"
    assert told(given=again, when=APPROVE, by=OPERATOR) == {"request_no": 3}
    assert isinstance(
        outcome(given=again, when=replace(APPROVE, request_no=3), by=OPERATOR), list
    )


def test_a_draft_is_not_voided() -> None:
    assert told(given=UNFROZEN, when=REQUEST, by=BUYER) == {
        "state": "drafted",
        "expected": "rules frozen",
    }
    for past in (INVITING, SCHEDULED, READY, OPEN, RANKED):
        assert isinstance(outcome(given=past, when=REQUEST, by=BUYER), list)


@pytest.mark.parametrize(
    ("end", "state", "expected"),
    [
        (VOIDED, "voided", "not ended"),
        (CONCLUDED, "concluded", "no contract entered"),
    ],
)
def test_what_has_ended_or_led_to_a_contract_is_not_voided(
    end: object, state: str, expected: str
) -> None:
    past = asked(RANKED)
    ended: Past = [*past, (AUCTION, end)]  # type: ignore[list-item]

    for command in (REQUEST, replace(APPROVE, request_no=3)):
        given = asked(ended, replace(REQUESTED, request_no=3))
        assert outcome(given=given, when=command, by=OPERATOR) == "wrong-state"
        assert told(given=given, when=command, by=OPERATOR) == {
            "state": state,
            "expected": expected,
        }


def test_after_its_award_came_to_nothing_it_is_voided_and_frees_nothing_twice() -> None:
    elsewhere: Past = [(LAPTOP_NEED, NeedListed(auction_id="auction-b002", relevance="x"))]
    rerun = replace(DRAFTED, replaces=AUCTION)
    lapsed = [*RANKED, *LISTED, *IN_FORCE, *here(FREED)]
    given = asked([*lapsed, ("auction-b002", rerun), *elsewhere])
    world = World(given)

    decided = world.execute(APPROVE, OPERATOR, NOON)

    assert decided == [(AUCTION, replace(VOIDED, procurement_id=None, lot=None))]
    assert world.holders[lot_key(PROCUREMENT, "1")] == "auction-b002"
    assert replace(VOIDED, procurement_id=None, lot=None).claims() == ()


def test_an_award_in_force_is_set_aside_first() -> None:
    given = asked([*RANKED, *IN_FORCE])

    for command in (REQUEST, APPROVE):
        assert outcome(given=given, when=command, by=OPERATOR) == "award-in-force"
        assert told(given=given, when=command, by=OPERATOR) == {"award": AWARD}


G, N = 120, 10
WITH_RULE = replace(TERMS, outage="close", outage_seconds=G, outage_window_minutes=N)
WINDOW = CLOSES_AT - timedelta(minutes=N)
OUTAGE_REQUEST = replace(REQUEST, ground="outage", ledger_id=LEDGER)
OPENED = LedgerOpened(
    origin="ledger.example/tests", epoch=1, format=1, hash="sha256", clock="real"
)
MORE = timedelta(seconds=G) + INSTANT


def dark(*outages: tuple[timedelta, timedelta], terms: AuctionTerms = WITH_RULE) -> Past:
    """A ranked auction, and outages that begin so long after the window does, and last."""
    return [
        *with_terms(RANKED, terms),
        (LEDGER, OPENED),
        *(
            (
                LEDGER,
                LedgerResumed(
                    not_accepting_from=WINDOW + after, accepting_again_at=WINDOW + after + lasts
                ),
            )
            for after, lasts in outages
        ),
    ]


@pytest.mark.parametrize(
    ("after", "lasts", "voidable"),
    [
        (timedelta(minutes=2), timedelta(seconds=G), False),
        (timedelta(minutes=2), MORE, True),
        (timedelta(), MORE, True),
        (-INSTANT, MORE, False),  # a microsecond of it lies before the window
        (timedelta(minutes=N) - MORE, MORE, True),
        (timedelta(minutes=N) - MORE + INSTANT, MORE, False),  # one lies after the close
        (timedelta(minutes=N), MORE, False),
        (timedelta(hours=-1), timedelta(hours=3), True),
    ],
)
def test_an_outage_is_more_than_g_seconds_in_the_last_n_minutes(
    after: timedelta, lasts: timedelta, *, voidable: bool
) -> None:
    given = dark((after, lasts))

    decided = outcome(given=given, when=OUTAGE_REQUEST, by=BUYER, at=LATER)
    assert isinstance(decided, list) if voidable else decided == "no-outage"


def test_outages_add_up() -> None:
    half = timedelta(seconds=G / 2)
    given = dark((timedelta(), half), (timedelta(minutes=5), half + INSTANT))

    assert isinstance(outcome(given=given, when=OUTAGE_REQUEST, by=BUYER, at=LATER), list)


def test_who_voids_for_an_outage_is_told_what_the_rule_is() -> None:
    given = dark((timedelta(), timedelta(seconds=G)))

    def facts(past: Past, request: RequestVoid = OUTAGE_REQUEST) -> object:
        assert outcome(given=past, when=request, by=BUYER, at=LATER) == "no-outage"
        return told(given=past, when=request, by=BUYER, at=LATER)

    assert facts(given) == {"out_seconds": 120, "above_seconds": 120, "window_minutes": 10}
    almost = dark((timedelta(), timedelta(seconds=119, milliseconds=999)))
    assert facts(almost) == {"out_seconds": 119, "above_seconds": 120, "window_minutes": 10}
    assert facts(given, replace(OUTAGE_REQUEST, ledger_id=None)) == {"ledger": "none named"}
    for missing in ("outage_seconds", "outage_window_minutes"):
        terms = replace(WITH_RULE, **{missing: None})  # type: ignore[arg-type]
        assert facts(dark((timedelta(), MORE), terms=terms)) == {"rule": "none frozen"}


def test_for_an_outage_the_assessment_is_not_disclosed_yet() -> None:
    given = [*dark((timedelta(), MORE)), *here(AssessmentDisclosed())]

    assert told(given=given, when=OUTAGE_REQUEST, by=BUYER, at=LATER) == {
        "state": "disclosed",
        "expected": "not disclosed",
    }


@pytest.mark.parametrize("ground", ["outage", "fault", "other"])
def test_after_the_disclosure_only_a_court_voids_it(ground: VoidGround) -> None:
    ranked = dark((timedelta(), MORE))
    disclosed = [*ranked, *here(AssessmentDisclosed())]
    request = replace(OUTAGE_REQUEST, ground=ground)
    by_court = replace(REQUEST, ground="court")
    late = asked(disclosed, replace(REQUESTED, ground=ground))
    ordered = asked(disclosed, replace(REQUESTED, ground="court"))

    assert isinstance(outcome(given=ranked, when=request, by=BUYER, at=LATER), list)
    assert told(given=disclosed, when=request, by=BUYER, at=LATER) == {
        "state": "disclosed",
        "expected": "not disclosed",
    }
    assert isinstance(outcome(given=disclosed, when=by_court, by=BUYER, at=LATER), list)
    assert outcome(given=late, when=APPROVE, by=OPERATOR, at=LATER) == "wrong-state"
    assert isinstance(outcome(given=ordered, when=APPROVE, by=OPERATOR, at=LATER), list)


def test_what_was_asked_before_the_close_is_asked_again_after_it() -> None:
    later = RANKED[len(OPEN) :]

    assert isinstance(outcome(given=asked(OPEN), when=APPROVE, by=OPERATOR), list)
    assert told(given=[*asked(OPEN), *later], when=APPROVE, by=OPERATOR) == {
        "state": "ranked",
        "expected": "void requested",
    }


def test_whoever_voids_it_has_no_live_conflict_of_interest() -> None:
    by_auditor = replace(
        REQUESTED, requested_by=AUDITOR.id, requesting_organisation="organisation-audit1"
    )
    requested = asked(RANKED, by_auditor)
    declared: Past = [*requested, (PROCUREMENT, replace(DECLARED, person_id=APPROVER.id))]

    assert outcome(given=declared, when=APPROVE, by=APPROVER) == "conflict-of-interest"
    assert told(given=declared, when=APPROVE, by=APPROVER) == {"person": APPROVER.id}
    judged: Past = [*declared, (PROCUREMENT, JUDGED)]
    assert isinstance(outcome(given=judged, when=APPROVE, by=APPROVER), list)


def test_the_rule_on_outages_holds_when_it_is_approved() -> None:
    request = replace(REQUESTED, ground="outage", ledger_id=LEDGER)
    given = asked(dark((timedelta(), MORE)), request)
    disclosed = [*given, *here(AssessmentDisclosed())]

    decided = outcome(given=given, when=APPROVE, by=OPERATOR, at=LATER)
    assert isinstance(decided, list)
    assert decided[0] == replace(VOIDED, ground="outage")
    assert outcome(given=disclosed, when=APPROVE, by=OPERATOR, at=LATER) == "wrong-state"


def test_what_a_request_names_exists() -> None:
    assert outcome(given=RANKED, when=OUTAGE_REQUEST, by=BUYER) == "not-found"
    assert outcome(when=APPROVE, by=OPERATOR) == "not-found"
