"""What social value is divided by, attested by whoever paid it."""

from collections.abc import Iterable
from dataclasses import dataclass

from svx_ledger.domain import leverage
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.spending import SpendRow
from svx_ledger.projections.table import Rows

from .cut import Cut
from .delivery import CONTRACT, ContractRow
from .scope import Cohort, Scope
from .vocabulary import DENOMINATORS, Per


@dataclass(frozen=True, slots=True, kw_only=True)
class Denominator:
    """What social value is divided by: `pence` net of VAT, None where it is not known.

    `name` says what it is made of, and of D2 and D4 how much of it is recorded.
    """

    per: Per
    name: str
    pence: int | None
    positions: tuple[int, ...]


def contracts_of(rows: Rows, scope: Scope, cohort: Cohort, cut: Cut) -> list[ContractRow]:
    """Return the contracts in scope; with the basis `period`, those entered in it."""
    return [
        row
        for row in rows.all(CONTRACT)
        if row.procurement_id in cohort.procurements
        and row.position <= cut.until
        and (scope.basis == "cohort" or scope.covers(uk_date(row.recorded_at)))
    ]


def denominators(cohort: Cohort, contracts: Iterable[ContractRow]) -> dict[Per, Denominator]:
    """Return D1 to D4 with the events that each is the sum of."""
    exchange, administration, inputs = (
        [row for row in cohort.spend if row.kind == kind]
        for kind in ("exchange", "administration", "input")
    )
    contracts = tuple(contracts)
    exchange_pence = [row.amount_pence for row in exchange]
    administration_pence = [row.amount_pence for row in administration]
    d2_pence = leverage.d2_pence(exchange_pence, administration_pence)
    d2_name = DENOMINATORS["D2"] + _partly(cohort, "administration cost", administration)
    found = (
        Denominator(
            per="D1",
            name=DENOMINATORS["D1"],
            pence=leverage.d1_pence(exchange_pence),
            positions=cohort.behind(exchange),
        ),
        Denominator(
            per="D2",
            name=d2_name,
            pence=d2_pence,
            positions=cohort.behind((*exchange, *administration)),
        ),
        Denominator(
            per="D3",
            name=DENOMINATORS["D3"],
            pence=leverage.d3_pence(row.contract_value_pence for row in contracts),
            positions=tuple(sorted(row.position for row in contracts)),
        ),
        Denominator(
            per="D4",
            name=DENOMINATORS["D4"] + _partly(cohort, "other inputs", inputs),
            pence=leverage.d4_pence(d2_pence, (row.amount_pence for row in inputs)),
            positions=cohort.behind(cohort.spend),
        ),
    )
    return {one.per: one for one in found}


def _partly(cohort: Cohort, what: str, recorded: Iterable[SpendRow]) -> str:
    """Say where something is recorded for some procurements only."""
    having = len(cohort.procurements & {row.procurement_id for row in recorded})
    of = len(cohort.procurements)
    return f", {what} recorded for {having} of {of} procurements" if having < of else ""
