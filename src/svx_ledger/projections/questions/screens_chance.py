"""Screens that need many auctions before a pattern is more than chance: rotation and the like.

With tens of auctions they have no power, and say so. One in a hundred is taken as the limit,
divided by how many groups or pairs are looked at (Bonferroni), so that among all of them one in
a hundred ledgers is flagged by chance.
"""

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb
from statistics import stdev
from typing import Final

from svx_ledger.projections.view import View

from .asking import positions
from .screen import Flag, RankedAuction, Screen, ranked_auctions

CHANCE: Final = Fraction(1, 100)
COVERED: Final = 20
"""Auctions with four standing bids or more, before a spread of losing bids can be compared."""


def rotation(view: View) -> Screen:
    """Flag groups of the same bidders of whom nobody won twice running.

    If each of k is as likely to win, n auctions in a row without a repeat have the chance
    ((k − 1) ÷ k)^(n − 1): of two bidders that is below 1 in 100 from 8 auctions on, of three
    from 13, of four from 18; more groups need more.
    """
    groups: defaultdict[frozenset[str], list[RankedAuction]] = defaultdict(list)
    for of in sorted(ranked_auctions(view.rows), key=lambda one: one.ranked_at):
        bidders = frozenset(place.supplier_id for place in of.places)
        if len(bidders) > 1 and of.winner in bidders:
            groups[bidders].append(of)
    limit = CHANCE / max(len(groups), 1)
    flags, nearest = [], (0, _auctions_for_rotation(2, limit))
    for bidders, auctions in groups.items():
        needed = _auctions_for_rotation(len(bidders), limit)
        nearest = max(nearest, (len(auctions), needed), key=lambda near: near[0] - near[1])
        repeated = any(one.winner == after.winner for one, after in pairwise(auctions))
        if len(auctions) >= needed and not repeated:
            says = f"{len(auctions)} auctions of the same bidders, nobody won twice running"
            at = positions(*(position for one in auctions for position in one.positions))
            flags.append(Flag(", ".join(sorted(bidders)), says, at))
    return Screen(
        "bidders that win in turn",
        f"{nearest[1]} awarded auctions of the same bidders, or chance gives as much",
        nearest[1],
        nearest[0],
        tuple(flags),
    )


def _auctions_for_rotation(bidders: int, limit: Fraction) -> int:
    chance, auctions = Fraction(1), 1
    while chance > limit:
        chance *= Fraction(bidders - 1, bidders)
        auctions += 1
    return auctions


def co_bidding(view: View) -> Screen:
    """Flag pairs of suppliers that meet in more auctions than their number of bids explains.

    Fisher's exact test: of N auctions one bids in a, the other in b; that they meet in x or
    more has the hypergeometric chance. The smallest such chance is 1 ÷ C(N, ⌊N ÷ 2⌋), so that
    with p pairs fewer auctions than bring it to 1 in 100 × p can show nothing.
    """
    took_part: defaultdict[str, dict[str, int]] = defaultdict(dict)
    total = 0
    for of in ranked_auctions(view.rows):
        total += len(of.places) > 1
        for place in of.places if len(of.places) > 1 else ():
            took_part[place.supplier_id][of.auction.auction_id] = of.ranked_at
    pairs = [
        (one, other)
        for one, other in combinations(sorted(took_part), 2)
        if took_part[one].keys() & took_part[other].keys()
    ]
    limit = CHANCE / max(len(pairs), 1)
    needed = next(n for n in range(2, 1000) if Fraction(1, comb(n, n // 2)) <= limit)
    flags = []
    for one, other in pairs if total >= needed else ():
        met = took_part[one].keys() & took_part[other].keys()
        chance = _meeting(total, len(took_part[one]), len(took_part[other]), len(met))
        if chance <= limit:
            says = f"met in {len(met)} of {total} auctions; chance {float(chance):.1g}"
            at = positions(*(took_part[one][auction] for auction in met))
            flags.append(Flag(f"{one}, {other}", says, at))
    return Screen(
        "pairs that bid together more often than chance",
        f"{needed} ranked auctions with two bids or more, for {len(pairs)} pairs",
        needed,
        total,
        tuple(flags),
    )


def _meeting(total: int, one: int, other: int, met: int) -> Fraction:
    """Return the chance that two meet in so many auctions or more."""
    likely = range(met, min(one, other) + 1)
    ways = sum(comb(one, x) * comb(total - one, other - x) for x in likely)
    return Fraction(ways, comb(total, other))


def cover_bids(view: View) -> Screen:
    """Flag winners that win far above close losing bids more often than other winners do.

    Relative distance: best bid less the second, over the standard deviation of the losing ones;
    above 1 it stands out (Imhof, Karagök and Rutz, Screening for bid rigging: does it work?,
    2018). It takes three losing bids, and twenty such auctions to know what is usual. Flagged
    is who stands out so often that, at the rate of the others, it has the chance of 1 in 100
    or less, divided by the number of winners; the others' rate with one more of either kind.
    Who won more than all others together has nobody to be compared with.
    """
    won: Counter[str] = Counter()
    stands_out: defaultdict[str, list[int]] = defaultdict(list)
    for of in ranked_auctions(view.rows):
        bids = sorted((place.value_pence for place in of.places), reverse=True)
        if len(bids) < 4:
            continue
        best, (spread, apart) = of.places[0].supplier_id, (stdev(bids[1:]), bids[0] - bids[1])
        won[best] += 1
        if apart > spread:
            stands_out[best].append(of.ranked_at)
    total, standing = won.total(), sum(map(len, stands_out.values()))
    flags = []
    for supplier, at in sorted(stands_out.items()) if total >= COVERED else ():
        own, out = won[supplier], len(at)
        rate = Fraction(standing - out + 1, total - own + 2)
        if own <= total - own and _at_least(out, own, rate) <= CHANCE / len(won):
            says = f"{out} of {own} auctions won far above close losing bids"
            flags.append(Flag(supplier, says, positions(*at)))
    return Screen(
        "winners far above losing bids that lie close together",
        f"{COVERED} ranked auctions with four standing bids or more",
        COVERED,
        total,
        tuple(flags),
    )


def _at_least(least: int, of: int, rate: Fraction) -> Fraction:
    """Return the chance of so many or more, each at this rate (binomial)."""
    chances = (comb(of, x) * rate**x * (1 - rate) ** (of - x) for x in range(least, of + 1))
    return sum(chances, Fraction(0))
