"""A report taken apart: the same stages, by authority, force, measure, theme or year.

A part with a denominator of its own has ratios. The others have contributions: what the part
adds to the ratio of the whole, to which they sum before each is rounded for itself.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial

from svx_ledger.domain.leverage import Quotient
from svx_ledger.domain.present_value import present_pence

from .denominators import Denominator
from .figures import Basis, Figure, Named, quotient, social_value
from .lines import Line
from .pricing import Price
from .sums import Part, ProxyKey, Sum, Sums
from .vocabulary import EVERY_STAGE, WEIGHTS, Dimension, Per, Stage, Weight

Rate = tuple[Decimal, Fraction]
"""What is left of a proxy's gross value, and the present value of a pound of that."""


@dataclass(frozen=True, kw_only=True)
class LeverageBy:
    """What each part came to. `own` has their denominators, where they have some.

    `behind` gives the positions of the events that a part at a stage follows from.
    """

    by: Dimension
    basis: Basis
    sums: Sums
    rates: Mapping[ProxyKey, Rate]
    whole: Mapping[Per, Denominator]
    own: Mapping[Part, Mapping[Per, Denominator]] | None
    behind: Callable[[Part, Stage], Iterable[int]]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts that anything came from, or that have a denominator of their own; in order.

        Spend with nothing for it is in.
        """
        some = (part for part, of in self.sums.items() if any(map(any, _each(of))))
        return tuple(sorted({*some, *(self.own or ())}))

    def pence(self, part: Part, stage: Stage, weight: Weight) -> int:
        """Return what a part came to at a stage."""
        found = {
            proxy: stages[stage]
            for proxy, stages in self.sums.get(part, {}).items()
            if stage in stages
        }
        match weight:
            case "gross":
                return sum(one.gross_pence for one in found.values())
            case "net":
                return sum(one.net_pence for one in found.values())
            case "present":
                return present_pence(
                    (one.gross_pence, *self.rates[proxy]) for proxy, one in found.items()
                )

    def total(self, part: Part, stage: Stage, weight: Weight) -> Figure:
        """Return the social value of a part at a stage in pounds."""
        return self._named(part, stage, weight).money(self.pence(part, stage, weight))

    def leverage(self, part: Part, stage: Stage, weight: Weight, per: Per) -> Figure:
        """Return a part's ratio, or what it contributes to that of the whole."""
        divisor = self.divisor(part, per)
        return self._named(part, stage, weight).over(divisor, self.pence(part, stage, weight))

    def ratio(self, part: Part, stage: Stage, weight: Weight, per: Per) -> Quotient:
        """Return the number of that figure alone, for a table that says what it is."""
        pence, divisor = self.pence(part, stage, weight), self.divisor(part, per)
        return quotient(pence, divisor)

    def divisor(self, part: Part, per: Per) -> Denominator:
        """Return what a part is divided by: its own denominator, or that of the whole."""
        divisors = self.whole if self.own is None else self.own.get(part, {})
        return divisors.get(per) or _unknown(self.whole[per])

    def figures(self) -> Iterator[Figure]:
        """Give every figure of every part."""
        for part in self.parts:
            for stage in EVERY_STAGE:
                for weight in WEIGHTS:
                    yield self.total(part, stage, weight)
                    for per in self.whole:
                        yield self.leverage(part, stage, weight, per)

    def _named(self, part: Part, stage: Stage, weight: Weight) -> Named:
        what = social_value(stage, weight, self.basis)
        of = "contributed by" if self.own is None else "of"
        positions = tuple(sorted(set(self.behind(part, stage))))
        return Named(f"{what} {of} {self.by} {part}", self.basis, positions)


def _each(of: Mapping[ProxyKey, Mapping[Stage, Sum]]) -> Iterator[Sum]:
    return (one for stages in of.values() for one in stages.values())


def _unknown(whole: Denominator) -> Denominator:
    return Denominator(per=whole.per, name=whole.name, pence=None, positions=())


def summed(parted: Iterable[tuple[Part, Line]]) -> Sums:
    """Return each part's sums by proxy and stage: the clear way, from lines."""
    found: Sums = {}
    for part, line in parted:
        proxy = line.price.proxy_set_id, line.price.measure
        stages = found.setdefault(part, {}).setdefault(proxy, {})
        for stage, at in line.stages.items():
            more = Sum(at.gross_pence, at.net_pence, at.beyond_pence)
            stages[stage] = stages.get(stage, Sum()).plus(more)
    return found


def positions_of_parts(
    parted: Iterable[tuple[Part, Line]],
) -> Callable[[Part, Stage], Iterable[int]]:
    """Return what tells the events behind a part at a stage."""
    found: defaultdict[tuple[Part, Stage], list[int]] = defaultdict(list)
    for part, line in parted:
        for stage, at in line.stages.items():
            found[part, stage].extend(at.positions)
    return partial(_found, found)


def _found(of: Mapping[tuple[Part, Stage], list[int]], part: Part, stage: Stage) -> list[int]:
    """Look positions up; a name of its own lets what holds it be pickled."""
    return of.get((part, stage), [])


def rates_of(
    prices: Iterable[Price], factor: Callable[[Price], Fraction]
) -> dict[ProxyKey, Rate]:
    """Return what of each proxy's gross value is left, and what that is worth today."""
    return {
        (price.proxy_set_id, price.measure): (price.k, factor(price)) for price in set(prices)
    }
