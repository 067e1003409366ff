"""What nobody may see before its time (invariant 12): the one place that says so.

Until an auction is ranked, nobody sees what a bid is worth, who made it, why one was rejected,
or which one moved the close; its own rank a bidder sees, and nobody else. Until the
assessment is disclosed, nobody sees a sealed score. Nobody includes the operator: reading
hidden amounts for a stated purpose is to be an act on record of its own.
Every query asks here, and so does everything that shows records.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import (
    AssessmentSealed,
    AuctionExtended,
    BidAccepted,
    BidRejected,
)
from svx_ledger.domain.kind import Event
from svx_ledger.domain.rule import NOT_YOURS, Refusal
from svx_ledger.eventlog.record import Recorded

from .auction_board import AUCTION, AuctionRow
from .table import Rows


class HasPhase(Protocol):
    """A row that knows the phase of its auction."""

    @property
    def phase(self) -> str:
        """The phase as recorded."""


class HasDisclosure(Protocol):
    """A row that knows whether its auction's assessment was disclosed."""

    @property
    def disclosed(self) -> bool:
        """Whether AssessmentDisclosed is recorded."""


def bids_shown(auction: HasPhase) -> bool:
    """Whether bids may be seen: amounts, lines, order and who made them."""
    return auction.phase == "ranked"


def scores_shown(auction: HasDisclosure) -> bool:
    """Whether the sealed scores of price and quality may be seen."""
    return auction.disclosed


def unless_own(auction: HasPhase, supplier_id: str, viewer: Actor | None) -> Refusal | None:
    """Refuse a bidder's live rank to all but those who act for that supplier."""
    own = viewer and viewer.side == "supplier" and viewer.organisation == supplier_id
    if own or bids_shown(auction):
        return None
    return NOT_YOURS.refuse(organisation=supplier_id)


HIDDEN_UNTIL: Final[Mapping[type[Event], Callable[[AuctionRow], bool]]] = {
    BidAccepted: bids_shown,
    BidRejected: bids_shown,
    AuctionExtended: bids_shown,
    AssessmentSealed: scores_shown,
}
"""The events that start hidden, all of them on auction streams, and what shows them.

Every event of SubmitBid is one: each names the bidder in its envelope."""


HIDDEN: Final = "hidden"
"""Stands for the type of a hidden event and of its command."""


def shown(recorded: Recorded, board: Rows) -> bool:
    """Whether an event's data may be seen; what is not known to be shown is hidden."""
    allows = HIDDEN_UNTIL.get(type(recorded.event))
    if allows is None:
        return True
    auction = board.get(AUCTION, recorded.stream)
    return auction is not None and allows(auction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A recorded event as anybody may see it now.

    Of a hidden one, what remains says that something happened on the stream, and when. Even
    its type is left out, for who counts rejected bids learns of them, and so are its actor
    (the bidder's organisation is in it) and the command's digest and the salt, against which
    a guessed bid could be checked.
    """

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    actor: Actor | None
    command_type: str
    command_id: str | None
    event: Event | None

    @property
    def withheld(self) -> bool:
        """Whether there is more to it that may not be seen yet."""
        return self.event is None


def seen(recorded: Recorded, board: Rows) -> Seen:
    """Return a recorded event with whatever is hidden taken out."""
    may_see = shown(recorded, board)
    return Seen(
        position=recorded.position,
        stream=recorded.stream,
        version=recorded.version,
        type=recorded.type if may_see else HIDDEN,
        recorded_at=recorded.recorded_at,
        actor=recorded.actor if may_see else None,
        command_type=recorded.command.type if may_see else HIDDEN,
        command_id=recorded.command.id if may_see else None,
        event=recorded.event if may_see else None,
    )
