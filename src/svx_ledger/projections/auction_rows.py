"""The tables of the auction board: what its rows say.

They hold what nobody may see yet (`visibility`): read them through `board`.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from .table import Table


class AuctionRow(NamedTuple):
    """One auction; `bids` counts all bids judged, `closes_at` is as extended so far.

    `ranked_at` is when its bids were ranked, and stays where it ends early after that.
    From `mode` to `target_points` its terms, as far as a board is drawn by them.
    """

    auction_id: str
    procurement_id: str
    lot: str
    authority_id: str
    proxy_set_id: str
    phase: str
    opens_at: datetime
    closes_at: datetime
    hard_stop: datetime
    bidder_count_shown: bool
    mode: str
    visibility: str
    rank_on: str
    basis: Literal["pounds", "points"]
    reserve_pence: int
    reserve_points: Decimal | None
    formula: Literal["share-of-best", "share-of-target", "banded"]
    weight: Decimal
    target_pence: int | None
    target_points: Decimal | None
    bids: int = 0
    disclosed: bool = False
    ranked_at: datetime | None = None

    @property
    def ranked(self) -> bool:
        """Whether its bids were ever ranked, however it ended."""
        return self.ranked_at is not None


class BandRow(NamedTuple):
    """A band of the score, the lowest being number 1."""

    auction_id: str
    number: int
    at_least_pence: int | None
    at_least_points: Decimal | None
    points: Decimal


class ListedNeedRow(NamedTuple):
    """A need in an auction; price and cap once frozen, until then what was outstanding.

    `points_per_unit` is there where bids are compared in points.
    """

    auction_id: str
    need_id: str
    measure: str
    unit: str
    quantity: Decimal
    pounds_per_unit: Decimal | None
    points_per_unit: Decimal | None = None


EXCLUDED: Final = "excluded"
"""The status of a supplier whose bids count no longer."""


class ParticipantRow(NamedTuple):
    """A supplier in an auction: invited, accepted, qualified or excluded."""

    auction_id: str
    supplier_id: str
    status: str


class StandingRow(NamedTuple):
    """The one bid of a supplier that counts, unless it is excluded.

    In points too where these are the basis.
    """

    auction_id: str
    supplier_id: str
    bid_no: int
    value_pence: int
    score_points: Decimal | None


class BidRow(NamedTuple):
    """Every bid that was ever accepted, standing or replaced or withdrawn since."""

    auction_id: str
    bid_no: int
    supplier_id: str
    value_pence: int
    recorded_at: datetime
    position: int
    score_points: Decimal | None


class WithdrawalRow(NamedTuple):
    """A standing bid that its supplier took back, and why."""

    auction_id: str
    bid_no: int
    supplier_id: str
    reason: str
    recorded_at: datetime
    position: int


class RejectionRow(NamedTuple):
    """Every bid that was rejected, and the rule that it broke."""

    auction_id: str
    bid_no: int
    supplier_id: str
    rule: str
    recorded_at: datetime
    position: int


class ExtensionRow(NamedTuple):
    """A bid that moved the close."""

    auction_id: str
    bid_no: int
    closes_at_was: datetime
    closes_at: datetime


class PlaceRow(NamedTuple):
    """A bid's place in the final ranking, unless its supplier was excluded since."""

    auction_id: str
    supplier_id: str
    rank: int
    bid_no: int
    value_pence: int
    score_points: Decimal | None


class ScoreRow(NamedTuple):
    """The sealed points of one tender, and the number of its pseudonym."""

    auction_id: str
    supplier_id: str
    price: Decimal
    quality: Decimal
    bidder: int


AUCTION = Table("board_auctions", AuctionRow, found_by=("authority_id",))
BAND = Table("board_bands", BandRow, key=2)
LISTED_NEED = Table("board_needs", ListedNeedRow, key=2)
PARTICIPANT = Table("board_participants", ParticipantRow, key=2, found_by=("supplier_id",))
STANDING = Table("board_standing", StandingRow, key=2)
BID = Table("board_bids", BidRow, key=2)
WITHDRAWAL = Table("board_withdrawals", WithdrawalRow, key=2)
REJECTION = Table("board_rejections", RejectionRow, key=2)
EXTENSION = Table("board_extensions", ExtensionRow, key=2)
PLACE = Table("board_ranking", PlaceRow, key=2)
SCORE = Table("board_scores", ScoreRow, key=2)
