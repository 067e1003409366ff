"""Where an axis begins and ends, and the round amounts that are marked on it."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

_MARKS: Final = 5
_ROUND: Final = (1, 2, 5, 10)


class Extent(NamedTuple):
    """The first and the last amount of an axis, and the round ones between that are marked."""

    first: Fraction
    last: Fraction
    marks: tuple[Fraction, ...]


def from_zero(amounts: Iterable[Fraction]) -> Extent:
    """Return an axis for bars, whose length is their amount: zero is on it."""
    held = (Fraction(0), *amounts)
    return _extent(min(held), max(held))


def around(centre: Fraction, amounts: Iterable[Fraction]) -> Extent:
    """Return an axis for what lies around an amount; zero need not be on it."""
    held = (centre, *amounts)
    return _extent(min(held), max(held))


def _extent(lowest: Fraction, highest: Fraction) -> Extent:
    if lowest == highest:
        return Extent(lowest, lowest + 1, () if lowest else (lowest,))
    step = _step((highest - lowest) / _MARKS)
    counts = range(-(-lowest // step), highest // step + 1)
    return Extent(lowest, highest, tuple(step * count for count in counts))


def _step(least: Fraction) -> Fraction:
    """Return the smallest of 1, 2 or 5 times a power of ten that is not below `least`."""
    power = Fraction(1)
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    return next(power * by for by in _ROUND if power * by >= least)
