"""What a supplier asks of its own bids: what became of them, its rank, its receipts."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.record import leaf_of, read_record
from svx_ledger.projections.auction_rows import (
    AUCTION,
    BID,
    EXCLUDED,
    PARTICIPANT,
    REJECTION,
    WITHDRAWAL,
)
from svx_ledger.projections.board import OwnBoard, board_for
from svx_ledger.projections.view import View

from .asking import of_side, positions
from .sample import Log


class OwnBid(NamedTuple):
    """A bid of one's own, and what became of it.

    `status` is `standing`, `replaced`, `withdrawn`, `excluded` or `rejected`, then by a `rule`.
    A standing bid has its `rank`; where each bidder has one bid, from the ranking on.
    """

    auction_id: str
    phase: str
    bid_no: int
    recorded_at: datetime
    status: str
    rule: str | None
    value_pence: int | None
    score_points: Decimal | None
    rank: int | None
    positions: tuple[int, ...]


def my_bids(view: View, viewer: Actor | None = None) -> tuple[OwnBid, ...] | Refusal:
    """Return the bids of the supplier that asks, in the order of the log; of nobody else."""
    own = of_side(viewer, "supplier")
    if isinstance(own, Refusal):
        return own
    found: list[OwnBid] = []
    for auction in view.rows.all(AUCTION):
        if view.rows.get(PARTICIPANT, auction.auction_id, own) is not None:
            found += _bids_in(view, auction.auction_id, own, viewer)
    return tuple(sorted(found, key=lambda bid: bid.positions[0]))


def _bids_in(
    view: View, auction_id: str, supplier_id: str, viewer: Actor | None
) -> list[OwnBid]:
    rows = view.rows
    board = board_for(rows, auction_id, supplier_id, viewer=viewer, now=view.now)
    assert isinstance(board, OwnBoard)  # it takes part, and asks for itself
    withdrawn = {row.bid_no: row.position for row in rows.select(WITHDRAWAL, auction_id)}
    found = []
    for bid in rows.select(BID, auction_id):
        if bid.supplier_id != supplier_id:
            continue
        stands = bid.bid_no == board.bid_no
        status = "standing" if stands else "replaced"
        if bid.bid_no in withdrawn:
            status = "withdrawn"
        elif not stands and board.status == EXCLUDED:
            status = EXCLUDED
        own = OwnBid(
            auction_id=auction_id,
            phase=board.phase,
            bid_no=bid.bid_no,
            recorded_at=bid.recorded_at,
            status=status,
            rule=None,
            value_pence=bid.value_pence,
            score_points=bid.score_points,
            rank=board.rank if stands else None,
            positions=positions(bid.position, withdrawn.get(bid.bid_no)),
        )
        found.append(own)
    rejected = (r for r in rows.select(REJECTION, auction_id) if r.supplier_id == supplier_id)
    for row in rejected:
        place, at = (auction_id, board.phase, row.bid_no), (row.position,)
        found.append(
            OwnBid(*place, row.recorded_at, "rejected", row.rule, None, None, None, at)
        )
    return found


class Receipt(NamedTuple):
    """What proves that a bid is in the log: the leaf of its record, and the record's salt.

    The leaf is SHA-256 over the byte 0 and the entry, the entry over the record's bytes. Until
    heads of the log are published and signed this shows what the ledger holds, not yet to
    others that it always did: keep it, and compare it with the published log then.
    """

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    leaf: str
    salt: str
    positions: tuple[int, ...]


def receipts(
    view: View, viewer: Actor | None = None, *, log: Log
) -> tuple[Receipt, ...] | Refusal:
    """Return the material of receipts for each bid of the supplier that asks.

    Accepted, rejected and withdrawn ones, in the order of the log.
    """
    bids = my_bids(view, viewer)
    if isinstance(bids, Refusal):
        return bids
    found = []
    for position in sorted({at for bid in bids for at in bid.positions}):
        for row in log.rows(after=position - 1, limit=1):
            record = read_record(row)
            receipt = Receipt(
                position=position,
                stream=row.stream,
                version=row.version,
                type=row.type,
                recorded_at=record.recorded_at,
                leaf=leaf_of(row.record).hex(),
                salt=record.salt,
                positions=(position,),
            )
            found.append(receipt)
    return tuple(found)
