"""The lines of a bid: each rule on either side of its boundary, and what they are worth."""

from dataclasses import replace
from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.auction.events import BidLine
from svx_ledger.domain.auction.lines import Worth, counted, fault_in_lines, points_of, worth
from svx_ledger.domain.rule import Facts
from svx_ledger.domain.values import value_pence

from .points import HOURS_IN_POINTS, LAPTOPS_IN_POINTS, POINTS
from .scene import (
    FROZEN_HOURS,
    FROZEN_LAPTOPS,
    HOURS_NEED,
    LAPTOP_NEED,
    TERMS,
    hours,
    laptops,
)

NEEDS = {LAPTOP_NEED: FROZEN_LAPTOPS, HOURS_NEED: FROZEN_HOURS}
NEEDS_IN_POINTS = {LAPTOP_NEED: LAPTOPS_IN_POINTS, HOURS_NEED: HOURS_IN_POINTS}
REFERENCE = 1_000_000_00
ON_REFERENCE = replace(TERMS, reference_spend_pence=REFERENCE)


def rated(line: BidLine, rate: str) -> BidLine:
    return replace(line, rate=Decimal(rate))


def fault(*lines: BidLine, reference: int | None = REFERENCE) -> str | None:
    refusal = fault_in_lines(lines, NEEDS, reference)
    return None if refusal is None else refusal.rule.name


def facts(*lines: BidLine, reference: int | None = REFERENCE) -> Facts:
    refusal = fault_in_lines(lines, NEEDS, reference)
    assert refusal is not None
    return refusal.facts


def test_a_line_names_a_need_of_the_auction() -> None:
    other = BidLine(need_id="need-n003", unit="laptop", quantity=Decimal(1))

    assert fault(laptops(2), other) == "need-not-listed"
    assert facts(laptops(2), other) == {"need": "need-n003"}


def test_a_need_has_at_most_one_line() -> None:
    assert fault(laptops(2), hours(1)) is None
    assert fault(laptops(2), laptops(1)) == "need-twice"
    assert facts(laptops(2), laptops(1)) == {"need": LAPTOP_NEED}


def test_a_quantity_is_in_the_unit_of_the_need() -> None:
    assert fault(replace(laptops(2), unit="Laptop")) == "wrong-unit"
    assert facts(replace(laptops(2), unit="Laptop")) == {
        "need": LAPTOP_NEED,
        "unit": "Laptop",
        "expected": "laptop",
    }


@pytest.mark.parametrize("quantity", ["0", "-0.000001", "-1"])
def test_a_quantity_is_more_than_zero(quantity: str) -> None:
    assert fault(hours("0.000001")) is None
    assert fault(laptops(2), hours(quantity)) == "quantity-not-positive"
    assert facts(laptops(2), hours(quantity)) == {"need": HOURS_NEED}


def test_what_cannot_be_divided_is_pledged_in_whole_units() -> None:
    assert fault(laptops("2.000000")) is None
    assert fault(laptops("2.000001")) == "quantity-indivisible"
    assert fault(hours("99.999999")) is None
    assert facts(laptops("2.500000")) == {"need": LAPTOP_NEED, "quantity": "2.5"}


def test_a_quantity_is_within_the_cap() -> None:
    assert fault(hours("100.000000")) is None
    assert fault(hours("100.000001")) == "quantity-above-cap"
    assert facts(laptops("30.0")) == {"need": LAPTOP_NEED, "quantity": "30", "cap": "20"}
    assert facts(laptops("3E+1")) == facts(laptops("30"))


def test_a_rate_needs_a_reference_spend() -> None:
    line = rated(laptops(10), "0.00001")

    assert fault(line) is None
    assert fault(line, reference=None) == "rate-without-reference"
    assert facts(line, reference=None) == {"need": LAPTOP_NEED}
    assert fault(laptops(10), reference=None) is None


@pytest.mark.parametrize("rate", ["0", "-0.000000001"])
def test_a_rate_is_more_than_zero(rate: str) -> None:
    assert fault(rated(hours(10), "0.000000001")) is None
    assert fault(rated(hours(10), rate)) == "rate-not-positive"
    assert facts(rated(hours(10), rate)) == {"need": HOURS_NEED}


def test_a_rate_comes_to_something_on_the_reference_spend() -> None:
    one = rated(laptops(10), "0.000001")
    less = rated(laptops(10), "0.000000999")

    assert fault(one) is None
    assert fault(less) == "rate-comes-to-nothing"
    assert facts(less) == {
        "need": LAPTOP_NEED,
        "rate": "0.000000999",
        "reference_spend_pence": REFERENCE,
    }
    assert fault(rated(hours(10), "0.000000999")) is None
    assert fault(rated(hours(10), "0.000000999"), reference=0) == "rate-comes-to-nothing"


def test_the_cap_of_a_rate_keeps_the_rules_of_a_quantity() -> None:
    assert fault(rated(laptops(20), "0.00001")) is None
    assert fault(rated(laptops(21), "0.00001")) == "quantity-above-cap"
    assert fault(rated(laptops("1.5"), "0.00001")) == "quantity-indivisible"


def test_a_fixed_line_counts_as_it_stands_and_a_rate_on_the_reference_spend() -> None:
    assert counted(hours("1.5"), FROZEN_HOURS, None) == Decimal("1.5")
    assert counted(hours("1.5"), FROZEN_HOURS, REFERENCE) == Decimal("1.5")
    assert counted(rated(laptops(20), "0.0000129"), FROZEN_LAPTOPS, REFERENCE) == 12
    assert counted(rated(hours(20), "0.0000129"), FROZEN_HOURS, REFERENCE) == Decimal("12.9")
    assert counted(rated(hours(12), "0.0000129"), FROZEN_HOURS, REFERENCE) == 12


def test_a_rate_line_is_worth_what_it_comes_to_on_the_reference_spend() -> None:
    """The golden case: £1m of spend; 12.9 laptops are 12, 12.9 hours stay 12.9."""
    fixed, rates = (
        (laptops(2),),
        (
            rated(laptops(20), "0.0000129"),
            rated(hours(20), "0.0000129"),
        ),
    )

    assert worth(fixed, NEEDS, ON_REFERENCE) == Worth(60_000)
    assert worth(rates, NEEDS, ON_REFERENCE) == Worth(360_000 + 21_840)  # 21839.7 p
    in_points = replace(POINTS, reference_spend_pence=REFERENCE)
    assert worth(rates, NEEDS_IN_POINTS, in_points) == Worth(381_840, Decimal("63.225"))


def test_each_line_is_rounded_to_the_penny_by_itself() -> None:
    needs = {LAPTOP_NEED: replace(FROZEN_HOURS, need_id=LAPTOP_NEED), HOURS_NEED: FROZEN_HOURS}
    half = replace(hours("0.5"), need_id=LAPTOP_NEED)

    assert worth((hours("0.5"), half), needs, TERMS) == Worth(846 + 846)  # 846.5 p each


@pytest.mark.parametrize(
    ("quantity", "points_per_unit", "points"),
    [
        ("3", "5", "15"),
        ("0.000001", "0.5", "0"),  # 0.0000005, half to even
        ("0.000003", "0.5", "0.000002"),  # 0.0000015
        ("1.5", "0.000001", "0.000002"),  # 0.0000015
        ("0.000001", "0.500001", "0.000001"),
    ],
)
def test_points_are_rounded_half_to_even_at_the_millionth(
    quantity: str, points_per_unit: str, points: str
) -> None:
    need = replace(FROZEN_HOURS, points_per_unit=Decimal(points_per_unit))

    assert points_of(Decimal(quantity), need) == Decimal(points)


def test_points_are_exact_whatever_precision_is_set_around_them() -> None:
    with localcontext(Context(prec=2)):
        assert points_of(Decimal("1234.5"), HOURS_IN_POINTS) == Decimal("308.625")


def test_a_bid_in_points_has_its_value_in_pounds_too() -> None:
    assert worth((laptops(2), hours(10)), NEEDS_IN_POINTS, POINTS) == Worth(
        76_930, Decimal("12.5")
    )


@given(
    st.integers(1, 20),
    st.decimals("0.000001", "100", places=6, allow_nan=False),
)
def test_the_worth_of_a_bid_is_the_sum_of_its_lines(units: int, quantity: Decimal) -> None:
    lines = (laptops(units), hours(str(quantity)))

    whole = worth(lines, NEEDS_IN_POINTS, POINTS)

    parts = [worth((line,), NEEDS_IN_POINTS, POINTS) for line in lines]
    assert whole.value_pence == sum(part.value_pence for part in parts)
    assert whole.score_points == sum(part.score_points or 0 for part in parts)
    assert whole.value_pence == worth(lines, NEEDS, TERMS).value_pence
    assert parts[1].value_pence == value_pence(quantity, FROZEN_HOURS.pounds_per_unit)


def test_rules_are_asked_in_their_order() -> None:
    """A line that breaks them all is told of the first; each mended, of the next."""
    bad = replace(laptops("-20.5"), unit="x", rate=Decimal(-1))

    assert fault(laptops(1), replace(bad, need_id="need-n003")) == "need-not-listed"
    assert fault(laptops(1), bad) == "need-twice"
    assert fault(bad) == "wrong-unit"
    assert fault(replace(bad, unit="laptop")) == "quantity-not-positive"
    assert fault(rated(laptops("20.5"), "-1"), reference=None) == "quantity-indivisible"
    assert fault(rated(laptops(21), "-1"), reference=None) == "quantity-above-cap"
    assert fault(rated(laptops(2), "-1"), reference=None) == "rate-without-reference"
    assert fault(rated(laptops(2), "-1")) == "rate-not-positive"
    assert fault(laptops(2), rated(laptops(2), "-1")) == "need-twice"
