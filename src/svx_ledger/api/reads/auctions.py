"""Auctions as whoever asks may see them: their boards, one bidder's own, and who led when."""

from bisect import bisect_right
from dataclasses import fields
from typing import Final

from svx_ledger.api.parameters import Parameter
from svx_ledger.api.routing import ItemsOf
from svx_ledger.domain.auction.state import Phase
from svx_ledger.domain.form import OrganisationId, ProcurementId
from svx_ledger.eventlog.scalars import instant
from svx_ledger.projections.auction_rows import AuctionRow
from svx_ledger.projections.auction_search import AuctionsOf, auctions_of
from svx_ledger.projections.board import Board, OwnBoard, board, board_for
from svx_ledger.projections.leading import Lead, timeline

from .asking import Asking, Listed, One, Paged, Read, allowed, found

COLUMNS: Final = (
    *("auction_id", "procurement_id", "lot", "authority_id", "phase", "opens_at", "closes_at"),
    *("hard_stop", "extensions", "mode", "visibility", "rank_on", "basis", "reserve_pence"),
    *("reserve_points", "bids", "rejections", "bidders"),
)
"""Of a board in CSV: what is one value."""
CHOSEN: Final = (
    Parameter(name="authority", form=OrganisationId, meaning="Of this authority."),
    Parameter(name="procurement", form=ProcurementId, meaning="Of this procurement."),
    Parameter(name="phase", form=Phase, meaning="In this phase, by the ledger's own time."),
)


def _auctions(asking: Asking) -> Paged:
    """List boards, the auction that closes next first; one whose close moves moves with it."""
    rows, now, viewer = asking.view.rows, asking.view.now, asking.viewer
    kept = auctions_of(rows, now, AuctionsOf(*map(asking.get, AuctionsOf._fields)))
    place = asking.place
    start = bisect_right(kept, [*place.texts()], key=_key) if place else 0
    stop = len(kept) if asking.limit is None else start + asking.limit
    shown = (board(rows, row.auction_id, now, viewer) for row in kept[start:stop])
    return Paged(
        items=[one for one in shown if one is not None],
        columns=COLUMNS,
        ended=_key(kept[stop - 1]) if stop < len(kept) else None,
    )


def _key(row: AuctionRow) -> list[str]:
    return [instant(row.closes_at), row.auction_id]


def _auction(asking: Asking) -> One:
    view = asking.view
    shown = board(view.rows, asking.get("auction_id"), view.now, asking.viewer)
    return One(value=found(shown, "auction"))


def _own_board(asking: Asking) -> One:
    view, auction, supplier = asking.view, asking.get("auction_id"), asking.get("supplier_id")
    shown = board_for(view.rows, auction, supplier, viewer=asking.viewer, now=view.now)
    return One(value=allowed(found(shown, "bidder")))


def _timeline(asking: Asking) -> Listed:
    turns = timeline(asking.view.rows, asking.get("auction_id"), asking.viewer)
    columns = [field.name for field in fields(Lead)]
    return Listed(items=found(turns, "auction"), columns=columns)


READS: Final = (
    Read(
        name="auctions",
        path="/auctions",
        tag="auction",
        summary="List auctions as they stand, the one that closes next first.",
        ask=_auctions,
        answer=ItemsOf(Board),
        parameters=CHOSEN,
        listed=True,
        table=True,
        long_if_whole=True,
    ),
    Read(
        name="auction",
        path="/auctions/{auction_id}",
        tag="auction",
        summary="Show an auction as it stands, without what is hidden from whoever asks.",
        ask=_auction,
        answer=Board,
        live=True,
    ),
    Read(
        name="own-board",
        path="/auctions/{auction_id}/boards/{supplier_id}",
        tag="auction",
        summary="Show an auction as one bidder sees it; to others once it is ranked.",
        ask=_own_board,
        answer=OwnBoard,
        live=True,
        of_bidder=True,
    ),
    Read(
        name="timeline",
        path="/auctions/{auction_id}/timeline",
        tag="auction",
        summary="List what happened to an auction, who led when, and why that changed.",
        ask=_timeline,
        answer=ItemsOf(Lead),
        listed=True,
        table=True,
    ),
)
