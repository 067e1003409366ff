"""Where money is rounded: half to even, from exact values, and on either side of nothing."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from svx_ledger.domain import leverage
from svx_ledger.domain.values import round_pence, value_pence

HALF_HOUR = Decimal("0.5")
VOLUNTEER = Decimal("16.93")


def test_instalments_add_up_because_each_is_a_difference_of_sums() -> None:
    worth = [value_pence(HALF_HOUR * n, VOLUNTEER) for n in range(5)]

    assert [after - before for before, after in pairwise(worth)] == [846, 847, 847, 846]
    assert worth[-1] == 3386
    assert 4 * value_pence(HALF_HOUR, VOLUNTEER) == 3384  # each rounded on its own


@pytest.mark.parametrize(
    ("pence", "expected"),
    [("0.5", 0), ("1.5", 2), ("2.5", 2), ("-0.5", 0), ("-1.5", -2), ("-2.5", -2)],
)
def test_a_tie_goes_to_the_even_penny(pence: str, expected: int) -> None:
    assert round_pence(Decimal(pence)) == expected


@pytest.mark.parametrize(
    ("pence", "expected"),
    [(f"0.5{'0' * 40}1", 1), (f"2.5{'0' * 40}1", 3), (f"-2.5{'0' * 40}1", -3)],
)
def test_the_least_bit_more_than_a_tie_is_none(pence: str, expected: int) -> None:
    assert round_pence(Decimal(pence)) == expected


@pytest.mark.parametrize(
    ("numerator_pence", "expected"),
    [
        (495_780_000, "206.58"),  # 206.575
        (495_804_000, "206.58"),  # 206.585
        (-495_780_000, "-206.58"),
        (-495_804_000, "-206.58"),
        (495_804_001, "206.59"),
        (-1, "0.00"),
    ],
)
def test_pounds_for_each_pound_go_to_the_even_penny(
    numerator_pence: int, expected: str
) -> None:
    value = leverage.ratio(numerator_pence, 2_400_000).value

    assert value == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(1, 3), 4, "0.3333"),
        (Fraction(-2, 3), 4, "-0.6667"),
        (Fraction(-1, 2), 0, "0"),
        (Fraction(-3, 2), 0, "-2"),
        (Fraction(5), 2, "5.00"),
    ],
)
def test_an_exact_value_at_so_many_places(value: Fraction, places: int, expected: str) -> None:
    assert str(leverage.rounded(value, places)) == expected
