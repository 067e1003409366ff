"""Anything as it was at a moment: a thing's state, or an auction's board and who led."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from svx_ledger.api.parameters import Parameter, Position, bad_parameters
from svx_ledger.api.refusals import no_such_thing
from svx_ledger.projections.board import Board, OwnBoard, Place
from svx_ledger.projections.replay import (
    AuctionHistory,
    Moment,
    NoSuchMoment,
    NoSuchStream,
    Sight,
    StreamHistory,
    StreamSeen,
    moment,
)
from svx_ledger.projections.replay.difference import Difference
from svx_ledger.projections.replay.telling import told_auction, told_stream
from svx_ledger.projections.shown_events import ShownEvent

from .asking import Asking, One, Read, allowed

_ASKED: Final = frozenset({"at", "position", "stream"})
"""Facts that repeat what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayStep(ShownEvent):
    """The last event before the moment, as it may be seen now, and what it changed.

    `head` is its Merkle leaf in hex, None where it may not be known to be of this thing.
    """

    head: str | None
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReplay(StreamSeen):
    """What a thing had come to at a moment, as its viewer may see it now.

    `known_at` is the log position and `as_at` the instant that was asked about. `position`,
    `version` and `head` are of the last event until then that the viewer may know to be of
    this stream; `withheld` names the fields that are hidden.
    """

    step: ReplayStep | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionReplay(Board):
    """An auction's board as it was at a moment, as its viewer may see it now.

    `known_at` is the log position and `as_at` the instant that was asked about: phases are by
    the clock of then. `position`, `version` and `head` are of the last event until then, the
    head being its Merkle leaf in hex. `standing` holds the bids that counted then, `leader`
    the supplier of the best of them, `own` the place of the bidder who asks: each where it may
    be seen.
    """

    known_at: int
    as_at: datetime
    position: int
    version: int
    head: str
    leader: str | None
    standing: tuple[Place, ...] | None
    own: OwnBoard | None
    step: ReplayStep | None


_Then = tuple[dict[str, Any], AuctionHistory | StreamHistory]
"""What is told of a moment, and the history that it is of."""


def _replay(asking: Asking) -> One:
    return _as_it_was(asking, _stream_at, "stream")


def _auction_replay(asking: Asking) -> One:
    return _as_it_was(asking, _auction_at, "auction")


def _as_it_was(asking: Asking, at_moment: Callable[[Asking, Moment], _Then], kind: str) -> One:
    at, position = asking.get("at"), asking.get("position")
    if at is not None and position is not None:
        raise bad_parameters(
            ("/query/position", "An instant or a position: one stands for the other.")
        )
    try:
        when = moment(asking.store, at=at, position=position)
        told, history = at_moment(asking, when)
    except NoSuchStream:
        raise no_such_thing(kind) from None
    except NoSuchMoment as missing:
        refused = missing.refusal
        facts = {name: said for name, said in refused.facts.items() if name not in _ASKED}
        return allowed(replace(refused, facts=facts))
    is_past = position is not None or (
        at is not None and when.position < asking.store.head().position
    )
    return One(value=told, final=is_past and history.is_open(when))


def _stream_at(asking: Asking, when: Moment) -> _Then:
    history = StreamHistory(asking.store, asking.get("stream"), Sight(asking.viewer))
    return told_stream(history.at(when), history.step_at(when.position)), history


def _auction_at(asking: Asking, when: Moment) -> _Then:
    history = AuctionHistory(asking.store, asking.get("auction_id"), Sight(asking.viewer))
    return told_auction(history.at(when), history.step_at(when.position)), history


_WHEN: Final = (
    Parameter(name="at", form=datetime, meaning="As at an instant."),
    Parameter(name="position", form=Position, meaning="As known at this log position."),
)
READS: Final = (
    Read(
        name="stream-replay",
        path="/streams/{stream}/replay",
        tag="replay",
        summary="Show one thing as it was at a moment, as far as it may be seen now, and what "
        "its last event changed.",
        ask=_replay,
        answer=StreamReplay,
        parameters=_WHEN,
        takes_long=True,
    ),
    Read(
        name="auction-replay",
        path="/auctions/{auction_id}/replay",
        tag="replay",
        summary="Show an auction's board as it was at a moment, who led, and what its last "
        "event changed, as far as that may be seen now.",
        ask=_auction_replay,
        answer=AuctionReplay,
        parameters=_WHEN,
        takes_long=True,
    ),
)
