"""What a screen is, and the auctions that screens look at."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from svx_ledger.projections.auction_rows import AUCTION, PLACE, AuctionRow, PlaceRow
from svx_ledger.projections.award_rows import AWARD, AwardRow
from svx_ledger.projections.leverage.facts import RANKING
from svx_ledger.projections.live_ranking import excluded
from svx_ledger.projections.table import Rows
from svx_ledger.projections.visibility import bids_shown

NOT_A_FINDING: Final = "a flag is not a finding"


class Flag(NamedTuple):
    """What should be looked at: what it is about, why, and where it stands in the log."""

    subject: str
    says: str
    positions: tuple[int, ...]


class Screen(NamedTuple):
    """What a screen looks for and saw: `sample` of the `least` that its `minimum` names."""

    looks_for: str
    minimum: str
    least: int
    sample: int
    flags: tuple[Flag, ...]

    @property
    def enough(self) -> bool:
        """Whether there is enough to look at."""
        return self.sample >= self.least


class RankedAuction(NamedTuple):
    """An auction whose bids everybody sees, with its final order, the best bid first."""

    auction: AuctionRow
    places: tuple[PlaceRow, ...]
    ranked_at: int
    award: AwardRow | None

    @property
    def winner(self) -> str | None:
        """The supplier of the approved award, if there is one."""
        return self.award.supplier_id if self.award else None

    @property
    def positions(self) -> tuple[int, ...]:
        """Return where it was ranked, and where its award was approved."""
        approved = self.award.approved_position if self.award else None
        return (self.ranked_at, *((approved,) if approved else ()))


def ranked_auctions(rows: Rows) -> Iterator[RankedAuction]:
    """Give the auctions that were ranked, by name, without the places of the excluded."""
    awards = {award.auction_id: award for award in rows.all(AWARD)}
    for auction in rows.all(AUCTION):
        if bids_shown(auction):
            gone = excluded(rows, auction.auction_id)
            places = (
                row
                for row in rows.select(PLACE, auction.auction_id)
                if row.supplier_id not in gone
            )
            yield RankedAuction(
                auction=auction,
                places=tuple(sorted(places, key=lambda row: row.rank)),
                ranked_at=max(row.position for row in rows.select(RANKING, auction.auction_id)),
                award=awards.get(auction.auction_id),
            )
