"""The live order of an auction, from its rows: hidden, and for the board alone to show."""

from dataclasses import dataclass
from decimal import Decimal

from svx_ledger.domain.assessment import Band, Scoring
from svx_ledger.domain.auction.events import RankedBid, TenderScore
from svx_ledger.domain.auction.ranking import Totals, rank
from svx_ledger.domain.auction.state import Standing
from svx_ledger.domain.auction.terms import least_of

from .auction_rows import AUCTION, BAND, EXCLUDED, PARTICIPANT, SCORE, STANDING, AuctionRow
from .table import Rows, existing


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A bidder under its pseudonym, with what its standing bid scores: pence, or points."""

    pseudonym: str
    score_pence: int | None
    score_points: Decimal | None


def live_ranking(rows: Rows, auction_id: str) -> tuple[RankedBid, ...]:
    """Return the standing bids in order: hidden until they are ranked."""
    auction = existing(rows, AUCTION, auction_id)
    return rank(standing(rows, auction_id), totals(rows, auction))


def standing(rows: Rows, auction_id: str) -> dict[str, Standing]:
    """Return the bids that count, without their lines."""
    gone = excluded(rows, auction_id)
    return {
        row.supplier_id: Standing(
            bid_no=row.bid_no,
            value_pence=row.value_pence,
            lines=(),
            score_points=row.score_points,
        )
        for row in rows.select(STANDING, auction_id)
        if row.supplier_id not in gone
    }


def excluded(rows: Rows, auction_id: str) -> frozenset[str]:
    """Return the suppliers whose bids count no longer."""
    participants = rows.select(PARTICIPANT, auction_id)
    return frozenset(row.supplier_id for row in participants if row.status == EXCLUDED)


def totals(rows: Rows, auction: AuctionRow) -> Totals | None:
    """Return what an order by totals takes, where the terms rank on these."""
    if auction.rank_on == "social-value":
        return None
    basis = auction.basis
    bands = (
        Band(
            points=row.points,
            at_least_pence=row.at_least_pence,
            at_least_points=row.at_least_points,
        )
        for row in rows.select(BAND, auction.auction_id)
    )
    scoring = Scoring(
        weight=auction.weight,
        formula=auction.formula,
        target=auction.target_pence if basis == "pounds" else auction.target_points,
        steps=tuple((least_of(band, basis), band.points) for band in bands),
    )
    scores = (
        TenderScore(supplier_id=row.supplier_id, price=row.price, quality=row.quality)
        for row in rows.select(SCORE, auction.auction_id)
    )
    return Totals(scoring, tuple(scores))


def pseudonyms(rows: Rows, auction_id: str) -> dict[str, str]:
    """Return what each bidder is called where its identity must not show."""
    return {row.supplier_id: f"Bidder {row.bidder}" for row in rows.select(SCORE, auction_id)}


def rivals(rows: Rows, auction_id: str) -> tuple[Rival, ...]:
    """Return the standing bids by score, which is all that is shown of them.

    In the order of scores also where totals rank: their order would tell of sealed points.
    """
    names = pseudonyms(rows, auction_id)
    return tuple(
        Rival(
            pseudonym=names[bid.supplier_id],
            score_pence=bid.value_pence if bid.score_points is None else None,
            score_points=bid.score_points,
        )
        for bid in rank(standing(rows, auction_id), None)
    )
