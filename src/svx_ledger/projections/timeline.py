"""What happens to an auction beside its bids: times that move, who is taken out, its end.

With the bids of the auction board these are the ordered facts from which `leading` tells who
led when, and why that changed. They hold what nobody may see yet.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionConcluded,
    AuctionPaused,
    AuctionResumed,
    AuctionUnsuccessful,
    AuctionVoided,
    LotReleased,
    SupplierExcluded,
)
from svx_ledger.domain.auction.events import (
    AssessmentDisclosed,
    AuctionClosed,
    AuctionExtended,
    AuctionOpened,
    AuctionScheduled,
    BidsRanked,
)
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Put, Table

Turn = Literal[
    "scheduled",
    "opened",
    "extended",
    "paused",
    "resumed",
    "excluded",
    "closed",
    "ranked",
    "disclosed",
    "cancelled",
    "unsuccessful",
    "voided",
    "lot-released",
    "concluded",
]


class TurnRow(NamedTuple):
    """One turn of an auction that is not a bid, at its log position.

    `took_effect_at` is when it did, where that is not when it was recorded. An extension names
    the bid that moved the close, an exclusion the supplier; where the close moved, it stood at
    `closes_at_was`. `thing` is the award or the contract that an ended auction led to.
    """

    auction_id: str
    position: int
    turn: Turn
    recorded_at: datetime
    took_effect_at: datetime | None = None
    supplier_id: str | None = None
    bid_no: int | None = None
    closes_at_was: datetime | None = None
    closes_at: datetime | None = None
    reason: str | None = None
    thing: str | None = None


TURN = Table("auction_turns", TurnRow, key=2, grows="once")
TIMELINE = Projection("timeline", TURN)
project = TIMELINE.project


@TIMELINE.on(AuctionScheduled)
def _scheduled(at: Envelope, event: AuctionScheduled) -> Changes:
    del event
    yield _turn(at, "scheduled")


@TIMELINE.on(AuctionOpened)
def _opened(at: Envelope, event: AuctionOpened) -> Changes:
    del event
    yield _turn(at, "opened")


@TIMELINE.on(AuctionExtended)
def _extended(at: Envelope, event: AuctionExtended) -> Changes:
    yield TURN.put(
        _turn(at, "extended").row._replace(
            bid_no=event.bid_no, closes_at_was=event.closes_at_was, closes_at=event.closes_at
        )
    )


@TIMELINE.on(AuctionPaused)
def _paused(at: Envelope, event: AuctionPaused) -> Changes:
    yield TURN.put(
        _turn(at, "paused").row._replace(
            took_effect_at=event.paused_at, reason=event.reason or event.cause
        )
    )


@TIMELINE.on(AuctionResumed)
def _resumed(at: Envelope, event: AuctionResumed) -> Changes:
    yield TURN.put(
        _turn(at, "resumed").row._replace(
            took_effect_at=event.resumed_at,
            closes_at_was=event.closes_at_was,
            closes_at=event.closes_at,
        )
    )


@TIMELINE.on(SupplierExcluded)
def _excluded(at: Envelope, event: SupplierExcluded) -> Changes:
    yield TURN.put(
        _turn(at, "excluded", event.reason).row._replace(supplier_id=event.supplier_id)
    )


@TIMELINE.on(AuctionClosed)
def _closed(at: Envelope, event: AuctionClosed) -> Changes:
    yield TURN.put(_turn(at, "closed").row._replace(took_effect_at=event.closed_at))


@TIMELINE.on(BidsRanked)
def _ranked(at: Envelope, event: BidsRanked) -> Changes:
    del event
    yield _turn(at, "ranked")


@TIMELINE.on(AssessmentDisclosed)
def _disclosed(at: Envelope, event: AssessmentDisclosed) -> Changes:
    del event
    yield _turn(at, "disclosed")


@TIMELINE.on(AuctionCancelled)
def _cancelled(at: Envelope, event: AuctionCancelled) -> Changes:
    yield _turn(at, "cancelled", event.reason)


@TIMELINE.on(AuctionUnsuccessful)
def _unsuccessful(at: Envelope, event: AuctionUnsuccessful) -> Changes:
    yield _turn(at, "unsuccessful", event.reason)


@TIMELINE.on(AuctionVoided)
def _voided(at: Envelope, event: AuctionVoided) -> Changes:
    yield _turn(at, "voided", event.reason)


@TIMELINE.on(LotReleased)
def _released(at: Envelope, event: LotReleased) -> Changes:
    yield TURN.put(_turn(at, "lot-released", event.outcome).row._replace(thing=event.award_id))


@TIMELINE.on(AuctionConcluded)
def _concluded(at: Envelope, event: AuctionConcluded) -> Changes:
    yield TURN.put(_turn(at, "concluded").row._replace(thing=event.contract_id))


def _turn(at: Envelope, turn: Turn, reason: str | None = None) -> Put[TurnRow]:
    return TURN.put(TurnRow(at.stream, at.position, turn, at.recorded_at, reason=reason))
