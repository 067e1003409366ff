"""Uprating: a proxy in the prices of another year, by the deflator that is named.

`value × index[to] ÷ index[from]`, exact, then rounded once. What was valued keeps its value; a
report may restate its figures in other prices and says by which series.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, Protocol

from .leverage import rounded
from .values import EXACT

Years = Literal["financial", "calendar"]
"""1 April to 31 March, written 2015/16; or 1 January to 31 December, written 2015."""

NO_YEARS: Final = "no years"
NO_LABEL: Final[Mapping[Years, str]] = {
    "financial": "no financial year such as 2015/16",
    "calendar": "no year such as 2015",
}
NO_INDEX: Final = "an index is more than nothing"
POUND: Final = "£"
"""The unit of what is counted in pounds: one of them is one in the prices of any year."""

_LABEL: Final[Mapping[Years, re.Pattern[str]]] = {
    "financial": re.compile(r"(\d{4})/(\d{2})", re.ASCII),
    "calendar": re.compile(r"(\d{4})", re.ASCII),
}


class UnusableIndex(ValueError):
    """A series that cannot uprate: `year` is the label at fault, where it is one of them."""

    def __init__(self, reason: str, year: str | None = None) -> None:
        super().__init__(reason if year is None else f"{year}: {reason}")
        self.reason = reason
        self.year = year


class YearMissing(ValueError):
    """A deflator has no index for a year that is asked for."""

    def __init__(self, series: str, year: str) -> None:
        super().__init__(f"{series} has no index for {year}")
        self.series = series
        self.year = year


@dataclass(frozen=True, slots=True, kw_only=True)
class Deflator:
    """A price index by year: what its publisher calls it, and what it is relative to.

    `base` says which year is 100 (`index_1989_90_100`), in the publisher's words; only the
    quotient of two years is ever used, so it changes nothing. `sha256` is the digest of the
    file it was read from, where it was. Raises UnusableIndex.
    """

    series: str
    source: str
    base: str
    years: Years
    index: Mapping[str, Decimal]
    sha256: str | None = None

    def __post_init__(self) -> None:
        if not self.index:
            raise UnusableIndex(NO_YEARS)
        for year, value in self.index.items():
            if not labels(year, self.years):
                raise UnusableIndex(NO_LABEL[self.years], year)
            if not value.is_finite() or value <= 0:
                raise UnusableIndex(NO_INDEX, year)

    def of(self, price_year: int) -> Decimal:
        """Return the index of a price year. Raises YearMissing."""
        year = label(price_year, self.years)
        value = self.index.get(year)
        if value is None:
            raise YearMissing(self.series, year)
        return value


class Priced(Protocol):
    """What has a price in the prices of a year: a proxy, however it is kept."""

    @property
    def unit(self) -> str:
        """What is counted: hour, laptop, £."""

    @property
    def pounds_per_unit(self) -> Decimal:
        """What one of them is worth."""

    @property
    def price_year(self) -> int:
        """The year whose prices the pounds are in."""


def label(price_year: int, years: Years) -> str:
    """Return how a series writes the price year of a proxy, which is a number.

    In financial years it is the one that *begins* in that year: 2015 is 2015/16, as a proxy
    whose table says 2015/16 has the price year 2015 (docs/intake.md). So a proxy in the prices
    of the calendar year 2015, uprated by a series of financial years, is taken as of 2015/16,
    three months on.
    """
    if years == "calendar":
        return f"{price_year:04d}"
    return f"{price_year:04d}/{(price_year + 1) % 100:02d}"


def labels(text: str, years: Years) -> bool:
    """Whether a text is how a series of this sort writes a year: 2015/17 is none."""
    found = _LABEL[years].fullmatch(text)
    return found is not None and text == label(int(found[1]), years)


def uprated(
    pounds_per_unit: Decimal, from_year: int, to_year: int, deflator: Deflator
) -> Decimal:
    """Return what one unit is worth in the prices of another year. Raises YearMissing.

    This is where it is rounded, half to even: to the penny, or to as many places as the proxy
    itself has where these are more (£0.0425 a unit keeps four). A value is then computed from
    the rounded proxy, as from any other: whoever reads the table can do the same.
    """
    exact = Fraction(pounds_per_unit) * Fraction(deflator.of(to_year))
    return rounded(exact / Fraction(deflator.of(from_year)), _places(pounds_per_unit))


def restated_pounds(priced: Priced, deflator: Deflator, to_year: int) -> Decimal:
    """Return what one unit is worth in the prices of a year. Raises YearMissing.

    What is counted in pounds (unit `£`) keeps its worth: a pound that is given is one pound of
    the year it is given in, whatever year the table was made.
    """
    if priced.unit == POUND:
        return priced.pounds_per_unit
    return uprated(priced.pounds_per_unit, priced.price_year, to_year, deflator)


def _places(pounds: Decimal) -> int:
    """Return how many decimal places a proxy keeps: of 16.93 and 16.930 the same."""
    exponent = pounds.normalize(EXACT).as_tuple().exponent
    assert isinstance(exponent, int)
    return max(2, -exponent)
