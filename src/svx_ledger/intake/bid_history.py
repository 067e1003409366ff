"""A bid history: auctions, and who bid how much in them and when, wherever that was read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """An auction of a history: when it was open, and the least that a first bid had to be.

    A `sealed` one takes one bid of each bidder; its amounts are in that `currency`, where the
    history has others than pounds.
    """

    key: str
    opens_at: datetime
    closes_at: datetime
    reserve_pence: int
    sealed: bool = False
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A bid of a history, with where it stands."""

    lot: str
    bidder: str
    at: datetime
    pounds: Decimal
    file: str
    pointer: str


@dataclass(slots=True)
class History:
    """All auctions and bids of some files, the bids in the order of time."""

    lots: dict[str, Lot] = field(default_factory=dict)
    bids: list[Bid] = field(default_factory=list)

    @property
    def bidders(self) -> tuple[str, ...]:
        """Every bidder, in the order of their first bids."""
        return tuple(dict.fromkeys(bid.bidder for bid in self.bids))

    @property
    def begins_at(self) -> datetime:
        """When its replay begins: two days before anything in it."""
        return min(lot.opens_at for lot in self.lots.values()) - timedelta(days=2)

    @property
    def digest(self) -> str:
        """What tells this history from any other."""
        told = [
            f"{lot.key}\0{lot.opens_at}\0{lot.closes_at}\0{lot.reserve_pence}"
            + (f"\0sealed\0{lot.currency}" if lot.sealed else "")
            for lot in self.lots.values()
        ]
        told += [f"{b.lot}\0{b.bidder}\0{b.at}\0{b.pounds.normalize()}" for b in self.bids]
        return sha256("\n".join(told).encode()).hexdigest()
