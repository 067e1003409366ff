"""The terms of an auction: what two people freeze before anybody bids, for good."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

from svx_ledger.domain.assessment import Band, Formula, Score, Scoring
from svx_ledger.domain.form import (
    Between,
    BidPoints,
    Count,
    Digits,
    Measure,
    NeedId,
    Pence,
    Points,
    PointsPerUnit,
    Pounds,
    Quantity,
    Reason,
    Unit,
)
from svx_ledger.domain.values import EXACT

Seconds = Annotated[int, Between(0, 86_400)]
Percent = Annotated[Decimal, Digits(3, 4), Between(Decimal(0), Decimal(100))]
Basis = Literal["pounds", "points"]
"""What a bid is compared by: the money that it is worth, or a table of points."""
Bands = Annotated[tuple[Band, ...], Count(1, 100)]
POINTS_PLACES = 6
"""A bid scores to the millionth of a point, as it is worth to the penny."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftClose:
    """How late bids extend the auction, so that nobody gains from bidding last.

    An accepted bid in the last `window_seconds` moves the close to `extension_seconds` from
    that bid, at most `at_most` times and never past `hard_stop`; with `rank-change` only where
    it changes the order of the bidders.
    """

    window_seconds: Seconds
    extension_seconds: Seconds
    at_most: Annotated[int, Between(0, 1000)]
    hard_stop: datetime
    extend_on: Literal["rank-change", "any-accepted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """By how much a bidder's next bid beats its own standing one."""

    kind: Literal["pence", "percent", "points"]
    pence: Pence | None = None
    percent: Percent | None = None
    points: BidPoints | None = None

    def least_after(self, standing_pence: int) -> int:
        """Return the lowest acceptable value after this one.

        A percentage is of the standing value, rounded up to the penny; never less than a
        penny, so that a bid worth nothing is not followed by another worth nothing.
        """
        if self.pence is not None:
            return standing_pence + self.pence
        assert self.percent is not None
        return standing_pence + max(1, ceil(Fraction(self.percent) * standing_pence / 100))

    def least_points_after(self, standing: Decimal) -> Decimal:
        """Return the lowest acceptable score after this one, where points are the basis.

        As with pence, but rounded up to the millionth of a point, and at least one of those.
        """
        if self.points is not None:
            return EXACT.add(standing, self.points)
        assert self.percent is not None
        millionths = Fraction(self.percent) * Fraction(standing) * 10**POINTS_PLACES / 100
        more = Decimal(max(1, ceil(millionths))).scaleb(-POINTS_PLACES, EXACT)
        return EXACT.add(standing, more)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionTerms:
    """The frozen rules: when, what a bid must reach, and how it becomes a score.

    - `mode`: `ascending`, where a bidder may raise its bid, or `single`, one bid each.
    - `visibility`: `rank`, where each bidder sees its own place, or `open`, where bidders see
      each other's scores under pseudonyms. Identities never show before the ranking.
    - `rank_on`: the live order is by the bids alone, or `combined` by the assessment's total.
    - `basis`: bids are compared in pounds or in points; the reserve is in the same.
    - `social_value_score`: how a bid becomes points of `social_value_weight`
      (`assessment.Scoring`), with its target or its bands.
    - `reference_spend_pence`: the contract spend on which rate lines are ranked; without it
      the auction takes none.
    - `eligibility`: who may be qualified, in words.
    - `outage`: whether an outage over the close closes or pauses the auction. One of more than
      `outage_seconds` in the last `outage_window_minutes` is a ground for voiding it.

    What is None was not agreed on: no withdrawal, no outage rule, no rate lines.
    """

    mode: Literal["ascending", "single"]
    visibility: Literal["rank", "open"]
    bidder_count_shown: bool
    rank_on: Literal["social-value", "combined"]
    basis: Basis
    opens_at: datetime
    closes_at: datetime
    notice_seconds: Annotated[int, Between(0, 366 * 86_400)]
    increment: Increment
    reserve_pence: Pence
    soft_close: SoftClose
    social_value_score: Formula
    social_value_weight: Points
    price_weight: Points
    quality_weight: Points
    reserve_points: BidPoints | None = None
    target_pence: Pence | None = None
    target_points: BidPoints | None = None
    bands: Bands | None = None
    withdrawal_allowed: bool | None = None
    eligibility: Reason | None = None
    reference_spend_pence: Pence | None = None
    outage: Literal["close", "pause"] | None = None
    outage_seconds: Annotated[int, Between(1, 86_400)] | None = None
    outage_window_minutes: Annotated[int, Between(1, 1440)] | None = None

    @property
    def scoring(self) -> Scoring:
        """How bids become points for social value."""
        return Scoring(
            weight=self.social_value_weight,
            formula=self.social_value_score,
            target=self.target_pence if self.basis == "pounds" else self.target_points,
            steps=tuple((least_of(band, self.basis), band.points) for band in self.bands or ()),
        )


def least_of(band: Band, basis: Basis) -> Score:
    """Return from which score on a band gives its points; 0 where it does not say."""
    return (band.at_least_pence if basis == "pounds" else band.at_least_points) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCap:
    """A limit, below what is outstanding, on what one bid may pledge to a need."""

    need_id: NeedId
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenNeed:
    """A need as it is bid on: its proxy in pounds a unit, and the most one bid may pledge.

    `points_per_unit` is there where bids are compared in points.
    """

    need_id: NeedId
    measure: Measure
    unit: Unit
    divisible: bool
    pounds_per_unit: Pounds
    cap: Quantity
    points_per_unit: PointsPerUnit | None = None
