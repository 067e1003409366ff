"""Which ranking, which approval and which end of an auction hold at a given time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from svx_ledger.projections.table import Rows

from .facts import (
    APPROVAL,
    AWARD,
    RANKING,
    ApprovalRow,
    AuctionRow,
    AwardRow,
    RankingRow,
)

NEVER_COUNTED: Final[frozenset[str]] = frozenset({"cancelled", "voided"})
"""The ends after which an auction contributes nothing; its spend stays (invariant 23)."""


class InForce(NamedTuple):
    """An award with the approval that is in force."""

    award: AwardRow
    approval: ApprovalRow
    supplier_id: str


def ranking_of(rows: Rows, auction_id: str, as_at: datetime) -> RankingRow | None:
    """Return the latest ranking of an auction's bids by then, if any."""
    known = [row for row in rows.select(RANKING, auction_id) if row.ranked_at <= as_at]
    return known[-1] if known else None


def approvals(rows: Rows, as_at: datetime) -> Iterable[InForce]:
    """Give the awards whose approval is in force then: made, and not undone since."""
    for award in rows.all(AWARD):
        of_award = rows.select(APPROVAL, award.award_id)
        known = [row for row in of_award if row.recorded_at <= as_at]
        if known and (supplier_id := known[-1].supplier_id) is not None:
            yield InForce(award, known[-1], supplier_id)


def ended(auction: AuctionRow, as_at: datetime) -> str | None:
    """Return how an auction had ended early by then, if it had."""
    return auction.ended if auction.ended_at and auction.ended_at <= as_at else None
