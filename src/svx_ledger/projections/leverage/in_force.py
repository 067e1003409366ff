"""Which ranking, which approval and which end of an auction hold at a given cut."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from svx_ledger.projections.table import Rows

from .cut import Cut
from .facts import APPROVAL, AWARD, END, RANKING, ApprovalRow, AwardRow, EndRow, RankingRow

NEVER_COUNTED: Final[frozenset[str]] = frozenset({"cancelled", "voided"})
"""The ends after which an auction contributes nothing; its spend stays (invariant 23)."""


class InForce(NamedTuple):
    """An award with the approval that is in force."""

    award: AwardRow
    approval: ApprovalRow
    supplier_id: str


def rankings(rows: Rows, cut: Cut) -> dict[str, RankingRow]:
    """Return the latest ranking of each auction's bids, by auction."""
    return {row.auction_id: row for row in rows.all(RANKING) if row.position <= cut.until}


def ends(rows: Rows, cut: Cut) -> dict[str, EndRow]:
    """Return how auctions ended early, by auction."""
    return {row.auction_id: row for row in rows.all(END) if row.position <= cut.until}


def approvals(rows: Rows, cut: Cut) -> Iterator[InForce]:
    """Give the awards whose approval is in force: made, and not undone since."""
    last = {row.award_id: row for row in rows.all(APPROVAL) if row.position <= cut.until}
    for award in rows.all(AWARD):
        approval = last.get(award.award_id)
        if approval is not None and approval.supplier_id is not None:
            yield InForce(award, approval, approval.supplier_id)
