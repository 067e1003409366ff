"""Judging a bid: each rule on either side of its boundary, and the order they come in."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.events import (
    AuctionClosed,
    AuctionOpened,
    BidAccepted,
    BidLine,
    BidsRanked,
    SupplierInvited,
)
from svx_ledger.domain.auction.judging import judge, worth_pence
from svx_ledger.domain.auction.terms import Increment
from svx_ledger.domain.rule import Facts, Refusal
from tests.domain.cast import SUPPLIER, Past

from .scene import (
    CLOSES_AT,
    HOURS_NEED,
    INSTANT,
    LAPTOP_NEED,
    OPEN,
    OPENS_AT,
    READY,
    SCHEDULED,
    SECOND,
    TERMS,
    auction_of,
    here,
    hours,
    laptops,
    takes_part,
    with_terms,
)

DURING = OPENS_AT + SECOND


def standing(*lines: BidLine, worth: int) -> Past:
    return here(BidAccepted(supplier_id=SUPPLIER, lines=lines, bid_no=1, value_pence=worth))


def judged(
    *lines: BidLine, given: Past = OPEN, at: datetime = DURING, supplier: str = SUPPLIER
) -> int | str:
    """What the bid is worth, or the name of the rule that it breaks."""
    verdict = judge(auction_of(given), supplier, lines, at)
    return verdict.rule.name if isinstance(verdict, Refusal) else verdict


def facts(
    *lines: BidLine, given: Past = OPEN, at: datetime = DURING, supplier: str = SUPPLIER
) -> Facts:
    verdict = judge(auction_of(given), supplier, lines, at)
    assert isinstance(verdict, Refusal)
    return verdict.facts


def test_bidding_begins_at_the_opening_time() -> None:
    assert judged(laptops(2), at=OPENS_AT) == 60_000
    assert judged(laptops(2), at=OPENS_AT - INSTANT) == "auction-not-open"
    assert facts(laptops(2), at=OPENS_AT - INSTANT) == {
        "opens_at": "2026-03-02T12:00:00.000000Z"
    }


def test_bidding_waits_for_the_auction_to_be_opened() -> None:
    assert judged(laptops(2), given=READY) == "auction-not-open"
    assert judged(laptops(2), given=READY, at=CLOSES_AT) == "auction-not-open"


def test_bidding_ends_at_the_closing_instant() -> None:
    assert judged(laptops(2), at=CLOSES_AT - INSTANT) == 60_000
    assert judged(laptops(2), at=CLOSES_AT) == "auction-closed"
    assert facts(laptops(2), at=CLOSES_AT) == {"closes_at": "2026-03-02T13:00:00.000000Z"}


def test_no_bid_is_taken_once_the_close_is_written() -> None:
    closed = [*OPEN, *here(AuctionClosed(closed_at=CLOSES_AT))]
    ranked = [*closed, *here(BidsRanked(ranking=()))]

    assert judged(laptops(2), given=closed) == "auction-closed"
    assert judged(laptops(2), given=ranked) == "auction-closed"


def test_the_supplier_is_qualified() -> None:
    third, fourth = "organisation-supp3", "organisation-supp4"
    willing = takes_part(third)[:2]
    given = [
        *SCHEDULED,
        *here(*willing, SupplierInvited(supplier_id=fourth), AuctionOpened()),
    ]

    assert judged(laptops(2), given=given, supplier=SUPPLIER) == 60_000
    assert judged(laptops(2), given=given, supplier=third) == "supplier-not-qualified"
    assert facts(laptops(2), given=given, supplier=third) == {"state": "accepted"}
    assert judged(laptops(2), given=given, supplier=fourth) == "supplier-not-qualified"


def test_a_line_names_a_need_of_the_auction() -> None:
    other = BidLine(need_id="need-n003", unit="laptop", quantity=Decimal(1))

    assert judged(laptops(2), other) == "need-not-listed"
    assert facts(laptops(2), other) == {"need": "need-n003"}


def test_a_need_has_at_most_one_line() -> None:
    assert judged(laptops(2), hours(1)) == 61_693
    assert judged(laptops(2), laptops(1)) == "need-twice"
    assert facts(laptops(2), laptops(1)) == {"need": LAPTOP_NEED}


def test_a_quantity_is_in_the_unit_of_the_need() -> None:
    assert judged(replace(laptops(2), unit="Laptop")) == "wrong-unit"
    assert facts(replace(laptops(2), unit="Laptop")) == {
        "need": LAPTOP_NEED,
        "unit": "Laptop",
        "expected": "laptop",
    }


@pytest.mark.parametrize("quantity", ["0", "-0.000001", "-1"])
def test_a_quantity_is_more_than_zero(quantity: str) -> None:
    assert judged(laptops(2), hours("0.000001")) == 60_000
    assert judged(laptops(2), hours(quantity)) == "quantity-not-positive"
    assert facts(laptops(2), hours(quantity)) == {"need": HOURS_NEED}


def test_what_cannot_be_divided_is_pledged_in_whole_units() -> None:
    assert judged(laptops("2.000000")) == 60_000
    assert judged(laptops("2.000001")) == "quantity-indivisible"
    assert judged(hours("99.999999")) == 169_300
    assert facts(laptops("2.500000")) == {"need": LAPTOP_NEED, "quantity": "2.5"}


def test_a_quantity_is_within_the_cap() -> None:
    assert judged(hours("100.000000")) == 169_300
    assert judged(hours("100.000001")) == "quantity-above-cap"
    assert facts(laptops("30.0")) == {"need": LAPTOP_NEED, "quantity": "30", "cap": "20"}
    assert facts(laptops("3E+1")) == facts(laptops("30"))


def test_a_first_bid_reaches_the_reserve() -> None:
    reserve = with_terms(OPEN, replace(TERMS, reserve_pence=60_000))
    a_penny_more = with_terms(OPEN, replace(TERMS, reserve_pence=60_001))

    assert judged(laptops(2), given=reserve) == 60_000
    assert judged(laptops(2), given=a_penny_more) == "bid-below-reserve"
    assert facts(laptops(2), given=a_penny_more) == {
        "value_pence": 60_000,
        "reserve_pence": 60_001,
    }


def test_a_later_bid_beats_the_own_standing_bid_by_the_increment() -> None:
    exactly = [*OPEN, *standing(laptops(1), worth=50_000)]
    a_penny_short = [*OPEN, *standing(laptops(1), worth=50_001)]

    assert judged(laptops(2), given=exactly) == 60_000
    assert judged(laptops(2), given=a_penny_short) == "bid-below-increment"
    assert facts(laptops(2), given=a_penny_short) == {
        "value_pence": 60_000,
        "standing_pence": 50_001,
        "least_pence": 60_001,
    }


def test_a_later_bid_need_not_reach_a_reserve_again_but_must_rise() -> None:
    given = [*OPEN, *standing(laptops(10), worth=300_000)]

    assert judged(laptops(10), given=given) == "bid-below-increment"
    assert judged(laptops(9), hours(1), given=given) == "bid-below-increment"


def test_a_percentage_of_the_standing_value_is_rounded_up() -> None:
    one_percent = replace(TERMS, increment=Increment(kind="percent", percent=Decimal(1)))
    given = with_terms([*OPEN, *standing(laptops(1), worth=59_405)], one_percent)
    higher = with_terms([*OPEN, *standing(laptops(1), worth=59_406)], one_percent)

    assert judged(laptops(2), given=given) == 60_000  # 594.05 p is 595 p
    assert judged(laptops(2), given=higher) == "bid-below-increment"


def test_a_rival_that_bids_more_does_not_matter() -> None:
    rival = BidAccepted(
        supplier_id="organisation-supp2", lines=(laptops(20),), bid_no=1, value_pence=600_000
    )

    assert judged(laptops(2), given=[*OPEN, *here(rival)]) == 60_000


def test_each_line_is_rounded_to_the_penny_by_itself() -> None:
    needs = dict(auction_of(OPEN).needs)
    needs[LAPTOP_NEED] = replace(needs[HOURS_NEED], need_id=LAPTOP_NEED)
    half = replace(hours("0.5"), need_id=LAPTOP_NEED)

    assert worth_pence((hours("0.5"), half), needs) == 846 + 846  # 846.5 p each, half to even


def test_rules_are_asked_in_their_order() -> None:
    """A bid that breaks them all is told of the first; each mended, of the next."""
    unready = takes_part("organisation-supp3")[:2]
    closed = [*SCHEDULED, *here(*unready, AuctionOpened())]
    third = "organisation-supp3"
    unlisted = BidLine(need_id="need-n003", unit="x", quantity=Decimal(-1))
    lines = (replace(laptops("20.5"), unit="x"), laptops(1))

    assert judged(unlisted, given=closed, supplier=third, at=OPENS_AT - INSTANT) == (
        "auction-not-open"
    )
    assert judged(unlisted, given=closed, supplier=third, at=CLOSES_AT) == "auction-closed"
    assert judged(unlisted, given=closed, supplier=third) == "supplier-not-qualified"
    assert judged(unlisted) == "need-not-listed"
    assert judged(laptops(1), lines[0]) == "need-twice"
    assert judged(replace(laptops("-0.5"), unit="x")) == "wrong-unit"
    assert judged(laptops("-0.5")) == "quantity-not-positive"
    assert judged(laptops("20.5")) == "quantity-indivisible"
    assert judged(laptops(21)) == "quantity-above-cap"
    assert judged(laptops(1)) == "bid-below-reserve"
