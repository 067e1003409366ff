"""Withdrawing a bid: each rule on either side of its boundary, and what it leaves."""

from dataclasses import replace

from svx_ledger.domain.auction.breaks import AuctionPaused
from svx_ledger.domain.auction.events import (
    AuctionClosed,
    AuctionExtended,
    BidAccepted,
    BidLine,
    BidRejected,
    BidWithdrawn,
)
from svx_ledger.domain.auction.withdrawing import WithdrawBid
from tests.domain.cast import BIDDER, BUYER, SUPPLIER
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .scene import (
    AUCTION,
    CLOSES_AT,
    EXTENSION,
    INSTANT,
    OPEN,
    READY,
    RIVAL,
    RIVAL_BIDDER,
    SECOND,
    TERMS,
    auction_of,
    bid,
    here,
    laptops,
    told,
    with_terms,
)

REASON = "The hours were counted twice (fictional)"
WITHDRAW = WithdrawBid(auction_id=AUCTION, supplier_id=SUPPLIER, reason=REASON)
WITHDRAWN = BidWithdrawn(supplier_id=SUPPLIER, reason=REASON, bid_no=3)
ALLOWED = replace(TERMS, withdrawal_allowed=True)


def accepted(*lines: BidLine, worth: int, no: int, supplier: str = SUPPLIER) -> BidAccepted:
    return BidAccepted(supplier_id=supplier, lines=lines, bid_no=no, value_pence=worth)


BIDS = here(
    accepted(laptops(2), worth=60_000, no=1),
    accepted(laptops(3), worth=90_000, no=2, supplier=RIVAL),
    accepted(laptops(4), worth=120_000, no=3),
)
STANDING = with_terms([*OPEN, *BIDS], ALLOWED)


def test_the_standing_bid_is_withdrawn_with_a_reason() -> None:
    assert outcome(given=STANDING, when=WITHDRAW, by=BIDDER) == [WITHDRAWN]


def test_no_earlier_bid_revives_and_the_others_stay() -> None:
    auction = auction_of([*STANDING, *here(WITHDRAWN)])

    assert list(auction.standing) == [RIVAL]
    assert auction.withdrawn == {SUPPLIER}
    assert auction.bids == 3
    assert outcome(given=[*STANDING, *here(WITHDRAWN)], when=WITHDRAW, by=BIDDER) == (
        "no-standing-bid"
    )


def test_the_next_bid_is_a_first_bid_with_its_own_number() -> None:
    given = with_terms([*STANDING, *here(WITHDRAWN)], replace(ALLOWED, reserve_pence=60_000))

    assert outcome(given=given, when=bid(laptops(2)), by=BIDDER) == [
        accepted(laptops(2), worth=60_000, no=4)
    ]
    recorded = outcome(given=given, when=bid(laptops(1)), by=BIDDER)
    assert isinstance(recorded, list)
    (rejected,) = recorded
    assert isinstance(rejected, BidRejected)
    assert rejected.rule == "bid-below-reserve"


def test_of_equal_bids_the_one_after_a_withdrawal_is_the_later() -> None:
    world = World([*STANDING, *here(WITHDRAWN)])
    world.execute(bid(laptops(3)), BIDDER, NOON)
    auction = world.streams[AUCTION]
    assert isinstance(auction, type(auction_of(OPEN)))

    assert [auction.standing[who].bid_no for who in (RIVAL, SUPPLIER)] == [2, 4]


def test_a_withdrawal_extends_nothing() -> None:
    late = CLOSES_AT - INSTANT

    assert outcome(given=STANDING, when=WITHDRAW, by=BIDDER, at=late) == [WITHDRAWN]
    assert outcome(given=STANDING, when=bid(laptops(20)), by=BIDDER, at=late)[1:] == [
        AuctionExtended(bid_no=4, closes_at_was=CLOSES_AT, closes_at=late + EXTENSION)
    ]


def test_the_supplier_itself_withdraws() -> None:
    acting_for = replace(OPERATOR, on_behalf_of=SUPPLIER)

    assert outcome(given=STANDING, when=WITHDRAW, by=RIVAL_BIDDER) == "not-yours"
    assert outcome(given=STANDING, when=WITHDRAW, by=BUYER) == "role-not-allowed"
    assert outcome(given=STANDING, when=WITHDRAW, by=acting_for) == "role-not-allowed"


def test_only_invited_suppliers_withdraw() -> None:
    third = replace(BIDDER, organisation="organisation-supp3")
    of_third = replace(WITHDRAW, supplier_id="organisation-supp3")

    assert outcome(given=STANDING, when=of_third, by=third) == "not-invited"
    assert told(given=STANDING, when=of_third, by=third) == {"supplier": third.organisation}


def test_a_bid_is_withdrawn_only_while_the_auction_is_open() -> None:
    paused = AuctionPaused(paused_at=NOON, cause="person", reason="A fault (fictional)")
    closed = [*STANDING, *here(AuctionClosed(closed_at=CLOSES_AT))]

    assert outcome(given=READY, when=WITHDRAW, by=BIDDER) == "wrong-state"
    assert outcome(given=closed, when=WITHDRAW, by=BIDDER) == "wrong-state"
    assert outcome(given=[*STANDING, *here(paused)], when=WITHDRAW, by=BIDDER) == "wrong-state"
    assert told(given=closed, when=WITHDRAW, by=BIDDER) == {
        "state": "closed",
        "expected": "open",
    }


def test_a_bid_is_withdrawn_before_the_closing_instant() -> None:
    before = CLOSES_AT - INSTANT

    assert outcome(given=STANDING, when=WITHDRAW, by=BIDDER, at=before) == [WITHDRAWN]
    assert outcome(given=STANDING, when=WITHDRAW, by=BIDDER, at=CLOSES_AT) == "auction-closed"
    assert told(given=STANDING, when=WITHDRAW, by=BIDDER, at=CLOSES_AT + SECOND) == {
        "closes_at": "2026-03-02T13:00:00.000000Z"
    }


def test_the_terms_allow_a_withdrawal() -> None:
    silent = with_terms(STANDING, TERMS)
    forbidden = with_terms(STANDING, replace(TERMS, withdrawal_allowed=False))

    assert outcome(given=silent, when=WITHDRAW, by=BIDDER) == "withdrawal-not-allowed"
    assert outcome(given=forbidden, when=WITHDRAW, by=BIDDER) == "withdrawal-not-allowed"


def test_only_a_bid_that_stands_is_withdrawn() -> None:
    none = with_terms([*OPEN, *BIDS[1:2]], ALLOWED)

    assert outcome(given=none, when=WITHDRAW, by=BIDDER) == "no-standing-bid"
