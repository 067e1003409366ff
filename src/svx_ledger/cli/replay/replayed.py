"""Showing a replay: a moment, one object a step, and what changed."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from svx_ledger.cli import board, showing
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session

if TYPE_CHECKING:
    from svx_ledger.projections.replay import (
        AuctionAt,
        AuctionStep,
        Difference,
        ExchangeAt,
        Moment,
        StreamSeen,
        StreamStep,
    )
    from svx_ledger.projections.visibility import Seen

    Step = AuctionStep | StreamStep

MOST_LETTERS = 96
"""Of a value that changed, where a person reads it."""


def auction(session: Session, then: "AuctionAt", last: "Step | None") -> None:
    """Show an auction at a moment, and what its last event changed."""
    if session.json:
        from svx_ledger.projections.replay.telling import told_auction

        showing.line(told_auction(then, last))
        return
    _say_when(then)
    board.show(then.board, then.standing, then=True)
    if then.own is not None:
        board.show_own(then.own, then=True)
    if then.leader and then.standing:
        first = then.standing[0]
        say(f"In the lead: {first.name} with {showing.money(first.value_pence)}")
    _say_last(last)


def stream(session: Session, then: "StreamSeen", last: "Step | None") -> None:
    """Show what a stream had come to at a moment, and what its last event changed."""
    if session.json:
        from svx_ledger.projections.replay.telling import told_stream

        showing.line(told_stream(then, last))
        return
    _say_when(then)
    say(f"{then.stream}, version {showing.hidden(then.version)}")
    for name, value in then.state.items():
        say(f"  {name}: {_brief(value)}")
    for name in then.withheld:
        say(f"  {name}: hidden")
    _say_last(last)


def exchange(session: Session, then: "ExchangeAt") -> None:
    """Show auctions, awards and the leverage headline at a moment."""
    boards, awards, report = then.boards(), then.register(), then.leverage()
    position, as_at = then.view.position, then.view.now
    if session.json:
        lists = {"auctions": boards, "awards": awards}
        figure = {"headline": report.headline}
        showing.line({"known_at": position, "as_at": as_at, **lists, "leverage": figure})
        return
    say(f"As at {showing.cell(as_at)}, known at position {position}")
    board.table(boards)
    rows = [
        (
            *(one.award.award_id, one.title, one.award.lot, one.authority, one.supplier),
            *(one.state, showing.money(one.award.value_pence)),
        )
        for one in awards
    ]
    headings = ("award", "procurement", "lot", "authority", "supplier", "phase", "pledged")
    showing.table(headings, rows)
    say(report.headline.text)


def steps(session: Session, found: "Iterable[Step]") -> None:
    """Show steps as they come: with --json one object each."""
    from svx_ledger.projections.replay.telling import told_step

    for step in found:
        if session.json:
            showing.line(told_step(step))
        else:
            _say_step(step)


def changes(
    session: Session,
    of: str,
    found: "Iterable[Difference]",
    *,
    since: "Moment | None",
    when: "Moment",
) -> None:
    """Show what changed between two moments."""
    first = since or {"position": 0}
    if session.json:
        showing.line({"of": of, "from": first, "to": when, "changes": list(found)})
        return
    begins = since.position if since else 0
    say(f"{of}: what changed from position {begins} to {when.position}")
    found = tuple(found)
    _say_changes(found)
    if not found:
        say("  nothing that may be seen")


def event(session: Session, found: "Seen") -> None:
    """Show one event, wherever it is in the log."""
    if session.json:
        from svx_ledger.projections.shown_events import shown_event

        showing.line(shown_event(found))
    else:
        say(_sentence(found))


def _say_when(then: "AuctionAt | StreamSeen") -> None:
    say(f"As at {showing.cell(then.as_at)}, known at position {then.known_at}")
    say(f"  head: {showing.hidden(then.head)}")


def _say_last(last: "Step | None") -> None:
    if last is not None:
        say("What changed at the last event by then:")
        _say_step(last)


def _say_step(step: "Step") -> None:
    say(_sentence(step.event))
    _say_changes(step.changes)


def _sentence(seen: "Seen") -> str:
    from svx_ledger.projections.sentences import sentence
    from svx_ledger.projections.shown_events import shown_event

    stream_ = seen.stream or "hidden"
    said = sentence(seen.type, stream_, shown_event(seen).data)
    return f"{seen.position:>6}  {showing.cell(seen.recorded_at)}  {stream_}  {said}"


def _say_changes(found: "Iterable[Difference]") -> None:
    for one in found:
        field = one.field.removeprefix("/").replace("/", " ")
        match one.how:
            case "added":
                said = f"now {_brief(one.after)}"
            case "removed":
                said = f"no longer {_brief(one.before)}"
            case _:
                said = f"{_brief(one.before)} → {_brief(one.after)}"
        say(f"          {field}: {said}")


def _brief(value: Any) -> str:
    if isinstance(value, Mapping) and not value:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
