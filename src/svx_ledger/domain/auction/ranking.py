"""The one ranking: of the live board, of late bids, of the assessment and of every audit."""

from collections.abc import Mapping
from typing import NamedTuple

from svx_ledger.domain.assessment import Scoring, Tender, placed

from .events import RankedBid, TenderScore
from .state import Auction, Standing


class Totals(NamedTuple):
    """What an order by totals takes beside the bids: the formula, and the sealed scores."""

    scoring: Scoring
    scores: tuple[TenderScore, ...]


def totals_of(auction: Auction) -> Totals | None:
    """Return what this auction's order takes beside its bids; None where it takes nothing."""
    if auction.terms.rank_on == "social-value":
        return None
    return Totals(auction.terms.scoring, auction.scores or ())


def in_order(standing: Mapping[str, Standing], totals: Totals | None) -> tuple[str, ...]:
    """Return the bidders from the best to the last (invariant 11).

    The higher score first, or with `totals` the higher total of the assessment; then the
    earlier bid. Bid numbers follow the order in which bids were decided, and recorded times
    strictly increase from one command to the next, so the lower number *is* the earlier time;
    no two bids share one, hence no ties are left.
    """
    if totals is None:
        return tuple(sorted(standing, key=lambda s: (-standing[s].score, standing[s].bid_no)))
    bids = (
        tender_of(score, standing[score.supplier_id])
        for score in totals.scores
        if score.supplier_id in standing
    )
    return tuple(tender.supplier_id for tender, _ in placed(totals.scoring, bids))


def tender_of(score: TenderScore, bid: Standing | None) -> Tender:
    """Return a tender with its sealed points and its standing bid, if it has one."""
    tender = Tender(score.supplier_id, score.price, score.quality)
    if bid is None:
        return tender
    return tender._replace(
        bid_pence=bid.value_pence, bid_no=bid.bid_no, bid_points=bid.score_points
    )


def rank(standing: Mapping[str, Standing], totals: Totals | None) -> tuple[RankedBid, ...]:
    """Return the standing bids with their places, 1 being the best."""
    return tuple(
        RankedBid(
            rank=place,
            supplier_id=supplier,
            bid_no=standing[supplier].bid_no,
            value_pence=standing[supplier].value_pence,
            score_points=standing[supplier].score_points,
        )
        for place, supplier in enumerate(in_order(standing, totals), start=1)
    )
