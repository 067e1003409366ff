"""Any stream as it was: what it had come to at a moment, and step by step."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from heapq import merge
from typing import Any

from svx_ledger.domain import vocabulary
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.state import Award
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.record import Recorded
from svx_ledger.projections.auction_search import phase_at
from svx_ledger.projections.visibility import Seen, hidden_fields, may_know

from .difference import Difference, differences
from .moments import Log, Moment, moment
from .reel import Reel, no_such_stream, not_yet, read_stream
from .sight import EVERYBODY, Looks, Sight, hidden_by, looks, seen_by, shown_to_all


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAt:
    """What a stream had come to: `state` folded from all of its events up to a moment.

    `known_at` is the log position and `as_at` the instant that was asked about; `position` is
    that of the last event folded in, `version` its number on the stream and `head` its Merkle
    leaf, by which anybody can hold the state against the published log.
    """

    stream: str
    known_at: int
    as_at: datetime
    position: int
    version: int
    head: bytes
    state: object


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSeen:
    """The same as a viewer sees it: plain values, and the names of the fields `withheld`.

    `version`, `position` and `head` are of the last event that the viewer may know to be of
    this stream; None where there is none.
    """

    stream: str
    known_at: int
    as_at: datetime
    position: int | None
    version: int | None
    head: str | None
    state: dict[str, Any]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStep:
    """One event of a stream, with what changed by it of what the viewer sees."""

    event: Seen
    before: StreamSeen | None
    after: StreamSeen
    changes: tuple[Difference, ...]


def stream_at(
    log: Log, stream: str, *, at: datetime | None = None, position: int | None = None
) -> StreamAt:
    """Return the state of a stream at a moment, with everything that is hidden in it.

    For rules, proofs and audits; people are shown `stream_seen`. By default the last moment.
    Raises NoSuchMoment, also where nothing of it was on record yet, NoSuchStream, Unreadable.
    """
    when = moment(log, at=at, position=position)
    recorded = read_stream(log, stream, until=when.position)
    last = recorded[-1]
    state = None
    for event in recorded:
        state = vocabulary.evolve(stream, state, event.event)
    return StreamAt(
        stream=stream,
        known_at=when.position,
        as_at=when.as_at,
        position=last.position,
        version=last.version,
        head=last.leaf,
        state=state,
    )


class StreamHistory:
    """All that is on record of one stream, to be looked at as it was at any moment."""

    def __init__(self, log: Log, stream: str, sight: Sight = EVERYBODY) -> None:
        """Read the stream once. Raises NoSuchStream, Unreadable.

        Who may not know of a stream is told that there is none.
        """
        if not may_know(stream, sight.asker):
            raise no_such_stream(stream)
        self.stream = stream
        self._sight = sight
        self._recorded = read_stream(log, stream)
        self._reel = Reel(self._recorded)
        self._positions = [event.position for event in self._recorded]
        self._states: list[object] = []
        state: object = None
        for event in self._recorded:
            state = vocabulary.evolve(stream, state, event.event)
            self._states.append(state)
        self._kind: type[Any] = type(state)

    def at(self, when: Moment) -> StreamSeen:
        """Return what the stream had come to, as far as may be seen. Raises NoSuchMoment."""
        count = bisect_right(self._positions, when.position)
        if not count:
            raise not_yet(self.stream, self._positions[0], when.position)
        eyes, state = self._eyes(when.position), self._states[count - 1]
        plain, withheld = shown_state(self.stream, state, eyes, when.as_at)
        placed = (event for event in reversed(self._recorded[:count]) if _placed(event, eyes))
        last = next(placed, None)
        return StreamSeen(
            stream=self.stream,
            known_at=when.position,
            as_at=when.as_at,
            position=last.position if last else None,
            version=last.version if last else None,
            head=last.leaf.hex() if last else None,
            state=plain,
            withheld=withheld,
        )

    def changes(self, since: Moment | None, until: Moment) -> tuple[Difference, ...]:
        """Return what changed between two moments; before its first event it is nothing."""
        shown = [
            self.at(when).state if when and when.position >= self._positions[0] else {}
            for when in (since, until)
        ]
        return differences(*shown)

    def is_open(self, when: Moment) -> bool:
        """Whether everybody sees all of it up to a moment: what is shown of it is final."""
        count = bisect_right(self._positions, when.position)
        now = self._reel.now
        hidden = hidden_fields(self.stream, self._states[count - 1], now)
        return not hidden and shown_to_all(self._recorded[:count], now)

    def has_field(self, name: str) -> bool:
        """Whether its state has a field of this name, or one deeper as in `terms.mode`."""
        return name.partition(".")[0] in {field.name for field in fields(self._kind)}

    def step_at(self, position: int) -> StreamStep | None:
        """Return the last step up to a position, if the viewer may know of any."""
        for event in reversed(self._recorded[: bisect_right(self._positions, position)]):
            if _placed(event, self._eyes(event.position)):
                return next(self.steps(event.position - 1, event.position))
        return None

    def steps(self, after: int = 0, until: int | None = None) -> Iterator[StreamStep]:
        """Give the events between two positions, each with what changed by it.

        Left out are those that the viewer may not even know to be of this stream.
        """
        previous: Moment | None = None
        held: StreamSeen | None = None
        for event in self._recorded:
            if until is not None and event.position > until:
                return
            shown = seen_by(event, self._eyes(event.position))
            if shown.stream is None:
                continue
            here = Moment(event.position, event.recorded_at)
            if event.position > after:
                before = held or (self.at(previous) if previous else None)
                held = self.at(here)
                changes = differences(before.state if before else {}, held.state)
                yield StreamStep(event=shown, before=before, after=held, changes=changes)
            previous = here

    def _eyes(self, position: int) -> Looks:
        return looks(self._sight, then=self._reel.then(position), now=self._reel.now)


def stream_seen(
    log: Log,
    stream: str,
    *,
    at: datetime | None = None,
    position: int | None = None,
    sight: Sight = EVERYBODY,
) -> StreamSeen:
    """Return what a stream had come to at a moment, as far as may be seen of it.

    By default the last moment, as everybody sees it now. Raises as `stream_at`.
    """
    return StreamHistory(log, stream, sight).at(moment(log, at=at, position=position))


def stream_steps(
    log: Log, *streams: str, after: int = 0, until: int | None = None, sight: Sight = EVERYBODY
) -> Iterator[StreamStep]:
    """Give the events of some streams in the order of the log, each with what changed by it.

    Those after one position and up to another. Raises NoSuchStream, Unreadable.
    """
    histories = [StreamHistory(log, stream, sight) for stream in streams]
    each = (history.steps(after, until) for history in histories)
    return merge(*each, key=lambda step: step.event.position)


def shown_state(
    stream: str, state: object, eyes: Looks, as_at: datetime
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a state as plain values, and the names of what is hidden of it.

    An auction's phase is by the clock, as on its board; an award whose recommendation is
    hidden is assessed.
    """
    hidden = hidden_by(stream, state, eyes)
    plain: dict[str, Any] = plain_of(state)
    if isinstance(state, Auction):
        plain["phase"] = phase_at(state.phase, state.terms.opens_at, state.closes_at, as_at)
    if isinstance(state, Award) and "recommended" in hidden and state.phase == "recommended":
        plain["phase"] = "assessed"
    return {name: value for name, value in plain.items() if name not in hidden}, hidden


def _placed(event: Recorded, eyes: Looks) -> bool:
    """Whether a viewer may know that this event is on its stream."""
    return seen_by(event, eyes).stream is not None
