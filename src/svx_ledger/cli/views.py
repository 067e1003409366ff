"""The views of a ledger as it is now: those that are stored, or made for one run of a verb."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.book import LedgerOpened
from svx_ledger.eventlog.record import Row, read_event, recorded_at
from svx_ledger.eventlog.store import Store, StoreError
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.memory import OutOfStep, Views
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.view import View

from .progress import reached, watched
from .session import UNREADABLE, Damaged, Session

PATIENCE_SECONDS = 5.0
"""How long a verb waits for another program that has the views' place for itself."""


class _Watched(NamedTuple):
    """A log that shows how far it has been read."""

    store: Store

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""
        return watched(self.store.rows(after, limit), self.store.head().position)


@contextmanager
def viewed(session: Session, projections: Sequence[Projection] = PROJECTIONS) -> Iterator[View]:
    """Read the stored views, up to the log as it is now.

    Where they cannot be kept, the whole log is read for this one run: it is slower, and the
    answer is the same. Raises Damaged where a record is not what it should be.
    """
    with ExitStack() as stack:
        yield _stored(session, stack) or stack.enter_context(_in_memory(session, projections))


def _stored(session: Session, stack: ExitStack) -> View | None:
    """Return the stored views as they are at the head of the log, if they can be had."""
    from svx_ledger import open_views

    try:
        views = stack.enter_context(open_views(session.settings.ledger))
        head = views.keeper.store.head().position
        began, last = monotonic(), 0
        for position in reached(views.catch_up(head), head):
            if position != last:
                last, began = position, monotonic()
            elif monotonic() - began > PATIENCE_SECONDS:
                break
        return stack.enter_context(views.view(after=head, timeout=0))
    except (StoreError, OutOfStep, *UNREADABLE):
        stack.close()
        return None  # what is wrong is seen, and said, by reading the log itself


@contextmanager
def _in_memory(session: Session, projections: Sequence[Projection]) -> Iterator[View]:
    with session.store() as store:
        views = Views(_Watched(store), projections)
        try:
            views.refresh()
        except (*UNREADABLE, OutOfStep) as fault:
            raise Damaged.at(f"position {views.position + 1}", fault) from None
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
        raise Damaged.at("position 1", fault) from None
    if any(isinstance(event, LedgerOpened) and event.clock == "simulated" for event in opened):
        return recorded_at(store.head().record)
    return datetime.now(UTC)
