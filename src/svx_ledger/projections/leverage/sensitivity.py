"""Sensitivity: how far one figure moves when one thing that it rests on is another.

One thing at a time: each proxy, deadweight, what nobody has verified, the denominator, the
discount rate. The largest swing first, which is a tornado chart and its table.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from svx_ledger.domain.leverage import net_pence
from svx_ledger.domain.present_value import SENSITIVITY_RATES, flat, present_pence
from svx_ledger.domain.values import EXACT, plain, value_pence

from .figures import Figure, Named, social_value
from .lines import Line
from .pricing import Price
from .report import LeverageReport
from .valuing import Discounting
from .vocabulary import HEADLINE, Per, Stage, Which

SWING: Final = Decimal("0.10")
"""By how much a proxy, and deadweight, are changed unless asked otherwise: a tenth."""
VERIFIED_BY: Final[dict[Stage, Stage]] = {"claimed": "confirmed", "confirmed": "claimed"}

Reprice = Callable[[Price], Price]


class Swing(NamedTuple):
    """One thing changed: what it is, and the figure at its lower and at its higher end.

    The ends are figures of their own, and their names say what was changed in them.
    """

    what: str
    low: Figure
    high: Figure

    @property
    def width(self) -> Decimal:
        """How far apart the ends are; nothing where one of them does not exist."""
        if self.low.amount is None or self.high.amount is None:
            return Decimal(0)
        return EXACT.subtract(self.high.amount, self.low.amount)

    @property
    def in_order(self) -> "Swing":
        """The same with the lower figure first: less of a loss is more."""
        low, high = self.low.amount, self.high.amount
        if low is None or high is None or low <= high:
            return self
        return Swing(self.what, self.high, self.low)


def sensitivity(
    report: LeverageReport, of: Which = HEADLINE, swing: Decimal = SWING
) -> tuple[Swing, ...]:
    """Return how a figure moves, the widest swing first; what does not move it is left out.

    - each proxy of a set, so much lower and higher (`swing` is a share: 0.10 is 10 %);
    - net and present: deadweight of every proxy so many points of a hundred lower and higher,
      between nothing and all;
    - claimed and confirmed: what is claimed and not confirmed, out and in;
    - every denominator that is pounds and known;
    - present: flat rates of 1.5, 3.5 and 5 %.

    Raises ValueError for a swing that is not between 0 and 1.
    """
    if not 0 < swing < 1:
        raise ValueError("a swing is a share between 0 and 1")
    trial = _Trial(report, of)
    found = (
        *_proxies(trial, swing),
        *(_deadweight(trial, swing) if of.weight != "gross" else ()),
        *(_unverified(trial) if of.stage in VERIFIED_BY else ()),
        *(_denominators(trial) if of.per not in (None, "D3") else ()),
        *(_rates(trial) if of.weight == "present" else ()),
    )
    moved = [one.in_order for one in found if one.low.amount != one.high.amount]
    return tuple(sorted(moved, key=lambda one: (-one.width, one.what)))


class _Trial:
    """The figure, made again with one thing changed."""

    def __init__(self, report: LeverageReport, of: Which) -> None:
        self.report = report
        self.of = of
        self.prices = {line.price for line in report.lines if of.stage in line.stages}

    def figure(
        self,
        what: str,
        reprice: Reprice | None = None,
        *,
        stage: Stage | None = None,
        per: Per | None = None,
        discounting: Discounting | None = None,
    ) -> Figure:
        """Return the figure with a change, whose name ends in `what`."""
        of = Which(stage or self.of.stage, self.of.weight, per or self.of.per)
        report = self.report
        rates = discounting or report.frame.asked.discounting
        basis = replace(report.basis, discounting=str(rates))
        pence = total_pence(report.lines, of, rates, reprice)
        name = f"{social_value(of.stage, of.weight, basis)}, {what},"
        named = Named(name, basis, report.behind(of.stage))
        return named.over(report.denominators[of.per], pence) if of.per else named.money(pence)


def total_pence(
    lines: Iterable[Line],
    of: Which,
    discounting: Discounting,
    reprice: Reprice | None = None,
) -> int:
    """Return what lines come to at a stage, valued again from what counts of them."""
    prices: dict[Price, Price] = {}
    gross: Counter[Price] = Counter()
    net = 0
    for line in lines:
        reached = line.stages.get(of.stage)
        if reached is None:
            continue
        price = prices.get(line.price)
        if price is None:
            price = prices[line.price] = reprice(line.price) if reprice else line.price
        pence = reached.gross_pence
        if price.pounds_per_unit != line.price.pounds_per_unit:
            pence = value_pence(reached.counted, price.pounds_per_unit)
        gross[price] += pence
        net += net_pence(pence, price.k) if of.weight == "net" else 0
    match of.weight:
        case "gross":
            return gross.total()
        case "net":
            return net
        case "present":
            return present_pence(
                (pence, price.k, discounting.factor(price)) for price, pence in gross.items()
            )


def _proxies(trial: _Trial, swing: Decimal) -> Iterator[Swing]:
    part = plain(EXACT.multiply(swing, Decimal(100)))
    for proxy_set, measure in sorted({(p.proxy_set_id, p.measure) for p in trial.prices}):

        def by(factor: Decimal, proxy: tuple[str, str] = (proxy_set, measure)) -> Reprice:
            def reprice(price: Price) -> Price:
                if (price.proxy_set_id, price.measure) != proxy:
                    return price
                pounds = EXACT.multiply(price.pounds_per_unit, factor)
                return price._replace(pounds_per_unit=pounds)

            return reprice

        name = f"the proxy of {measure} ({proxy_set})"
        yield Swing(
            f"{name} ± {part} %",
            trial.figure(f"with {name} {part} % lower", by(1 - swing)),
            trial.figure(f"with {name} {part} % higher", by(1 + swing)),
        )


def _deadweight(trial: _Trial, swing: Decimal) -> Iterator[Swing]:
    points = plain(EXACT.multiply(swing, Decimal(100)))

    def by(more: Decimal) -> Reprice:
        def reprice(price: Price) -> Price:
            deadweight = EXACT.add(price.shares.deadweight, more)
            shares = price.shares._replace(
                deadweight=min(max(deadweight, Decimal(0)), Decimal(1))
            )
            return price._replace(shares=shares, k=shares.k)

        return reprice

    yield Swing(
        f"deadweight ± {points} points",
        trial.figure(f"with deadweight {points} points higher", by(swing)),
        trial.figure(f"with deadweight {points} points lower", by(-swing)),
    )


def _unverified(trial: _Trial) -> Iterator[Swing]:
    yield Swing(
        "what is claimed and not confirmed, out or in",
        trial.figure("counting what is confirmed", stage="confirmed"),
        trial.figure("counting what is claimed", stage="claimed"),
    )


def _denominators(trial: _Trial) -> Iterator[Swing]:
    known: list[tuple[int, Per]] = sorted(
        (one.pence, per)
        for per, one in trial.report.denominators.items()
        if per != "D3" and one.pence
    )
    if len(known) > 1:
        (_, least), (_, most) = known[0], known[-1]
        yield Swing(
            f"the denominator: {most} or {least}",
            trial.figure("by the widest denominator", per=most),
            trial.figure("by the narrowest denominator", per=least),
        )


def _rates(trial: _Trial) -> Iterator[Swing]:
    asked = trial.report.frame.asked.discounting
    low, *_, high = (
        trial.figure("at a flat rate", discounting=replace(asked, table=flat(rate)))
        for rate in sorted(SENSITIVITY_RATES, reverse=True)
    )
    between = " or ".join(flat(rate).name for rate in sorted(SENSITIVITY_RATES))
    yield Swing(f"the discount rate: {between}", low, high)
