"""The assessment: social value with price and quality, by weights that were frozen before.

The leader of the auction need not lead here: the auction gives each tender its points for
social value, the sealed scores give the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, NamedTuple, assert_never

from .form import Between, BidPoints, Digits, OrganisationId, Pence, Points
from .leverage import rounded
from .values import EXACT

PLACES: Final = 6
ScoredPoints = Annotated[Decimal, Digits(3, PLACES), Between(Decimal(0), Decimal(100))]
"""Points that a division gave, as a record states them: to the millionth, half to even."""
Formula = Literal["share-of-best", "share-of-target", "banded"]
"""How a bid becomes points for social value."""
Score = int | Decimal
"""Of a bid: pence of value or points of a table, by the basis of its auction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From this score on, so many points for social value; in pence or points, by the basis."""

    points: Points
    at_least_pence: Pence | None = None
    at_least_points: BidPoints | None = None


class Scoring(NamedTuple):
    """How bids become points for social value: the weight, the formula and what it takes.

    `target` earns the whole weight; each step is (the least score of it, its points).
    """

    weight: Decimal
    formula: Formula = "share-of-best"
    target: Score | None = None
    steps: tuple[tuple[Score, Decimal], ...] = ()

    def points(self, bid: Score, best: Score) -> Fraction:
        """Return the points that a bid earns, exact; where the best bid is 0, nobody earns any.

        - `share-of-best`: weight × bid ÷ best bid.
        - `share-of-target`: weight × bid ÷ target, and never more than the weight.
        - `banded`: the points of the highest band that the bid reaches.
        """
        if not best:
            return Fraction(0)
        match self.formula:
            case "share-of-best":
                return Fraction(self.weight) * Fraction(bid) / Fraction(best)
            case "share-of-target":
                assert self.target is not None
                share = Fraction(bid) / Fraction(self.target)
                return Fraction(self.weight) * min(share, Fraction(1))
            case "banded":
                reached = (points for least, points in self.steps if bid >= least)
                return Fraction(max(reached, default=Decimal(0)))
            case _:
                assert_never(self.formula)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedTender:
    """One tender in the order of the assessment, points by points.

    A supplier that did not bid in the auction has no `bid_no` and a bid of 0 pence.
    `bid_points` is what its bid scored where a table of points valued it.
    """

    rank: Annotated[int, Between(1, 250)]
    supplier_id: OrganisationId
    social_value: ScoredPoints
    price: Points
    quality: Points
    total: ScoredPoints
    bid_pence: Pence
    bid_no: Annotated[int, Between(1, 10**9)] | None = None
    bid_points: BidPoints | None = None


class Tender(NamedTuple):
    """What the assessment takes of one supplier: its sealed points and its standing bid."""

    supplier_id: str
    price: Decimal
    quality: Decimal
    bid_pence: int = 0
    bid_no: int | None = None
    bid_points: Decimal | None = None

    @property
    def score(self) -> Score:
        """What its bid is compared by."""
        return self.bid_pence if self.bid_points is None else self.bid_points


def assess(scoring: Scoring, tenders: Iterable[Tender]) -> tuple[AssessedTender, ...]:
    """Rank tenders by their total of points (`placed`), and state each point by point."""
    return tuple(
        _assessed(rank, tender, rounded(points, PLACES))
        for rank, (tender, points) in enumerate(placed(scoring, tenders), start=1)
    )


def placed(scoring: Scoring, tenders: Iterable[Tender]) -> list[tuple[Tender, Fraction]]:
    """Return tenders from the best to the last, each with its exact social value points.

    The best bid is the best of these tenders: without an excluded one, the others' points are
    other ones. Exact totals rank; what is stored is rounded. Equal totals go to the earlier
    bid, then to suppliers without one, by their id.
    """
    tenders = tuple(tenders)
    best = max((tender.score for tender in tenders), default=0)
    points = [(tender, scoring.points(tender.score, best)) for tender in tenders]
    return sorted(points, key=lambda pair: _place(*pair))


def _assessed(rank: int, tender: Tender, points: Decimal) -> AssessedTender:
    """State a tender; its points for price and quality have too few places to be rounded."""
    return AssessedTender(
        rank=rank,
        supplier_id=tender.supplier_id,
        social_value=points,
        price=tender.price,
        quality=tender.quality,
        total=points + tender.price + tender.quality,
        bid_pence=tender.bid_pence,
        bid_no=tender.bid_no,
        bid_points=tender.bid_points,
    )


def _place(tender: Tender, points: Fraction) -> tuple[Fraction, bool, int, str]:
    """Sort key: more points first, then who bid, then the earlier bid, then the id."""
    total = points + Fraction(EXACT.add(tender.price, tender.quality))
    no_bid = tender.bid_no is None
    return -total, no_bid, tender.bid_no or 0, tender.supplier_id
