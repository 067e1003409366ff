"""The formulas of leverage, each on either side of where it could go wrong."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain import leverage
from svx_ledger.domain.leverage import DIVISOR_IS_ZERO, NOTHING_RECORDED, Quotient

PENCE = st.integers(0, 10**15)
SHARES = st.decimals(0, 1, places=6)


@pytest.mark.parametrize(
    ("taken_off", "left"),
    [
        (("0", "0", "0"), "1"),
        (("0.10", "0.05", "0"), "0.855"),
        (("0.20", "0.10", "0.10"), "0.648"),
        (("0.20", "0", "0.10"), "0.72"),
        (("1", "0", "0"), "0"),
    ],
)
def test_k_takes_the_shares_off_in_turn(taken_off: tuple[str, str, str], left: str) -> None:
    assert leverage.k(*map(Decimal, taken_off)) == Decimal(left)


def test_k_of_the_finest_shares_is_exact() -> None:
    share = Decimal("0.000001")

    assert leverage.k(share, share, share) == (1 - Fraction(share)) ** 3


@pytest.mark.parametrize(("gross_pence", "expected"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_net_is_rounded_half_to_even_at_the_penny(gross_pence: int, expected: int) -> None:
    assert leverage.net_pence(gross_pence, Decimal("0.5")) == expected


def test_net_sums_are_of_rounded_lines() -> None:
    lines = [1, 1, 1]

    assert sum(leverage.net_pence(pence, Decimal("0.6")) for pence in lines) == 3
    assert leverage.net_pence(sum(lines), Decimal("0.6")) == 2


@pytest.mark.parametrize(("delivered", "counted"), [("9", "9"), ("10", "10"), ("10.5", "10")])
def test_at_most_what_is_owed_counts(delivered: str, counted: str) -> None:
    assert leverage.counted(Decimal(delivered), Decimal(10)) == Decimal(counted)


def test_denominators_are_sums() -> None:
    assert leverage.d1_pence([1_000_000, 800_000]) == 1_800_000
    assert leverage.d2_pence([1_800_000], [600_000]) == 2_400_000
    assert leverage.d3_pence([5, 7]) == 12
    assert leverage.d4_pence(2_400_000, [600_000, 25_000]) == 3_025_000
    assert leverage.d4_pence(0, [1]) == 1


def test_what_nobody_recorded_is_not_nothing() -> None:
    assert leverage.d1_pence([]) is None
    assert leverage.d2_pence([1_800_000], []) is None
    assert leverage.d2_pence([], [600_000]) is None
    assert leverage.d3_pence([]) is None
    assert leverage.d4_pence(2_400_000, []) is None
    assert leverage.d4_pence(None, [600_000]) is None
    assert leverage.d4_pence(leverage.d2_pence([1_800_000], []), [600_000]) is None


@pytest.mark.parametrize(
    ("numerator_pence", "denominator_pence", "expected"),
    [
        (399_600_000, 1_800_000, "222.00"),
        (495_780_000, 2_400_000, "206.58"),  # 206.575, a tie: to the even 8
        (206_565, 1_000, "206.56"),  # 206.565, a tie: to the even 6
        (0, 1, "0.00"),
        (10**40 + 1, 100, f"{10**38}.01"),
    ],
)
def test_a_ratio_is_rounded_half_to_even_from_exact_values(
    numerator_pence: int, denominator_pence: int, expected: str
) -> None:
    quotient = leverage.ratio(numerator_pence, denominator_pence)

    assert str(quotient.value) == expected


def test_without_a_divisor_there_is_a_reason_and_no_number() -> None:
    assert leverage.ratio(1, None) == Quotient(None, NOTHING_RECORDED)
    assert leverage.ratio(1, 0) == Quotient(None, DIVISOR_IS_ZERO)
    assert leverage.percentage(1, None) == Quotient(None, NOTHING_RECORDED)
    assert leverage.conversion(1, 0) == Quotient(None, DIVISOR_IS_ZERO)
    assert leverage.delivery_rate(0, 0) == Quotient(None, DIVISOR_IS_ZERO)


def test_percentages_have_two_places_and_rates_four() -> None:
    assert str(leverage.percentage(399_600_000, 5_000_000_000).value) == "7.99"
    assert str(leverage.conversion(435_650_000, 495_780_000).value) == "0.8787"
    assert str(leverage.delivery_rate(399_600_000, 435_650_000).value) == "0.9173"


@given(st.dictionaries(st.text(), PENCE, min_size=1), st.integers(1, 10**15))
def test_contributions_sum_to_the_ratio(parts: dict[str, int], denominator_pence: int) -> None:
    shares = leverage.contributions(parts, denominator_pence)

    assert sum(shares.values()) == Fraction(sum(parts.values()), denominator_pence)


@pytest.mark.parametrize("denominator_pence", [None, 0])
def test_without_a_denominator_nothing_contributes(denominator_pence: int | None) -> None:
    assert leverage.contributions({"cash": 1}, denominator_pence) == {}


@given(PENCE, SHARES, SHARES, SHARES)
def test_net_is_never_more_than_gross(
    pence: int, deadweight: Decimal, displacement: Decimal, attribution: Decimal
) -> None:
    share = leverage.k(deadweight, displacement, attribution)

    assert 0 <= leverage.net_pence(pence, share) <= pence


@given(PENCE, st.integers(1, 10**15))
def test_a_ratio_is_within_half_a_penny(numerator_pence: int, denominator_pence: int) -> None:
    value = leverage.ratio(numerator_pence, denominator_pence).value

    assert value is not None
    exact = Fraction(numerator_pence, denominator_pence)
    assert abs(Fraction(value) - exact) <= Fraction(1, 200)
