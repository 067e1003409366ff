"""The assessment: social value with price and quality, by weights that were frozen before.

The leader of the auction need not lead here: the auction gives each tender its points for
social value, the sealed scores give the rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, NamedTuple

from .form import Between, Digits, OrganisationId, Pence, Points

ScoredPoints = Annotated[Decimal, Digits(3, 6), Between(Decimal(0), Decimal(100))]
"""Points that a division gave: millionths of a point, rounded half to even."""


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
    where the best bid is 0, nobody earns any. Equal totals go to the earlier bid, then to
    suppliers without one, by their id.
    """
    tenders = tuple(tenders)
    best_pence = max((tender.bid_pence for tender in tenders), default=0)
    points = {t.supplier_id: social_value(weight, t.bid_pence, best_pence) for t in tenders}
    ranked = sorted(tenders, key=lambda tender: _place(tender, points))
    return tuple(
        AssessedTender(
            rank=rank,
            supplier_id=tender.supplier_id,
            social_value=points[tender.supplier_id],
            price=tender.price,
            quality=tender.quality,
            total=_total(tender, points),
            bid_pence=tender.bid_pence,
            bid_no=tender.bid_no,
        )
        for rank, tender in enumerate(ranked, start=1)
    )


def social_value(weight: Decimal, bid_pence: int, best_pence: int) -> Decimal:
    """Return weight × bid ÷ best bid in points, rounded half to even at the millionth."""
    if best_pence == 0:
        return Decimal(0)
    millionths = round(Fraction(weight) * bid_pence * 10**6 / best_pence)  # half to even
    return Decimal(millionths).scaleb(-6)


def _total(tender: Tender, points: Mapping[str, Decimal]) -> Decimal:
    return points[tender.supplier_id] + tender.price + tender.quality


def _place(tender: Tender, points: Mapping[str, Decimal]) -> tuple[Decimal, bool, int, str]:
    """Sort key: more points first, then who bid, then the earlier bid, then the id."""
    no_bid = tender.bid_no is None
    return -_total(tender, points), no_bid, tender.bid_no or 0, tender.supplier_id
