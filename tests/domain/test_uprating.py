"""A proxy in the prices of another year, and what refuses to be."""

from dataclasses import replace
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.uprating import (
    NO_INDEX,
    NO_LABEL,
    NO_YEARS,
    Deflator,
    UnusableIndex,
    YearMissing,
    Years,
    label,
    labels,
    restated_pounds,
    uprated,
)

from .cast import LAPTOPS

INDEX = {
    "2013/14": Decimal(190),
    "2014/15": Decimal("193.8"),  # + 2 %
    "2015/16": Decimal(209),  # + 10 % on 2013/14
}
SERIES = Deflator(
    series="GDP deflator (fictional)",
    source="a test",
    base="index_1989_90_100",
    years="financial",
    index=INDEX,
)
POUNDS = st.decimals(0, 10**9, places=2)
INDICES = st.decimals("0.01", 10**4, places=4)


def series(**other: Any) -> Deflator:
    """The same series with something else in it."""
    return replace(SERIES, **other)


@pytest.mark.parametrize(
    ("pounds", "from_year", "to_year", "expected"),
    [
        ("16.93", 2013, 2015, "18.62"),  # 18.623
        ("16.93", 2015, 2013, "15.39"),  # 15.3909…
        ("16.93", 2014, 2014, "16.93"),
        ("0.25", 2013, 2014, "0.26"),  # 0.255, a tie: to the even 6
        ("0.75", 2013, 2014, "0.76"),  # 0.765, a tie: to the even 6
        ("-0.25", 2013, 2014, "-0.26"),
        ("0.050", 2013, 2015, "0.06"),  # 0.055: written to the mill, of two places all the same
        ("1E+3", 2013, 2015, "1100.00"),
        ("0.0425", 2013, 2015, "0.0468"),  # 0.04675, a tie at the fourth place
        ("0.000001", 2013, 2015, "0.000001"),
        ("0", 2013, 2015, "0.00"),
    ],
)
def test_a_proxy_is_rounded_once_half_to_even_at_the_penny_or_its_own_last_place(
    pounds: str, from_year: int, to_year: int, expected: str
) -> None:
    assert str(uprated(Decimal(pounds), from_year, to_year, SERIES)) == expected


def test_it_is_exact_whatever_precision_is_set_around_it() -> None:
    with localcontext(Context(prec=2)):
        value = uprated(Decimal("123456.789012"), 2013, 2015, SERIES)

    assert value == Decimal("135802.467913")  # …9132


@pytest.mark.parametrize(("from_year", "to_year"), [(2012, 2015), (2015, 2012), (2012, 2012)])
def test_a_year_that_the_series_lacks_is_refused_by_name(from_year: int, to_year: int) -> None:
    with pytest.raises(YearMissing, match="has no index for 2012/13") as raised:
        uprated(Decimal(1), from_year, to_year, SERIES)

    assert str(raised.value) == "GDP deflator (fictional) has no index for 2012/13"
    assert (raised.value.series, raised.value.year) == (SERIES.series, "2012/13")
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize(
    ("price_year", "years", "expected"),
    [
        (2015, "financial", "2015/16"),
        (1999, "financial", "1999/00"),
        (2008, "financial", "2008/09"),
        (2015, "calendar", "2015"),
    ],
)
def test_a_price_year_is_the_year_that_begins_in_it(
    price_year: int, years: Years, expected: str
) -> None:
    assert label(price_year, years) == expected
    assert labels(expected, years)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2015/17", "financial"),
        ("2015/15", "financial"),
        ("2015/2016", "financial"),
        ("2015-16", "financial"),
        ("2015", "financial"),
        ("15/16", "financial"),
        (" 2015/16", "financial"),
        ("2015/16\n", "financial"),
        ("٢٠١٥/16", "financial"),
        ("2015/16", "calendar"),
        ("215", "calendar"),
        ("20155", "calendar"),
        ("", "calendar"),
    ],
)
def test_what_is_written_otherwise_is_no_year(text: str, years: Years) -> None:
    assert not labels(text, years)


def test_a_series_of_calendar_years() -> None:
    by_calendar = series(years="calendar", index={"2022": Decimal(80), "2024": Decimal(100)})

    assert uprated(Decimal("16.93"), 2022, 2024, by_calendar) == Decimal("21.16")  # 21.1625
    with pytest.raises(YearMissing, match=r"no index for 2023$"):
        by_calendar.of(2023)


@pytest.mark.parametrize(
    ("index", "reason", "year"),
    [
        ({}, NO_YEARS, None),
        ({"2015": Decimal(1)}, NO_LABEL["financial"], "2015"),
        ({**INDEX, "2016/18": Decimal(1)}, NO_LABEL["financial"], "2016/18"),
        ({**INDEX, "2016/17": Decimal(0)}, NO_INDEX, "2016/17"),
        ({**INDEX, "2016/17": Decimal(-1)}, NO_INDEX, "2016/17"),
        ({**INDEX, "2016/17": Decimal("NaN")}, NO_INDEX, "2016/17"),
        ({**INDEX, "2016/17": Decimal("sNaN")}, NO_INDEX, "2016/17"),
        ({**INDEX, "2016/17": Decimal("Infinity")}, NO_INDEX, "2016/17"),
    ],
)
def test_an_index_that_cannot_divide_is_none(
    index: dict[str, Decimal], reason: str, year: str | None
) -> None:
    with pytest.raises(UnusableIndex) as raised:
        series(index=index)

    assert (raised.value.reason, raised.value.year) == (reason, year)
    assert str(raised.value) == (f"{year}: {reason}" if year else reason)


def test_the_smallest_index_divides() -> None:
    tiny = series(index={"2015/16": Decimal("0.01")})

    assert tiny.of(2015) == Decimal("0.01")


HOURS = replace(
    LAPTOPS,
    measure="hour",
    unit="hour",
    pounds_per_unit=Decimal("16.93"),
    price_year=2013,
    deadweight=Decimal("0.2"),
    drop_off=Decimal("0.25"),
    years=3,
    points_per_unit=Decimal(2),
)
CASH = replace(LAPTOPS, measure="cash", unit="£", pounds_per_unit=Decimal(1), price_year=2009)


def test_proxies_of_two_years_are_restated_in_the_prices_of_one() -> None:
    later = replace(HOURS, measure="hour-2014", price_year=2014)

    assert [restated_pounds(one, SERIES, 2015) for one in (HOURS, later)] == [
        *(Decimal("18.62"), Decimal("18.26"))  # 18.2578…
    ]


def test_a_pound_is_a_pound_in_any_year_and_pence_are_not() -> None:
    assert restated_pounds(CASH, SERIES, 2015) == 1
    with pytest.raises(YearMissing):
        restated_pounds(replace(CASH, unit="GBP"), SERIES, 2015)


@given(POUNDS, INDICES)
def test_to_its_own_year_a_proxy_stays(pounds: Decimal, value: Decimal) -> None:
    own = series(index={"2015/16": value})

    assert uprated(pounds, 2015, 2015, own) == pounds


@given(POUNDS, INDICES, INDICES, st.decimals("0.0001", 1000, places=4))
def test_the_base_of_a_series_changes_nothing(
    pounds: Decimal, one: Decimal, other: Decimal, base: Decimal
) -> None:
    first = series(index={"2013/14": one, "2015/16": other})
    rebased = series(index={"2013/14": one * base, "2015/16": other * base})

    assert uprated(pounds, 2013, 2015, first) == uprated(pounds, 2013, 2015, rebased)


@given(st.decimals(0, 10**9, places=6), INDICES, INDICES)
def test_it_is_within_half_of_its_last_place(
    pounds: Decimal, one: Decimal, other: Decimal
) -> None:
    value = uprated(pounds, 2013, 2015, series(index={"2013/14": one, "2015/16": other}))

    exact = Fraction(pounds) * Fraction(other) / Fraction(one)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    assert -6 <= exponent <= -2
    assert abs(Fraction(value) - exact) <= Fraction(10) ** exponent / 2
