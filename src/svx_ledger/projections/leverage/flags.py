"""What is in a report's figures and should be looked at. No rule stops it; it may be right."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from svx_ledger.projections.needs import NEED
from svx_ledger.projections.organisations import ORGANISATION
from svx_ledger.projections.spending import SpendRow
from svx_ledger.projections.table import Rows

from .exclusions import Remark
from .framing import Frame
from .lines import Line


def flagged(rows: Rows, one: Frame, lines: Sequence[Line]) -> tuple[Remark, ...]:
    """Return what is counted and should be looked at, in order of what it is.

    - Delivery outside the contract period.
    - An input of the amount of one that another payer put into the same procurement in an
      overlapping time: both ends of one payment would be counted twice (D4). Each is flagged
      once at most, beside one that began no later.
    - An input of a community organisation into a procurement with ranked auctions, none of
      which has a need of it.
    """
    inputs = [row for row in one.cohort.spend if row.kind == "input" and row.procurement_id]
    return (
        *(
            Remark(
                subject=f"{line.pledge.pledge_id} ({line.measure})",
                says="delivered outside the contract period",
                value_pence=None,
                positions=line.outside_period,
            )
            for line in lines
            if line.pledge and line.outside_period
        ),
        *_twice(one, inputs),
        *_without_part(rows, one, inputs),
    )


def _twice(one: Frame, inputs: Iterable[SpendRow]) -> Iterator[Remark]:
    alike: defaultdict[tuple[str | None, int], list[SpendRow]] = defaultdict(list)
    for row in sorted(inputs, key=lambda row: (row.period_from, row.position)):
        alike[row.procurement_id, row.amount_pence].append(row)
    for (into, pence), of in alike.items():
        for first, second in _overlapping(of):
            yield Remark(
                subject=second.spend_id,
                says=f"as much as {first.spend_id}, which another payer put into {into} in "
                "the same time: if it is the same input, D4 has it twice",
                value_pence=pence,
                positions=one.cohort.behind((first, second)),
            )


def _overlapping(of: Iterable[SpendRow]) -> Iterator[tuple[SpendRow, SpendRow]]:
    """Give each input that overlaps one of another payer that began before, after that one.

    `of` are in the order in which they begin. Of those before it is enough to know which lasts
    longest, and which does of those of other payers than that one's.
    """
    longest: SpendRow | None = None
    others: SpendRow | None = None
    for row in of:
        first = longest
        if longest is not None and longest.payer_id == row.payer_id:
            first = others
        if first is not None and first.period_to >= row.period_from:
            yield first, row
        if longest is None or row.period_to > longest.period_to:
            if longest is not None and longest.payer_id != row.payer_id:
                others = longest
            longest = row
        elif row.payer_id != longest.payer_id and (
            others is None or row.period_to > others.period_to
        ):
            others = row


def _without_part(rows: Rows, one: Frame, inputs: Iterable[SpendRow]) -> Iterator[Remark]:
    sides = dict(rows.columns(ORGANISATION, "organisation_id", "side"))
    communities = dict(rows.columns(NEED, "need_id", "community_id"))
    shown = {one.auctions[auction] for auction in one.ranked}
    part = {
        (one.auctions[auction], communities[need])
        for auction, need in one.frozen
        if auction in one.ranked
    }
    for row in inputs:
        into = row.procurement_id
        ours = (into, row.payer_id) in part
        if sides.get(row.payer_id) == "community" and into in shown and not ours:
            yield Remark(
                subject=row.spend_id,
                says=f"put into {into} by {row.payer_id}, which has no need in an auction "
                "of it that is ranked: it counts in D4",
                value_pence=row.amount_pence,
                positions=one.cohort.behind((row,)),
            )
