"""The terms of an auction: what the increment demands, and how they score social value."""

from dataclasses import replace
from decimal import Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.assessment import Band, Scoring
from svx_ledger.domain.auction.terms import Increment
from svx_ledger.domain.digest import digest
from svx_ledger.eventlog.shapes import shape_of

from .scene import TERMS

MILLIONTH = Decimal("0.000001")


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


@pytest.mark.parametrize(
    ("percent", "standing", "least"),
    [
        ("1", "100", "101"),
        ("1", "0.0001", "0.000101"),
        ("1", "0.000101", "0.000103"),  # 0.00000101 is 0.000002
        ("2.5", "0", "0.000001"),
        ("100", "7.5", "15"),
    ],
)
def test_a_percentage_of_points_is_rounded_up_to_the_millionth_and_is_at_least_one(
    percent: str, standing: str, least: str
) -> None:
    increment = Increment(kind="percent", percent=Decimal(percent))

    assert increment.least_points_after(Decimal(standing)) == Decimal(least)


def test_an_amount_in_points_is_added_as_it_stands() -> None:
    increment = Increment(kind="points", points=Decimal("2.5"))

    assert increment.least_points_after(Decimal("0.000001")) == Decimal("2.500001")


@given(
    st.decimals("0.0001", "100", places=4, allow_nan=False),
    st.decimals("0", "1000000000000", places=6, allow_nan=False),
)
def test_the_least_next_score_is_the_first_that_reaches_the_percentage(
    percent: Decimal, standing: Decimal
) -> None:
    least = Increment(kind="percent", percent=percent).least_points_after(standing)

    reached = Fraction(percent) * Fraction(standing) / 100
    more = Fraction(least) - Fraction(standing)
    assert more >= max(reached, Fraction(MILLIONTH))
    assert more - Fraction(MILLIONTH) < reached or more == Fraction(MILLIONTH)


def test_the_least_next_score_is_exact_whatever_precision_is_set_around_it() -> None:
    increment = Increment(kind="percent", percent=Decimal(1))

    with localcontext(Context(prec=2)):
        assert increment.least_points_after(Decimal("12345.6")) == Decimal("12469.056")


def test_the_scoring_is_in_what_bids_are_compared_by() -> None:
    band = Band(at_least_pence=5, at_least_points=Decimal(7), points=Decimal(3))
    both = replace(
        TERMS,
        social_value_score="banded",
        target_pence=1,
        target_points=Decimal(2),
        bands=(band,),
    )

    assert TERMS.scoring == Scoring(Decimal(10), "share-of-best")
    assert both.scoring == Scoring(Decimal(10), "banded", 1, ((5, Decimal(3)),))
    assert replace(both, basis="points").scoring == Scoring(
        Decimal(10), "banded", Decimal(2), ((Decimal(7), Decimal(3)),)
    )


def test_terms_without_the_later_fields_are_written_as_they_always_were() -> None:
    """What was frozen before them keeps its bytes, and so its hash."""
    plain = shape_of(type(TERMS)).encode(TERMS)

    assert set(plain) == {
        *("mode", "visibility", "bidder_count_shown", "rank_on", "basis", "opens_at"),
        *("closes_at", "notice_seconds", "increment", "reserve_pence", "soft_close"),
        *("social_value_score", "social_value_weight", "price_weight", "quality_weight"),
    }
    assert set(plain["increment"]) == {"kind", "pence"}
    assert digest(TERMS) == ("1dd93365efc04368eaf6b4d753de6047e8bdfc33839da47275b90fc6f5c60438")
