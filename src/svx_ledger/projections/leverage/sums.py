"""What the stages come to, part by part, over a whole ledger: the fast way to every figure.

The same as summing `lines`, of which a test holds it to be: each table is gone through once,
values are whole pence, and no line is kept.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal, localcontext
from typing import NamedTuple

from svx_ledger.domain.rates import quantity_at
from svx_ledger.domain.values import EXACT
from svx_ledger.projections.table import Rows

from .cut import Cut
from .delivery import FACT, PLEDGE, REFERENCE
from .facts import AUCTION, BID_LINE, FINAL_BID, PLEDGED_LINE
from .in_force import NEVER_COUNTED, approvals, ends, rankings
from .lines import LineKey
from .pricing import NeedKey, Price, Prices
from .vocabulary import Stage

ProxyKey = tuple[str, str]
"""(proxy set, measure)"""


class Sum(NamedTuple):
    """What lines come to together: gross, net line by line, and beyond what is owed (gross)."""

    gross_pence: int = 0
    net_pence: int = 0
    beyond_pence: int = 0

    def plus(self, other: "Sum") -> "Sum":
        """Return both together."""
        return Sum(*map(int.__add__, self, other))


Part = str
Sums = dict[Part, dict[ProxyKey, dict[Stage, Sum]]]
Within = Callable[[LineKey], Part | None]
"""Which part a line belongs to; None where it is out of scope."""


class _Rate:
    """The values of one price, as fast as exact arithmetic goes."""

    __slots__ = ("below", "divisible", "pence_per_unit", "proxy", "share")

    def __init__(self, price: Price) -> None:
        self.proxy = price.proxy_set_id, price.measure
        self.divisible = price.divisible
        self.pence_per_unit = EXACT.multiply(price.pounds_per_unit, Decimal(100))
        self.share, self.below = price.k.as_integer_ratio()

    def value(self, quantity: Decimal) -> int:
        """Return quantity × proxy in pence, rounded half to even, in the exact context."""
        return int((quantity * self.pence_per_unit).to_integral_value())

    def net(self, gross_pence: int) -> int:
        """Return gross × k in pence, rounded half to even."""
        if self.below == 1:
            return gross_pence * self.share
        whole, rest = divmod(gross_pence * self.share, self.below)
        twice = 2 * rest
        return whole + (twice > self.below or (twice == self.below and whole & 1))


class _Adding:
    """Sums that grow, for the lines that are in scope."""

    def __init__(self, prices: Prices, part_of: Within, never: frozenset[str]) -> None:
        rates: dict[Price, _Rate] = {}
        self.rates: dict[NeedKey, _Rate] = {}
        for key, price in prices.items():
            if key[0] not in never:
                if price not in rates:
                    rates[price] = _Rate(price)
                self.rates[key] = rates[price]
        self.part_of = part_of
        self.found: dict[tuple[Part, ProxyKey, Stage], list[int]] = {}

    def add(
        self, part: Part, stage: Stage, rate: _Rate, gross_pence: int, *, beyond_pence: int = 0
    ) -> None:
        """Add what a line has come to at a stage."""
        key = part, rate.proxy, stage
        of = self.found.get(key)
        if of is None:
            of = self.found[key] = [0, 0, 0]
        of[0] += gross_pence
        of[1] += rate.net(gross_pence)
        of[2] += beyond_pence

    def sums(self) -> Sums:
        """Return what was added."""
        sums: Sums = {}
        for (part, proxy, stage), of in self.found.items():
            sums.setdefault(part, {}).setdefault(proxy, {})[stage] = Sum(*of)
        return sums


def sums(rows: Rows, cut: Cut, part_of: Within, prices: Prices) -> Sums:
    """Return each part's sums by proxy and stage, as the events up to a cut have them."""
    never = frozenset(of for of, end in ends(rows, cut).items() if end.ended in NEVER_COUNTED)
    adding = _Adding(prices, part_of, never)
    with localcontext(EXACT):
        _offered(rows, cut, adding)
        _pledged(rows, cut, adding)
        _delivered(rows, cut, adding)
    return adding.sums()


def _offered(rows: Rows, cut: Cut, adding: _Adding) -> None:
    latest = {of: ranking.position for of, ranking in rankings(rows, cut).items()}
    spend = dict(rows.columns(AUCTION, "auction_id", "reference_spend_pence"))
    bids = rows.columns(FINAL_BID, "auction_id", "position", "supplier_id", "bid_no")
    final = {(of, by): no for of, position, by, no in bids if latest.get(of) == position}
    columns = ("auction_id", "supplier_id", "need_id", "bid_no", "quantity", "rate")
    rates, part_of, add = adding.rates, adding.part_of, adding.add
    for of, by, need, no, quantity, per_pound in rows.columns(BID_LINE, *columns):
        if final.get((of, by)) != no:
            continue
        rate, part = rates.get((of, need)), part_of((of, by, need))
        if rate is None or part is None:
            continue
        offered = quantity
        if per_pound is not None and spend[of] is not None:
            offered = quantity_at(per_pound, spend[of], quantity, divisible=rate.divisible)
        add(part, "offered", rate, rate.value(offered))


def _pledged(rows: Rows, cut: Cut, adding: _Adding) -> None:
    in_force = {
        (one.award.award_id, one.approval.position): (one.award.auction_id, one.supplier_id)
        for one in approvals(rows, cut)
    }
    columns = ("award_id", "position", "need_id", "quantity")
    for award, position, need, quantity in rows.columns(PLEDGED_LINE, *columns):
        found = in_force.get((award, position))
        if found is not None:
            rate, part = adding.rates.get((found[0], need)), adding.part_of((*found, need))
            if rate is not None and part is not None:
                adding.add(part, "pledged", rate, rate.value(quantity))


def _delivered(rows: Rows, cut: Cut, adding: _Adding) -> None:
    facts = rows.columns(FACT, "pledge_id", "stage", "quantity", "position")
    stages = _quantities(facts, cut.until)
    at_reference = rows.columns(REFERENCE, "pledge_id", "quantity", "position")
    references = {of: quantity for of, quantity, at in at_reference if at <= cut.until}
    columns = ("pledge_id", "auction_id", "supplier_id", "need_id", "position")
    for pledge, of, by, need, position in rows.columns(PLEDGE, *columns):
        if position > cut.until:
            continue
        rate, part = adding.rates.get((of, need)), adding.part_of((of, by, need))
        if rate is None or part is None:
            continue
        reached = stages[pledge]
        owed_pence = rate.value(reached["awarded"])
        adding.add(part, "awarded", rate, owed_pence)
        reference = references.get(pledge)
        at_reference_pence = owed_pence if reference is None else rate.value(reference)
        adding.add(part, "reference", rate, at_reference_pence)
        if "disputed" in reached:
            adding.add(part, "disputed", rate, rate.value(reached["disputed"]))
        for stage in ("claimed", "confirmed"):
            if stage in reached:
                pence = rate.value(reached[stage])
                counted_pence = min(pence, owed_pence)  # V rises with the quantity
                beyond_pence = pence - counted_pence
                adding.add(part, stage, rate, counted_pence, beyond_pence=beyond_pence)


def _quantities(
    facts: Iterable[tuple[str, Stage, Decimal, int]], until: int
) -> dict[str, dict[Stage, Decimal]]:
    found: dict[str, dict[Stage, Decimal]] = {}
    for pledge, stage, quantity, position in facts:
        if position <= until:
            of = found.get(pledge)
            if of is None:
                found[pledge] = {stage: quantity}
            else:
                of[stage] = of[stage] + quantity if stage in of else quantity
    return found
