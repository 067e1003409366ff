"""Which spend and which contracts belong to a part that has a denominator of its own."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from svx_ledger.domain.uk_calendar import financial_year, uk_date
from svx_ledger.projections.spending import SpendRow

from .delivery import ContractRow
from .denominators import Denominator, denominators
from .framing import Frame
from .parts import LeverageBy, rates_of
from .scope import Cohort
from .sums import Part, Sums
from .vocabulary import NOT_AWARDED, WITH_DENOMINATORS, Dimension, Per, Stage

UNALLOCATED = "unallocated"
"""Spend on no procurement in particular, where procurements are the parts."""


def taken_apart(
    one: Frame, by: Dimension, sums: Sums, behind: Callable[[Part, Stage], Iterable[int]]
) -> LeverageBy:
    """Return the parts that these sums are of, with what each is divided by."""
    return LeverageBy(
        by=by,
        basis=one.basis,
        sums=sums,
        rates=rates_of(one.valued.values(), one.asked.discounting.factor),
        whole=one.denominators,
        own=_own_denominators(one, by) if by in WITH_DENOMINATORS else None,
        behind=behind,
    )


def _own_denominators(one: Frame, by: Dimension) -> dict[Part, dict[Per, Denominator]]:
    """Return each part's D1 to D4: spend and contracts sum to those of the whole."""
    basis, cohort = one.asked.scope.basis, one.cohort
    parts = one.procurement_parts[by]
    of_spend = _spend_part(one, by)
    spend: defaultdict[Part, list[SpendRow]] = defaultdict(list)
    for row in cohort.spend:
        spend[of_spend(row)].append(row)
    entered: defaultdict[Part, list[ContractRow]] = defaultdict(list)
    for contract in one.contracts:
        dated = by == "year" and basis == "period"
        on = financial_year(uk_date(contract.recorded_at)) if dated else None
        entered[on or parts[contract.procurement_id]].append(contract)
    inside: defaultdict[Part, set[str]] = defaultdict(set)
    for procurement in cohort.procurements:
        inside[parts[procurement]].add(procurement)
    if by == "year" and basis == "period":  # any of them may have spent in any year
        inside = defaultdict(lambda: {*cohort.procurements})
    return {
        part: denominators(
            Cohort(
                procurements=frozenset(inside[part]),
                spend=tuple(spend.get(part, ())),
                left_out=(),
                corrected=cohort.corrected,
            ),
            entered.get(part, ()),
        )
        for part in {*spend, *entered, *(inside if by != "year" else ())}
    }


def _spend_part(one: Frame, by: Dimension) -> Callable[[SpendRow], Part]:
    """Return what tells the part of spend: its procurement's, or else its payer's or date's.

    As in a cohort by dates, spend that no award dates is dated by the last day that it was for.
    """
    basis, parts = one.asked.scope.basis, one.procurement_parts[by]

    def by_year(row: SpendRow) -> Part:
        awarded = parts.get(row.procurement_id or "", NOT_AWARDED)
        if basis == "cohort" and awarded != NOT_AWARDED:
            return awarded
        return financial_year(row.period_to)

    def by_authority(row: SpendRow) -> Part:
        if row.procurement_id is not None:
            return parts[row.procurement_id]
        return row.payer_id if row.payer_id in one.authorities else UNALLOCATED

    match by:
        case "year":
            return by_year
        case "authority":
            return by_authority
        case _:
            return lambda row: row.procurement_id or UNALLOCATED
