"""How a supplier's tender was assessed, beside the winner's."""

from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.rule import Refusal
from svx_ledger.projections.award_rows import AWARD, TENDER, AwardRow
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import of_side, positions, steps


class Feedback(NamedTuple):
    """How one's tender was assessed, beside the winner's, in points.

    The winner's is there once the award is approved: what an assessment summary says
    (Procurement Act 2023, section 50). `summaries_at` is the position at which these were
    recorded as sent.
    """

    award_id: str
    auction_id: str
    rank: int
    of: int
    social_value: Decimal
    price: Decimal
    quality: Decimal
    total: Decimal
    bid_pence: int
    won: bool | None
    winner_social_value: Decimal | None
    winner_price: Decimal | None
    winner_quality: Decimal | None
    winner_total: Decimal | None
    summaries_at: int | None
    positions: tuple[int, ...]


def feedback(view: View, viewer: Actor | None = None) -> tuple[Feedback, ...] | Refusal:
    """Return the assessment of each tender of the supplier that asks, as ranked last.

    There is none before the assessment is disclosed and ranked.
    """
    own = of_side(viewer, "supplier")
    if isinstance(own, Refusal):
        return own
    awards = sorted(view.rows.all(AWARD), key=lambda row: row.position)
    return tuple(one for award in awards if (one := _feedback(view.rows, award, own)))


def _feedback(rows: Rows, award: AwardRow, supplier_id: str) -> Feedback | None:
    of_award = rows.select(TENDER, award.award_id)
    ranked = [row for row in of_award if row.position == award.ranked_position]
    own = next((row for row in ranked if row.supplier_id == supplier_id), None)
    if own is None:
        return None
    best = next((row for row in ranked if row.supplier_id == award.supplier_id), None)
    after = award.ranked_position
    sent = [
        row.position for row in steps(rows, award.award_id, "summaries") if row.position > after
    ]
    return Feedback(
        award_id=award.award_id,
        auction_id=award.auction_id,
        rank=own.rank,
        of=len(ranked),
        social_value=own.social_value,
        price=own.price,
        quality=own.quality,
        total=own.total,
        bid_pence=own.bid_pence,
        won=None if best is None else best.supplier_id == supplier_id,
        winner_social_value=best.social_value if best else None,
        winner_price=best.price if best else None,
        winner_quality=best.quality if best else None,
        winner_total=best.total if best else None,
        summaries_at=sent[-1] if sent else None,
        positions=positions(award.ranked_position, award.approved_position, *sent),
    )
