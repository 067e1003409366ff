"""The terms of an auction agree with themselves: each rule on either side of its boundary."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from svx_ledger.domain.assessment import Band
from svx_ledger.domain.auction.agreeing import fault_in
from svx_ledger.domain.auction.terms import AuctionTerms, Increment
from svx_ledger.domain.rule import Facts

from .scene import CLOSES_AT, INSTANT, TERMS

POINTS = replace(
    TERMS,
    basis="points",
    increment=Increment(kind="points", points=Decimal(1)),
    reserve_pence=0,
    reserve_points=Decimal(0),
)
TWO_BANDS = (
    Band(at_least_pence=1, points=Decimal("0.0001")),
    Band(at_least_pence=2, points=Decimal(10)),
)
BANDED = replace(TERMS, social_value_score="banded", bands=TWO_BANDS)


def fault(terms: AuctionTerms) -> str | None:
    refusal = fault_in(terms)
    return None if refusal is None else refusal.rule.name


def facts(terms: AuctionTerms) -> Facts:
    refusal = fault_in(terms)
    assert refusal is not None
    return refusal.facts


def test_an_auction_opens_before_it_closes() -> None:
    assert fault(replace(TERMS, opens_at=CLOSES_AT - INSTANT)) is None
    assert fault(replace(TERMS, opens_at=CLOSES_AT)) == "terms-times"


def test_an_auction_closes_no_later_than_its_hard_stop() -> None:
    at = replace(TERMS, soft_close=replace(TERMS.soft_close, hard_stop=CLOSES_AT))
    before = replace(TERMS, soft_close=replace(TERMS.soft_close, hard_stop=CLOSES_AT - INSTANT))

    assert fault(at) is None
    assert fault(before) == "terms-times"


def test_the_hard_stop_is_at_most_366_days_after_it_opens() -> None:
    last = TERMS.opens_at + timedelta(days=366)
    at = replace(TERMS, soft_close=replace(TERMS.soft_close, hard_stop=last))
    after = replace(TERMS, soft_close=replace(TERMS.soft_close, hard_stop=last + INSTANT))

    assert fault(at) is None
    assert fault(after) == "terms-length"
    assert facts(after) == {"most_days": 366}


@pytest.mark.parametrize("price", ["49.9999", "50.0001"])
def test_the_weights_sum_to_100(price: str) -> None:
    off = replace(TERMS, price_weight=Decimal(price))

    assert fault(TERMS) is None
    assert fault(off) == "terms-weights"
    assert facts(off) == {"sum_points": str(50 + Decimal(price))}


@pytest.mark.parametrize(
    ("increment", "expected"),
    [
        (Increment(kind="pence", pence=1), None),
        (Increment(kind="percent", percent=Decimal("0.0001")), None),
        (Increment(kind="pence", pence=0), "terms-increment"),
        (Increment(kind="percent", percent=Decimal(0)), "terms-increment"),
        (Increment(kind="pence"), "terms-increment"),
        (Increment(kind="percent"), "terms-increment"),
        (Increment(kind="points"), "terms-increment"),
        (Increment(kind="pence", percent=Decimal(1)), "terms-increment"),
        (Increment(kind="percent", pence=1), "terms-increment"),
        (Increment(kind="points", pence=1), "terms-increment"),
        (Increment(kind="pence", pence=1, percent=Decimal(1)), "terms-increment"),
        (Increment(kind="pence", pence=1, percent=Decimal(0)), "terms-increment"),
        (Increment(kind="pence", pence=1, points=Decimal(0)), "terms-increment"),
        (Increment(kind="percent", pence=1, percent=Decimal(1)), "terms-increment"),
        (Increment(kind="percent", percent=Decimal(1), points=Decimal(1)), "terms-increment"),
    ],
)
def test_the_increment_states_the_one_amount_of_its_kind_more_than_zero(
    increment: Increment, expected: str | None
) -> None:
    refusal = fault_in(replace(TERMS, increment=increment))

    assert (refusal and (refusal.rule.name, refusal.facts)) == (
        expected and (expected, {"kind": increment.kind})
    )


@pytest.mark.parametrize(
    ("increment", "expected"),
    [
        (Increment(kind="points", points=Decimal("0.000001")), None),
        (Increment(kind="percent", percent=Decimal(1)), None),
        (Increment(kind="points", points=Decimal(0)), "terms-increment"),
        (Increment(kind="points", points=Decimal(1), pence=0), "terms-increment"),
        (Increment(kind="points", points=Decimal(1), percent=Decimal(0)), "terms-increment"),
        (Increment(kind="pence", pence=1), "terms-basis"),
    ],
)
def test_an_increment_in_points_goes_with_points(
    increment: Increment, expected: str | None
) -> None:
    assert fault(replace(POINTS, increment=increment)) == expected
    in_points = Increment(kind="points", points=Decimal(1))
    assert fault(replace(TERMS, increment=in_points)) == "terms-basis"


def test_the_reserve_is_in_what_bids_are_compared_by() -> None:
    assert fault(POINTS) is None
    assert fault(replace(POINTS, reserve_points=None)) == "terms-basis"
    assert fault(replace(POINTS, reserve_pence=1)) == "terms-basis"
    assert fault(replace(TERMS, reserve_points=Decimal(0))) == "terms-basis"
    assert facts(replace(POINTS, reserve_pence=1)) == {"basis": "points"}
    assert facts(replace(TERMS, reserve_points=Decimal(0))) == {"basis": "pounds"}


def test_where_each_bidder_has_one_bid_nothing_shows_and_nothing_extends() -> None:
    never = replace(TERMS.soft_close, at_most=0)
    once = replace(TERMS.soft_close, at_most=1)
    single = replace(TERMS, mode="single", soft_close=never)

    assert fault(single) is None
    assert fault(replace(single, visibility="open")) == "terms-single"
    assert fault(replace(single, soft_close=once)) == "terms-single"
    assert facts(replace(single, soft_close=once)) == {"visibility": "rank", "extensions": 1}
    assert fault(replace(TERMS, visibility="open")) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"social_value_score": "share-of-target", "target_pence": 1}, None),
        ({"social_value_score": "share-of-target", "target_pence": 0}, "terms-score"),
        ({"social_value_score": "share-of-target"}, "terms-score"),
        (
            {"social_value_score": "share-of-target", "target_points": Decimal(1)},
            "terms-score",
        ),
        (
            {
                "social_value_score": "share-of-target",
                "target_pence": 1,
                "target_points": Decimal(0),
            },
            "terms-score",
        ),
        (
            {"social_value_score": "share-of-target", "target_pence": 1, "bands": TWO_BANDS},
            "terms-score",
        ),
        ({"target_pence": 1}, "terms-score"),
        ({"target_pence": 0}, "terms-score"),
        ({"target_points": Decimal(1)}, "terms-score"),
        ({"bands": TWO_BANDS}, "terms-score"),
        ({"social_value_score": "banded", "bands": TWO_BANDS}, None),
        ({"social_value_score": "banded"}, "terms-score"),
        (
            {"social_value_score": "banded", "bands": TWO_BANDS, "target_pence": 1},
            "terms-score",
        ),
    ],
)
def test_the_score_comes_with_what_its_formula_takes(
    changes: dict[str, Any], expected: str | None
) -> None:
    assert fault(replace(TERMS, **changes)) == expected


def test_a_target_in_points_goes_with_points() -> None:
    on_target = replace(POINTS, social_value_score="share-of-target")

    assert fault(replace(on_target, target_points=Decimal("0.000001"))) is None
    assert fault(replace(on_target, target_points=Decimal(0))) == "terms-score"
    assert fault(replace(on_target, target_pence=1)) == "terms-score"
    assert facts(on_target) == {"formula": "share-of-target", "basis": "points"}


def bands(*steps: tuple[int, str]) -> AuctionTerms:
    made = (Band(at_least_pence=least, points=Decimal(points)) for least, points in steps)
    return replace(BANDED, bands=tuple(made))


def test_bands_rise_in_score_and_in_points() -> None:
    assert fault(BANDED) is None
    assert fault(bands((1, "2"), (2, "3"), (3, "4"))) is None
    assert fault(bands((1, "2"), (1, "3"))) == "terms-bands"
    assert fault(bands((1, "2"), (2, "2"))) == "terms-bands"
    assert fault(bands((2, "2"), (3, "3"), (1, "4"))) == "terms-bands"


def test_the_lowest_band_begins_above_zero_and_gives_something() -> None:
    assert fault(bands((1, "0.0001"))) is None
    assert fault(bands((0, "0.0001"))) == "terms-bands"
    assert fault(bands((1, "0"))) == "terms-bands"


def test_the_highest_band_gives_the_weight_at_most() -> None:
    assert fault(bands((1, "10"))) is None
    assert fault(bands((1, "10.0001"))) == "terms-bands"
    assert facts(bands((1, "10.0001"))) == {"weight_points": "10"}


def test_bands_are_in_the_basis() -> None:
    points = Decimal(5)
    in_points = Band(at_least_points=Decimal("0.5"), points=points)
    in_both = Band(at_least_pence=1, at_least_points=Decimal("0.5"), points=points)
    banded = replace(POINTS, social_value_score="banded")

    assert fault(replace(banded, bands=(in_points,))) is None
    assert fault(replace(banded, bands=(in_both,))) == "terms-bands"
    assert fault(replace(banded, bands=(Band(at_least_pence=1, points=points),))) == (
        "terms-bands"
    )
    assert fault(replace(BANDED, bands=(in_both,))) == "terms-bands"
    assert fault(replace(BANDED, bands=(in_points,))) == "terms-bands"


@pytest.mark.parametrize(
    ("outage", "seconds", "minutes", "expected"),
    [
        (None, None, None, None),
        ("close", 59, 1, None),
        ("pause", 300, 60, None),
        ("close", 60, 1, "terms-outage"),
        (None, 59, 1, "terms-outage"),
        ("close", None, 1, "terms-outage"),
        ("close", 59, None, "terms-outage"),
        ("close", None, None, "terms-outage"),
        (None, 59, None, "terms-outage"),
        (None, None, 1, "terms-outage"),
    ],
)
def test_an_outage_rule_is_complete_and_can_be_met(
    outage: Any, seconds: int | None, minutes: int | None, expected: str | None
) -> None:
    terms = replace(TERMS, outage=outage, outage_seconds=seconds, outage_window_minutes=minutes)

    assert fault(terms) == expected
