"""What a unit of each need is worth: by the proxies that were frozen, or by others."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain import leverage
from svx_ledger.projections.proxy_sets import PROXY, ProxyRow
from svx_ledger.projections.table import Rows

from .facts import AUCTION, PRICED_NEED


class Shares(NamedTuple):
    """The shares of a proxy that are taken off, in turn."""

    deadweight: Decimal
    displacement: Decimal
    attribution: Decimal

    @property
    def k(self) -> Decimal:
        """What they leave."""
        return leverage.k(*self)


class Price(NamedTuple):
    """The proxy that a need's quantities are valued by.

    `k` is what its `shares` leave. A unit is worth
    `pounds_per_unit` in the first of so many `years`, and `drop_off` of that is lost in each.
    """

    proxy_set_id: str
    measure: str
    unit: str
    pounds_per_unit: Decimal
    shares: Shares
    k: Decimal
    drop_off: Decimal
    years: int
    price_year: int
    divisible: bool


NeedKey = tuple[str, str]
"""(auction, need)"""
Prices = Mapping[NeedKey, Price]
Revalue = Callable[[Price], Price | None]
"""What a price is under other proxies; None where these have none."""


def frozen_prices(rows: Rows) -> dict[NeedKey, Price]:
    """Return the price of each need at the rules' freeze of its auction."""
    sets = dict(rows.columns(AUCTION, "auction_id", "proxy_set_id"))
    proxies = {(row.proxy_set_id, row.measure): row for row in rows.all(PROXY)}
    shares = {key: shares_of(row) for key, row in proxies.items()}
    left = {key: one.k for key, one in shares.items()}
    prices = {}
    for need in rows.all(PRICED_NEED):
        key = sets[need.auction_id], need.measure
        proxy = proxies[key]
        prices[need.auction_id, need.need_id] = Price(
            *(*key, need.unit, need.pounds_per_unit, shares[key], left[key]),
            *(proxy.drop_off, proxy.years, proxy.price_year, need.divisible),
        )
    return prices


def shares_of(proxy: ProxyRow) -> Shares:
    """Return the shares of a proxy."""
    return Shares(proxy.deadweight, proxy.displacement, proxy.attribution)


def revalued(prices: Prices, by: Revalue) -> dict[NeedKey, Price]:
    """Return the prices under other proxies, without those that these do not have."""
    known: dict[Price, Price | None] = {}
    found = {}
    for key, price in prices.items():
        if price not in known:
            known[price] = by(price)
        other = known[price]
        if other is not None:
            found[key] = other
    return found
