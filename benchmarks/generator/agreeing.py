"""The terms of auctions, as authorities choose them."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Literal

from svx_ledger.domain.assessment import Band
from svx_ledger.domain.auction.terms import AuctionTerms, Increment, SoftClose

from .starting import WEIGHT


def soft_close(rng: Random, closes_at: datetime, *, single: bool) -> SoftClose:
    """Return a usual rule for late bids; where each supplier has one bid, nothing extends."""
    window, extension, times = rng.choice(
        ((300, 240, 2), (120, 120, 5), (300, 300, 1), (0, 0, 0))
    )
    return SoftClose(
        window_seconds=window,
        extension_seconds=extension,
        at_most=0 if single else times,
        hard_stop=closes_at + timedelta(seconds=rng.choice((0, 240, 600, 3600))),
        extend_on=rng.choice(("rank-change", "any-accepted")),
    )


def increment(rng: Random, *, in_points: bool) -> Increment:
    """Return an increment in per cent, or else in what bids are compared by."""
    if rng.random() < 0.4:
        return Increment(kind="percent", percent=Decimal(rng.choice(("0.5", "1", "2.75"))))
    if in_points:
        return Increment(kind="points", points=Decimal(rng.choice(("0.5", "1", "12.5"))))
    return Increment(kind="pence", pence=rng.choice((1, 10_000, 100_000)))


def scoring(rng: Random, *, in_points: bool) -> dict[str, Any]:
    """Return how a bid becomes points of the assessment."""
    formula = rng.choice(("share-of-best", "share-of-best", "share-of-target", "banded"))
    name = "points" if in_points else "pence"
    if formula == "share-of-target":
        target = Decimal(2_000) if in_points else 3_000_000
        return {"social_value_score": formula, f"target_{name}": target}
    if formula == "banded":
        low, high = Decimal(4), Decimal(9)
        in_pence = (
            Band(points=low, at_least_pence=100_000),
            Band(points=high, at_least_pence=2_000_000),
        )
        by_points = (
            Band(points=low, at_least_points=Decimal(100)),
            Band(points=high, at_least_points=Decimal(1_000)),
        )
        return {"social_value_score": formula, "bands": by_points if in_points else in_pence}
    return {"social_value_score": formula}


def terms(
    rng: Random, opens_at: datetime, notice: timedelta, reference_pence: int | None = None
) -> AuctionTerms:
    """Return terms: mostly the plain ones, in pounds and with several bids each.

    With `reference_pence` the auction takes rate lines, ranked on that spend.
    """
    outages: tuple[Literal["close", "pause"] | None, ...] = (None, "close", "pause")
    outage = rng.choice(outages)
    single, in_points = rng.random() < 0.08, rng.random() < 0.15
    closes_at = opens_at + timedelta(minutes=rng.choice((30, 60, 120, 24 * 60)))
    return AuctionTerms(
        mode="single" if single else "ascending",
        visibility="rank" if single else rng.choice(("rank", "rank", "open")),
        bidder_count_shown=rng.random() < 0.3,
        rank_on="combined" if rng.random() < 0.15 else "social-value",
        basis="points" if in_points else "pounds",
        opens_at=opens_at,
        closes_at=closes_at,
        notice_seconds=int(notice.total_seconds()),
        increment=increment(rng, in_points=in_points),
        reserve_pence=0 if in_points else rng.choice((0, 0, 50_000, 500_000)),
        reserve_points=Decimal(rng.choice((0, 5))) if in_points else None,
        soft_close=soft_close(rng, closes_at, single=single),
        social_value_weight=WEIGHT,
        price_weight=Decimal(50),
        quality_weight=Decimal(40),
        withdrawal_allowed=rng.choice((None, True)),
        reference_spend_pence=reference_pence,
        outage=outage,
        outage_seconds=600 if outage else None,
        outage_window_minutes=30 if outage else None,
        **scoring(rng, in_points=in_points),
    )
