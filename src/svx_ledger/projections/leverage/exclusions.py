"""What is not in a report's figures, with the reason; and what is in them, with a flag."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from svx_ledger.projections.procurements import PROCUREMENT
from svx_ledger.projections.table import Rows

from .delivery import CONTRACT
from .facts import AUCTION, AuctionRow
from .figures import Stage
from .in_force import NEVER_COUNTED, approvals, ended, ranking_of
from .lines import Line
from .scope import Cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A thing, what is to be said of it, what it is worth if that may be told, and events."""

    subject: str
    says: str
    value_pence: int | None
    positions: tuple[int, ...]


def excluded(
    rows: Rows, cohort: Cohort, lines: Sequence[Line], as_at: datetime
) -> tuple[Remark, ...]:
    """Return what is not counted, or not at every stage, in order of what it is.

    - A voided or cancelled auction, which contributes nothing and whose spend stays in.
    - An auction that is not ranked: its bids are hidden, and nothing is offered yet.
    - A ranked auction without an approved award in force: offered, not pledged; also where it
      was declared unsuccessful.
    - An approved award without a contract: pledged, not awarded.
    - What is claimed or confirmed beyond what is owed.
    - What is claimed and disputed: shown apart until it is resolved.
    - Spend on no procurement in particular that the denominators leave out.
    - Procurements outside the cohort.
    """
    return (
        *_unfinished(rows, cohort, lines, as_at),
        *_beyond(lines),
        *_disputed(lines),
        *_left_out(cohort),
        *(
            Remark(
                subject=row.procurement_id,
                says="outside the cohort: its own report has it",
                value_pence=None,
                positions=(),
            )
            for row in rows.all(PROCUREMENT)
            if row.procurement_id not in cohort.procurements and row.registered_at <= as_at
        ),
    )


def flagged(lines: Sequence[Line]) -> tuple[Remark, ...]:
    """Return what is counted and should be looked at: delivery outside the contract period."""
    return tuple(
        Remark(
            subject=f"{line.pledge.pledge_id} ({line.measure})",
            says="delivered outside the contract period",
            value_pence=None,
            positions=line.outside_period,
        )
        for line in lines
        if line.pledge and line.outside_period
    )


def _unfinished(
    rows: Rows, cohort: Cohort, lines: Sequence[Line], as_at: datetime
) -> Iterator[Remark]:
    approved = {
        in_force.award.auction_id: in_force.award for in_force in approvals(rows, as_at)
    }
    contracted = {row.award_id for row in rows.all(CONTRACT) if row.recorded_at <= as_at}
    for auction in rows.all(AUCTION):
        if auction.procurement_id not in cohort.procurements or auction.drafted_at > as_at:
            continue
        award = approved.get(auction.auction_id)
        end = ended(auction, as_at)
        if end in NEVER_COUNTED:
            says = f"{end}: contributes nothing, and what was spent on it stays in D1 and D2"
            yield _remark(auction, says, None)
        elif ranking_of(rows, auction.auction_id, as_at) is None:
            none = "not ranked: nothing is offered yet"
            yield _remark(auction, "unsuccessful: nothing was offered" if end else none, None)
        elif end:
            pence = _pence(lines, auction, "offered")
            yield _remark(auction, "unsuccessful: offered, and never pledged", pence)
        elif award is None:
            pence = _pence(lines, auction, "offered")
            yield _remark(auction, "no approved award: offered, not pledged", pence)
        elif award.award_id not in contracted:
            pence = _pence(lines, auction, "pledged")
            yield _remark(auction, "no contract entered: pledged, not awarded", pence)


def _left_out(cohort: Cohort) -> Iterator[Remark]:
    if cohort.left_out:
        yield Remark(
            subject="spend on no procurement in particular",
            says="not counted in D1 and D2",
            value_pence=sum(row.amount_pence for row in cohort.left_out),
            positions=tuple(sorted(row.position for row in cohort.left_out)),
        )


def _pence(lines: Sequence[Line], auction: AuctionRow, stage: Stage) -> int:
    return sum(x.pence(stage, "gross") for x in lines if x.auction_id == auction.auction_id)


def _remark(auction: AuctionRow, says: str, pence: int | None) -> Remark:
    return Remark(
        subject=auction.auction_id, says=says, value_pence=pence, positions=(auction.position,)
    )


def _beyond(lines: Sequence[Line]) -> Iterator[Remark]:
    for line in lines:
        for stage, reached in line.stages.items():
            if reached.beyond_pence:
                assert line.pledge is not None
                yield Remark(
                    subject=f"{line.pledge.pledge_id} ({line.measure})",
                    says=f"{stage} beyond what is owed: over-delivery",
                    value_pence=reached.beyond_pence,
                    positions=reached.positions,
                )


def _disputed(lines: Sequence[Line]) -> Iterator[Remark]:
    for line in lines:
        if line.disputed_pence:
            assert line.pledge is not None
            yield Remark(
                subject=f"{line.pledge.pledge_id} ({line.measure})",
                says="disputed and not resolved: claimed, not confirmed",
                value_pence=line.disputed_pence,
                positions=line.disputes,
            )
