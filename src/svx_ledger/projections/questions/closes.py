"""When an auction was to close at each moment of its life."""

from datetime import datetime
from typing import NamedTuple

from svx_ledger.projections.auction_rows import AuctionRow
from svx_ledger.projections.leverage.facts import AUCTION as DRAFTED
from svx_ledger.projections.table import Rows, existing
from svx_ledger.projections.timeline import TURN


class Close(NamedTuple):
    """The close that was in force from this position on, and what set it.

    `cause` is `terms`, `extended` by a late bid (hidden while bids are), or `resumed`.
    """

    position: int
    closes_at: datetime
    cause: str


def closes_of(rows: Rows, auction: AuctionRow) -> list[Close]:
    """Return every close of an auction in the order of the log, that of its terms first."""
    moves = [row for row in rows.select(TURN, auction.auction_id) if row.closes_at]
    in_terms = (moves[0].closes_at_was if moves else None) or auction.closes_at
    drafted = existing(rows, DRAFTED, auction.auction_id)
    moved = (Close(row.position, row.closes_at, row.turn) for row in moves if row.closes_at)
    return [Close(drafted.position, in_terms, "terms"), *moved]
