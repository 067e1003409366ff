"""`replay`: an auction, any stream or the whole exchange as it was, and what changed since."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, cast

import typer

from svx_ledger.cli.failing import Refused, not_found
from svx_ledger.cli.progress import watched
from svx_ledger.cli.session import Damaged, Session, Usage

from . import replayed
from .options import As, At, Diff, Next, Position, Previous, Steps, Wanted, sight_of, wanted

if TYPE_CHECKING:
    from svx_ledger.eventlog.record import Row
    from svx_ledger.eventlog.store import Store
    from svx_ledger.projections.replay import AuctionHistory, StreamHistory


def auction(  # noqa: PLR0913 - options, all named
    session: Session,
    auction_id: Annotated[str, typer.Argument(metavar="AUCTION")],
    *,
    at: At = None,
    position: Position = None,
    party: As = None,
    diff: Diff = None,
    step: Steps = False,
    following: Next = None,
    previous: Previous = None,
) -> None:
    """Show an auction as it was: its board, who led, and what the last event changed.

    By default at the last event of the log. KIND is a type of event (bid-accepted) or a field
    (phase, closes_at, leader, standing …).
    """
    from svx_ledger.projections.replay import AuctionHistory

    asked = wanted(at, position, diff, step=step, following=following, previous=previous)
    sight = sight_of(session, party)
    with _log(session) as log:
        history = AuctionHistory(log, auction_id, sight)
        if party is not None and sight.party and sight.party.organisation == party:
            _unless_its_own(session, history, party)
        _show(session, auction_id, history, asked=asked, log=log)


def stream(  # noqa: PLR0913 - options, all named
    session: Session,
    names: Annotated[list[str], typer.Argument(metavar="STREAM…", help="E.g. award-8f3k2m7q.")],
    *,
    at: At = None,
    position: Position = None,
    party: As = None,
    diff: Diff = None,
    step: Steps = False,
    following: Next = None,
    previous: Previous = None,
) -> None:
    """Show what a thing had come to, and what the last event changed; several with --step.

    By default at the last event of the log. KIND is a type of event or a field of its state.
    """
    from svx_ledger.projections.replay import StreamHistory, stream_steps

    asked = wanted(at, position, diff, step=step, following=following, previous=previous)
    sight = sight_of(session, party)
    with _log(session) as log:
        if asked.step:
            since, when = asked.moments(log)
            after = since.position if since else 0
            steps = stream_steps(log, *names, after=after, until=when.position, sight=sight)
            replayed.steps(session, steps)
            return
        for name in names:
            _show(session, name, StreamHistory(log, name, sight), asked=asked, log=log)


def exchange(
    session: Session,
    *,
    at: At = None,
    position: Position = None,
    party: As = None,
    diff: Diff = None,
    following: Next = None,
    previous: Previous = None,
) -> None:
    """Show auctions, awards and the leverage headline as they were.

    Everything up to then is read. KIND is a type of event: the next one in the whole log.
    """
    from svx_ledger.projections.replay import (
        ExchangeHistory,
        differences,
        events_seen,
        stored_types,
    )

    asked = wanted(at, position, diff, following=following, previous=previous)
    sight = sight_of(session, party)
    with _log(session) as log:
        since, when = asked.moments(log)
        if asked.kind is not None:
            if not (kinds := stored_types(asked.kind)):
                raise Usage("--next takes the type of an event here: see docs/events.md.")
            back = not asked.forwards
            begin = asked.beginning(when)
            found = events_seen(log, kinds, after=begin, backwards=back, sight=sight)
            if (event := next(found, None)) is None:
                raise _nothing_found(asked.kind, begin)
            replayed.event(session, event)
            return
        history = ExchangeHistory(log, sight)
        if asked.since is None:
            replayed.exchange(session, history.at(when))
            return
        before = history.at(since).plain() if since else {}
        changes = differences(before, history.at(when).plain())
        replayed.changes(session, "the exchange", changes, since=since, when=when)


def _show(
    session: Session,
    name: str,
    history: "AuctionHistory | StreamHistory",
    *,
    asked: Wanted,
    log: "_Log",
) -> None:
    """Show one history: a moment, the steps up to it, what changed, or the next of a kind."""
    from svx_ledger.projections.replay import AuctionAt, Moment

    since, when = asked.moments(log)
    if asked.kind is not None:
        found = _sought(history, asked.kind, asked.beginning(when), forwards=asked.forwards)
        when = Moment(found.event.position, found.after.as_at)
    if asked.step:
        replayed.steps(session, history.steps(since.position if since else 0, when.position))
    elif asked.since is not None:
        replayed.changes(session, name, history.changes(since, when), since=since, when=when)
    else:
        then, last = history.at(when), history.step_at(when.position)
        if isinstance(then, AuctionAt):
            replayed.auction(session, then, last)
        else:
            replayed.stream(session, then, last)


def _sought(
    history: "AuctionHistory | StreamHistory", kind: str, position: int, *, forwards: bool
) -> "replayed.Step":
    """Return the next step of a kind. Raises Usage for no kind, Refused where there is none."""
    from svx_ledger.projections.replay import next_change, previous_change, stored_types

    if not stored_types(kind) and not history.has_field(kind):
        raise Usage(f"{kind} is no type of event and no field: docs/replay.md lists both.")
    seek = next_change if forwards else previous_change
    found = cast("replayed.Step | None", seek(history, kind, position))
    if found is None:
        raise _nothing_found(kind, position)
    return found


def _nothing_found(kind: str, position: int) -> Refused:
    from svx_ledger.projections.replay.seeking import NO_SUCH_CHANGE

    return Refused(NO_SUCH_CHANGE.refuse(kind=kind, from_position=position))


def _unless_its_own(session: Session, history: "AuctionHistory", supplier: str) -> None:
    """Refuse a bidder's board to others until the ranking, as `auction board --as` does."""
    if refusal := history.refusal(supplier):
        session.actor()  # where nobody is said to act, this is what is missing
        raise Refused(refusal)
    if not history.takes_part(supplier):
        raise not_found(auction=history.auction_id, supplier=supplier)


class _Log:
    """A log that shows how far it has been read."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self.head = store.head
        self.stream = store.stream

    def rows(self, after: int = 0, limit: int | None = None) -> "Iterator[Row]":
        """Stream records by position, those after `after`."""
        total = limit or self._store.head().position - after
        return watched(self._store.rows(after, limit), total)


@contextmanager
def _log(session: Session) -> "Iterator[_Log]":
    """Open the log. Raises Damaged, and Refused for what was not there at that moment."""
    from svx_ledger.eventlog.record import Unreadable
    from svx_ledger.projections.memory import OutOfStep
    from svx_ledger.projections.replay import NoSuchMoment, NoSuchStream

    with session.store() as store:
        try:
            yield _Log(store)
        except (NoSuchMoment, NoSuchStream) as missing:
            raise Refused(missing.refusal) from None
        except (Unreadable, OutOfStep) as fault:
            raise Damaged.said_by(fault) from None
