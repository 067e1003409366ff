"""What a rate comes to: never more than was promised, and never more than the cap."""

from decimal import Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.rates import quantity_at

CAP = Decimal(1000)


@pytest.mark.parametrize(
    ("rate", "spend_pence", "divisible", "quantity"),
    [
        ("0.0002", 5_000_000_00, False, "1000"),
        ("0.000199999", 5_000_000_00, False, "999"),  # 999.995
        ("0.000199999", 5_000_000_00, True, "999.995"),
        ("0.000199999", 1, True, "0.000001"),  # 0.00000199999
        ("0.000099999", 1, True, "0"),
        ("0.5", 199, False, "0"),  # 0.995
        ("0.5", 200, False, "1"),
        ("999999.999999999", 10**15, True, "1000"),
        ("0.000000001", 0, True, "0"),
    ],
)
def test_a_rate_is_rounded_down(
    rate: str, spend_pence: int, *, divisible: bool, quantity: str
) -> None:
    assert quantity_at(Decimal(rate), spend_pence, CAP, divisible=divisible) == Decimal(
        quantity
    )


def test_the_cap_is_the_most() -> None:
    at_cap = quantity_at(Decimal(1), 100_000, CAP, divisible=True)
    beyond = quantity_at(Decimal(1), 100_001, CAP, divisible=True)

    assert at_cap == beyond == CAP


def test_a_rate_is_exact_whatever_precision_is_set_around_it() -> None:
    with localcontext(Context(prec=2)):
        assert quantity_at(Decimal("0.5"), 123_456, CAP, divisible=True) == Decimal("617.28")


@given(
    rate=st.decimals("0.000000001", "999999.999999999", places=9, allow_nan=False),
    spend_pence=st.integers(0, 10**15),
    cap=st.decimals("0.000001", "999999999999", places=6, allow_nan=False),
    divisible=st.booleans(),
)
def test_it_is_the_greatest_quantity_that_was_promised(
    *, rate: Decimal, spend_pence: int, cap: Decimal, divisible: bool
) -> None:
    cap = cap if divisible else max(Decimal(1), cap // 1)
    step = Fraction(1, 10**6) if divisible else Fraction(1)

    quantity = Fraction(quantity_at(rate, spend_pence, cap, divisible=divisible))

    promised = min(Fraction(rate) * spend_pence / 100, Fraction(cap))
    assert promised - step < quantity <= promised
    assert quantity % step == 0
