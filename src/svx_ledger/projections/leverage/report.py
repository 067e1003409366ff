"""The leverage report: every stage against every denominator, with names, lines and events.

Portfolio ratios are Σ numerators ÷ Σ denominators, never a mean of ratios.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from svx_ledger.domain import leverage
from svx_ledger.domain.leverage import Quotient
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.proxy_sets import PROXY_SET
from svx_ledger.projections.spending import SpendRow
from svx_ledger.projections.table import Rows, existing

from .exclusions import Remark, excluded, flagged
from .figures import STAGES, WEIGHTS, Basis, Figure, Named, Per, Stage, Weight
from .lines import Line, lines
from .scope import PORTFOLIO, Denominator, Scope, cohort_of, denominators

Dimension = Literal["measure", "need_id", "supplier_id", "procurement_id", "community_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverageReport:
    """What was leveraged in a scope. Its numbers are figures: they come with their names.

    `lines` reconcile with every figure of a stage; `exclusions` say what is not in them and
    why, `flags` what is in them and should be looked at.
    """

    basis: Basis
    denominators: dict[Per, Denominator]
    lines: tuple[Line, ...]
    spend: tuple[SpendRow, ...]
    unallocated: tuple[SpendRow, ...]
    exclusions: tuple[Remark, ...]
    flags: tuple[Remark, ...]

    @property
    def headline(self) -> Figure:
        """Confirmed gross social value per £1 of exchange spend by public bodies."""
        return self.leverage("confirmed", "gross", "D1")

    def total(self, stage: Stage, weight: Weight = "gross") -> Figure:
        """Return the social value of a stage in pounds."""
        return self._named(stage, weight).money(self._pence(stage, weight))

    def leverage(self, stage: Stage, weight: Weight, per: Per) -> Figure:
        """Return a stage per £1 of D1 or D2, or as a percentage of D3."""
        denominator = self.denominators[per]
        named = self._named(stage, weight, denominator.positions)
        pence = self._pence(stage, weight)
        if per == "D3":
            return named.percent_of(
                denominator.name, leverage.percentage(pence, denominator.pence)
            )
        return named.per_pound(denominator.name, leverage.ratio(pence, denominator.pence))

    def figures(self) -> Iterator[Figure]:
        """Give every figure: stage by stage, gross and net, in pounds and by denominator."""
        for stage in STAGES:
            for weight in WEIGHTS:
                yield self.total(stage, weight)
                for per in self.denominators:
                    yield self.leverage(stage, weight, per)
        yield self.conversion
        yield self.delivery_rate
        yield self.delivery_rate_of_due
        yield self.claimed_not_confirmed
        yield self.unallocated_spend

    @property
    def conversion(self) -> Figure:
        """Awarded ÷ pledged."""
        share = leverage.conversion(self._pence("awarded"), self._pence("pledged"))
        what = "pledged gross social value awarded (conversion)"
        return self._over(what, "awarded", "pledged").share(share)

    @property
    def delivery_rate(self) -> Figure:
        """Confirmed ÷ awarded."""
        share = leverage.delivery_rate(self._pence("confirmed"), self._pence("awarded"))
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
        pence = self._pence("claimed") - self._pence("confirmed")
        what = "gross social value claimed and not confirmed"
        return self._over(what, "claimed", "confirmed").money(pence)

    @property
    def unallocated_spend(self) -> Figure:
        """What is in D1 and D2 without a procurement; `exclusions` has the rest of it."""
        positions = tuple(row.position for row in self.unallocated)
        what = "spend on no procurement in particular in D1 and D2"
        return Named(what, self.basis, positions).money(
            sum(row.amount_pence for row in self.unallocated)
        )

    def contributions(
        self, by: Dimension, stage: Stage = "confirmed", weight: Weight = "gross"
    ) -> dict[str, Figure]:
        """Return what each part adds to the ratio per £1 of D1; not a ratio of its own.

        Each is rounded for itself; unrounded they sum to the ratio. Empty without D1.
        """
        parts: defaultdict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            if stage in line.stages:
                owner = line.pledge if by == "community_id" else line
                parts[getattr(owner, by, None) or "not under contract"].append(line)
        pence = {
            part: sum(x.pence(stage, weight) for x in of) for part, of in sorted(parts.items())
        }
        d1 = self.denominators["D1"]
        figures = {}
        for part, share in leverage.contributions(pence, d1.pence).items():
            what = f"{stage} {weight} social value contributed by {part}"
            positions = tuple(sorted({*_positions(parts[part], stage), *d1.positions}))
            named = Named(what, self.basis, positions)
            figures[part] = named.per_pound(d1.name, Quotient(leverage.rounded(share, 2)))
        return figures

    def _pence(self, stage: Stage, weight: Weight = "gross") -> int:
        return sum(line.pence(stage, weight) for line in self.lines)

    def _named(self, stage: Stage, weight: Weight, also: tuple[int, ...] = ()) -> Named:
        positions = tuple(sorted({*_positions(self.lines, stage), *also}))
        return Named(f"{stage} {weight} social value", self.basis, positions)

    def _over(self, what: str, *stages: Stage) -> Named:
        return Named(what, self.basis, _positions(self.lines, *stages))


def leverage_report(
    rows: Rows, *, as_at: datetime, known_at: int, scope: Scope = PORTFOLIO
) -> LeverageReport:
    """Return the report of a scope on the facts recorded until `as_at`.

    `rows` are the tables of views that follow the log up to position `known_at`.
    """
    cohort = cohort_of(rows, scope, as_at)
    inside = tuple(x for x in lines(rows, as_at) if x.procurement_id in cohort.procurements)
    basis = Basis(
        cohort=str(scope),
        as_at=as_at,
        known_at=known_at,
        proxy_sets=_proxy_sets(rows, inside),
    )
    return LeverageReport(
        basis=basis,
        denominators=denominators(rows, cohort, as_at),
        lines=inside,
        spend=cohort.spend,
        unallocated=cohort.unallocated,
        exclusions=excluded(rows, cohort, inside, as_at),
        flags=flagged(inside),
    )


def _proxy_sets(rows: Rows, inside: tuple[Line, ...]) -> tuple[str, ...]:
    used = sorted({line.proxy_set_id for line in inside})
    return tuple(f"{existing(rows, PROXY_SET, one).name} ({one})" for one in used)


def _positions(of: Iterable[Line], *stages: Stage) -> tuple[int, ...]:
    """Return the positions behind these stages of these lines, each once, in order."""
    found = {
        position
        for line in of
        for stage in stages
        if stage in line.stages
        for position in line.stages[stage].positions
    }
    return tuple(sorted(found))
