"""Early ends by the authority: cancelled before any bid, or unsuccessful."""

from datetime import timedelta

import pytest

from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionConcluded,
    AuctionPaused,
    AuctionUnsuccessful,
    LotReleased,
    SupplierExcluded,
)
from svx_ledger.domain.auction.events import (
    AuctionClosed,
    AuctionNeedAdded,
    BidAccepted,
    BidRejected,
    BidsRanked,
    BidWithdrawn,
    lot_key,
)
from svx_ledger.domain.ending import CancelAuction, DeclareUnsuccessful
from svx_ledger.domain.kind import Claim, Event
from svx_ledger.domain.need import NeedListed, NeedReleased

from .auction.scene import (
    AUCTION,
    CLOSES_AT,
    HOURS_NEED,
    INSTANT,
    INVITING,
    LAPTOP_NEED,
    OPEN,
    READY,
    SCHEDULED,
    UNFROZEN,
    auction_of,
    here,
    laptops,
    told,
)
from .cast import APPROVER, BIDDER, BUYER, OTHER_BUYER, PROCUREMENT, SUPPLIER, Past
from .outcome import NOON, OPERATOR, World, outcome
from .test_voiding import AWARD, FREED, IN_FORCE, VOIDED

LATER = CLOSES_AT + timedelta(hours=2)
CANCEL = CancelAuction(auction_id=AUCTION, reason="The budget was cut")
CANCELLED = AuctionCancelled(reason="The budget was cut", procurement_id=PROCUREMENT, lot="1")
DECLARE = DeclareUnsuccessful(auction_id=AUCTION, reason="Nobody bid")
UNSUCCESSFUL = AuctionUnsuccessful(reason="Nobody bid", procurement_id=PROCUREMENT, lot="1")
RELEASED = NeedReleased(auction_id=AUCTION)
FREE: Past = [(LAPTOP_NEED, RELEASED), (HOURS_NEED, RELEASED)]
LISTED: Past = [
    (need, NeedListed(auction_id=AUCTION, relevance="local"))
    for need in (LAPTOP_NEED, HOURS_NEED)
]
BID = BidAccepted(supplier_id=SUPPLIER, lines=(laptops(2),), bid_no=1, value_pence=60_000)
REJECTED = BidRejected(
    supplier_id=SUPPLIER,
    lines=(laptops(2),),
    bid_no=1,
    rule="bid-below-reserve",
    facts={},
    minute=NOON,
    of_minute=1,
)
WITHDRAWN = BidWithdrawn(supplier_id=SUPPLIER, bid_no=1, reason="A mistake")
PAUSED = AuctionPaused(paused_at=NOON, cause="person", reason="A fault")
CLOSED = AuctionClosed(closed_at=CLOSES_AT)
RANKED = BidsRanked(ranking=())
EXCLUDED = SupplierExcluded(
    supplier_id=SUPPLIER,
    ground="mandatory",
    reason="A conviction (fictional)",
    requested_by=BUYER.id,
    approved_by=APPROVER.id,
)
NOBODY: Past = [*OPEN, *here(CLOSED, RANKED)]


def test_the_authority_cancels() -> None:
    assert outcome(given=OPEN, when=CANCEL, by=BUYER) == [CANCELLED, RELEASED, RELEASED]
    assert outcome(given=OPEN, when=CANCEL, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=OPEN, when=CANCEL, by=BIDDER) == "role-not-allowed"
    assert outcome(given=OPEN, when=CANCEL, by=OPERATOR) == "role-not-allowed"


@pytest.mark.parametrize("past", [UNFROZEN, INVITING, SCHEDULED, READY, OPEN])
def test_a_cancelled_auction_frees_its_needs_and_its_lot(past: Past) -> None:
    world = World([*past, *LISTED])

    assert world.execute(CANCEL, BUYER, NOON) == [(AUCTION, CANCELLED), *FREE]
    assert lot_key(PROCUREMENT, "1") not in world.holders
    assert auction_of([*past, *here(CANCELLED)]).phase == "cancelled"


def test_a_need_that_is_listed_and_frozen_is_freed_once() -> None:
    added = AuctionNeedAdded(need_id="need-n003", measure="x", unit="x", outstanding=1)  # type: ignore[arg-type]
    auction = auction_of([*INVITING, *here(added)])

    assert auction.reserved_needs == ("need-n003", LAPTOP_NEED, HOURS_NEED)
    assert auction_of(UNFROZEN).reserved_needs == (LAPTOP_NEED, HOURS_NEED)


def test_a_paused_auction_may_be_cancelled_and_a_ranked_or_ended_one_may_not() -> None:
    paused = [*OPEN, *here(PAUSED)]

    assert isinstance(outcome(given=paused, when=CANCEL, by=BUYER), list)
    assert outcome(given=NOBODY, when=CANCEL, by=BUYER) == "wrong-state"
    assert outcome(given=[*OPEN, *here(CANCELLED)], when=CANCEL, by=BUYER) == "wrong-state"
    assert told(given=NOBODY, when=CANCEL, by=BUYER) == {
        "state": "ranked",
        "expected": "drafted, rules-frozen, scheduled, open, paused",
    }


def test_no_bid_was_accepted_not_even_one_that_stands_no_longer() -> None:
    for gone in ((BID,), (BID, WITHDRAWN), (BID, EXCLUDED)):
        given = [*OPEN, *here(*gone)]
        assert outcome(given=given, when=CANCEL, by=BUYER) == "bid-accepted"
        assert told(given=given, when=CANCEL, by=BUYER) == {"state": "open"}
    assert isinstance(outcome(given=[*OPEN, *here(REJECTED)], when=CANCEL, by=BUYER), list)


def test_the_authority_declares_an_auction_unsuccessful() -> None:
    assert outcome(given=NOBODY, when=DECLARE, by=BUYER) == [UNSUCCESSFUL, RELEASED, RELEASED]
    assert outcome(given=NOBODY, when=DECLARE, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=NOBODY, when=DECLARE, by=OPERATOR) == "role-not-allowed"


def test_an_unsuccessful_auction_frees_its_needs_and_its_lot() -> None:
    world = World([*NOBODY, *LISTED])

    assert world.execute(DECLARE, BUYER, LATER) == [(AUCTION, UNSUCCESSFUL), *FREE]
    assert lot_key(PROCUREMENT, "1") not in world.holders
    assert auction_of([*NOBODY, *here(UNSUCCESSFUL)]).phase == "unsuccessful"


def test_it_is_unsuccessful_when_no_bid_is_left() -> None:
    stands = [*OPEN, *here(BID, CLOSED, RANKED)]
    left = [*stands, *here(EXCLUDED)]

    assert outcome(given=stands, when=DECLARE, by=BUYER, at=LATER) == "something-to-award"
    assert told(given=stands, when=DECLARE, by=BUYER, at=LATER) == {"bids": 1}
    assert isinstance(outcome(given=left, when=DECLARE, by=BUYER, at=LATER), list)


def test_it_is_unsuccessful_when_its_close_came_before_it_was_opened() -> None:
    before = CLOSES_AT - INSTANT

    assert isinstance(outcome(given=READY, when=DECLARE, by=BUYER, at=CLOSES_AT), list)
    assert outcome(given=READY, when=DECLARE, by=BUYER, at=before) == "something-to-award"
    assert told(given=READY, when=DECLARE, by=BUYER, at=before) == {
        "closes_at": "2026-03-02T13:00:00.000000Z"
    }


def test_an_auction_before_or_amid_its_course_is_not_unsuccessful() -> None:
    for past in (UNFROZEN, INVITING, OPEN, [*OPEN, *here(PAUSED)]):
        assert outcome(given=past, when=DECLARE, by=BUYER, at=LATER) == "wrong-state"
    assert told(given=OPEN, when=DECLARE, by=BUYER, at=LATER) == {
        "state": "open",
        "expected": "scheduled, ranked",
    }


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (
            LotReleased(award_id=AWARD, outcome="lapsed", procurement_id=PROCUREMENT, lot="1"),
            "lot released",
        ),
        (AuctionConcluded(contract_id="contract-c001"), "concluded"),
        (UNSUCCESSFUL, "unsuccessful"),
    ],
)
def test_what_has_ended_or_led_to_a_contract_is_not_unsuccessful(
    end: Event, state: str
) -> None:
    given = [*NOBODY, *here(end)]

    assert outcome(given=given, when=DECLARE, by=BUYER, at=LATER) == "wrong-state"
    assert told(given=given, when=DECLARE, by=BUYER, at=LATER)["state"] == state


def test_while_an_award_rests_on_it_an_auction_is_not_unsuccessful() -> None:
    given = [*NOBODY, *IN_FORCE]

    assert outcome(given=given, when=DECLARE, by=BUYER, at=LATER) == "award-in-force"
    assert told(given=given, when=DECLARE, by=BUYER, at=LATER) == {"award": AWARD}


@pytest.mark.parametrize("end", [CANCELLED, UNSUCCESSFUL, VOIDED, FREED])
def test_each_end_of_an_auction_frees_its_lot_and_takes_nothing(end: Event) -> None:
    assert end.claims() == (Claim(lot_key(PROCUREMENT, "1"), held=False),)
