"""Whose leverage: the procurements in scope, and the spend that goes with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.procurements import PROCUREMENT
from svx_ledger.projections.spending import SpendRow
from svx_ledger.projections.table import Rows

from .cut import Cut
from .in_force import approvals
from .spent import corrected_at, positions_of, spent
from .vocabulary import PeriodBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a report is about: the portfolio unless narrowed.

    To one procurement, or to one authority's; and to the time from one UK date to another,
    both included. With the basis `cohort` that is whose first award was approved then, with
    all that they yield; with `period` it is what happened then, whoever was awarded when:
    facts by the date of their record, spend by the last day that it was for.
    """

    procurement_id: str | None = None
    authority_id: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    basis: PeriodBasis = "cohort"

    def __str__(self) -> str:
        if self.procurement_id is not None:
            whose = f"{self.procurement_id} alone"
        elif self.authority_id is not None:
            whose = f"every procurement of {self.authority_id}"
        else:
            whose = "every procurement"
        if not self.dated:
            return f"{self.basis} {whose}"
        first, last = self.first_day or "the beginning", self.last_day or "now"
        if self.basis == "period":
            return f"period {first} to {last} of {whose}"
        if whose == "every procurement":
            return f"cohort procurements awarded from {first} to {last}"
        return f"cohort {whose}, awarded from {first} to {last}"

    @property
    def dated(self) -> bool:
        """Whether only a time is meant."""
        return self.first_day is not None or self.last_day is not None

    def covers(self, day: date) -> bool:
        """Whether a date falls into the time."""
        return (self.first_day or date.min) <= day <= (self.last_day or date.max)


PORTFOLIO = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The procurements in scope, and each record of spend that belongs to the scope.

    Spend on a procurement goes with it, also where its auction came to nothing. In the
    portfolio, and in an authority's, spend without a procurement is in; so that none of it is
    lost, a cohort by dates takes what no award dates by the last day of the period that the
    spend was for. `left_out` is the spend without a procurement that is not in. `corrected`
    has the positions at which a record was corrected, by its id.
    """

    procurements: frozenset[str]
    spend: tuple[SpendRow, ...]
    left_out: tuple[SpendRow, ...]
    corrected: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def unallocated(self) -> tuple[SpendRow, ...]:
        """The spend in scope that names no procurement."""
        return tuple(row for row in self.spend if row.procurement_id is None)

    def behind(self, spend: Iterable[SpendRow]) -> tuple[int, ...]:
        """Return the events that records of spend follow from."""
        return positions_of(spend, self.corrected)


def cohort_of(rows: Rows, scope: Scope, cut: Cut) -> Cohort:
    """Return the procurements and the spend of a scope, as recorded up to a cut."""
    owners = {
        row.procurement_id: row.authority_id
        for row in rows.all(PROCUREMENT)
        if row.position <= cut.until
    }
    chosen = {of for of, owner in owners.items() if scope.authority_id in (None, owner)}
    recorded = spent(rows, cut)
    spend = recorded
    if scope.procurement_id is not None:
        chosen &= {scope.procurement_id}
        spend = [row for row in recorded if row.procurement_id in chosen]
    elif scope.authority_id is not None:
        spend = [
            row
            for row in recorded
            if row.procurement_id in chosen
            or (row.procurement_id is None and row.payer_id == scope.authority_id)
        ]
    if scope.dated and scope.basis == "cohort":
        awarded_on = first_awards(rows, cut)
        chosen = {of for of in chosen if of in awarded_on and scope.covers(awarded_on[of])}
        dated = [
            (awarded_on.get(row.procurement_id or "", row.period_to), row) for row in spend
        ]
        spend = [row for day, row in dated if scope.covers(day)]
    elif scope.dated:
        spend = [row for row in spend if scope.covers(row.period_to)]
    inside = tuple(spend)
    names = {row.spend_id for row in inside}
    left_out = (row for row in recorded if row.procurement_id is None)
    return Cohort(
        procurements=frozenset(chosen),
        spend=inside,
        left_out=tuple(row for row in left_out if row.spend_id not in names),
        corrected=corrected_at(rows, cut),
    )


def first_awards(rows: Rows, cut: Cut) -> dict[str, date]:
    """Return the UK date on which each procurement's first award in force was approved."""
    approved = sorted(
        (in_force.approval.recorded_at, in_force.award.procurement_id)
        for in_force in approvals(rows, cut)
    )
    return {procurement: uk_date(at) for at, procurement in reversed(approved)}
