"""Reading the log: `events` lists what happened, `show` one thing and how it came to be.

Both show what anybody may see now: of a hidden bid only that there was one.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import showing
from .failing import not_found
from .output import on_terminal, say
from .progress import watched
from .session import UNREADABLE, Damaged, Session, Usage

if TYPE_CHECKING:
    from datetime import datetime

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

    if kind is not None and kind not in {*TYPES, *UPCASTS}:
        raise Usage("--type takes the stored name of an event: docs/events.md lists them all")
    with session.store() as store:
        if stream is not None and next(iter(store.stream(stream)), None) is None:
            raise not_found(stream=stream)
        rows = store.rows(after=after) if stream is None else store.stream(stream)
        if not on_terminal(sys.stdout):
            rows = watched(rows, store.head().position - after if stream is None else None)
        told = _seen(store, (row for row in rows if row.position > after))
        wanted = (event for event in told if kind in {None, event.type})
        for event in islice(wanted, limit):
            _tell(session, event)


def show(
    session: Session,
    stream: Annotated[str, typer.Argument(metavar="STREAM", help="E.g. auction-8f3k2m7q.")],
) -> None:
    """Show one thing, and how it came to be."""
    from svx_ledger.domain import vocabulary

    from .views import now_of

    with session.store() as store:
        recorded = list(_read(watched(store.stream(stream))))
        if not recorded:
            raise not_found(stream=stream)
        state: object = None
        for event in recorded:
            state = vocabulary.evolve(stream, state, event.event)
        history = list(_as_seen(store, recorded))
        now = now_of(store)
    plain, hidden = visible_state(state, now)
    if session.json:
        showing.line(
            {
                "stream": stream,
                "version": history[-1].version,
                "state": plain,
                "withheld": hidden,
                "events": [_plain(event) for event in history],
            }
        )
        return
    say(f"{stream}, version {history[-1].version}")
    for name, value in plain.items():
        say(f"  {name}: {_brief(value)}")
    for name in hidden:
        say(f"  {name}: hidden for now")
    for told in history:
        _tell(session, told)


def visible_state(state: object, now: "datetime") -> tuple[dict[str, Any], list[str]]:
    """Return a state as plain values, and the names of what nobody may see of it yet.

    An auction's phase is by the clock, as on its board.
    """
    from svx_ledger.domain.auction.state import Auction
    from svx_ledger.projections.board import phase_at
    from svx_ledger.projections.visibility import bids_shown, scores_shown

    plain: dict[str, Any] = showing.plain_of(state)
    hidden: list[str] = []
    if isinstance(state, Auction):
        plain["phase"] = phase_at(state.phase, state.terms.opens_at, state.closes_at, now)
        hidden += [] if bids_shown(state) else ["bids", "standing", "rejections", "ranking"]
        hidden += [] if scores_shown(state) else ["scores"]
    return {name: value for name, value in plain.items() if name not in hidden}, hidden


def _seen(store: "Store", rows: Iterable["Row"]) -> Iterator["Seen"]:
    return _as_seen(store, _read(rows))


def _read(rows: Iterable["Row"]) -> Iterator["Recorded"]:
    """Decode records. Raises Damaged: nothing is skipped in silence."""
    from svx_ledger.eventlog.record import read_record

    for row in rows:
        try:
            yield read_record(row)
        except UNREADABLE as fault:
            where = f"position {row.position}, said to be {row.type},"
            raise Damaged(where, fault) from None


def _as_seen(store: "Store", recorded: Iterable["Recorded"]) -> Iterator["Seen"]:
    """Take out what is hidden, by what each auction's whole stream says now."""
    from svx_ledger.projections.auction_board import BOARD
    from svx_ledger.projections.memory import Tables
    from svx_ledger.projections.visibility import HIDDEN_UNTIL, seen

    auctions, known = Tables(), set()
    for event in recorded:
        if type(event.event) in HIDDEN_UNTIL and event.stream not in known:
            known.add(event.stream)
            for earlier in _read(store.stream(event.stream)):
                auctions.apply(BOARD.project(earlier))
        yield seen(event, auctions)


def _plain(event: "Seen") -> dict[str, Any]:
    from svx_ledger.eventlog.shapes import shape_of

    plain: dict[str, Any] = showing.plain_of(event)
    plain.pop("event", None)
    if event.event is None:
        return {**plain, "withheld": True}
    return {**plain, "data": shape_of(type(event.event)).encode(event.event)}


def _tell(session: Session, event: "Seen") -> None:
    from .sentences import sentence

    plain = _plain(event)
    if session.json:
        showing.line(plain)
        return
    said = sentence(event.type, event.stream, plain.get("data"))
    say(f"{event.position:>6}  {showing.cell(event.recorded_at)}  {event.stream}  {said}")


def _brief(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
