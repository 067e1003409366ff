"""The auction of `scene` in points: 5 for a laptop, 0.25 for an hour."""

from dataclasses import replace
from decimal import Decimal

from svx_ledger.domain.auction.events import AuctionRulesFrozen, BidAccepted, BidLine
from svx_ledger.domain.auction.terms import AuctionTerms, Increment
from tests.domain.cast import SUPPLIER, Past

from .scene import FROZEN_HOURS, FROZEN_LAPTOPS, OPEN, TERMS, with_terms

POINTS: AuctionTerms = replace(
    TERMS,
    basis="points",
    increment=Increment(kind="points", points=Decimal("0.5")),
    reserve_pence=0,
    reserve_points=Decimal(10),
)
LAPTOPS_IN_POINTS = replace(FROZEN_LAPTOPS, points_per_unit=Decimal(5))
HOURS_IN_POINTS = replace(FROZEN_HOURS, points_per_unit=Decimal("0.25"))


def in_points(past: Past, terms: AuctionTerms = POINTS) -> Past:
    """The same history with bids compared in points."""
    needs = (LAPTOPS_IN_POINTS, HOURS_IN_POINTS)
    return [
        (
            stream,
            replace(event, needs=needs) if isinstance(event, AuctionRulesFrozen) else event,
        )
        for stream, event in with_terms(past, terms)
    ]


def scored(
    *lines: BidLine, worth: int, points: str, no: int = 1, supplier: str = SUPPLIER
) -> BidAccepted:
    """An accepted bid with its score."""
    return BidAccepted(
        supplier_id=supplier,
        lines=lines,
        bid_no=no,
        value_pence=worth,
        score_points=Decimal(points),
    )


OPEN_IN_POINTS: Past = in_points(OPEN)
