"""Amounts are exact, and written the same way wherever a chart shows them."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.exports.charts import amounts
from svx_ledger.exports.charts.amounts import change, exact, in_pounds, number, shown, tick


@pytest.mark.parametrize("amount", [0.1, 1.0, float("nan")])
def test_a_float_is_no_amount(amount: float) -> None:
    with pytest.raises(TypeError, match="float"):
        exact(amount)  # type: ignore[arg-type]


def test_what_is_not_finite_is_no_amount() -> None:
    for text in ("NaN", "Infinity"):
        with pytest.raises((ValueError, OverflowError)):
            exact(Decimal(text))


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (Decimal("1234567.5"), "£", "£1,234,567.50"),
        (Decimal("-0.004"), "£", "£0.00"),
        (Decimal("206.575"), "£ per £1", "£206.58"),
        (Decimal("206.565"), "£ per £1", "£206.56"),
        (Fraction(-1, 3), "£ per £1", "-£0.33"),
        (Fraction(200, 3), "%", "66.67 %"),
        (Decimal(1200), "%", "1,200.00 %"),
        (Fraction(2, 3), "share", "0.6667"),
    ],
)
def test_an_amount_is_rounded_half_to_even_once(
    amount: Decimal | Fraction, unit: amounts.Unit, text: str
) -> None:
    assert shown(amount, unit) == text


@given(st.integers(-(10**15), 10**15))
def test_pence_stand_in_json_to_the_penny(pence: int) -> None:
    read = json.loads(json.dumps(number(in_pounds(pence))), parse_float=Decimal)

    assert Decimal(read) * 100 == pence


def test_whole_amounts_stand_in_json_as_they_are() -> None:
    assert json.dumps(number(Fraction(10**30))) == "1" + 30 * "0"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (4_957_800, 4_356_500, "-£601,300.00 (-12.13 %)"),
        (100, 150, "+£50.00 (+50.00 %)"),
        (-100, -150, "-£50.00 (-50.00 %)"),
        (-100, -50, "+£50.00 (+50.00 %)"),
        (0, 5, "+£5.00"),
        (0, -5, "-£5.00"),
        (7, 7, "no change"),
        (0, 0, "no change"),
    ],
)
def test_a_change_is_told_in_pounds_and_of_what_was(before: int, after: int, text: str) -> None:
    assert change(Fraction(before), Fraction(after)) == text


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (Fraction(0), "£", "£0"),
        (Fraction(999), "£", "£999"),
        (Fraction(1000), "£", "£1k"),
        (Fraction(2_500_000), "£", "£2.5m"),
        (Fraction(-2_000_000_000), "£", "-£2bn"),
        (Fraction(5 * 10**12), "£", "£5,000bn"),
        (Fraction(1, 2), "£", "£0.50"),
        (Fraction(1, 200), "£ per £1", "£0.005"),
        (Fraction(20_000), "£ per £1", "£20,000"),
        (Fraction(1, 2), "%", "0.5 %"),
        (Fraction(-10), "%", "-10 %"),
        (Fraction(1, 5), "share", "0.2"),
    ],
)
def test_a_mark_on_an_axis_is_short(amount: Fraction, unit: amounts.Unit, text: str) -> None:
    assert tick(amount, unit) == text
