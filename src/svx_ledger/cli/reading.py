"""Reading the log: `events` lists what happened, `show` one thing and how it came to be.

Both show what whoever asks may see now: of a hidden bid only that there was something.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import showing
from .failing import not_found
from .output import on_terminal, say
from .progress import watched
from .session import UNREADABLE, Damaged, Session, Usage

if TYPE_CHECKING:
    from datetime import datetime

    from svx_ledger.domain.actor import Actor
    from svx_ledger.eventlog.record import Recorded, Row
    from svx_ledger.eventlog.store import Store
    from svx_ledger.projections.visibility import Seen


def events(
    session: Session,
    *,
    after: Annotated[
        int, typer.Option("--after", metavar="POSITION", help="Those after it only.", min=0)
    ] = 0,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", help="At most so many.", min=0)
    ] = None,
    stream: Annotated[
        str | None, typer.Option("--stream", metavar="STREAM", help="Of this stream only.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--type", metavar="TYPE", help="Of this type only, e.g. bid-accepted.v1."),
    ] = None,
) -> None:
    """List what happened, a sentence each.

    In the order of the log; with --json a line of JSON each.
    """
    from itertools import islice

    from svx_ledger.eventlog.types import TYPES, UPCASTS

    from .views import viewer_of

    if kind is not None and kind not in {*TYPES, *UPCASTS}:
        raise Usage("--type takes the stored name of an event: docs/events.md lists them all")
    if stream is not None:
        _unless_text("--stream", stream)
    viewer = viewer_of(session)
    with session.store() as store:
        if stream is not None and next(_rows_of(store, stream, viewer), None) is None:
            raise not_found(stream=stream)
        rows = _rows_of(store, stream, viewer) if stream is not None else _all_of(store, after)
        if not on_terminal(sys.stdout):
            rows = watched(rows, store.head().position - after if stream is None else None)
        eyes = _Eyes(store, viewer)
        told = eyes.see(_read(row for row in rows if row.position > after))
        if stream is not None:
            told = _placed(told)
        wanted = (event for event in told if kind in {None, event.type})
        for event in islice(wanted, limit):
            _tell(session, event, eyes.texts(event))


def show(
    session: Session,
    stream: Annotated[str, typer.Argument(metavar="STREAM", help="E.g. auction-8f3k2m7q.")],
) -> None:
    """Show one thing, and how it came to be."""
    from svx_ledger.domain import vocabulary
    from svx_ledger.projections.shown_events import shown_event

    from .views import now_of, viewer_of

    _unless_text("STREAM", stream)
    viewer = viewer_of(session)
    with session.store() as store:
        recorded = list(_read(watched(_rows_of(store, stream, viewer))))
        if not recorded:
            raise not_found(stream=stream)
        state: object = None
        for event in recorded:
            state = vocabulary.evolve(stream, state, event.event)
        eyes = _Eyes(store, viewer)
        history = [(event, eyes.texts(event)) for event in _placed(eyes.see(recorded))]
        plain, hidden = eyes.state(stream, state, now_of(store))
    if session.json:
        showing.line(
            {
                "stream": stream,
                "version": history[-1][0].version,
                "state": plain,
                "withheld": hidden,
                "events": [shown_event(*told) for told in history],
            }
        )
        return
    say(f"{stream}, version {history[-1][0].version}")
    for name, value in plain.items():
        say(f"  {name}: {_brief(value)}")
    for name in hidden:
        say(f"  {name}: hidden for now")
    for told in history:
        _tell(session, *told)


class _Eyes:
    """What one viewer may see, by what the streams that decide it say now."""

    def __init__(self, store: "Store", viewer: "Actor | None") -> None:
        from svx_ledger.projections.memory import Tables

        self._store = store
        self._viewer = viewer
        self._rows = Tables()
        self._known: set[str] = set()

    def see(self, recorded: "Iterable[Recorded]") -> "Iterator[Seen]":
        """Take out of records what is hidden."""
        from svx_ledger.projections.visibility import context_of, seen

        for event in recorded:
            if (stream := context_of(event)) is not None:
                self._look_at(stream)
            yield seen(event, self._rows, self._viewer)

    def texts(self, event: "Seen") -> Mapping[str, str]:
        """Return what is to be shown of the private texts of an event that is not hidden."""
        from svx_ledger.eventlog.private_texts import private_texts

        if event.event is None or event.stream is None or event.actor is None:
            return {}
        return private_texts(
            self._store,
            event.stream,
            event.event,
            written_by=event.actor,
            reader=self._viewer,
        )

    def state(
        self, stream: str, state: object, now: "datetime"
    ) -> tuple[dict[str, Any], list[str]]:
        """Return a state as plain values, and the names of what is hidden of it."""
        from svx_ledger.projections.replay import Look, shown_state

        self._look_at(stream)
        plain, hidden = shown_state(stream, state, (Look(self._viewer, self._rows),), now)
        return plain, list(hidden)

    def _look_at(self, stream: str) -> None:
        """Take in what a stream says of who may see it. Raises Damaged."""
        from svx_ledger.projections.auction_board import BOARD
        from svx_ledger.projections.memory import OutOfStep
        from svx_ledger.projections.visibility import VISIBILITY

        if stream in self._known:
            return
        self._known.add(stream)
        try:
            for earlier in _read(_unbroken(self._store, stream)):
                for projection in (BOARD, VISIBILITY):
                    self._rows.apply(projection.project(earlier))
        except OutOfStep as fault:
            raise Damaged.said_by(fault) from None


def _unless_text(name: str, stream: str) -> None:
    """Raise Usage for bytes that are no text: they name no stream, and no store takes them."""
    try:
        stream.encode()
    except UnicodeEncodeError:
        raise Usage(f"{name} is the name of a stream, such as auction-8f3k2m7q.") from None


def _all_of(store: "Store", after: int) -> "Iterator[Row]":
    """Give the records after a position. Raises Damaged where one is missing between them."""
    from svx_ledger.projections.memory import OutOfStep

    for position, row in enumerate(store.rows(after=after), start=after + 1):
        if row.position != position:
            missing = f"position {position} is missing"
            raise Damaged(missing, OutOfStep(missing))
        yield row


def _rows_of(store: "Store", stream: str, viewer: "Actor | None") -> "Iterator[Row]":
    """Give the records of a stream; none where the viewer may not know that there are any.

    Raises Damaged where one is missing.
    """
    from svx_ledger.projections.visibility import may_know

    if may_know(stream, viewer):
        yield from _unbroken(store, stream)


def _unbroken(store: "Store", stream: str) -> "Iterator[Row]":
    from svx_ledger.eventlog.record import Unreadable, unbroken

    try:
        yield from unbroken(store.stream(stream))
    except Unreadable as fault:
        raise Damaged.said_by(fault) from None


def _placed(told: "Iterable[Seen]") -> "Iterator[Seen]":
    """Leave out what must not even be seen to have happened on its stream."""
    return (event for event in told if event.stream is not None)


def _read(rows: Iterable["Row"]) -> Iterator["Recorded"]:
    """Decode records. Raises Damaged: nothing is skipped in silence."""
    from svx_ledger.eventlog.record import read_record

    for row in rows:
        try:
            yield read_record(row)
        except UNREADABLE as fault:
            where = f"position {row.position}, said to be {row.type},"
            raise Damaged.at(where, fault) from None


def _tell(session: Session, event: "Seen", texts: Mapping[str, str]) -> None:
    from svx_ledger.projections.sentences import sentence
    from svx_ledger.projections.shown_events import plain_event

    plain = plain_event(event, texts)
    if session.json:
        showing.line(plain)
        return
    stream = event.stream or "hidden"
    said = sentence(event.type, stream, plain.get("data"))
    say(f"{event.position:>6}  {showing.cell(event.recorded_at)}  {stream}  {said}")
    for name, text in texts.items():
        say(f"        {name}: {text}")


def _brief(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
