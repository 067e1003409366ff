"""What the hub reads, in a thread of its own, each time that something may be new."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager, suppress
from typing import Final, NamedTuple

from svx_ledger.api import keys
from svx_ledger.api.feed.pages import Told, told_to_each
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.private import SubjectErased
from svx_ledger.eventlog.record import Row, read_record
from svx_ledger.eventlog.store import Store
from svx_ledger.eventlog.types import stored_name
from svx_ledger.projections.remembered import Remembered
from svx_ledger.projections.stored.ledger_views import Behind, LedgerViews
from svx_ledger.projections.view import View

from .drawing import BoardKey, Outcome, draw

MOST_NEWS: Final = 1_000
"""Records between two looks, beyond which whoever follows the log reads it page by page."""
OTHERS_SECONDS: Final = 0.2
_ERASING: Final = stored_name(SubjectErased)


class Asked(NamedTuple):
    """What is to be looked at: the boards, and the news for these viewers since a position.

    `at_once` are boards that are drawn whether or not anything is new.
    """

    since: int | None
    boards: AbstractSet[BoardKey]
    at_once: AbstractSet[BoardKey]
    followers: AbstractSet[Actor | None]


class Found(NamedTuple):
    """What was found, at one position of the views."""

    position: int
    head: int
    """Where the log was: the views may be on their way there."""
    boards: Mapping[BoardKey, Outcome]
    told: Mapping[Actor | None, Sequence[Told]]
    """Empty where that would not be all that came, or where texts were erased meanwhile."""
    keys_touched: bool
    """Whether any key or grant may be another than before."""


def look(
    store: Store, views: LedgerViews, asked: Asked, *, timeout: float | None
) -> Found | None:
    """Look at what is asked for; None where nothing came since.

    `timeout` is for bringing the views up to the log; with 0 they are taken as they are.
    Raises Behind, NotKept, NotRead, Unreadable and OutOfStep.
    """
    head = store.head().position
    if asked.since == head and not asked.at_once:
        return None
    with _newest(views, head, timeout) as view:
        since = view.position if asked.since is None else asked.since
        if asked.since is not None and view.position <= since and not asked.at_once:
            return None
        news = _news(store, since, view)
        too_many = len(news) > MOST_NEWS
        erased = any(row.type == _ERASING for row in news)
        return Found(
            position=max(view.position, since),
            head=head,
            boards=draw(view, _to_draw(asked, news, everything=too_many)),
            told={} if too_many or erased else _told(store, view, news, asked.followers),
            keys_touched=asked.since is None
            or too_many
            or any(row.stream.startswith(keys.STREAMS) for row in news),
        )


@contextmanager
def _newest(views: LedgerViews, head: int, timeout: float | None) -> Iterator[View]:
    """Yield the views up to the log, or as they are where that takes longer.

    Where others keep them, these are mostly at it just now: it is waited for a moment, as the
    next look would come later than they are done.
    """
    with ExitStack() as stack:
        view = None
        if timeout != 0:
            with suppress(Behind):
                view = stack.enter_context(views.view(after=head, timeout=OTHERS_SECONDS))
        yield view or stack.enter_context(views.view(timeout=timeout))


def _news(store: Store, since: int, view: View) -> Sequence[Row]:
    if view.position <= since:
        return ()
    return list(store.rows(after=since, limit=min(view.position - since, MOST_NEWS + 1)))


def _to_draw(asked: Asked, news: Sequence[Row], *, everything: bool) -> AbstractSet[BoardKey]:
    """Return the boards that may have changed.

    An auction's rows come from its own stream, the names on its board from others.
    """
    touched = {row.stream for row in news}
    if everything or any(not stream.startswith("auction-") for stream in touched):
        return asked.boards
    return {key for key in asked.boards if key in asked.at_once or key.auction_id in touched}


def _told(
    store: Store, view: View, news: Sequence[Row], followers: AbstractSet[Actor | None]
) -> Mapping[Actor | None, Sequence[Told]]:
    if not followers:
        return {}
    rows = Remembered(view.rows)
    told: dict[Actor | None, list[Told]] = {viewer: [] for viewer in followers}
    for row in news:
        for viewer, one in told_to_each(store, rows, followers, read_record(row)):
            told[viewer].append(one)
    return told
