"""The leverage report: every stage against every denominator, with names, lines and events.

Portfolio ratios are Σ numerators ÷ Σ denominators, never a mean of ratios.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from svx_ledger.domain import leverage
from svx_ledger.domain.present_value import present_pence
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.domain.values import value_pence
from svx_ledger.projections.indicators import IndicatorRow
from svx_ledger.projections.proxy_sets import ProxyRow
from svx_ledger.projections.spending import SpendRow

from .denominators import Denominator
from .exclusions import Remark
from .figures import Basis, Figure, Named, social_value
from .framing import Frame
from .lines import Line
from .parts import LeverageBy, positions_of_parts, summed
from .pricing import Price
from .sums import Part
from .taking_apart import taken_apart
from .vocabulary import EVERY_STAGE, WEIGHTS, Dimension, Per, Stage, Weight, Which

Lines = tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class LeverageReport:
    """What was leveraged in a scope. Its numbers are figures: they come with their names.

    `lines` reconcile with every figure of a stage, and `proxies` are what they are valued by;
    `exclusions` say what is not in them and why, `flags` what is in them and
    should be looked at. `indicators` stand beside it, and are in no figure. `by_year` has the
    lines of each financial year where facts are counted by their own dates.
    """

    frame: Frame
    lines: Lines
    proxies: tuple[ProxyRow, ...]
    indicators: tuple[IndicatorRow, ...]
    by_year: dict[str, Lines] | None
    exclusions: tuple[Remark, ...]
    flags: tuple[Remark, ...]

    @property
    def basis(self) -> Basis:
        """What every figure rests on."""
        return self.frame.basis

    @property
    def denominators(self) -> dict[Per, Denominator]:
        """D1 to D4, with the events that each is the sum of."""
        return self.frame.denominators

    @property
    def spend(self) -> tuple[SpendRow, ...]:
        """The records of spend in scope."""
        return self.frame.cohort.spend

    @property
    def unallocated(self) -> tuple[SpendRow, ...]:
        """Those of them that name no procurement."""
        return self.frame.cohort.unallocated

    @property
    def headline(self) -> Figure:
        """Confirmed gross social value per £1 of exchange spend by public bodies."""
        return self.leverage("confirmed", "gross", "D1")

    def total(self, stage: Stage, weight: Weight = "gross") -> Figure:
        """Return the social value of a stage in pounds."""
        return self._named(stage, weight).money(self.pence(stage, weight))

    def leverage(self, stage: Stage, weight: Weight, per: Per) -> Figure:
        """Return a stage per £1 of D1, D2 or D4, or as a percentage of D3."""
        divisor = self.denominators[per]
        return self._named(stage, weight).over(divisor, self.pence(stage, weight))

    def figure(self, of: Which) -> Figure:
        """Return a figure by its name: in pounds where it names no denominator."""
        if of.per is None:
            return self.total(of.stage, of.weight)
        return self.leverage(of.stage, of.weight, of.per)

    def by(self, dimension: Dimension) -> LeverageBy:
        """Return the same by authority, force, measure …, each part with its events."""
        parted = self.parted(dimension)
        return taken_apart(self.frame, dimension, summed(parted), positions_of_parts(parted))

    def figures(self) -> Iterator[Figure]:
        """Give every figure: stage by stage, by weight, in pounds and by denominator."""
        for stage in EVERY_STAGE:
            for weight in WEIGHTS:
                yield self.total(stage, weight)
                for per in self.denominators:
                    yield self.leverage(stage, weight, per)
        yield from self.rates
        yield self.unallocated_spend

    @property
    def rates(self) -> tuple[Figure, ...]:
        """How much of each stage became the next, and who says so.

        Of a time by the facts' own dates there are none: what was delivered in it may have
        been awarded before.
        """
        if self.frame.asked.scope.basis == "period":
            return (self.claimed_not_confirmed,)
        return (
            self.conversion,
            self.delivery_rate,
            self.delivery_rate_of_due,
            self.claimed_not_confirmed,
            self._unverified_share,
            self._disputed_share,
            self._share_confirmed_by("community", "the community side"),
            self._share_confirmed_by("authority", "the authority side"),
            *(
                self._share_confirmed_by(role, f"{role}s, of neither side")
                for role in ("auditor", "evaluator")  # who resolved disputes
                if self._confirmed_by[role]
            ),
        )

    @property
    def conversion(self) -> Figure:
        """Awarded ÷ pledged."""
        share = leverage.conversion(self.pence("awarded"), self.pence("pledged"))
        what = "pledged gross social value awarded (conversion)"
        return self._over(what, "awarded", "pledged").share(share)

    @property
    def delivery_rate(self) -> Figure:
        """Confirmed ÷ awarded."""
        share = leverage.delivery_rate(self.pence("confirmed"), self.pence("awarded"))
        what = "awarded gross social value confirmed (delivery rate)"
        return self._over(what, "confirmed", "awarded").share(share)

    @property
    def delivery_rate_of_due(self) -> Figure:
        """Confirmed ÷ awarded of the lines due by the UK date of `as_at`.

        Beside the delivery rate, in which a contract looks failed at half its time.
        """
        today = uk_date(self.basis.as_at)
        due = [line for line in self.lines if line.pledge and line.pledge.due_by <= today]
        confirmed = sum(line.pence("confirmed", "gross") for line in due)
        awarded = sum(line.pence("awarded", "gross") for line in due)
        what = "awarded gross social value due by now confirmed (delivery rate of what is due)"
        named = Named(what, self.basis, _positions(due, "confirmed", "awarded"))
        return named.share(leverage.delivery_rate(confirmed, awarded))

    @property
    def claimed_not_confirmed(self) -> Figure:
        """What suppliers say they delivered, and nobody has confirmed."""
        what = "gross social value claimed and not confirmed"
        return self._over(what, "claimed", "confirmed").money(self._unverified_pence)

    @property
    def unallocated_spend(self) -> Figure:
        """What is in D1 and D2 without a procurement; `exclusions` has the rest of it."""
        rows = [row for row in self.unallocated if row.kind != "input"]
        what = "spend on no procurement in particular in D1 and D2"
        positions = self.frame.cohort.behind(rows)
        return Named(what, self.basis, positions).money(sum(row.amount_pence for row in rows))

    def pence(self, stage: Stage, weight: Weight = "gross") -> int:
        """Return what the lines come to at a stage; present values are rounded here, once."""
        return self._pence[stage, weight]

    def behind(self, stage: Stage) -> tuple[int, ...]:
        """Return the positions of the events that the lines at a stage follow from."""
        return self._behind[stage]

    @property
    def _unverified_pence(self) -> int:
        return self.pence("claimed") - self.pence("confirmed")

    @property
    def _unverified_share(self) -> Figure:
        share = leverage.share(self._unverified_pence, self.pence("claimed"))
        what = "claimed gross social value unverified"
        return self._over(what, "claimed", "confirmed").share(share)

    @property
    def _disputed_share(self) -> Figure:
        """Tell what part of all that is claimed is disputed: that may be over-delivery too."""
        claimed = (line.stages["claimed"] for line in self.lines if "claimed" in line.stages)
        whole = sum(at.gross_pence + at.beyond_pence for at in claimed)
        share = leverage.share(self.pence("disputed"), whole)
        what = "claimed gross social value (with over-delivery) disputed"
        return self._over(what, "claimed", "disputed").share(share)

    def _share_confirmed_by(self, by: str, whom: str) -> Figure:
        """Tell what part of the confirmed, over-delivery with it, they confirmed."""
        what = f"confirmed gross social value (with over-delivery) by {whom}"
        share = leverage.share(self._confirmed_by[by], self._confirmed_by.total())
        return self._over(what, "confirmed").share(share)

    @cached_property
    def _confirmed_by(self) -> Counter[str]:
        """The pence of the confirmed, over-delivery with it, by who confirmed."""
        pence = Counter[str]()
        for line in self.lines:
            for by, quantity in line.by.items():
                pence[by] += value_pence(quantity, line.price.pounds_per_unit)
        return pence

    @cached_property
    def _pence(self) -> dict[tuple[Stage, Weight], int]:
        found: Counter[tuple[Stage, Weight]] = Counter()
        at: dict[Stage, Counter[Price]] = {stage: Counter() for stage in EVERY_STAGE}
        for line in self.lines:
            for stage, reached in line.stages.items():
                found[stage, "gross"] += reached.gross_pence
                found[stage, "net"] += reached.net_pence
                at[stage][line.price] += reached.gross_pence
        factor = self.frame.asked.discounting.factor
        for stage, gross in at.items():
            found[stage, "present"] = present_pence(
                (pence, price.k, factor(price)) for price, pence in gross.items()
            )
        return found

    @cached_property
    def _behind(self) -> dict[Stage, tuple[int, ...]]:
        return {stage: _positions(self.lines, stage) for stage in EVERY_STAGE}

    def _named(self, stage: Stage, weight: Weight) -> Named:
        what = social_value(stage, weight, self.basis)
        return Named(what, self.basis, self._behind[stage])

    def _over(self, what: str, *stages: Stage) -> Named:
        return Named(what, self.basis, _positions(self.lines, *stages))

    def parted(self, dimension: Dimension) -> list[tuple[Part, Line]]:
        """Return each line with the part that it belongs to."""
        if dimension == "year" and self.by_year is not None:
            return [(year, line) for year, of in self.by_year.items() for line in of]
        part_of = self.frame.parts[dimension]
        return [(part_of(line.key), line) for line in self.lines]


def _positions(of: Iterable[Line], *stages: Stage) -> tuple[int, ...]:
    """Return the positions behind these stages of these lines, each once, in order."""
    return tuple(sorted({position for line in of for position in line.positions(*stages)}))
