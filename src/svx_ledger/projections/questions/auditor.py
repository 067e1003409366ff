"""What an auditor asks of auctions: rejected bids, late bids, who read hidden ones."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.projections.auction_rows import (
    AUCTION,
    BID,
    REJECTION,
    AuctionRow,
    RejectionRow,
)
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import BadQuestion, bid_shown, positions
from .auction_marks import HIDDEN_READ
from .closes import closes_of

MOST_MINUTES: Final = 366 * 24 * 60


class RejectedBids(NamedTuple):
    """How many bids of one supplier in one auction broke one rule, the first and last time."""

    rule: str
    auction_id: str
    supplier_id: str
    bids: int
    first_at: datetime
    last_at: datetime
    positions: tuple[int, ...]


def rejected_bids(
    view: View, viewer: Actor | None = None, *, auction: str | None = None
) -> tuple[RejectedBids, ...]:
    """Return the bids that the rules rejected, by the rule that each broke.

    They are on record for ever. Everybody sees them once their auction is ranked; before that
    a supplier sees its own, and after the close an auditor who read the hidden amounts.
    """
    found: defaultdict[tuple[str, str, str], list[RejectionRow]] = defaultdict(list)
    for of in view.rows.all(AUCTION):
        if auction in (None, of.auction_id):
            for row in view.rows.select(REJECTION, of.auction_id):
                if bid_shown(view.rows, of, row.supplier_id, viewer):
                    found[row.rule, row.auction_id, row.supplier_id].append(row)
    return tuple(
        RejectedBids(
            *key,
            bids=len(found[key]),
            first_at=min(row.recorded_at for row in found[key]),
            last_at=max(row.recorded_at for row in found[key]),
            positions=positions(*(row.position for row in found[key])),
        )
        for key in sorted(found)
    )


class LateBid(NamedTuple):
    """A bid judged shortly before the close as that stood then, or after it.

    `before_close` is in seconds; below zero it came after the close. `moved_close_to` where it
    extended the auction; `rule` where it was rejected, and then it has no value.
    """

    auction_id: str
    bid_no: int
    supplier_id: str
    recorded_at: datetime
    closes_at: datetime
    before_close: Decimal
    value_pence: int | None
    rule: str | None
    moved_close_to: datetime | None
    positions: tuple[int, ...]


def late_bids(
    view: View,
    viewer: Actor | None = None,
    *,
    minutes: int = 5,
    auction: str | None = None,
) -> tuple[LateBid, ...]:
    """Return the bids of the last minutes before the close that was in force when they came.

    Accepted and rejected ones, in the order of the log. A bid that moved the close is late by
    the close that it moved. Who may see them: as for rejected bids. Raises BadQuestion for less
    than one minute, and for more than a year of them.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadQuestion(f"the last minutes are one or more, up to {MOST_MINUTES:,}")
    found = []
    for of in view.rows.all(AUCTION):
        if auction in (None, of.auction_id):
            bids = _bids(view.rows, of, timedelta(minutes=minutes))
            found += [bid for bid in bids if bid_shown(view.rows, of, bid.supplier_id, viewer)]
    return tuple(sorted(found, key=lambda bid: bid.positions[0]))


def _bids(rows: Rows, auction: AuctionRow, last: timedelta) -> list[LateBid]:
    auction_id, closes = auction.auction_id, closes_of(rows, auction)
    judged: list[tuple[int, int, str, datetime, int | None, str | None]] = [
        (bid.position, bid.bid_no, bid.supplier_id, bid.recorded_at, bid.value_pence, None)
        for bid in rows.select(BID, auction_id)
    ]
    judged += [
        (bid.position, bid.bid_no, bid.supplier_id, bid.recorded_at, None, bid.rule)
        for bid in rows.select(REJECTION, auction_id)
    ]
    found = []
    for position, bid_no, supplier_id, at, value_pence, rule in judged:
        close = [c for c in closes if c.position < position][-1]
        moved = next((c for c in closes if c.position == position + 1), None)
        by_it = moved if moved and moved.cause == "extended" else None
        if close.closes_at - at > last:
            continue
        late = LateBid(
            auction_id=auction_id,
            bid_no=bid_no,
            supplier_id=supplier_id,
            recorded_at=at,
            closes_at=close.closes_at,
            before_close=_seconds(close.closes_at - at),
            value_pence=value_pence,
            rule=rule,
            moved_close_to=by_it.closes_at if by_it else None,
            positions=positions(position, by_it.position if by_it else None),
        )
        found.append(late)
    return found


def _seconds(span: timedelta) -> Decimal:
    """Return a span in seconds, exactly."""
    micro = (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
    return Decimal(micro).scaleb(-6).normalize() + 0


class HiddenRead(NamedTuple):
    """Who read the hidden amounts of an auction, and what for."""

    auction_id: str
    person_id: str
    organisation_id: str | None
    purpose: str
    recorded_at: datetime
    positions: tuple[int, ...]


def hidden_reads(
    view: View, viewer: Actor | None = None, *, auction: str | None = None
) -> tuple[HiddenRead, ...]:
    """Return who read hidden amounts. That somebody did is public at once."""
    del viewer
    kept = view.rows.select(HIDDEN_READ, auction) if auction else view.rows.all(HIDDEN_READ)
    return tuple(
        HiddenRead(
            auction_id=row.auction_id,
            person_id=row.person_id,
            organisation_id=row.organisation_id,
            purpose=row.purpose,
            recorded_at=row.recorded_at,
            positions=(row.position,),
        )
        for row in sorted(kept, key=lambda row: row.position)
    )
