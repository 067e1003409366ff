"""Present value: what an outcome that lasts for years is worth today, by exact arithmetic.

An outcome yields `V × k × (1 − drop-off)^t` in year t = 0 … T − 1, and a later year counts for
less, by the rates of a table. The rates of the Green Book are real, so the values are in the
prices of one year: what is in those of another is uprated first (`uprating`). Nothing is
rounded before the total, which is rounded once, half to even, to the penny.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, NamedTuple, assert_never

from .values import EXACT, plain

Convention = Literal["green_book", "sroi_guide"]
"""How far off the first year of an outcome is. A figure never goes without its convention."""

CONVENTIONS: Final[Mapping[Convention, str]] = {
    "green_book": "the first year of an outcome is year 0 and not discounted",
    "sroi_guide": "the first year of an outcome is year 1 and divided by 1 + r",
}
"""HM Treasury, The Green Book, annex on discounting (A6 of the edition of 2018); A Guide to
Social Return on Investment (2012), 5.2, calculating net present value."""

NO_RATES: Final = "no rates"
NOT_FROM_NOW: Final = "the first rate is of year 0"
NOT_LATER: Final = "not later than the one before"
NO_RATE: Final = "a rate is from 0 to less than 1: 3.5 % is 0.035"


class Step(NamedTuple):
    """A yearly rate, and the first year that it is of; it holds until the next step's."""

    first_year: int
    rate: Decimal


class UnusableRates(ValueError):
    """Steps that say no rate, or more than one, for some year: `step` is the index of one."""

    def __init__(self, reason: str, step: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.step = step


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """Yearly discount rates by how many years off a year is, and who says so.

    `published` is the day of the source, and `sha256` the digest of the file that the table
    was read from, where it was. Raises UnusableRates.
    """

    name: str
    source: str
    steps: tuple[Step, ...]
    published: date | None = None
    sha256: str | None = None

    def __post_init__(self) -> None:
        if not self.steps:
            raise UnusableRates(NO_RATES)
        before = -1
        for n, (first_year, rate) in enumerate(self.steps):
            if n == 0 and first_year != 0:
                raise UnusableRates(NOT_FROM_NOW)
            if first_year <= before:
                raise UnusableRates(NOT_LATER, n)
            if not rate.is_finite() or not 0 <= rate < 1:
                raise UnusableRates(NO_RATE, n)
            before = first_year

    def rate(self, year: int) -> Decimal:
        """Return the rate of a year, counted from now: of year 31 it is what begins there."""
        return next(step.rate for step in reversed(self.steps) if step.first_year <= year)


GREEN_BOOK_STPR: Final = RateTable(
    name="Green Book STPR",
    source=(
        "HM Treasury, The Green Book: social time preference rate, standard; as restated in "
        "Review of discounting in the Green Book: Terms of Reference, 16 December 2025. Under "
        "review since December 2025"
    ),
    published=date(2025, 12, 16),
    steps=(
        Step(0, Decimal("0.035")),
        Step(31, Decimal("0.030")),
        Step(76, Decimal("0.025")),
    ),
)
"""3.5 % for the years 0 to 30, 3.0 % for 31 to 75, 2.5 % after: more than any outcome lasts.

The schedule goes on, to 2.0 % from year 126; an outcome lasts 50 years at most.
"""

SENSITIVITY_RATES: Final = (Decimal("0.015"), Decimal("0.035"), Decimal("0.050"))
"""The flat rates under which a report shows its present value again."""


def flat(rate: Decimal, name: str | None = None) -> RateTable:
    """Return a table of one rate for all years, for sensitivity. Raises UnusableRates."""
    said = f"{plain(EXACT.multiply(rate, Decimal(100)))} % in every year"
    return RateTable(name=name or said, source=said, steps=(Step(0, rate),))


@lru_cache(maxsize=4096)
def discount_factor(t: int, table: RateTable, convention: Convention) -> Fraction:
    """Return what a pound in year t of an outcome (t = 0 is its first) is worth today.

    It is divided by 1 + r once for each year from now to then, each time at the rate of the
    year that is reached: Π 1 ÷ (1 + r_j), with j = 1 … t under `green_book` and j = 1 … t + 1
    under `sroi_guide`. So the step from year 30 to year 31 is at the rate of year 31: the Green
    Book gives 3.5 % to "the first 30 years" and 3.0 % to "years 31 to 75". The rate of year 0
    is never used. Under `sroi_guide`, year 31 from now is t = 30. For a flat rate this is the
    Guide's formula, which knows one rate only.
    """
    factor = Fraction(1)
    for year in range(1, t + _first_year(convention) + 1):
        factor /= 1 + Fraction(table.rate(year))
    return factor


@lru_cache(maxsize=4096)
def outcome_factor(
    years: int, drop_off: Decimal, table: RateTable, convention: Convention
) -> Fraction:
    """Return the present value of an outcome that is worth a pound in its first year.

    Σ (1 − drop-off)^t × discount factor of t, for t = 0 … years − 1. Cash, goods and hours have
    one year: 1 under `green_book`, 1 ÷ (1 + r) under `sroi_guide`.
    """
    left = 1 - Fraction(drop_off)
    return sum(
        (left**t * discount_factor(t, table, convention) for t in range(years)), Fraction(0)
    )


def present_pence(parts: Iterable[tuple[int, Decimal, Fraction]]) -> int:
    """Return a total of gross pence × k × outcome factor, rounded once, half to even.

    Each part is (gross_pence, k, factor), one for each proxy: the gross values of its lines
    may be added up before. A net sum is of rounded lines, so even where every factor is 1 this
    may differ from it, by half a penny a line at most.
    """
    return round(sum((gross * Fraction(k) * factor for gross, k, factor in parts), Fraction(0)))


def _first_year(convention: Convention) -> int:
    match convention:
        case "green_book":
            return 0
        case "sroi_guide":
            return 1
        case _:
            assert_never(convention)
