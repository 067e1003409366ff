"""Bidding: who is heard at all, what is put on record, and what an accepted bid does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionPaused,
    AuctionUnsuccessful,
    AuctionVoided,
)
from svx_ledger.domain.auction.events import (
    AuctionExtended,
    BidAccepted,
    BidLine,
    BidRejected,
    SupplierInvited,
)
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.terms import Increment, SoftClose
from svx_ledger.domain.kind import Event
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import Refusal
from tests.domain.cast import BIDDER, BUYER, PROCUREMENT, SUPPLIER
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .points import OPEN_IN_POINTS, scored
from .scene import (
    AUCTION,
    CLOSES_AT,
    EXTENSION,
    HARD_STOP,
    INSTANT,
    INVITING,
    OPEN,
    OPENS_AT,
    QUALIFIED,
    RIVAL,
    RIVAL_BIDDER,
    SCHEDULED,
    SECOND,
    TERMS,
    bid,
    here,
    hours,
    laptops,
    told,
    with_terms,
)

MINUTE = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


def accepted(*lines: BidLine, worth: int, no: int = 1, supplier: str = SUPPLIER) -> BidAccepted:
    return BidAccepted(supplier_id=supplier, lines=lines, bid_no=no, value_pence=worth)


def rejected(no: int, of_minute: int, minute: datetime = MINUTE) -> BidRejected:
    return BidRejected(
        supplier_id=SUPPLIER,
        lines=(laptops(21),),
        bid_no=no,
        rule="quantity-above-cap",
        facts={"need": "need-n001", "quantity": "21", "cap": "20"},
        minute=minute,
        of_minute=of_minute,
    )


def rejection(recorded: list[Event] | str) -> BidRejected:
    """The one event that followed."""
    assert isinstance(recorded, list)
    (event,) = recorded
    assert isinstance(event, BidRejected)
    return event


def test_a_bid_within_the_rules_is_accepted_at_its_value() -> None:
    assert outcome(given=OPEN, when=bid(laptops(2), hours("1.5")), by=BIDDER) == [
        accepted(laptops(2), hours("1.5"), worth=62_540)  # 2539.5 p is 2540 p
    ]


def test_a_bid_that_breaks_a_rule_is_rejected_and_on_record() -> None:
    assert outcome(given=OPEN, when=bid(laptops(21)), by=BIDDER, at=MINUTE + 59 * SECOND) == [
        rejected(1, 1)
    ]


def test_a_bid_at_the_closing_instant_is_rejected_and_on_record() -> None:
    last = outcome(given=OPEN, when=bid(laptops(2)), by=BIDDER, at=CLOSES_AT - INSTANT)
    event = rejection(outcome(given=OPEN, when=bid(laptops(2)), by=BIDDER, at=CLOSES_AT))

    assert last[0] == accepted(laptops(2), worth=60_000)
    assert event.rule == "auction-closed"


def test_bids_are_numbered_over_accepted_and_rejected_ones_of_all_suppliers() -> None:
    past = [*OPEN, *here(accepted(laptops(2), worth=60_000), rejected(2, 1))]

    assert outcome(given=past, when=bid(laptops(2), supplier=RIVAL), by=RIVAL_BIDDER) == [
        accepted(laptops(2), worth=60_000, no=3, supplier=RIVAL)
    ]


def test_the_supplier_itself_bids() -> None:
    acting_for = replace(OPERATOR, on_behalf_of=SUPPLIER)

    assert outcome(given=OPEN, when=bid(laptops(2)), by=RIVAL_BIDDER) == "not-yours"
    assert outcome(given=OPEN, when=bid(laptops(2)), by=BUYER) == "role-not-allowed"
    assert outcome(given=OPEN, when=bid(laptops(2)), by=acting_for) == "role-not-allowed"


def test_only_invited_suppliers_are_heard() -> None:
    third = Actor(id="person-3", role="supplier.bidder", organisation="organisation-supp3")
    bid_of_third = bid(laptops(2), supplier="organisation-supp3")
    invited = [*OPEN, *here(SupplierInvited(supplier_id="organisation-supp3"))]

    assert outcome(given=OPEN, when=bid_of_third, by=third) == "not-invited"
    assert told(given=OPEN, when=bid_of_third, by=third) == {"supplier": third.organisation}
    event = rejection(outcome(given=invited, when=bid_of_third, by=third))
    assert event.rule == "supplier-not-qualified"


def test_nothing_is_on_record_before_the_auction_is_scheduled() -> None:
    assert outcome(given=QUALIFIED, when=bid(laptops(2)), by=BIDDER) == "wrong-state"
    assert told(given=QUALIFIED, when=bid(laptops(2)), by=BIDDER) == {
        "state": "rules-frozen",
        "expected": "scheduled, open, paused, closed, ranked",
    }
    assert outcome(given=INVITING, when=bid(laptops(2)), by=BIDDER) == "not-invited"
    event = rejection(outcome(given=SCHEDULED, when=bid(laptops(2)), by=BIDDER))
    assert event.rule == "auction-not-open"


def test_a_bid_while_the_auction_is_paused_is_rejected_and_on_record() -> None:
    pause = AuctionPaused(paused_at=NOON, cause="person", reason="A fault (fictional)")

    event = rejection(outcome(given=[*OPEN, *here(pause)], when=bid(laptops(2)), by=BIDDER))

    assert event.rule == "auction-paused"


@pytest.mark.parametrize(
    "end",
    [
        AuctionCancelled(reason="Fictional", procurement_id=PROCUREMENT, lot="1"),
        AuctionUnsuccessful(reason="Fictional", procurement_id=PROCUREMENT, lot="1"),
        AuctionVoided(
            request_no=1,
            ground="fault",
            reason="Fictional",
            approved_by="person-auditor",
            approving_organisation="organisation-audit",
            procurement_id=PROCUREMENT,
            lot="1",
        ),
    ],
    ids=lambda end: type(end).__name__,
)
def test_nothing_is_on_record_once_the_auction_ended_early(end: Event) -> None:
    given = [*OPEN, *here(end)]

    assert outcome(given=given, when=bid(laptops(2)), by=BIDDER) == "wrong-state"


def test_a_bid_of_a_supplier_with_a_live_conflict_is_rejected_and_on_record() -> None:
    world = World(OPEN)
    procurement = world.streams[PROCUREMENT]
    assert isinstance(procurement, Procurement)
    world.streams[PROCUREMENT] = replace(
        procurement, conflicted_suppliers=frozenset({SUPPLIER})
    )

    of_rival = world.execute(bid(laptops(2), supplier=RIVAL), RIVAL_BIDDER, NOON)
    decision = world.execute(bid(laptops(2)), BIDDER, NOON)

    assert isinstance(of_rival, list)
    assert isinstance(of_rival[0][1], BidAccepted)
    assert isinstance(decision, list)
    assert rejection([event for _, event in decision]).rule == "supplier-conflicted"


def test_a_bid_in_points_is_accepted_at_its_value_and_its_score() -> None:
    lines = (laptops(2), hours("1.5"))

    assert outcome(given=OPEN_IN_POINTS, when=bid(*lines), by=BIDDER) == [
        scored(*lines, worth=62_540, points="10.375")
    ]


def test_at_most_60_bids_are_rejected_in_a_minute() -> None:
    past = [*OPEN, *here(*(rejected(no, no) for no in range(1, 60)))]
    full = [*past, *here(rejected(60, 60))]
    end = MINUTE + 60 * SECOND

    assert outcome(given=past, when=bid(laptops(21)), by=BIDDER, at=MINUTE) == [
        rejected(60, 60)
    ]
    assert outcome(given=full, when=bid(laptops(21)), by=BIDDER, at=end - INSTANT) == (
        "rejection-quota"
    )
    assert told(given=full, when=bid(laptops(21)), by=BIDDER, at=MINUTE) == {
        "rejections_per_minute": 60
    }
    assert outcome(given=full, when=bid(laptops(21)), by=BIDDER, at=end) == [
        rejected(61, 1, minute=end)
    ]


def test_the_quota_holds_for_each_supplier_and_never_for_a_bid_within_the_rules() -> None:
    full = [*OPEN, *here(*(rejected(no, no) for no in range(1, 61)))]

    assert outcome(given=full, when=bid(laptops(2)), by=BIDDER, at=MINUTE) == [
        accepted(laptops(2), worth=60_000, no=61)
    ]
    event = rejection(
        outcome(given=full, when=bid(laptops(21), supplier=RIVAL), by=RIVAL_BIDDER, at=MINUTE)
    )
    assert event.of_minute == 1


def test_a_late_bid_extends_the_auction() -> None:
    at = CLOSES_AT - SECOND

    assert outcome(given=OPEN, when=bid(laptops(2)), by=BIDDER, at=at) == [
        accepted(laptops(2), worth=60_000),
        AuctionExtended(bid_no=1, closes_at_was=CLOSES_AT, closes_at=at + EXTENSION),
    ]


def test_a_rejected_bid_never_extends() -> None:
    recorded = outcome(given=OPEN, when=bid(laptops(21)), by=BIDDER, at=CLOSES_AT - SECOND)

    assert [type(event) for event in recorded] == [BidRejected]


def test_a_bid_that_keeps_the_order_does_not_extend_where_the_terms_ask_for_a_change() -> None:
    soft_close = replace(TERMS.soft_close, extend_on="rank-change")
    first = [*OPEN, *here(accepted(laptops(3), worth=90_000, supplier=RIVAL))]
    past = with_terms(
        [*first, *here(accepted(laptops(2), worth=60_000, no=2))],
        replace(TERMS, soft_close=soft_close),
    )
    at = CLOSES_AT - SECOND

    tied = outcome(given=past, when=bid(laptops(3)), by=BIDDER, at=at)
    ahead = outcome(given=past, when=bid(laptops(4)), by=BIDDER, at=at)

    assert [type(event) for event in tied] == [BidAccepted]
    assert [type(event) for event in ahead] == [BidAccepted, AuctionExtended]


LINES = st.lists(
    st.one_of(
        st.integers(0, 21).map(laptops),
        st.decimals("0", "101", places=1, allow_nan=False).map(lambda q: hours(str(q))),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
ATTEMPTS = st.lists(
    st.tuples(
        st.sampled_from([BIDDER, RIVAL_BIDDER]),
        LINES,
        st.one_of(st.integers(1, 900), st.just(60)),  # seconds since the last attempt
    ),
    max_size=25,
)
SOFT_CLOSES = st.builds(
    SoftClose,
    window_seconds=st.sampled_from([0, 300, 3600]),
    extension_seconds=st.sampled_from([0, 240, 900]),
    at_most=st.integers(0, 4),
    hard_stop=st.sampled_from([CLOSES_AT, HARD_STOP, CLOSES_AT + timedelta(days=1)]),
    extend_on=st.sampled_from(["rank-change", "any-accepted"]),
)
INCREMENTS = st.sampled_from(
    [Increment(kind="pence", pence=1), Increment(kind="percent", percent=TERMS.quality_weight)]
)


@settings(max_examples=150)
@given(ATTEMPTS, SOFT_CLOSES, INCREMENTS)
def test_what_holds_of_every_run_of_bids(
    attempts: list[tuple[Actor, tuple[BidLine, ...], int]],
    soft_close: SoftClose,
    increment: Increment,
) -> None:
    """A standing value never falls; the close never moves back, nor past the hard stop."""
    terms = replace(TERMS, soft_close=soft_close, increment=increment, reserve_pence=0)
    world = World(with_terms(OPEN, terms))
    now = NOON
    for number, (actor, lines, seconds) in enumerate(attempts, start=1):
        now += seconds * SECOND
        before = world.streams[AUCTION]
        assert isinstance(before, Auction)

        decision = world.execute(bid(*lines, supplier=str(actor.organisation)), actor, now)

        after = world.streams[AUCTION]
        assert isinstance(after, Auction)
        assert not isinstance(decision, Refusal)
        assert after.bids == number
        for supplier, stood in before.standing.items():
            assert after.standing[supplier].value_pence >= stood.value_pence
        assert before.closes_at <= after.closes_at <= soft_close.hard_stop
        assert after.extensions <= soft_close.at_most
        first = decision[0][1]
        if isinstance(first, BidAccepted):
            assert OPENS_AT <= now < before.closes_at
            assert after.standing[first.supplier_id].bid_no == number
        else:
            assert after.standing == before.standing
            assert after.closes_at == before.closes_at
