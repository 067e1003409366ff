"""The views of a ledger as it is now, made from its log for one run of a verb."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.book import LedgerOpened
from svx_ledger.eventlog.record import Row, read_event, recorded_at
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.memory import PROJECTIONS, OutOfStep, Views
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.view import View

from .progress import watched
from .session import UNREADABLE, Damaged, Session


class _Watched(NamedTuple):
    """A log that shows how far it has been read."""

    store: Store

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""
        return watched(self.store.rows(after, limit), self.store.head().position)


@contextmanager
def viewed(session: Session, projections: Sequence[Projection] = PROJECTIONS) -> Iterator[View]:
    """Read the whole log. Raises Damaged where a record is not what it should be."""
    with session.store() as store:
        views = Views(_Watched(store), projections)
        try:
            views.refresh()
        except (*UNREADABLE, OutOfStep) as fault:
            raise Damaged(f"position {views.position + 1}", fault) from None
        yield View(views.tables, views.position, now_of(store))


def viewer_of(session: Session) -> Actor | None:
    """Return who looks on: whoever is said to act, or else the public."""
    return session.actor() if session.settings.actor else None


def now_of(store: Store) -> datetime:
    """Return the ledger's own time: that of the last event where it is simulated.

    Raises Damaged.
    """
    try:
        opened = [read_event(row) for row in store.rows(limit=1)]
    except UNREADABLE as fault:
        raise Damaged("position 1", fault) from None
    if any(isinstance(event, LedgerOpened) and event.clock == "simulated" for event in opened):
        return recorded_at(store.head().record)
    return datetime.now(UTC)
