"""Whose leverage: the procurements of a cohort, and the spend that goes with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain import leverage
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.procurements import PROCUREMENT
from svx_ledger.projections.spending import SPEND, SpendRow
from svx_ledger.projections.table import Rows

from .delivery import CONTRACT
from .figures import DENOMINATORS, Per
from .in_force import approvals


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The procurements that a report is about, with all that they yield (cohort basis).

    The portfolio unless narrowed: to one procurement, or to those whose first award was
    approved from one UK date to another, both included.
    """

    procurement_id: str | None = None
    awarded_from: date | None = None
    awarded_to: date | None = None

    def __str__(self) -> str:
        if self.procurement_id is not None:
            return f"{self.procurement_id} alone"
        if not self.dated:
            return "every procurement"
        first = self.awarded_from or "the beginning"
        return f"procurements awarded from {first} to {self.awarded_to or 'now'}"

    @property
    def dated(self) -> bool:
        """Whether only the awards of a period are meant."""
        return self.awarded_from is not None or self.awarded_to is not None

    def covers(self, day: date) -> bool:
        """Whether a date falls into the period."""
        return (self.awarded_from or date.min) <= day <= (self.awarded_to or date.max)


PORTFOLIO = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Denominator:
    """What social value is divided by: `pence` net of VAT, None where it is not known.

    `name` says what it is made of, and of D2 how much of it is recorded.
    """

    per: Per
    name: str
    pence: int | None
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The procurements in scope, and each record of spend that belongs to the scope.

    Spend on a procurement goes with it, also where its auction came to nothing. In the
    portfolio, spend without a procurement is in; so that none of it is lost, a cohort by
    dates takes what no award dates by the last day of the period that the spend was for.
    `left_out` is the spend without a procurement that is not in.
    """

    procurements: frozenset[str]
    spend: tuple[SpendRow, ...]
    left_out: tuple[SpendRow, ...]

    @property
    def unallocated(self) -> tuple[SpendRow, ...]:
        """The spend in scope that names no procurement."""
        return tuple(row for row in self.spend if row.procurement_id is None)


def cohort_of(rows: Rows, scope: Scope, as_at: datetime) -> Cohort:
    """Return the procurements and the spend of a scope, as recorded until `as_at`."""
    awarded_on = _first_awards(rows, as_at)
    spend = recorded = [row for row in rows.all(SPEND) if row.recorded_at <= as_at]
    if scope.procurement_id is not None:
        chosen = frozenset({scope.procurement_id})
        spend = [row for row in spend if row.procurement_id in chosen]
    elif scope.dated:
        chosen = frozenset(p for p, day in awarded_on.items() if scope.covers(day))
        dated = (
            (awarded_on.get(row.procurement_id or "", row.period_to), row) for row in spend
        )
        spend = [row for day, row in dated if scope.covers(day)]
    else:
        chosen = frozenset(
            row.procurement_id for row in rows.all(PROCUREMENT) if row.registered_at <= as_at
        )
    inside = {row.spend_id for row in spend}
    left_out = (row for row in recorded if row.procurement_id is None)
    return Cohort(
        procurements=chosen,
        spend=tuple(spend),
        left_out=tuple(row for row in left_out if row.spend_id not in inside),
    )


def denominators(rows: Rows, cohort: Cohort, as_at: datetime) -> dict[Per, Denominator]:
    """Return D1, D2 and D3 with the events that each is the sum of."""
    exchange = [row for row in cohort.spend if row.kind == "exchange"]
    administration = [row for row in cohort.spend if row.kind == "administration"]
    exchange_pence = [row.amount_pence for row in exchange]
    administration_pence = [row.amount_pence for row in administration]
    contracts = [
        row
        for row in rows.all(CONTRACT)
        if row.procurement_id in cohort.procurements and row.recorded_at <= as_at
    ]
    d3_pence = leverage.d3_pence(row.contract_value_pence for row in contracts)
    return {
        "D1": Denominator(
            per="D1",
            name=DENOMINATORS["D1"],
            pence=leverage.d1_pence(exchange_pence),
            positions=_positions(exchange),
        ),
        "D2": Denominator(
            per="D2",
            name=_d2_name(cohort, administration),
            pence=leverage.d2_pence(exchange_pence, administration_pence),
            positions=_positions((*exchange, *administration)),
        ),
        "D3": Denominator(
            per="D3",
            name=DENOMINATORS["D3"],
            pence=d3_pence,
            positions=tuple(sorted(row.position for row in contracts)),
        ),
    }


def _d2_name(cohort: Cohort, administration: Iterable[SpendRow]) -> str:
    """Name D2; where administration cost is recorded for some procurements only, say so."""
    having = len(cohort.procurements & {row.procurement_id for row in administration})
    of = len(cohort.procurements)
    partly = f", administration cost recorded for {having} of {of} procurements"
    return DENOMINATORS["D2"] + (partly if having < of else "")


def _positions(spend: Iterable[SpendRow]) -> tuple[int, ...]:
    return tuple(sorted(row.position for row in spend))


def _first_awards(rows: Rows, as_at: datetime) -> dict[str, date]:
    """Return the UK date on which each procurement's first award in force was approved."""
    approved = sorted(
        (in_force.approval.recorded_at, in_force.award.procurement_id)
        for in_force in approvals(rows, as_at)
    )
    return {procurement: uk_date(at) for at, procurement in reversed(approved)}
