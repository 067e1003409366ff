"""The lines of bids: enough to stand, mostly not a lot more."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from svx_ledger.domain.auction.events import BidLine
from svx_ledger.domain.auction.lines import worth
from svx_ledger.domain.auction.terms import AuctionTerms, FrozenNeed

Lines = tuple[BidLine, ...]
Score = int | Decimal
"""Pence of value, or points where these are the basis."""


def score_of(lines: Lines, needs: Mapping[str, FrozenNeed], terms: AuctionTerms) -> Score:
    """Return what lines are compared by."""
    bid = worth(lines, needs, terms)
    return bid.value_pence if bid.score_points is None else bid.score_points


def least_after(standing: Score | None, terms: AuctionTerms) -> Score:
    """Return the least score of a supplier's next bid."""
    if standing is None:
        return terms.reserve_pence if terms.basis == "pounds" else terms.reserve_points or 0
    if isinstance(standing, Decimal):
        return terms.increment.least_points_after(standing)
    return terms.increment.least_after(standing)


def line(rng: Random, need: FrozenNeed, share: float, terms: AuctionTerms) -> BidLine:
    """Return a line that pledges about this share of a need's cap, and something at least.

    Where the auction takes rates, some lines have one that comes to it on the reference spend.
    """
    quantity = need.cap * Decimal(round(share, 4))
    whole = quantity // 1 if not need.divisible else round(quantity, rng.choice((0, 2)))
    amount = min(max(whole, min(need.cap, Decimal(1))), need.cap)
    spend = terms.reference_spend_pence
    if spend and rng.random() < 0.4:
        rate = round(amount * 100 / spend, 9) + Decimal("0.000000001")
        return BidLine(need_id=need.need_id, unit=need.unit, quantity=need.cap, rate=rate)
    return BidLine(need_id=need.need_id, unit=need.unit, quantity=amount)


def bid_above(
    rng: Random, needs: Mapping[str, FrozenNeed], terms: AuctionTerms, least: Score
) -> Lines | None:
    """Return lines that score this much at least; None where all needs together do not."""
    known = list(needs.values())
    if not known:
        return None
    whole = tuple(
        BidLine(need_id=need.need_id, unit=need.unit, quantity=need.cap) for need in known
    )
    most = score_of(whole, needs, terms)
    if most < least:
        return None
    chosen = rng.sample(known, k=rng.randint(1, len(known)))
    share = min(1.0, float(least) / max(1.0, float(most)) * rng.uniform(1.0, 1.3) + 0.01)
    for picked, each in ((chosen, share), (known, share), (known, share * 1.3)):
        lines = tuple(line(rng, need, min(each, 1.0), terms) for need in picked)
        if score_of(lines, needs, terms) >= least:
            return lines
    return whole
