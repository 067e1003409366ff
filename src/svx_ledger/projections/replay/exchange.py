"""The whole exchange as it was: register, auctions and leverage at a moment of the past."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.record import Recorded, read_record
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.award_rows import AWARD
from svx_ledger.projections.board import Board, board
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import PORTFOLIO, Scope
from svx_ledger.projections.memory import Views
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.register import RegisteredAward, registered
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility import Seen, context_of

from .boards import both
from .moments import Log, Moment, moment
from .reel import Reel, read_stream
from .sight import EVERYBODY, Looks, Sight, looks, recommended_shown, seen_by


class ExchangeHistory:
    """The rows of every projection, wound forward through a log.

    Everything before a moment has to be read once, in the order of the log. To go back, begin
    another one.
    """

    def __init__(
        self,
        log: Log,
        sight: Sight = EVERYBODY,
        projections: Sequence[Projection] = PROJECTIONS,
    ) -> None:
        self._log = log
        self._sight = sight
        self._views = Views(log, projections)

    def at(self, when: Moment) -> "ExchangeAt":
        """Return the exchange at a moment, not before the last one: good until the next call.

        Raises Unreadable and OutOfStep where the log is not what it should be.
        """
        ahead = when.position - self._views.position
        if ahead < 0:
            raise ValueError("rows are wound forward only: begin another history to go back")
        self._views.refresh(ahead)
        view = View(self._views.tables, when.position, when.as_at)
        return ExchangeAt(view=view, sight=self._sight, log=self._log)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeAt:
    """The exchange as it was: `view` holds the rows up to its position, and its instant.

    The rows hold what is hidden; what the methods answer is as far as may be seen.
    """

    view: View
    sight: Sight
    log: Log

    def boards(self) -> tuple[Board, ...]:
        """Return every auction there was, the one that closed next first."""
        rows, now = self.view.rows, self.view.now
        auctions = sorted(rows.all(AUCTION), key=lambda row: (row.closes_at, row.auction_id))
        found = []
        for auction in auctions:
            shown = [
                board(rows, auction.auction_id, now, look.viewer, judged=look.rows)
                for look in self._eyes(auction.auction_id, settled=auction.disclosed)
            ]
            found.append(both(*(one for one in shown if one is not None)))
        return tuple(found)

    def register(self) -> tuple[RegisteredAward, ...]:
        """Return every award there was, the earliest assessed first."""
        rows = self.view.rows
        awards = sorted(rows.all(AWARD), key=lambda row: row.position)
        return tuple(self._award(rows, award.award_id, award.phase) for award in awards)

    def leverage(self, scope: Scope = PORTFOLIO) -> LeverageReport:
        """Return the leverage report as it would have been made then."""
        return leverage_report(
            self.view.rows, as_at=self.view.now, known_at=self.view.position, scope=scope
        )

    def plain(self) -> dict[str, Any]:
        """Return auctions, awards and the headline as plain JSON values."""
        shown: dict[str, Any] = plain_of(
            {
                "auctions": {one.auction_id: one for one in self.boards()},
                "awards": {one.award.award_id: one for one in self.register()},
                "headline": self.leverage().headline.text,
            }
        )
        return shown

    def _award(self, rows: Rows, award_id: str, phase: str) -> RegisteredAward:
        eyes = self._eyes(award_id, settled=phase != "recommended")
        shown = [registered(rows, award_id, look.viewer, judged=look.rows) for look in eyes]
        least = (
            shown
            if recommended_shown(award_id, eyes)
            else [one for one in shown if one and one.award.recommended is None]
        )
        assert least[0] is not None
        return least[0]

    def _eyes(self, stream: str, *, settled: bool) -> Looks:
        """Return the looks at one thing; the log is asked only where that may show more."""
        then = self.view.rows
        now = then if settled else Reel(read_stream(self.log, stream)).now
        return looks(self.sight, then=then, now=now)


def exchange_at(
    log: Log,
    *,
    at: datetime | None = None,
    position: int | None = None,
    sight: Sight = EVERYBODY,
    projections: Sequence[Projection] = PROJECTIONS,
) -> ExchangeAt:
    """Return the exchange as at an instant or as known at a position; by default the last.

    Reads the log from its beginning to there. Raises NoSuchMoment, Unreadable, OutOfStep.
    """
    when = moment(log, at=at, position=position)
    return ExchangeHistory(log, sight, projections).at(when)


def events_seen(
    log: Log,
    kinds: frozenset[str],
    *,
    after: int = 0,
    backwards: bool = False,
    sight: Sight = EVERYBODY,
) -> Iterator[Seen]:
    """Give the events of these stored types, from a position onwards or back from it.

    Wherever they are in the log; those alone that may be seen to be of these types.
    """
    for row in _before(log, after) if backwards else log.rows(after=after):
        if row.type in kinds:
            shown = _seen(log, read_record(row), sight)
            if shown.type in kinds:
                yield shown


_PAGE = 1_000


def _before(log: Log, position: int) -> Iterator[Any]:
    """Stream records backwards from the one before a position."""
    while position > 1:
        first = max(position - 1 - _PAGE, 0)
        yield from reversed(list(log.rows(after=first, limit=position - 1 - first)))
        position = first + 1


def _seen(log: Log, recorded: Recorded, sight: Sight) -> Seen:
    context = context_of(recorded)
    reel = Reel(() if context is None else read_stream(log, context))
    eyes = looks(sight, then=reel.then(recorded.position), now=reel.now)
    return seen_by(recorded, eyes)
