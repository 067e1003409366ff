"""The auction board as people read it: now, by the ledger's own time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import RankedBid
from svx_ledger.domain.rule import Refusal

from .auction_rows import (
    AUCTION,
    EXTENSION,
    LISTED_NEED,
    PARTICIPANT,
    PLACE,
    REJECTION,
    SCORE,
    WITHDRAWAL,
    AuctionRow,
    ListedNeedRow,
    PlaceRow,
    WithdrawalRow,
)
from .auction_search import ALL_AUCTIONS, AuctionsOf, auctions_of, phase_at
from .live_ranking import Rival, excluded, live_ranking, pseudonyms, rivals, standing
from .organisations import name_of
from .table import Rows, existing
from .visibility import (
    bids_shown,
    bids_shown_to,
    own_rank_shown,
    participant_shown_to,
    rivals_shown,
    scores_shown_to,
    unless_own,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A supplier in an auction; `has_bid` is None while bids are hidden."""

    supplier_id: str
    name: str
    status: str
    has_bid: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A standing bid at its final place, worth `value_pence`; in points where these count."""

    rank: int
    supplier_id: str
    name: str
    bid_no: int
    value_pence: int
    score_points: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The disclosed points of one tender."""

    supplier_id: str
    price: Decimal
    quality: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One auction as its viewer may see it.

    `bids` counts every bid judged and `rejections` those of them that were rejected;
    `bidders` counts standing bids, and may be shown before the others where the terms say so.
    These, `extensions`, `ranking` and `withdrawals` are None while bids are hidden from the
    viewer, and `scores` while these are. `participants` holds those that the viewer may see,
    and is None where it may see none before the ranking.
    """

    auction_id: str
    procurement_id: str
    lot: str
    authority_id: str
    phase: str
    opens_at: datetime
    closes_at: datetime
    hard_stop: datetime
    extensions: int | None
    mode: str
    visibility: str
    rank_on: str
    basis: str
    reserve_pence: int
    reserve_points: Decimal | None
    needs: tuple[ListedNeedRow, ...]
    participants: tuple[Participant, ...] | None
    bids: int | None
    rejections: int | None
    bidders: int | None
    ranking: tuple[Place, ...] | None
    withdrawals: tuple[WithdrawalRow, ...] | None
    scores: tuple[Score, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBoard:
    """One auction as one bidder sees it: its own place, and nothing of its rivals.

    `rank` and `bid_no` are None without a standing bid, `rank` before the ranking also where
    each supplier has one bid; `value_pence` and `score_points` while bids are hidden, from
    whomever. Where the terms let bidders see each other's scores, `pseudonym` is its own and
    `rivals` are all of them, the best score first.
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
    score_points: Decimal | None
    pseudonym: str | None
    rivals: tuple[Rival, ...] | None


def board(
    rows: Rows,
    auction_id: str,
    now: datetime,
    viewer: Actor | None = None,
    *,
    judged: Rows | None = None,
) -> Board | None:
    """Return an auction as the viewer may see it, by default everybody.

    What may be seen is judged by other rows than those that are shown where these are given:
    of a past moment (`replay`), by the rows of a later one. None where there is none of that
    name.
    """
    auction = rows.get(AUCTION, auction_id)
    by = rows if judged is None else judged
    return _board(rows, auction, now, viewer, judged=by) if auction else None


def boards(
    rows: Rows, now: datetime, viewer: Actor | None = None, of: AuctionsOf = ALL_AUCTIONS
) -> tuple[Board, ...]:
    """Return auctions as the viewer may see them, the one that closes next first."""
    found = auctions_of(rows, now, of)
    return tuple(_board(rows, auction, now, viewer, judged=rows) for auction in found)


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
    sees_rivals = rivals_shown(auction) and participant.status == "qualified"
    return OwnBoard(
        auction_id=auction_id,
        supplier_id=supplier_id,
        phase=phase_at(auction.phase, auction.opens_at, auction.closes_at, now),
        opens_at=auction.opens_at,
        closes_at=auction.closes_at,
        hard_stop=auction.hard_stop,
        status=participant.status,
        bidders=_bidders(rows, auction, bids=bids_shown(auction)),
        rank=own.rank if own and own_rank_shown(auction) else None,
        bid_no=own.bid_no if own else None,
        value_pence=own.value_pence if own and bids_shown(auction) else None,
        score_points=own.score_points if own and bids_shown(auction) else None,
        pseudonym=pseudonyms(rows, auction_id)[supplier_id] if sees_rivals else None,
        rivals=rivals(rows, auction_id) if sees_rivals else None,
    )


def place_of(rows: Rows, bid: PlaceRow | RankedBid) -> Place:
    """Return the place of a ranked bid, with the name of whoever made it."""
    return Place(
        rank=bid.rank,
        supplier_id=bid.supplier_id,
        name=name_of(rows, bid.supplier_id),
        bid_no=bid.bid_no,
        value_pence=bid.value_pence,
        score_points=bid.score_points,
    )


def _board(
    rows: Rows, auction: AuctionRow, now: datetime, viewer: Actor | None, *, judged: Rows
) -> Board:
    of, bids = auction.auction_id, bids_shown_to(judged, auction, viewer)
    return Board(
        auction_id=of,
        procurement_id=auction.procurement_id,
        lot=auction.lot,
        authority_id=auction.authority_id,
        phase=phase_at(auction.phase, auction.opens_at, auction.closes_at, now),
        opens_at=auction.opens_at,
        closes_at=auction.closes_at,
        hard_stop=auction.hard_stop,
        extensions=rows.count(EXTENSION, of) if bids else None,
        mode=auction.mode,
        visibility=auction.visibility,
        rank_on=auction.rank_on,
        basis=auction.basis,
        reserve_pence=auction.reserve_pence,
        reserve_points=auction.reserve_points,
        needs=tuple(rows.select(LISTED_NEED, of)),
        participants=_participants(rows, auction, viewer, judged, bids=bids),
        bids=auction.bids if bids else None,
        rejections=rows.count(REJECTION, of) if bids else None,
        bidders=_bidders(rows, auction, bids=bids),
        ranking=_ranking(rows, auction) if bids and bids_shown(auction) else None,
        withdrawals=tuple(rows.select(WITHDRAWAL, of)) if bids else None,
        scores=_scores(rows, of) if scores_shown_to(judged, auction, viewer) else None,
    )


def _participants(
    rows: Rows, auction: AuctionRow, viewer: Actor | None, judged: Rows, *, bids: bool
) -> tuple[Participant, ...] | None:
    of = auction.auction_id
    bidders = standing(rows, of)
    shown = tuple(
        Participant(
            supplier_id=row.supplier_id,
            name=name_of(rows, row.supplier_id),
            status=row.status,
            has_bid=row.supplier_id in bidders if bids else None,
        )
        for row in rows.select(PARTICIPANT, of)
        if participant_shown_to(judged, of, row.supplier_id, viewer)
    )
    return shown if shown or bids_shown(existing(judged, AUCTION, of)) else None


def _bidders(rows: Rows, auction: AuctionRow, *, bids: bool) -> int | None:
    if not (auction.bidder_count_shown or bids):
        return None
    return len(standing(rows, auction.auction_id))


def _ranking(rows: Rows, auction: AuctionRow) -> tuple[Place, ...]:
    gone = excluded(rows, auction.auction_id)
    return tuple(
        place_of(rows, row)
        for row in sorted(rows.select(PLACE, auction.auction_id), key=lambda row: row.rank)
        if row.supplier_id not in gone
    )


def _scores(rows: Rows, auction_id: str) -> tuple[Score, ...]:
    return tuple(
        Score(supplier_id=row.supplier_id, price=row.price, quality=row.quality)
        for row in rows.select(SCORE, auction_id)
    )
