"""The auction board as people read it: now, by the ledger's own time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import RankedBid
from svx_ledger.domain.auction.ranking import rank
from svx_ledger.domain.auction.state import Standing
from svx_ledger.domain.rule import Refusal

from .auction_board import (
    AUCTION,
    EXTENSION,
    LISTED_NEED,
    PARTICIPANT,
    PLACE,
    REJECTION,
    SCORE,
    STANDING,
    AuctionRow,
    ListedNeedRow,
)
from .organisations import name_of
from .table import Rows
from .visibility import bids_shown, scores_shown, unless_own


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A supplier in an auction; `has_bid` is None while bids are hidden."""

    supplier_id: str
    name: str
    status: str
    has_bid: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A standing bid at its final place, worth `value_pence`."""

    rank: int
    supplier_id: str
    name: str
    bid_no: int
    value_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The disclosed points of one tender."""

    supplier_id: str
    price: Decimal
    quality: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One auction as everybody may see it.

    `bids` counts every bid judged and `rejections` those of them that were rejected;
    `bidders` counts standing bids, and may be shown before the others where the terms say so.
    These and `ranking` are None while bids are hidden, `scores` until they are disclosed.
    """

    auction_id: str
    procurement_id: str
    lot: str
    authority_id: str
    phase: str
    opens_at: datetime
    closes_at: datetime
    hard_stop: datetime
    extensions: int
    reserve_pence: int
    needs: tuple[ListedNeedRow, ...]
    participants: tuple[Participant, ...]
    bids: int | None
    rejections: int | None
    bidders: int | None
    ranking: tuple[Place, ...] | None
    scores: tuple[Score, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBoard:
    """One auction as one bidder sees it: its own place, and nothing of its rivals.

    `rank` and `bid_no` are None without a standing bid; `value_pence` also while bids are
    hidden, from whomever.
    """

    auction_id: str
    supplier_id: str
    phase: str
    opens_at: datetime
    closes_at: datetime
    hard_stop: datetime
    status: str
    bidders: int | None
    rank: int | None
    bid_no: int | None
    value_pence: int | None


def phase_at(phase: str, opens_at: datetime, closes_at: datetime, now: datetime) -> str:
    """Return an auction's phase by the clock, which the log may be about to follow.

    An auction is closed from its closing instant on, whether or not that is written, and
    opened bidding begins at the opening time.
    """
    if phase in ("scheduled", "open") and now >= closes_at:
        return "closed"
    if phase == "open" and now < opens_at:
        return "scheduled"
    return phase


def live_ranking(rows: Rows, auction_id: str) -> tuple[RankedBid, ...]:
    """Return the standing bids in order. Hidden until ranked: for this module, and audits."""
    standing = {
        row.supplier_id: Standing(bid_no=row.bid_no, value_pence=row.value_pence, lines=())
        for row in rows.select(STANDING, auction_id)
    }
    return rank(standing)


def board(rows: Rows, auction_id: str, now: datetime) -> Board | None:
    """Return an auction as everybody may see it, or None where there is none of that name."""
    auction = rows.get(AUCTION, auction_id)
    return _board(rows, auction, now) if auction else None


def boards(rows: Rows, now: datetime) -> tuple[Board, ...]:
    """Return every auction, the one that closes next first."""
    auctions = sorted(rows.all(AUCTION), key=lambda row: (row.closes_at, row.auction_id))
    return tuple(_board(rows, auction, now) for auction in auctions)


def board_for(
    rows: Rows, auction_id: str, supplier_id: str, *, viewer: Actor | None, now: datetime
) -> OwnBoard | Refusal | None:
    """Return an auction as this bidder sees it, or None where it takes no part.

    Refused, while bids are hidden, to every `viewer` who does not act for that supplier.
    """
    auction = rows.get(AUCTION, auction_id)
    if auction is None:
        return None
    if refusal := unless_own(auction, supplier_id, viewer):
        return refusal
    participant = rows.get(PARTICIPANT, auction_id, supplier_id)
    if participant is None:
        return None
    places = live_ranking(rows, auction_id)
    own = next((place for place in places if place.supplier_id == supplier_id), None)
    return OwnBoard(
        auction_id=auction_id,
        supplier_id=supplier_id,
        phase=phase_at(auction.phase, auction.opens_at, auction.closes_at, now),
        opens_at=auction.opens_at,
        closes_at=auction.closes_at,
        hard_stop=auction.hard_stop,
        status=participant.status,
        bidders=_bidders(rows, auction),
        rank=own.rank if own else None,
        bid_no=own.bid_no if own else None,
        value_pence=own.value_pence if own and bids_shown(auction) else None,
    )


def _board(rows: Rows, auction: AuctionRow, now: datetime) -> Board:
    of = auction.auction_id
    return Board(
        auction_id=of,
        procurement_id=auction.procurement_id,
        lot=auction.lot,
        authority_id=auction.authority_id,
        phase=phase_at(auction.phase, auction.opens_at, auction.closes_at, now),
        opens_at=auction.opens_at,
        closes_at=auction.closes_at,
        hard_stop=auction.hard_stop,
        extensions=rows.count(EXTENSION, of),
        reserve_pence=auction.reserve_pence,
        needs=tuple(rows.select(LISTED_NEED, of)),
        participants=_participants(rows, auction),
        bids=auction.bids if bids_shown(auction) else None,
        rejections=rows.count(REJECTION, of) if bids_shown(auction) else None,
        bidders=_bidders(rows, auction),
        ranking=_ranking(rows, auction),
        scores=_scores(rows, auction),
    )


def _participants(rows: Rows, auction: AuctionRow) -> tuple[Participant, ...]:
    bidders = {row.supplier_id for row in rows.select(STANDING, auction.auction_id)}
    return tuple(
        Participant(
            supplier_id=row.supplier_id,
            name=name_of(rows, row.supplier_id),
            status=row.status,
            has_bid=row.supplier_id in bidders if bids_shown(auction) else None,
        )
        for row in rows.select(PARTICIPANT, auction.auction_id)
    )


def _bidders(rows: Rows, auction: AuctionRow) -> int | None:
    if not (auction.bidder_count_shown or bids_shown(auction)):
        return None
    return rows.count(STANDING, auction.auction_id)


def _ranking(rows: Rows, auction: AuctionRow) -> tuple[Place, ...] | None:
    if not bids_shown(auction):
        return None
    return tuple(
        Place(
            rank=row.rank,
            supplier_id=row.supplier_id,
            name=name_of(rows, row.supplier_id),
            bid_no=row.bid_no,
            value_pence=row.value_pence,
        )
        for row in rows.select(PLACE, auction.auction_id)
    )


def _scores(rows: Rows, auction: AuctionRow) -> tuple[Score, ...] | None:
    if not scores_shown(auction):
        return None
    return tuple(
        Score(supplier_id=row.supplier_id, price=row.price, quality=row.quality)
        for row in rows.select(SCORE, auction.auction_id)
    )
