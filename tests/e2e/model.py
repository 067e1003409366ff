"""Who stands where in an auction, worked out again from its events, and from nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from svx_ledger.domain.auction.breaks import AuctionPaused, AuctionResumed
from svx_ledger.domain.auction.events import (
    AuctionDrafted,
    AuctionExtended,
    BidAccepted,
    BidRejected,
)
from svx_ledger.domain.auction.terms import AuctionTerms
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import Recorded


class Place(NamedTuple):
    """What a bidder's own board says after some event: its rank, its bid, and the close."""

    rank: int | None
    bid_no: int | None
    closes_at: datetime


@dataclass(slots=True)
class Model:
    """An auction as its events make it, one after the other."""

    terms: AuctionTerms | None = None
    closes_at: datetime | None = None
    standing: dict[str, BidAccepted] = field(default_factory=dict)
    extensions: list[AuctionExtended] = field(default_factory=list)
    accepted: list[tuple[datetime, BidAccepted]] = field(default_factory=list)
    rejected: list[tuple[datetime, BidRejected]] = field(default_factory=list)
    pauses: int = 0
    hard_stop: datetime | None = None

    def take(self, event: Event, at: datetime) -> None:
        """Take one more event of the auction. Asserts what the terms say of the close."""
        match event:
            case AuctionDrafted():
                self.terms = event.terms
                self.closes_at = event.terms.closes_at
                self.hard_stop = event.terms.soft_close.hard_stop
            case BidAccepted():
                assert self.closes_at is not None
                assert at < self.closes_at, (event.bid_no, at, self.closes_at)
                self.standing[event.supplier_id] = event
                self.accepted.append((at, event))
            case BidRejected():
                self.rejected.append((at, event))
            case AuctionExtended():
                self._extended(event, at)
            case AuctionPaused():
                self.pauses += 1
            case AuctionResumed():
                self.closes_at, self.hard_stop = event.closes_at, event.hard_stop
            case _:
                pass

    @property
    def order(self) -> list[str]:
        """The bidders, the best first: by what they bid, then by who came first."""
        by = self.standing
        return sorted(by, key=lambda s: (-by[s].value_pence, by[s].bid_no))

    def _extended(self, event: AuctionExtended, at: datetime) -> None:
        assert self.terms is not None
        assert self.closes_at is not None
        assert self.hard_stop is not None
        soft = self.terms.soft_close
        self.extensions.append(event)
        assert self.accepted[-1] == (at, self.standing[self.accepted[-1][1].supplier_id])
        assert event.bid_no == self.accepted[-1][1].bid_no
        assert event.closes_at_was == self.closes_at
        assert self.closes_at - at <= timedelta(seconds=soft.window_seconds)
        moved = at + timedelta(seconds=soft.extension_seconds)
        assert event.closes_at == min(moved, self.hard_stop) > self.closes_at
        assert len(self.extensions) <= soft.at_most
        self.closes_at = event.closes_at


def places(events: Iterable[Recorded], supplier: str) -> Iterator[Place]:
    """Give a bidder's place after each event of an auction."""
    model = Model()
    for one in events:
        model.take(one.event, one.recorded_at)
        assert model.closes_at is not None
        bid = model.standing.get(supplier)
        rank = model.order.index(supplier) + 1 if bid else None
        yield Place(rank, bid.bid_no if bid else None, model.closes_at)


def first_unexplained(shown: Iterable[Place], possible: Iterable[Place]) -> Place | None:
    """Return the first place shown that was none since the one before it; None if all were.

    What was shown is to be what the events came to, at one position after the other.
    """
    left = iter(possible)
    now = next(left, None)
    for place in shown:
        while now is not None and now != place:
            now = next(left, None)
        if now is None:
            return place
    return None
