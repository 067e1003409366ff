"""When what an auction hides is shown to everybody: by what was written, for good.

What was shown once stays shown: an auction that is voided after its ranking stays ranked, and
one that ends before it never shows its bids.
"""

from typing import Final, Protocol

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.permission import unless_supplier
from svx_ledger.domain.rule import NOT_YOURS, Refusal
from svx_ledger.projections.auction_rows import AuctionRow

BEFORE_CLOSE: Final = frozenset({"drafted", "rules-frozen", "scheduled", "open", "paused"})
"""The phases in which a hidden amount is hidden from everybody but its bidder."""


class HasRanking(Protocol):
    """A row that knows whether the bids of its auction were ever ranked."""

    @property
    def ranked(self) -> bool:
        """Whether BidsRanked is recorded, whatever came after."""


class HasDisclosure(Protocol):
    """A row that knows whether its auction's assessment was disclosed."""

    @property
    def disclosed(self) -> bool:
        """Whether AssessmentDisclosed is recorded, whatever came after."""


def bids_shown(auction: HasRanking) -> bool:
    """Whether everybody may see bids: amounts, lines, order, who made them, who took part."""
    return auction.ranked


def scores_shown(auction: HasDisclosure) -> bool:
    """Whether everybody may see the sealed scores of price and quality."""
    return auction.disclosed


def rivals_shown(auction: AuctionRow) -> bool:
    """Whether the bidders see each other's scores, under pseudonyms, before the ranking."""
    return auction.visibility == "open" and auction.phase in ("open", "paused", "closed")


def own_rank_shown(auction: AuctionRow) -> bool:
    """Whether a bidder sees its place: where each has one bid, not before the ranking."""
    return auction.mode != "single" or bids_shown(auction)


def unless_own(auction: HasRanking, supplier_id: str, viewer: Actor | None) -> Refusal | None:
    """Refuse a bidder's live rank to all but those who act for that supplier."""
    own = viewer is not None and unless_supplier(viewer, supplier_id) is None
    if own or bids_shown(auction):
        return None
    return NOT_YOURS.refuse(organisation=supplier_id)
