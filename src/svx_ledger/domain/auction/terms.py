"""The terms of an auction: what two people freeze before anybody bids, for good."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

from svx_ledger.domain.form import (
    Between,
    Digits,
    Measure,
    NeedId,
    Pence,
    Points,
    Pounds,
    Quantity,
    Unit,
)
from svx_ledger.domain.rule import Refusal, Rule

Seconds = Annotated[int, Between(0, 86_400)]
Percent = Annotated[Decimal, Digits(3, 4), Between(Decimal(0), Decimal(100))]

TERMS_TIMES = Rule(
    "terms-times",
    "An auction opens before it closes and closes no later than its hard stop.",
    "Put opens_at before closes_at, and closes_at not after hard_stop.",
)
TERMS_WEIGHTS = Rule(
    "terms-weights",
    "The weights of social value, price and quality sum to 100.",
    "Mend the weights.",
)
TERMS_INCREMENT = Rule(
    "terms-increment",
    "The increment states the one amount of its kind, more than zero.",
    "Give `pence` or `percent`, as the kind says, and only that.",
)


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

    kind: Literal["pence", "percent"]
    pence: Pence | None = None
    percent: Percent | None = None

    def least_after(self, standing_pence: int) -> int:
        """Return the lowest acceptable value after this one.

        A percentage is of the standing value, rounded up to the penny; never less than a
        penny, so that a bid worth nothing is not followed by another worth nothing.
        """
        if self.pence is not None:
            return standing_pence + self.pence
        assert self.percent is not None
        return standing_pence + max(1, ceil(Fraction(self.percent) * standing_pence / 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionTerms:
    """The frozen rules: when, what a bid must reach, and how its value becomes a score.

    Bids stay hidden from rivals (`visibility` rank: each sees its own place). Points of the
    assessment: the best bid has all of `social_value_weight`, each other its share of it.
    """

    mode: Literal["ascending"]
    visibility: Literal["rank"]
    bidder_count_shown: bool
    rank_on: Literal["social-value"]
    basis: Literal["pounds"]
    opens_at: datetime
    closes_at: datetime
    notice_seconds: Annotated[int, Between(0, 366 * 86_400)]
    increment: Increment
    reserve_pence: Pence
    soft_close: SoftClose
    social_value_score: Literal["share-of-best"]
    social_value_weight: Points
    price_weight: Points
    quality_weight: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCap:
    """A limit, below what is outstanding, on what one bid may pledge to a need."""

    need_id: NeedId
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenNeed:
    """A need as it is bid on: its proxy in pounds a unit, and the most one bid may pledge."""

    need_id: NeedId
    measure: Measure
    unit: Unit
    divisible: bool
    pounds_per_unit: Pounds
    cap: Quantity


def fault_in(terms: AuctionTerms) -> Refusal | None:
    """Return what is wrong with the terms as such.

    - An auction opens before it closes and closes no later than its hard stop.
    - The weights sum to 100.
    - The increment states the one amount of its kind, more than zero.
    """
    if not terms.opens_at < terms.closes_at <= terms.soft_close.hard_stop:
        return TERMS_TIMES.refuse()
    points = terms.social_value_weight + terms.price_weight + terms.quality_weight
    if points != 100:
        return TERMS_WEIGHTS.refuse(sum_points=f"{points:f}")
    increment = terms.increment
    stated, other = (
        (increment.pence, increment.percent)
        if increment.kind == "pence"
        else (increment.percent, increment.pence)
    )
    if not stated or other is not None:
        return TERMS_INCREMENT.refuse(kind=increment.kind)
    return None
