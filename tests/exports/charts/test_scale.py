"""An axis holds what is drawn on it, and marks round amounts."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.exports.charts.scale import around, from_zero

AMOUNTS = st.lists(st.fractions(-(10**9), 10**9, max_denominator=10**4), max_size=8)


def fractions(*amounts: int) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, amounts))


@given(AMOUNTS)
def test_an_axis_for_bars_holds_zero_and_every_end(amounts: list[Fraction]) -> None:
    extent = from_zero(amounts)

    assert extent.first < extent.last
    assert extent.first == min(0, *amounts, 0)
    assert extent.last == max(0, *amounts, 0) or not any(amounts)
    assert Fraction(0) in extent.marks


@given(AMOUNTS)
def test_marks_are_few_even_and_on_the_axis(amounts: list[Fraction]) -> None:
    first, last, marks = from_zero(amounts)

    assert 1 <= len(marks) <= 6
    assert first <= marks[0] <= marks[-1] <= last
    assert len({after - before for before, after in pairwise(marks)}) <= 1


def test_steps_are_one_two_or_five_times_a_power_of_ten() -> None:
    assert from_zero(fractions(5)).marks == fractions(0, 1, 2, 3, 4, 5)
    assert from_zero(fractions(6)).marks == fractions(0, 2, 4, 6)
    assert from_zero(fractions(-12, 112)).marks == fractions(0, 50, 100)
    assert from_zero([Fraction(1, 10)]).marks[1] == Fraction(1, 50)


def test_an_axis_around_an_amount_need_not_hold_zero() -> None:
    assert around(Fraction(222), fractions(190, 242)) == (
        Fraction(190),
        Fraction(242),
        fractions(200, 220, 240),
    )


def test_where_nothing_differs_the_axis_still_has_a_length() -> None:
    assert from_zero([]) == (Fraction(0), Fraction(1), fractions(0))
    assert around(Fraction(2, 3), []) == (Fraction(2, 3), Fraction(5, 3), ())
