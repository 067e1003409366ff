"""The one ranking: of the live board, of late bids, of the assessment and of every audit."""

from collections.abc import Mapping

from .events import RankedBid
from .state import Standing


def in_order(standing: Mapping[str, Standing]) -> tuple[str, ...]:
    """Return the suppliers from the best bid to the last (invariant 11).

    The higher value first, then the earlier bid. Bid numbers follow the order in which bids
    were decided, and recorded times strictly increase from one command to the next, so the
    lower number *is* the earlier time; no two bids share one, hence no ties are left.
    """
    return tuple(sorted(standing, key=lambda s: (-standing[s].value_pence, standing[s].bid_no)))


def rank(standing: Mapping[str, Standing]) -> tuple[RankedBid, ...]:
    """Return the standing bids with their places, 1 being the best."""
    return tuple(
        RankedBid(
            rank=place,
            supplier_id=supplier,
            bid_no=standing[supplier].bid_no,
            value_pence=standing[supplier].value_pence,
        )
        for place, supplier in enumerate(in_order(standing), start=1)
    )
