"""Which auctions are meant: whose, and in which phase by the ledger's own time."""

from datetime import datetime
from typing import Final, NamedTuple

from .auction_rows import AUCTION, AuctionRow
from .table import Rows


class AuctionsOf(NamedTuple):
    """Which auctions: of an authority, of a procurement, in a phase by the clock."""

    authority: str | None = None
    procurement: str | None = None
    phase: str | None = None


ALL_AUCTIONS: Final = AuctionsOf()


def auctions_of(rows: Rows, now: datetime, of: AuctionsOf) -> list[AuctionRow]:
    """Return the auctions that are meant, the one that closes next first.

    Everybody is shown what they are chosen by.
    """
    by = of.authority
    found = rows.all(AUCTION) if by is None else rows.where(AUCTION, "authority_id", by)
    meant = (
        row
        for row in found
        if of.procurement in (None, row.procurement_id)
        and of.phase in (None, phase_at(row.phase, row.opens_at, row.closes_at, now))
    )
    return sorted(meant, key=lambda row: (row.closes_at, row.auction_id))


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
