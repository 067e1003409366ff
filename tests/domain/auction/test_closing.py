"""Late bids, the close and the disclosure: each rule on either side of its boundary."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK
from svx_ledger.domain.auction.closing import (
    CloseAuction,
    DiscloseAssessment,
    due,
    extended_close,
)
from svx_ledger.domain.auction.events import (
    AssessmentDisclosed,
    AuctionClosed,
    AuctionExtended,
    BidAccepted,
    BidsRanked,
    RankedBid,
)
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.terms import SoftClose
from tests.domain.cast import BIDDER, BUYER, OTHER_BUYER, SUPPLIER, Past
from tests.domain.outcome import OPERATOR, outcome

from .scene import (
    AUCTION,
    CLOSES_AT,
    EXTENSION,
    HARD_STOP,
    INSTANT,
    OPEN,
    OPENS_AT,
    READY,
    RIVAL,
    SECOND,
    TERMS,
    WINDOW,
    auction_of,
    here,
    laptops,
    told,
    with_terms,
)

CLOSE = CloseAuction(auction_id=AUCTION, closed_at=CLOSES_AT)
DISCLOSE = DiscloseAssessment(auction_id=AUCTION)
FIRST = BidAccepted(supplier_id=SUPPLIER, lines=(laptops(2),), bid_no=1, value_pence=60_000)
SECOND_BID = BidAccepted(supplier_id=RIVAL, lines=(laptops(3),), bid_no=2, value_pence=90_000)
CLOSED = AuctionClosed(closed_at=CLOSES_AT)
RANKED = BidsRanked(
    ranking=(
        RankedBid(rank=1, supplier_id=RIVAL, bid_no=2, value_pence=90_000),
        RankedBid(rank=2, supplier_id=SUPPLIER, bid_no=1, value_pence=60_000),
    )
)
ENDED: Past = [*OPEN, *here(FIRST, SECOND_BID, CLOSED, RANKED)]


def under(soft_close: SoftClose, *, extensions: int = 0) -> Auction:
    terms = replace(TERMS, soft_close=soft_close)
    return replace(
        auction_of(OPEN), terms=terms, extensions=extensions, hard_stop=soft_close.hard_stop
    )


def extended(
    at: datetime, soft_close: SoftClose = TERMS.soft_close, *, extensions: int = 0
) -> datetime | None:
    """The later close that a first bid at this time brings about."""
    return extended_close(under(soft_close, extensions=extensions), FIRST, at)


def test_the_window_begins_inclusively() -> None:
    window = CLOSES_AT - WINDOW
    long = replace(TERMS.soft_close, extension_seconds=400)

    assert extended(window, long) == window + timedelta(seconds=400)
    assert extended(window - INSTANT, long) is None


def test_without_a_window_nothing_extends() -> None:
    none = replace(TERMS.soft_close, window_seconds=0)

    assert extended(CLOSES_AT - INSTANT, none) is None


def test_an_auction_is_extended_at_most_so_many_times() -> None:
    at = CLOSES_AT - SECOND

    assert extended(at, extensions=1) == at + EXTENSION
    assert extended(at, extensions=2) is None
    assert extended(at, replace(TERMS.soft_close, at_most=0)) is None


def test_the_new_close_is_later_than_the_old() -> None:
    at = CLOSES_AT - EXTENSION

    assert extended(at) is None
    assert extended(at + INSTANT) == CLOSES_AT + INSTANT


def test_the_new_close_is_at_most_the_hard_stop() -> None:
    at = CLOSES_AT - SECOND
    long = replace(TERMS.soft_close, extension_seconds=3600)

    assert extended(at, long) == HARD_STOP
    assert extended(at, replace(long, hard_stop=at + EXTENSION)) == at + EXTENSION
    assert extended(at, replace(long, hard_stop=CLOSES_AT)) is None


def test_the_hard_stop_is_the_one_that_pauses_have_moved() -> None:
    """As pauses have moved it, not as the terms stated it."""
    at = CLOSES_AT - SECOND
    long = replace(TERMS.soft_close, extension_seconds=3600)
    moved = replace(under(long), hard_stop=HARD_STOP + SECOND)

    assert extended_close(moved, FIRST, at) == HARD_STOP + SECOND


@pytest.mark.parametrize(
    ("own_pence", "own_no", "changes"),
    [
        (89_999, 3, False),
        (90_000, 3, False),  # a tie goes to the earlier bid
        (90_001, 3, True),
    ],
)
def test_an_extension_may_take_a_change_of_the_order(
    own_pence: int, own_no: int, *, changes: bool
) -> None:
    auction = auction_of([*OPEN, *here(FIRST, SECOND_BID)])
    own = replace(FIRST, bid_no=own_no, value_pence=own_pence)
    at = CLOSES_AT - SECOND

    def under(extend_on: str) -> Auction:
        soft_close = replace(TERMS.soft_close, extend_on=extend_on)  # type: ignore[arg-type]
        return replace(auction, terms=replace(TERMS, soft_close=soft_close))

    moved = extended_close(under("rank-change"), own, at)
    assert moved == (at + EXTENSION if changes else None)
    assert extended_close(under("any-accepted"), own, at) == at + EXTENSION


@pytest.mark.parametrize(
    ("own_pence", "changes"),
    [
        (81_000, False),  # 80 + 9 against 79 + 10: a tie goes to the earlier bid
        (81_001, True),  # behind in value, ahead in total
    ],
)
def test_an_order_of_totals_changes_with_them(own_pence: int, *, changes: bool) -> None:
    terms = replace(
        TERMS,
        rank_on="combined",
        soft_close=replace(TERMS.soft_close, extend_on="rank-change"),
    )
    auction = replace(auction_of([*OPEN, *here(FIRST, SECOND_BID)]), terms=terms)
    at = CLOSES_AT - SECOND

    moved = extended_close(auction, replace(FIRST, bid_no=3, value_pence=own_pence), at)

    assert moved == (at + EXTENSION if changes else None)


def test_an_order_of_totals_may_stay_while_that_of_the_bids_changes() -> None:
    terms = replace(
        TERMS,
        rank_on="combined",
        soft_close=replace(TERMS.soft_close, extend_on="rank-change"),
    )
    leading = replace(FIRST, value_pence=85_000)  # 80 + 9.44 against 79 + 10
    auction = replace(auction_of([*OPEN, *here(leading, SECOND_BID)]), terms=terms)
    ahead = replace(FIRST, bid_no=3, value_pence=95_000)

    assert extended_close(auction, ahead, CLOSES_AT - SECOND) is None


def test_where_totals_rank_the_clock_ranks_the_bids_by_them() -> None:
    leading = replace(FIRST, value_pence=85_000)
    given = with_terms([*OPEN, *here(leading, SECOND_BID)], replace(TERMS, rank_on="combined"))

    assert outcome(given=given, when=CLOSE, by=CLOCK, at=CLOSES_AT) == [
        CLOSED,
        BidsRanked(
            ranking=(
                RankedBid(rank=1, supplier_id=SUPPLIER, bid_no=1, value_pence=85_000),
                RankedBid(rank=2, supplier_id=RIVAL, bid_no=2, value_pence=90_000),
            )
        ),
    ]


def test_a_newcomer_changes_the_order() -> None:
    soft_close = replace(TERMS.soft_close, extend_on="rank-change")

    assert extended(CLOSES_AT - SECOND, soft_close) == CLOSES_AT - SECOND + EXTENSION


def test_an_extension_counts_from_the_close_as_extended() -> None:
    moved = AuctionExtended(bid_no=1, closes_at_was=CLOSES_AT, closes_at=CLOSES_AT + EXTENSION)
    auction = auction_of([*OPEN, *here(FIRST, moved)])
    at = CLOSES_AT + EXTENSION - WINDOW - INSTANT

    assert auction.extensions == 1
    assert extended_close(auction, SECOND_BID, at) is None
    assert due(auction, AUCTION) == (
        CLOSES_AT + EXTENSION,
        replace(CLOSE, closed_at=CLOSES_AT + EXTENSION),
    )


@given(
    st.timedeltas(timedelta(), timedelta(hours=1) - INSTANT),
    st.builds(
        SoftClose,
        window_seconds=st.integers(0, 86_400),
        extension_seconds=st.integers(0, 86_400),
        at_most=st.integers(0, 3),
        hard_stop=st.timedeltas(timedelta(), timedelta(days=1)).map(CLOSES_AT.__add__),
        extend_on=st.sampled_from(["rank-change", "any-accepted"]),
    ),
    st.integers(0, 3),
)
def test_an_extension_never_shortens_nor_passes_the_hard_stop(
    after_opening: timedelta, soft_close: SoftClose, extensions: int
) -> None:
    at = OPENS_AT + after_opening

    moved = extended(at, soft_close, extensions=extensions)

    if moved is not None:
        assert CLOSES_AT < moved <= soft_close.hard_stop
        assert moved - at <= timedelta(seconds=soft_close.extension_seconds)
        assert CLOSES_AT - at <= timedelta(seconds=soft_close.window_seconds)
        assert extensions < soft_close.at_most


def test_only_an_open_auction_falls_due() -> None:
    assert vocabulary.due(AUCTION, auction_of(OPEN)) == (CLOSES_AT, CLOSE)
    assert due(auction_of(READY), AUCTION) is None
    assert due(auction_of(ENDED), AUCTION) is None


def test_the_clock_closes_the_auction_and_ranks_the_bids() -> None:
    given = [*OPEN, *here(FIRST, SECOND_BID)]
    late = CLOSES_AT + timedelta(days=1)

    assert outcome(given=given, when=CLOSE, by=CLOCK, at=CLOSES_AT) == [CLOSED, RANKED]
    assert outcome(given=given, when=CLOSE, by=CLOCK, at=late) == [CLOSED, RANKED]
    assert outcome(given=given, when=CLOSE, by=OPERATOR, at=late) == "role-not-allowed"


def test_an_auction_without_bids_closes_too() -> None:
    assert outcome(given=OPEN, when=CLOSE, by=CLOCK, at=CLOSES_AT) == [
        CLOSED,
        BidsRanked(ranking=()),
    ]


def test_only_an_open_auction_closes() -> None:
    assert outcome(given=READY, when=CLOSE, by=CLOCK, at=CLOSES_AT) == "wrong-state"
    assert told(given=ENDED, when=CLOSE, by=CLOCK, at=CLOSES_AT) == {
        "state": "ranked",
        "expected": "open",
    }


@pytest.mark.parametrize("closed_at", [CLOSES_AT - INSTANT, CLOSES_AT + INSTANT])
def test_an_auction_closes_as_of_its_closing_time(closed_at: datetime) -> None:
    other = replace(CLOSE, closed_at=closed_at)

    assert outcome(given=OPEN, when=other, by=CLOCK, at=HARD_STOP) == "close-not-due"


def test_an_auction_closes_once_that_time_has_come() -> None:
    assert outcome(given=OPEN, when=CLOSE, by=CLOCK, at=CLOSES_AT - INSTANT) == "close-not-due"


def test_the_auctions_authority_discloses_the_assessment() -> None:
    assert outcome(given=ENDED, when=DISCLOSE, by=BUYER) == [AssessmentDisclosed()]
    assert outcome(given=ENDED, when=DISCLOSE, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=ENDED, when=DISCLOSE, by=BIDDER) == "role-not-allowed"


def test_the_assessment_stays_sealed_until_the_bids_are_ranked() -> None:
    unranked = [*OPEN, *here(FIRST, SECOND_BID, CLOSED)]

    assert outcome(given=OPEN, when=DISCLOSE, by=BUYER) == "wrong-state"
    assert told(given=unranked, when=DISCLOSE, by=BUYER) == {
        "state": "closed",
        "expected": "ranked",
    }


def test_the_assessment_is_disclosed_once() -> None:
    disclosed = [*ENDED, *here(AssessmentDisclosed())]

    assert outcome(given=disclosed, when=DISCLOSE, by=BUYER) == "wrong-state"
    assert told(given=disclosed, when=DISCLOSE, by=BUYER) == {
        "state": "disclosed",
        "expected": "not disclosed",
    }
