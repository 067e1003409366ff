"""An auction as it was: its board at a moment, what changed since, and step by step.

Read by stream, not by log: the auction's own events and the names of who takes part are all
that a board takes, so a log of a million events is no slower to look back in than a short one.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from svx_ledger.domain.auction.events import SupplierInvited
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.projections.auction_rows import AUCTION, PARTICIPANT
from svx_ledger.projections.board import (
    Board,
    OwnBoard,
    Place,
    board,
    board_for,
    place_of,
)
from svx_ledger.projections.live_ranking import live_ranking
from svx_ledger.projections.organisations import ORGANISATIONS
from svx_ledger.projections.table import Rows, existing
from svx_ledger.projections.visibility import Seen, unless_own

from .boards import both
from .difference import Difference, differences
from .moments import Log, Moment, moment
from .reel import TELLING, NoSuchStream, Reel, names_of, not_yet, read_stream
from .sight import EVERYBODY, Look, Looks, Sight, looks, order_shown, seen_by, shown_to_all

FIELDS: Final = frozenset({"leader", "standing", "own", *(f.name for f in fields(Board))})
"""What `AuctionAt.plain` may show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionAt:
    """An auction as it was at a moment, as far as may be seen of it.

    `known_at` is the log position and `as_at` the instant that was asked about: phases are by
    the clock of then. `position`, `version` and `head` are of the last event folded in, the
    head being its Merkle leaf in hex. `standing` holds the bids that counted then, in their
    order, where that may be seen, also before they were ranked; `own` the place of the bidder
    who looks.
    """

    known_at: int
    as_at: datetime
    position: int
    version: int
    head: str
    board: Board
    standing: tuple[Place, ...] | None
    own: OwnBoard | None

    @property
    def leader(self) -> str | None:
        """Who led then: the supplier of the best standing bid, where that may be seen."""
        return self.standing[0].supplier_id if self.standing else None

    def plain(self) -> dict[str, Any]:
        """Return what it shows as plain JSON values, without the moment that it is of."""
        shown: dict[str, Any] = plain_of(self.board)
        more = {"leader": self.leader, "standing": self.standing, "own": self.own}
        return {**shown, **plain_of(more)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionStep:
    """One event of an auction, with what changed on its board since the event before it."""

    event: Seen
    before: AuctionAt | None
    after: AuctionAt
    changes: tuple[Difference, ...]


_AUCTIONS: Final = "auction-"


class AuctionHistory:
    """All that is on record of one auction, to be looked at as it was at any moment."""

    def __init__(self, log: Log, auction_id: str, sight: Sight = EVERYBODY) -> None:
        """Read the auction once. Raises NoSuchStream, Unreadable."""
        if not auction_id.startswith(_AUCTIONS):  # whether or not anything is called so
            raise NoSuchStream(f"{auction_id} is no auction", auction=auction_id)
        self.auction_id = auction_id
        self._sight = sight
        self._recorded = read_stream(log, auction_id)
        self._positions = [event.position for event in self._recorded]
        invited = (e.event for e in self._recorded if isinstance(e.event, SupplierInvited))
        named = names_of(log, sorted({event.supplier_id for event in invited}))
        self._reel = Reel((*self._recorded, *named), (*TELLING, ORGANISATIONS))

    def at(self, when: Moment) -> AuctionAt:
        """Return the auction as it was, as far as may be seen. Raises NoSuchMoment."""
        count = bisect_right(self._positions, when.position)
        if not count:
            raise not_yet(self.auction_id, self._positions[0], when.position)
        last, rows = self._recorded[count - 1], self._reel.then(when.position)
        eyes = self._eyes(rows)
        return AuctionAt(
            known_at=when.position,
            as_at=when.as_at,
            position=last.position,
            version=last.version,
            head=last.leaf.hex(),
            board=self._board(rows, eyes, when.as_at),
            standing=self._standing(rows, eyes),
            own=self._own(rows, when.as_at),
        )

    def changes(self, since: Moment | None, until: Moment) -> tuple[Difference, ...]:
        """Return what changed between two moments; before its first event it is nothing."""
        shown = [
            self.at(when).plain() if when and when.position >= self._positions[0] else {}
            for when in (since, until)
        ]
        return differences(*shown)

    def is_open(self, when: Moment) -> bool:
        """Whether everybody sees all of it up to a moment: what is shown of it is final."""
        count = bisect_right(self._positions, when.position)
        rows, now = self._reel.then(when.position), self._reel.now
        shown = board(rows, self.auction_id, when.as_at, judged=now)
        assert shown is not None
        parts = (shown.bids, shown.participants, shown.scores)
        return None not in parts and shown_to_all(self._recorded[:count], now)

    def steps(self, after: int = 0, until: int | None = None) -> Iterator[AuctionStep]:
        """Give the events between two positions, each with what changed by it."""
        first = bisect_right(self._positions, after)
        before = self._after(first - 1) if first else None
        for index in range(first, len(self._recorded)):
            event = self._recorded[index]
            if until is not None and event.position > until:
                return
            now = self._after(index)
            shown = seen_by(event, self._eyes(self._reel.then(event.position)))
            changes = differences(before.plain() if before else {}, now.plain())
            yield AuctionStep(event=shown, before=before, after=now, changes=changes)
            before = now

    def has_field(self, name: str) -> bool:
        """Whether its board has a field of this name, or one deeper as in `own.rank`."""
        return name.partition(".")[0] in FIELDS

    def step_at(self, position: int) -> AuctionStep | None:
        """Return the last step up to a position, if there is any."""
        last = bisect_right(self._positions, position) - 1
        if last < 0:
            return None
        after = self._positions[last - 1] if last else 0
        return next(self.steps(after, self._positions[last]))

    def takes_part(self, supplier_id: str) -> bool:
        """Whether a supplier ever was invited, for those whom `refusal` lets ask."""
        return self._reel.now.get(PARTICIPANT, self.auction_id, supplier_id) is not None

    def refusal(self, supplier_id: str) -> Refusal | None:
        """Refuse a bidder's own board to all but those who act for it, until the ranking."""
        auction = existing(self._reel.now, AUCTION, self.auction_id)
        return unless_own(auction, supplier_id, self._sight.asker)

    def _after(self, index: int) -> AuctionAt:
        event = self._recorded[index]
        return self.at(Moment(event.position, event.recorded_at))

    def _eyes(self, then: Rows) -> Looks:
        return looks(self._sight, then=then, now=self._reel.now)

    def _board(self, rows: Rows, eyes: Looks, now: datetime) -> Board:
        return both(*(self._as_seen(rows, look, now) for look in eyes))

    def _as_seen(self, rows: Rows, look: Look, now: datetime) -> Board:
        seen = board(rows, self.auction_id, now, look.viewer, judged=look.rows)
        assert seen is not None
        return seen

    def _standing(self, rows: Rows, eyes: Looks) -> tuple[Place, ...] | None:
        if not order_shown(existing(rows, AUCTION, self.auction_id), eyes):
            return None
        return tuple(place_of(rows, bid) for bid in live_ranking(rows, self.auction_id))

    def _own(self, rows: Rows, now: datetime) -> OwnBoard | None:
        viewer = self._sight.party if self._sight.as_party else self._sight.asker
        if viewer is None or viewer.side != "supplier" or viewer.organisation is None:
            return None
        supplier = viewer.organisation
        if self.refusal(supplier):
            return None
        own = board_for(rows, self.auction_id, supplier, viewer=viewer, now=now)
        return own if isinstance(own, OwnBoard) else None


def auction_at(
    log: Log,
    auction_id: str,
    *,
    at: datetime | None = None,
    position: int | None = None,
    sight: Sight = EVERYBODY,
) -> AuctionAt:
    """Return an auction as it was at an instant or a position; by default at the last event.

    `sight` says who looks, and whether by what could be seen then. Raises NoSuchMoment, also
    where there was no such auction yet, NoSuchStream, Unreadable.
    """
    return AuctionHistory(log, auction_id, sight).at(moment(log, at=at, position=position))


def auction_steps(
    log: Log,
    auction_id: str,
    *,
    after: int = 0,
    until: int | None = None,
    sight: Sight = EVERYBODY,
) -> Iterator[AuctionStep]:
    """Give an auction's events between two positions, each with what changed by it."""
    return AuctionHistory(log, auction_id, sight).steps(after, until)
