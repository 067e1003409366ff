"""The assessment: social value with price and quality, by weights that were frozen before.

The leader of the auction need not lead here: the auction gives each tender its points for
social value, the sealed scores give the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, NamedTuple

from .form import Between, Digits, OrganisationId, Pence, Points
from .leverage import rounded

PLACES: Final = 6
ScoredPoints = Annotated[Decimal, Digits(3, PLACES), Between(Decimal(0), Decimal(100))]
"""Points that a division gave, as a record states them: to the millionth, half to even."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedTender:
    """One tender in the order of the assessment, points by points.

    A supplier that did not bid in the auction has no `bid_no` and a bid of 0 pence.
    """

    rank: Annotated[int, Between(1, 250)]
    supplier_id: OrganisationId
    social_value: ScoredPoints
    price: Points
    quality: Points
    total: ScoredPoints
    bid_pence: Pence
    bid_no: Annotated[int, Between(1, 10**9)] | None = None


class Tender(NamedTuple):
    """What the assessment takes of one supplier: its sealed points and its standing bid."""

    supplier_id: str
    price: Decimal
    quality: Decimal
    bid_pence: int = 0
    bid_no: int | None = None


def assess(weight: Decimal, tenders: Iterable[Tender]) -> tuple[AssessedTender, ...]:
    """Rank tenders by their total of points.

    The best bid earns the whole weight of social value, every other one its share of that;
    where the best bid is 0, nobody earns any. Exact totals rank; what is stored is rounded.
    Equal totals go to the earlier bid, then to suppliers without one, by their id.
    """
    tenders = tuple(tenders)
    best_pence = max((tender.bid_pence for tender in tenders), default=0)
    points = {t.supplier_id: social_value(weight, t.bid_pence, best_pence) for t in tenders}
    ranked = sorted(tenders, key=lambda tender: _place(tender, points[tender.supplier_id]))
    return tuple(
        _assessed(rank, tender, rounded(points[tender.supplier_id], PLACES))
        for rank, tender in enumerate(ranked, start=1)
    )


def social_value(weight: Decimal, bid_pence: int, best_pence: int) -> Fraction:
    """Return weight × bid ÷ best bid in points, exact."""
    return Fraction(weight) * bid_pence / best_pence if best_pence else Fraction(0)


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
    )


def _place(tender: Tender, points: Fraction) -> tuple[Fraction, bool, int, str]:
    """Sort key: more points first, then who bid, then the earlier bid, then the id."""
    total = points + Fraction(tender.price) + Fraction(tender.quality)
    no_bid = tender.bid_no is None
    return -total, no_bid, tender.bid_no or 0, tender.supplier_id
