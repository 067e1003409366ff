"""The terms of an auction: what makes them complete, and what the increment demands."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.auction.terms import AuctionTerms, Increment, fault_in

from .scene import CLOSES_AT, INSTANT, TERMS


def fault(terms: AuctionTerms) -> str | None:
    refusal = fault_in(terms)
    return None if refusal is None else refusal.rule.name


def test_an_auction_opens_before_it_closes() -> None:
    assert fault(replace(TERMS, opens_at=CLOSES_AT - INSTANT)) is None
    assert fault(replace(TERMS, opens_at=CLOSES_AT)) == "terms-times"


def test_an_auction_closes_no_later_than_its_hard_stop() -> None:
    at = replace(TERMS, soft_close=replace(TERMS.soft_close, hard_stop=CLOSES_AT))
    before = replace(TERMS, soft_close=replace(TERMS.soft_close, hard_stop=CLOSES_AT - INSTANT))

    assert fault(at) is None
    assert fault(before) == "terms-times"


@pytest.mark.parametrize("price", ["49.9999", "50.0001"])
def test_the_weights_sum_to_100(price: str) -> None:
    assert fault(TERMS) is None
    refusal = fault_in(replace(TERMS, price_weight=Decimal(price)))
    assert refusal is not None
    assert refusal.rule.name == "terms-weights"
    assert refusal.facts == {"sum_points": str(50 + Decimal(price))}


@pytest.mark.parametrize(
    ("increment", "expected"),
    [
        (Increment(kind="pence", pence=1), None),
        (Increment(kind="percent", percent=Decimal("0.0001")), None),
        (Increment(kind="pence", pence=0), "terms-increment"),
        (Increment(kind="percent", percent=Decimal(0)), "terms-increment"),
        (Increment(kind="pence"), "terms-increment"),
        (Increment(kind="percent"), "terms-increment"),
        (Increment(kind="pence", percent=Decimal(1)), "terms-increment"),
        (Increment(kind="percent", pence=1), "terms-increment"),
        (Increment(kind="pence", pence=1, percent=Decimal(1)), "terms-increment"),
        (Increment(kind="pence", pence=1, percent=Decimal(0)), "terms-increment"),
        (Increment(kind="percent", pence=1, percent=Decimal(1)), "terms-increment"),
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
    ("percent", "standing_pence", "least_pence"),
    [
        ("1", 10_000, 10_100),
        ("1", 10_001, 10_102),  # 100.01 p is 101 p
        ("0.0001", 1_000_000, 1_000_001),
        ("0.0001", 1_000_001, 1_000_003),  # 1.000001 p is 2 p
        ("2.5", 0, 1),
        ("100", 7, 14),
    ],
)
def test_a_percentage_is_rounded_up_to_the_penny_and_is_at_least_one(
    percent: str, standing_pence: int, least_pence: int
) -> None:
    increment = Increment(kind="percent", percent=Decimal(percent))

    assert increment.least_after(standing_pence) == least_pence


def test_an_amount_in_pence_is_added_as_it_stands() -> None:
    assert Increment(kind="pence", pence=250).least_after(1_000) == 1_250


@given(
    st.decimals("0.0001", "100", places=4, allow_nan=False),
    st.integers(0, 10**15),
)
def test_the_least_next_value_is_the_first_that_reaches_the_percentage(
    percent: Decimal, standing_pence: int
) -> None:
    least = Increment(kind="percent", percent=percent).least_after(standing_pence)

    reached = Fraction(percent) * standing_pence / 100
    assert least > standing_pence
    assert least - standing_pence >= reached
    assert least - standing_pence - 1 < reached or least == standing_pence + 1
