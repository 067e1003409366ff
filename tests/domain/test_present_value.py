"""What an outcome of several years is worth today, each formula on either side of its edge."""

from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain import leverage
from svx_ledger.domain.present_value import (
    CONVENTIONS,
    GREEN_BOOK_STPR,
    NO_RATE,
    NO_RATES,
    NOT_FROM_NOW,
    NOT_LATER,
    SENSITIVITY_RATES,
    Convention,
    RateTable,
    Step,
    UnusableRates,
    discount_factor,
    flat,
    outcome_factor,
    present_pence,
)

ONE = Decimal(1)
QUARTER = Decimal("0.25")
AT_3_5 = Fraction(1000, 1035)
AT_3_0 = Fraction(1000, 1030)
AT_2_5 = Fraction(1000, 1025)

PENCE = st.integers(0, 10**15)
SHARES = st.decimals(0, 1, places=6)
RATES = st.decimals(0, Decimal("0.999999"), places=6)
YEARS = st.integers(1, 50)
CONVENTION = st.sampled_from(sorted(CONVENTIONS))


def table(*steps: tuple[int, str]) -> RateTable:
    """A table of these (first year, rate)."""
    rates = tuple(Step(year, Decimal(rate)) for year, rate in steps)
    return RateTable(name="test", source="fictional", steps=rates)


@pytest.mark.parametrize(
    ("convention", "expected"), [("green_book", 2_249_737), ("sroi_guide", 2_173_659)]
)
def test_ten_thousand_pounds_over_three_years(convention: Convention, expected: int) -> None:
    factor = outcome_factor(3, QUARTER, GREEN_BOOK_STPR, convention)

    assert present_pence([(1_000_000, ONE, factor)]) == expected


def test_ten_thousand_pounds_over_three_years_undiscounted() -> None:
    factor = outcome_factor(3, QUARTER, flat(Decimal(0)), "green_book")

    assert factor == Fraction("2.3125")
    assert present_pence([(1_000_000, ONE, factor)]) == 2_312_500


def test_k_is_taken_off_before_the_years_are_added_up() -> None:
    factor = outcome_factor(3, QUARTER, GREEN_BOOK_STPR, "green_book")

    assert present_pence([(1_000_000, Decimal("0.648"), factor)]) == 1_457_830  # 1,457,829.73…


@pytest.mark.parametrize(
    ("t", "expected"),
    [
        (0, Fraction(1)),
        (1, AT_3_5),
        (30, AT_3_5**30),
        (31, AT_3_5**30 * AT_3_0),
        (75, AT_3_5**30 * AT_3_0**45),
        (76, AT_3_5**30 * AT_3_0**45 * AT_2_5),
        (125, AT_3_5**30 * AT_3_0**45 * AT_2_5**50),
    ],
)
def test_each_year_is_reached_at_its_own_rate(t: int, expected: Fraction) -> None:
    assert discount_factor(t, GREEN_BOOK_STPR, "green_book") == expected
    if t:
        assert discount_factor(t - 1, GREEN_BOOK_STPR, "sroi_guide") == expected


def test_the_rates_of_the_green_book_by_year() -> None:
    rates = {year: GREEN_BOOK_STPR.rate(year) for year in (0, 1, 30, 31, 75, 76, 300)}

    assert [str(rate) for rate in rates.values()] == [
        *("0.035", "0.035", "0.035"),
        *("0.030", "0.030"),
        *("0.025", "0.025"),
    ]


def test_the_green_book_says_when_and_that_it_is_under_review() -> None:
    assert GREEN_BOOK_STPR.published == date(2025, 12, 16)
    assert "Under review since December 2025" in GREEN_BOOK_STPR.source
    assert GREEN_BOOK_STPR.sha256 is None


def test_the_rate_of_year_0_is_never_used() -> None:
    changed = table((0, "0.9"), (1, "0.035"))

    for convention in CONVENTIONS:
        assert discount_factor(3, changed, convention) == discount_factor(
            3, flat(Decimal("0.035")), convention
        )


def test_a_year_of_cash_goods_or_hours_is_its_own_value_or_is_divided_once() -> None:
    drop_off = Decimal("0.4")

    assert outcome_factor(1, drop_off, GREEN_BOOK_STPR, "green_book") == 1
    assert outcome_factor(1, drop_off, GREEN_BOOK_STPR, "sroi_guide") == AT_3_5


def test_what_drops_off_entirely_has_one_year() -> None:
    assert outcome_factor(9, ONE, GREEN_BOOK_STPR, "green_book") == 1
    assert undiscounted(9, ONE) == 1


def test_a_flat_table_says_its_rate() -> None:
    names = [flat(rate).name for rate in SENSITIVITY_RATES]

    assert names == [
        "1.5 % in every year",
        "3.5 % in every year",
        "5 % in every year",
    ]
    assert flat(Decimal(0)).source == "0 % in every year"
    assert flat(Decimal("0.05"), "high").name == "high"
    assert flat(Decimal("0.05")).rate(300) == Decimal("0.05")
    assert flat(Decimal("0.05")).published is None


@pytest.mark.parametrize(
    ("steps", "reason", "step"),
    [
        ((), NO_RATES, 0),
        (((1, "0.035"),), NOT_FROM_NOW, 0),
        (((0, "0.035"), (0, "0.03")), NOT_LATER, 1),
        (((0, "0.035"), (31, "0.03"), (30, "0.025")), NOT_LATER, 2),
        (((0, "1"),), NO_RATE, 0),
        (((0, "-0.000001"),), NO_RATE, 0),
        (((0, "0"), (1, "NaN")), NO_RATE, 1),
        (((0, "0"), (1, "sNaN")), NO_RATE, 1),
        (((0, "-Infinity"),), NO_RATE, 0),
    ],
)
def test_a_table_that_says_no_rate_for_some_year_is_none(
    steps: tuple[tuple[int, str], ...], reason: str, step: int
) -> None:
    with pytest.raises(UnusableRates) as raised:
        table(*steps)

    assert (str(raised.value), raised.value.reason) == (reason, reason)
    assert raised.value.step == step


def test_rates_from_nothing_to_just_under_one_are_taken() -> None:
    assert table((0, "0"), (1, "0.999999"), (2, "0")).rate(1) == Decimal("0.999999")


def test_a_total_is_rounded_once_and_half_to_even() -> None:
    half = Decimal("0.5")

    assert [present_pence([(n, half, Fraction(1))]) for n in (1, 3, 5)] == [0, 2, 2]
    assert present_pence([(1, half, Fraction(1))] * 3) == 2  # 1.5, not three times 0
    assert present_pence([(-1, half, Fraction(1))]) == 0
    assert present_pence([(-3, half, Fraction(1))]) == -2
    assert present_pence([]) == 0


def test_one_year_is_the_net_value_before_its_lines_are_rounded() -> None:
    lines, k = [1, 1, 1], Decimal("0.6")
    factor = outcome_factor(1, Decimal(0), GREEN_BOOK_STPR, "green_book")

    assert present_pence([(sum(lines), k, factor)]) == 2  # 1.8
    assert sum(leverage.net_pence(pence, k) for pence in lines) == 3


def test_it_is_exact_whatever_precision_is_set_around_it() -> None:
    with localcontext(Context(prec=2)):
        k = leverage.k(Decimal("0.123456"), Decimal("0.654321"), Decimal("0.111111"))
        rate = flat(Decimal("0.012345"))
        factor = outcome_factor(2, Decimal("0.123456"), rate, "green_book")
        name = rate.name
        pence = present_pence([(10**15, k, factor)])

    exact = 1 + Fraction("0.876544") / Fraction("1.012345")
    assert name == "1.2345 % in every year"
    assert factor == exact
    assert pence == round(
        10**15 * Fraction("0.876544") * Fraction("0.345679") * Fraction("0.888889") * exact
    )


@given(YEARS, SHARES, RATES, CONVENTION)
def test_a_flat_rate_makes_a_geometric_series(
    years: int, drop_off: Decimal, rate: Decimal, convention: Convention
) -> None:
    q = (1 - Fraction(drop_off)) / (1 + Fraction(rate))
    series = (1 - q**years) / (1 - q) if q != 1 else Fraction(years)
    first = 1 if convention == "green_book" else 1 / (1 + Fraction(rate))

    assert outcome_factor(years, drop_off, flat(rate), convention) == first * series


@given(YEARS, SHARES, RATES)
def test_the_sroi_guide_divides_once_more(years: int, drop_off: Decimal, rate: Decimal) -> None:
    one, other = (outcome_factor(years, drop_off, flat(rate), c) for c in CONVENTIONS)

    assert one == other * (1 + Fraction(rate))


def undiscounted(years: int, drop_off: Decimal) -> Fraction:
    return sum((Fraction(1 - drop_off) ** year for year in range(years)), Fraction(0))


@given(YEARS, SHARES)
def test_without_a_rate_nothing_is_discounted(years: int, drop_off: Decimal) -> None:
    expected = undiscounted(years, drop_off)

    for convention in CONVENTIONS:
        assert outcome_factor(years, drop_off, flat(Decimal(0)), convention) == expected


@given(st.integers(2, 50), RATES, st.tuples(RATES, RATES), CONVENTION)
def test_the_higher_the_rate_the_less_it_is_worth(
    years: int, drop_off: Decimal, rates: tuple[Decimal, Decimal], convention: Convention
) -> None:
    low, high = (
        outcome_factor(years, drop_off, flat(rate), convention) for rate in sorted(rates)
    )

    assert low > high if rates[0] != rates[1] else low == high


@given(SHARES, CONVENTION)
def test_another_year_never_takes_anything_away(
    drop_off: Decimal, convention: Convention
) -> None:
    factors = [outcome_factor(n, drop_off, GREEN_BOOK_STPR, convention) for n in range(1, 51)]

    assert all(one <= other for one, other in pairwise(factors))
    assert factors[-1] <= undiscounted(50, drop_off)


@given(PENCE, PENCE, SHARES, YEARS)
def test_lines_of_one_proxy_may_be_added_up_before(
    one: int, other: int, k: Decimal, years: int
) -> None:
    factor = outcome_factor(years, QUARTER, GREEN_BOOK_STPR, "sroi_guide")

    apart = present_pence([(one, k, factor), (other, k, factor)])
    assert apart == present_pence([(one + other, k, factor)])
    assert present_pence([(-one, k, factor)]) == -present_pence([(one, k, factor)])


@given(st.lists(st.tuples(PENCE, SHARES, YEARS), max_size=6), CONVENTION)
def test_parts_sum_to_the_whole_within_half_a_penny_each(
    parts: list[tuple[int, Decimal, int]], convention: Convention
) -> None:
    weighed = [
        (pence, k, outcome_factor(years, QUARTER, GREEN_BOOK_STPR, convention))
        for pence, k, years in parts
    ]

    alone = sum(present_pence([part]) for part in weighed)
    assert abs(present_pence(weighed) - alone) <= Fraction(len(parts) + 1, 2)
