"""Orders: of standing bids, and of the assessment, by the frozen formula."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

Score = int | Decimal


class Bid(NamedTuple):
    """A standing bid: when it came, what it is worth, what it is compared by."""

    bid_no: int
    value_pence: int
    score: Score
    lines: list[dict[str, Any]]


def social_value(terms: dict[str, Any], bid: Score, best: Score) -> Fraction:
    """Return the points that a bid earns for social value, exact."""
    weight = Fraction(Decimal(terms["social_value_weight"]))
    if not best:
        return Fraction(0)
    formula = terms["social_value_score"]
    if formula == "share-of-best":
        return weight * Fraction(bid) / Fraction(best)
    in_points = terms["basis"] == "points"
    if formula == "share-of-target":
        target = Decimal(terms["target_points"]) if in_points else terms["target_pence"]
        return min(weight, weight * Fraction(bid) / Fraction(target))
    least = "at_least_points" if in_points else "at_least_pence"
    reached = [
        Fraction(Decimal(band["points"]))
        for band in terms["bands"]
        if Decimal(band.get(least, 0)) <= bid
    ]
    return max(reached, default=Fraction(0))


def ranked(
    terms: dict[str, Any], bids: dict[str, Bid], scores: list[dict[str, Any]]
) -> list[str]:
    """Return the bidders in their live order: by score, or by total where these are ranked."""
    if terms["rank_on"] == "social-value":
        return sorted(bids, key=lambda who: (-bids[who].score, bids[who].bid_no))
    return [
        who for who, _ in assessed(terms, bids, [s for s in scores if s["supplier_id"] in bids])
    ]


def assessed(
    terms: dict[str, Any], bids: dict[str, Bid], scores: list[dict[str, Any]]
) -> list[tuple[str, Decimal]]:
    """Return suppliers in the order of their totals, each with its points for social value."""
    best = max(
        (bids[s["supplier_id"]].score for s in scores if s["supplier_id"] in bids), default=0
    )
    points: dict[str, Fraction] = {}
    keys: dict[str, tuple[Fraction, int, int, str]] = {}
    for score in scores:
        who = score["supplier_id"]
        bid = bids.get(who)
        points[who] = social_value(terms, bid.score if bid else 0, best)
        given = Fraction(Decimal(score["price"])) + Fraction(Decimal(score["quality"]))
        keys[who] = -points[who] - given, bid is None, bid.bid_no if bid else 0, who
    return [(who, _millionths(points[who])) for who in sorted(keys, key=keys.__getitem__)]


def _millionths(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**6)).scaleb(-6)
