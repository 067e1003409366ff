"""How a report values what was promised and delivered: by which proxies, at which rates.

By default the frozen proxies and the Green Book's rates. Another set of proxies, or the prices
of another year, restate the same quantities: no event is touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from svx_ledger.domain.present_value import (
    GREEN_BOOK_STPR,
    Convention,
    RateTable,
    outcome_factor,
)
from svx_ledger.domain.uprating import Deflator, YearMissing, label, restated_pounds
from svx_ledger.projections.proxy_sets import PROXY, PROXY_SET, ProxyRow
from svx_ledger.projections.table import Rows

from .pricing import Price, Revalue, shares_of


def told(sha256: str | None) -> str:
    """Tell a file by the beginning of its digest: two may have one name."""
    return f" (sha256 {sha256[:16]})" if sha256 else ""


class NoSuchProxySet(LookupError):
    """No set of proxies of this id was adopted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discounting:
    """By which rates, and from when on, the later years of an outcome count for less."""

    table: RateTable = GREEN_BOOK_STPR
    convention: Convention = "green_book"

    def __str__(self) -> str:
        return f"{self.convention}, {self.table.name}{told(self.table.sha256)}"

    def factor(self, price: Price) -> Fraction:
        """Return the present value of what is worth a pound in its first year."""
        return outcome_factor(price.years, price.drop_off, self.table, self.convention)


GREEN_BOOK = Discounting()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """Other prices than the frozen ones: `name` is what they are, as every figure says it.

    A report can be pickled if `by` can: if it is no function without a name of its own.
    """

    name: str
    by: Revalue = field(compare=False)


def under_proxy_set(rows: Rows, proxy_set_id: str) -> Restatement:
    """Restate by another adopted set: its pounds, shares and years for the same measures.

    What it has no proxy for, or counts in another unit, it cannot value: that is left out, and
    said. Raises NoSuchProxySet.
    """
    adopted = rows.get(PROXY_SET, proxy_set_id)
    if adopted is None:
        raise NoSuchProxySet(proxy_set_id)
    proxies = {row.measure: row for row in rows.select(PROXY, proxy_set_id)}
    name = f"proxy set {adopted.name} ({proxy_set_id})"
    return Restatement(name=name, by=partial(_under, proxies))


def _under(proxies: Mapping[str, ProxyRow], price: Price) -> Price | None:
    other = proxies.get(price.measure)
    if other is None or other.unit != price.unit:
        return None
    return price._replace(
        proxy_set_id=other.proxy_set_id,
        pounds_per_unit=other.pounds_per_unit,
        shares=shares_of(other),
        k=shares_of(other).k,
        drop_off=other.drop_off,
        years=other.years,
        price_year=other.price_year,
    )


def in_prices_of(deflator: Deflator, year: int) -> Restatement:
    """Restate in the prices of one year, by a series of deflators. What it lacks is left out.

    Raises YearMissing where the series does not have that year.
    """
    deflator.of(year)
    prices = label(year, deflator.years)
    series = f"{deflator.series}{told(deflator.sha256)}"
    by = partial(_in_prices, deflator, year)
    return Restatement(name=f"prices of {prices} by {series}", by=by)


def _in_prices(deflator: Deflator, year: int, price: Price) -> Price | None:
    try:
        pounds = restated_pounds(price, deflator, year)
    except YearMissing:
        return None
    return price._replace(pounds_per_unit=pounds, price_year=year)
