"""Who led an auction when, and why that changed: its facts, played through the one ranking.

The leader is never recorded. It follows from the bids that stood at each position, in the order
that `domain.auction.ranking` gives them, as on the live board and in every audit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import RankedBid
from svx_ledger.domain.auction.ranking import Totals, rank
from svx_ledger.domain.auction.state import Standing
from svx_ledger.domain.permission import unless_supplier

from .auction_rows import AUCTION, BID, REJECTION, WITHDRAWAL, RejectionRow, WithdrawalRow
from .live_ranking import totals
from .table import Rows
from .timeline import TURN, TurnRow
from .visibility import bids_shown_to, participant_shown_to, scores_shown_to

Why = Literal["first-bid", "outbid", "withdrawn", "excluded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What happened at one position, and who led from then on.

    `happened` is bid, rejected, withdrawn or a turn of the auction. A bid is worth
    `value_pence`, has `score_points` where points are the basis, and took the place `rank`.
    `leader_id` led from here on, `ahead_by` so much of the next in pence or points (None: there
    was no other); `why` is there where the leader changed. Where totals rank, a leader may be
    behind in value.
    """

    auction_id: str
    position: int
    recorded_at: datetime
    happened: str
    took_effect_at: datetime | None = None
    supplier_id: str | None = None
    bid_no: int | None = None
    value_pence: int | None = None
    score_points: Decimal | None = None
    rank: int | None = None
    closes_at_was: datetime | None = None
    closes_at: datetime | None = None
    reason: str | None = None
    thing: str | None = None
    leader_id: str | None = None
    leader_bid_no: int | None = None
    leader_pence: int | None = None
    leader_points: Decimal | None = None
    ahead_by: int | Decimal | None = None
    why: Why | None = None


def timeline(
    rows: Rows, auction_id: str, viewer: Actor | None = None, *, judged: Rows | None = None
) -> tuple[Lead, ...] | None:
    """Return what happened to an auction as the viewer may see it; None where there is none.

    Until the bids are ranked there are no leaders in it, and of bids a bidder's own alone: an
    auditor who read the hidden amounts sees them all. Where totals rank, who led would tell of
    sealed points, and is shown with these. What may be seen is judged by the rows of another
    moment where these are given (`replay`).
    """
    by = rows if judged is None else judged
    auction = rows.get(AUCTION, auction_id)
    if auction is None:
        return None
    facts = sorted(_facts(rows, auction_id), key=lambda fact: fact.position)
    if not bids_shown_to(by, auction, viewer):
        return tuple(fact for fact in facts if _own_or_open(by, fact, viewer))
    if auction.rank_on != "social-value" and not scores_shown_to(by, auction, viewer):
        return tuple(facts)
    return tuple(_led(facts, totals(rows, auction)))


def _facts(rows: Rows, auction_id: str) -> Iterable[Lead]:
    for bid in rows.select(BID, auction_id):
        yield Lead(
            auction_id=auction_id,
            position=bid.position,
            recorded_at=bid.recorded_at,
            happened="bid",
            supplier_id=bid.supplier_id,
            bid_no=bid.bid_no,
            value_pence=bid.value_pence,
            score_points=bid.score_points,
        )
    for no in rows.select(REJECTION, auction_id):
        yield _bid_fact(no, "rejected", no.rule)
    for out in rows.select(WITHDRAWAL, auction_id):
        yield _bid_fact(out, "withdrawn", out.reason)
    for turn in rows.select(TURN, auction_id):
        yield _turn(turn)


def _bid_fact(row: RejectionRow | WithdrawalRow, happened: str, reason: str) -> Lead:
    return Lead(
        auction_id=row.auction_id,
        position=row.position,
        recorded_at=row.recorded_at,
        happened=happened,
        supplier_id=row.supplier_id,
        bid_no=row.bid_no,
        reason=reason,
    )


def _turn(turn: TurnRow) -> Lead:
    return Lead(
        auction_id=turn.auction_id,
        position=turn.position,
        recorded_at=turn.recorded_at,
        happened=turn.turn,
        took_effect_at=turn.took_effect_at,
        supplier_id=turn.supplier_id,
        bid_no=turn.bid_no,
        closes_at_was=turn.closes_at_was,
        closes_at=turn.closes_at,
        reason=turn.reason,
        thing=turn.thing,
    )


def _own_or_open(rows: Rows, fact: Lead, viewer: Actor | None) -> bool:
    """Whether a fact is no bid's, or the viewer's own."""
    supplier_id = fact.supplier_id
    if fact.happened == "excluded" and supplier_id is not None:
        return participant_shown_to(rows, fact.auction_id, supplier_id, viewer)
    if fact.bid_no is None:
        return True
    if supplier_id is None:  # an extension names the bid alone
        bid = rows.get(BID, fact.auction_id, fact.bid_no)
        supplier_id = bid.supplier_id if bid else None
    return (
        supplier_id is not None
        and viewer is not None
        and unless_supplier(viewer, supplier_id) is None
    )


def _led(facts: Iterable[Lead], by: Totals | None) -> Iterable[Lead]:
    """Yield the facts with who led from each on: what stands is ranked anew at every one."""
    standing: dict[str, Standing] = {}
    places: tuple[RankedBid, ...] = ()
    for fact in facts:
        before, who = places, fact.supplier_id
        if fact.happened == "bid" and who is not None:
            standing[who] = _standing(fact)
        elif fact.happened in ("withdrawn", "excluded") and who is not None:
            standing.pop(who, None)
        if fact.happened in ("bid", "withdrawn", "excluded"):
            places = rank(standing, by)
        led = _leading(fact, places)
        yield replace(led, why=_why(fact, before, places))


def _standing(fact: Lead) -> Standing:
    assert fact.bid_no is not None
    assert fact.value_pence is not None
    return Standing(
        bid_no=fact.bid_no,
        value_pence=fact.value_pence,
        lines=(),
        score_points=fact.score_points,
    )


def _leading(fact: Lead, places: tuple[RankedBid, ...]) -> Lead:
    """Return a fact with the bid that leads from it on, and by how much."""
    own = fact.bid_no if fact.happened == "bid" else None
    place = next((bid.rank for bid in places if bid.bid_no == own), None)
    if not places:
        return fact
    first, *others = places
    return replace(
        fact,
        rank=place,
        leader_id=first.supplier_id,
        leader_bid_no=first.bid_no,
        leader_pence=first.value_pence,
        leader_points=first.score_points,
        ahead_by=_score(first) - _score(others[0]) if others else None,
    )


def _score(bid: RankedBid) -> int | Decimal:
    return bid.value_pence if bid.score_points is None else bid.score_points


def _why(fact: Lead, before: tuple[RankedBid, ...], after: tuple[RankedBid, ...]) -> Why | None:
    """Return why another supplier leads than before, or none does any more."""
    was = before[0].supplier_id if before else None
    now = after[0].supplier_id if after else None
    if was == now:
        return None
    match fact.happened:
        case "withdrawn" | "excluded" as gone:
            return gone
        case _:
            return "outbid" if was else "first-bid"
