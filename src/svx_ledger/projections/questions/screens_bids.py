"""Screens of bids: few bidders, shill patterns and withdrawals, sniping, identical bids."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from svx_ledger.projections.auction_rows import BID, LISTED_NEED, WITHDRAWAL
from svx_ledger.projections.award_rows import RANKING, WITHDRAWN
from svx_ledger.projections.leverage.facts import BID_LINE
from svx_ledger.projections.organisations import CONNECTION
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import positions
from .closes import closes_of
from .screen import Flag, RankedAuction, Screen, ranked_auctions

FEW: Final = 3
SHILL_AUCTIONS: Final = 3
WITHDRAWALS: Final = 2
SNIPED: Final = timedelta(minutes=2)
SNIPER_BIDS: Final = 5


def few_bidders(view: View) -> Screen:
    """Flag auctions with fewer than three standing bids: who bids meets little competition."""
    ranked = list(ranked_auctions(view.rows))
    flags = [
        Flag(
            of.auction.auction_id,
            f"{len(of.places)} standing bid{'' if len(of.places) == 1 else 's'} at the close",
            of.positions,
        )
        for of in ranked
        if len(of.places) < FEW
    ]
    return Screen(
        f"auctions with fewer than {FEW} standing bids",
        "1 ranked auction",
        1,
        len(ranked),
        tuple(flags),
    )


class _Played(NamedTuple):
    """What a supplier did in one ranked auction: its bids, of all accepted ones there."""

    of: RankedAuction
    bids: tuple[int, ...]
    all_bids: int
    bidders: int


def shill_pattern(view: View) -> Screen:
    """Flag who drives bids up and never wins, and who takes bids or tenders back twice or more.

    The pattern: in three ranked auctions or more, all of one authority, no award, and in each
    at least the equal share of the accepted bids. After the ratings for one seller only, for
    bids made and for auctions lost in the shill score of Trevathan and Read (Detecting shill
    bidding in online English auctions, 2009).
    """
    played = _played(view.rows)
    flags = [
        flag
        for supplier, auctions in sorted(played.items())
        if (flag := _drives_up(supplier, auctions))
    ]
    flags += _take_back(view.rows)
    return Screen(
        "who bids often for one authority and never wins; who takes bids back",
        f"{SHILL_AUCTIONS} ranked auctions of one supplier",
        SHILL_AUCTIONS,
        max(map(len, played.values()), default=0),
        tuple(flags),
    )


def _played(rows: Rows) -> dict[str, list[_Played]]:
    found: defaultdict[str, list[_Played]] = defaultdict(list)
    for of in ranked_auctions(rows):
        bids: defaultdict[str, list[int]] = defaultdict(list)
        for bid in rows.select(BID, of.auction.auction_id):
            bids[bid.supplier_id].append(bid.position)
        total = sum(map(len, bids.values()))
        for supplier, at in bids.items():
            found[supplier].append(_Played(of, tuple(at), total, len(bids)))
    return dict(found)


def _drives_up(supplier: str, auctions: list[_Played]) -> Flag | None:
    authorities = {one.of.auction.authority_id for one in auctions}
    won = any(one.of.winner == supplier for one in auctions)
    often = all(len(one.bids) * one.bidders >= one.all_bids for one in auctions)
    if len(auctions) < SHILL_AUCTIONS or len(authorities) > 1 or won or not often:
        return None
    says = (
        f"{len(auctions)} auctions, all of {min(authorities)}, none won, and in each at least "
        "the equal share of bids"
    )
    return Flag(supplier, says, positions(*(at for one in auctions for at in one.bids)))


def _take_back(rows: Rows) -> list[Flag]:
    taken: defaultdict[str, list[int]] = defaultdict(list)
    for of in ranked_auctions(rows):
        for row in rows.select(WITHDRAWAL, of.auction.auction_id):
            taken[row.supplier_id].append(row.position)
        if of.award:
            rankings = list(rows.select(RANKING, of.award.award_id))
            for tender in rows.select(WITHDRAWN, of.award.award_id):
                taken[tender.supplier_id] += [
                    ranking.position
                    for ranking in rankings
                    if ranking.ranked_at == tender.withdrawn_at
                ]
    return [
        Flag(supplier, f"{len(at)} bids or tenders taken back", positions(*at))
        for supplier, at in sorted(taken.items())
        if len(at) >= WITHDRAWALS
    ]


def sniping(view: View) -> Screen:
    """Flag suppliers half of whose bids, or more, came in the last two minutes.

    Before the close that was in force when each came, over all ranked auctions.
    """
    late: defaultdict[str, list[int]] = defaultdict(list)
    all_bids: defaultdict[str, int] = defaultdict(int)
    for of in ranked_auctions(view.rows):
        closes = closes_of(view.rows, of.auction)
        for bid in view.rows.select(BID, of.auction.auction_id):
            close = [c for c in closes if c.position < bid.position][-1]
            all_bids[bid.supplier_id] += 1
            if close.closes_at - bid.recorded_at <= SNIPED:
                late[bid.supplier_id].append(bid.position)
    flags = [
        Flag(
            supplier,
            f"{len(at)} of {all_bids[supplier]} bids in the last two minutes",
            positions(*at),
        )
        for supplier, at in sorted(late.items())
        if all_bids[supplier] >= SNIPER_BIDS and 2 * len(at) >= all_bids[supplier]
    ]
    return Screen(
        "suppliers that bid in the last two minutes, half the time or more",
        f"{SNIPER_BIDS} accepted bids of one supplier",
        SNIPER_BIDS,
        max(all_bids.values(), default=0),
        tuple(flags),
    )


Vector = frozenset[tuple[str, Decimal, Decimal | None]]


def identical_bids(view: View) -> Screen:
    """Flag final bids of two suppliers in one auction that pledge the same to the same needs.

    The resource vector is what each line pledges, with its rate if it has one. Bids that take
    every line to its cap are the same without any agreement, and are not flagged.
    """
    flags: list[Flag] = []
    compared = 0
    for of in ranked_auctions(view.rows):
        compared += len(of.places) > 1
        same: defaultdict[Vector, list[tuple[str, int]]] = defaultdict(list)
        for place in of.places:
            vector, position = _vector(view.rows, place.auction_id, place.supplier_id)
            same[vector].append((place.supplier_id, position))
        caps = {
            row.need_id: row.quantity
            for row in view.rows.select(LISTED_NEED, of.auction.auction_id)
        }
        for vector, bids in same.items():
            capped = all(caps.get(need_id) == quantity for need_id, quantity, _ in vector)
            if len(bids) > 1 and not capped:
                flags.append(_identical(view.rows, of, bids))
    return Screen(
        "final bids that pledge exactly the same, below the caps",
        "1 ranked auction with two standing bids",
        1,
        compared,
        tuple(flags),
    )


def _vector(rows: Rows, auction_id: str, supplier_id: str) -> tuple[Vector, int]:
    """Return what a supplier's last bid pledges, and where it is recorded."""
    own = [row for row in rows.select(BID_LINE, auction_id) if row.supplier_id == supplier_id]
    last = max(row.bid_no for row in own)
    lines = [row for row in own if row.bid_no == last]
    return frozenset((row.need_id, row.quantity, row.rate) for row in lines), lines[0].position


def _identical(rows: Rows, of: RankedAuction, bids: list[tuple[str, int]]) -> Flag:
    suppliers = sorted(supplier for supplier, _ in bids)
    says = f"{', '.join(suppliers)} pledge exactly the same"
    ties = {row.connected_to for one in suppliers for row in rows.select(CONNECTION, one)}
    if ties & set(suppliers):
        says += "; they are connected"
    return Flag(of.auction.auction_id, says, positions(*(position for _, position in bids)))
