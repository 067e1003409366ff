"""A replay as programs read it: a moment and the step that led to it, in plain values."""

from typing import Any

from svx_ledger.eventlog.plain import plain_of
from svx_ledger.projections.shown_events import plain_event

from .auctions import AuctionAt, AuctionStep
from .streams import StreamSeen, StreamStep

Step = AuctionStep | StreamStep


def told_auction(then: AuctionAt, last: Step | None) -> dict[str, Any]:
    """Return an auction at a moment, and what its last event changed."""
    told = {**_when(then), **then.plain(), "step": told_step(last)}
    return {name: value for name, value in told.items() if value is not None}


def told_stream(then: StreamSeen, last: Step | None) -> dict[str, Any]:
    """Return what a stream had come to at a moment, and what its last event changed."""
    state = {"stream": then.stream, "state": then.state, "withheld": [*then.withheld]}
    told = {**_when(then), **state, "step": told_step(last)}
    return {name: value for name, value in told.items() if value is not None}


def told_step(step: Step | None) -> dict[str, Any] | None:
    """Return an event with the head after it, and what changed by it."""
    if step is None:
        return None
    head = step.after.head if step.event.stream else None
    more: dict[str, Any] = plain_of({"head": head, "changes": step.changes})
    return {**plain_event(step.event), **more}


def _when(then: AuctionAt | StreamSeen) -> dict[str, Any]:
    names = ("known_at", "as_at", "position", "version", "head")
    plain: dict[str, Any] = plain_of({name: getattr(then, name) for name in names})
    return plain
