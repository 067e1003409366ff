"""What an auction hands to the assessment: each tender with its sealed points and its bid."""

from collections.abc import Collection

from svx_ledger.domain.assessment import Tender

from .ranking import tender_of
from .state import Auction


def tenders(auction: Auction, without: Collection[str] = ()) -> tuple[Tender, ...]:
    """Return the tenders that stand, in the order in which they were scored.

    Suppliers that are excluded are not among them, nor those in `without`. One that did not
    bid is, with a bid of nothing.
    """
    gone = auction.excluded.union(without)
    return tuple(
        tender_of(score, auction.standing.get(score.supplier_id))
        for score in auction.scores or ()
        if score.supplier_id not in gone
    )
