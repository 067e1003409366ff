"""Where an award leaves the order of its assessment, and on which ground."""

from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.projections.award_rows import AWARD, GROUND, TENDER
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility import recommendation_shown_to

from .asking import positions


class Departure(NamedTuple):
    """A tender that ranked better than the recommended one, and why it was passed over.

    Without a `ground` the recommendation breaks invariant 14.
    """

    award_id: str
    authority_id: str
    recommended: str
    recommended_rank: int | None
    passed_over: str
    rank: int
    points_more: Decimal
    ground: str | None
    recommended_by: str | None
    approved_by: str | None
    positions: tuple[int, ...]


def departures(view: View, viewer: Actor | None = None) -> tuple[Departure, ...]:
    """Return where an award leaves the order of its assessment: a row for each better tender.

    Of the recommendation in force. Everybody sees it once it is approved; before that its
    authority and auditors do.
    """
    found = []
    for award in view.rows.all(AWARD):
        if award.recommended is None or not recommendation_shown_to(
            view.rows, award.award_id, viewer
        ):
            continue
        of_award = view.rows.select(TENDER, award.award_id)
        tenders = [row for row in of_award if row.position == award.ranked_position]
        own = next((row for row in tenders if row.supplier_id == award.recommended), None)
        grounds = {
            row.supplier_id: row.reason
            for row in view.rows.select(GROUND, award.award_id)
            if row.position == award.recommended_position
        }
        found += [
            Departure(
                award_id=award.award_id,
                authority_id=award.authority_id,
                recommended=award.recommended,
                recommended_rank=own.rank if own else None,
                passed_over=better.supplier_id,
                rank=better.rank,
                points_more=better.total - (own.total if own else Decimal(0)),
                ground=grounds.get(better.supplier_id),
                recommended_by=award.recommended_by,
                approved_by=award.approved_by,
                positions=positions(
                    award.ranked_position, award.recommended_position, award.approved_position
                ),
            )
            for better in sorted(tenders, key=lambda row: row.rank)
            if own is None or better.rank < own.rank
        ]
    return tuple(found)
