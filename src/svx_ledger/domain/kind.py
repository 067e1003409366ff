"""Streams, and the three things a kind of stream is made of: events, a state, and `evolve`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from .actor import Actor
from .rule import Refusal

S = TypeVar("S")
E = TypeVar("E", bound="Event")


@dataclass(frozen=True, slots=True)
class Claim:
    """A unique key that an event takes for its stream, or frees (`held` false).

    Keys read `<what>:<value>`, e.g. `identifier:GB-COH/01234567`. At any time at most one
    stream holds a key; who holds it follows from the events alone.
    """

    key: str
    held: bool = True


class Event:
    """A fact. Immutable for ever, past participle, on one stream."""

    __slots__ = ()

    def claims(self) -> tuple[Claim, ...]:
        """Return the keys this event takes or frees for its stream."""
        return ()

    def erases(self) -> tuple[str, ...]:
        """Return the commitments of the private texts of its stream that are to be gone."""
        return ()


class States:
    """What a decider may look at: the states it asked for and who holds its claims."""

    __slots__ = ("_holders", "_streams")

    def __init__(
        self, streams: Mapping[str, object], holders: Mapping[str, str] | None = None
    ) -> None:
        self._streams = streams
        self._holders = holders or {}

    def __contains__(self, stream: str) -> bool:
        """Whether the stream exists, as far as it was read."""
        return self._streams.get(stream) is not None

    def of(self, kind: type[S], stream: str) -> S:
        """Return the state of a stream that exists; the command must have named it.

        Raises LookupError where it was not asked for: a decider's bug, never a caller's.
        """
        state = self._streams.get(stream)
        if not isinstance(state, kind):
            message = f"{stream} was not read as {kind.__name__}"
            raise LookupError(message)
        return state

    def known(self, kind: type[S], stream: str) -> S | None:
        """Return the state of a stream if it was read and is of this sort."""
        state = self._streams.get(stream)
        return state if isinstance(state, kind) else None

    def holder(self, key: str) -> str | None:
        """Return the stream that holds this unique key, if any does."""
        return self._holders.get(key)


Decision = list[tuple[str, Event]] | Refusal
"""(stream, event) pairs in order, at least one; or the refusal that no event tells of."""


class Command:
    """An imperative: what somebody asks for. Its first field names its first stream.

    The first event of a decision carries every other field of the command under the same
    name, so that the command can be read back from history and decided again (`of`).
    """

    __slots__ = ()

    by_clock: ClassVar[bool] = False
    """Whether only the ledger's clock may give this command."""
    observes: ClassVar[bool] = False
    """Whether it records what happens elsewhere: the only act on an observed procurement."""

    def target(self) -> str:
        """Return the stream of this command's first event."""
        return str(getattr(self, fields_of(type(self))[0]))

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the streams that must not exist yet, as far as `states` lets us know them."""
        del states
        return ()

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the streams that must exist, as far as `states` lets us know them.

        Called again whenever it named streams that were not loaded yet: what a decider
        needs may be named by a state rather than by the caller. By default nothing.
        """
        del states
        return ()

    def consults(self, states: States) -> tuple[str, ...]:
        """Return the streams that are read where they exist, as `reads` is asked."""
        del states
        return ()

    def streams(self, states: States) -> tuple[str, ...]:
        """Return all streams to load before deciding, as far as `states` lets us know them.

        Whoever loads for a decider asks this, again and again until it names nothing new.
        """
        return (*self.creates(states), *self.reads(states), *self.consults(states))

    def claims(self) -> tuple[str, ...]:
        """Return the unique keys whose holders the decider asks for."""
        return ()

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Apply the rules: pure, bounded, without I/O."""
        raise NotImplementedError

    @classmethod
    def of(cls, events: Iterable[tuple[str, Event]]) -> Self:
        """Read the command back from the events of one of its decisions."""
        stream, first = next(iter(events))
        target, *others = fields_of(cls)
        copied = _READERS.get(cls)
        if copied is None:
            copied = _READERS[cls] = _copier(cls, tuple(others))
        command: Self = copied(first)
        object.__setattr__(command, target, stream)
        return command


_FIELDS: dict[type, tuple[str, ...]] = {}


def fields_of(cls: type) -> tuple[str, ...]:
    """Return the field names of a command, event or state class, in order."""
    names = _FIELDS.get(cls)
    if names is None:
        names = _FIELDS[cls] = tuple(f.name for f in fields(cls))
    return names


def changed(state: S, **fresh: object) -> S:
    """Return a state with some fields changed: `dataclasses.replace`, at a fifth of its cost.

    For states that are folded thousands of times a second; nothing checks the fields' types.
    """
    cls = type(state)
    copied = _COPIERS.get(cls)
    if copied is None:
        copied = _COPIERS[cls] = _copier(cls, fields_of(cls))
    after: S = copied(state)
    for name, value in fresh.items():
        object.__setattr__(after, name, value)
    return after


_READERS: dict[type, Callable[[object], Any]] = {}
"""What makes a command of the first event of its decision."""
_COPIERS: dict[type, Callable[[object], Any]] = {}
"""What makes a state as another is."""


def _copier(cls: type, names: tuple[str, ...]) -> Callable[[object], Any]:
    """Write what makes an object of a class with slots, with these fields as another has them.

    It has a line for each field, as what `dataclasses` writes.
    """
    lines = (f"    set_{name}(made, other.{name})" for name in names)
    source = ("def copied(other):", "    made = new(cls)", *lines, "    return made")
    known: dict[str, Any] = {f"set_{name}": getattr(cls, name).__set__ for name in names}
    known |= {"cls": cls, "new": object.__new__}
    exec("\n".join(source), known)  # noqa: S102 - of the names of our own fields
    copied: Callable[[object], Any] = known["copied"]
    return copied


class StreamKind:
    """One kind of stream: its name, its events, how they fold into a state, what falls due."""

    def __init__(
        self,
        name: str,
        state: type[S],
        events: tuple[type[E], ...],
        evolve: Callable[[S | None, E], S],
        *,
        due: Callable[[S, str], "tuple[datetime, Command] | None"] | None = None,
        states: tuple[type, ...] = (),
    ) -> None:
        self.name = name
        self.events: tuple[type[Event], ...] = events
        self.states: tuple[type, ...] = states or (state,)
        """The classes of what its streams come to; mostly one."""

        def fold(current: object, event: Event) -> object:
            if not isinstance(event, events):
                message = f"{type(event).__name__} is not an event of {name} streams"
                raise TypeError(message)
            if current is not None and not isinstance(current, state):
                message = f"{type(current).__name__} is not the state of {name} streams"
                raise TypeError(message)
            return evolve(current, event)

        def next_due(current: object, stream: str) -> "tuple[datetime, Command] | None":
            return due(current, stream) if due and isinstance(current, state) else None

        self.evolve: Callable[[object, Event], object] = fold
        """Fold one more event into the state (None before the first). An event of another
        kind is a TypeError: nothing is skipped in silence."""
        self.falls_due = due is not None
        """Whether its streams ever have a deadline."""
        self.due: Callable[[object, str], tuple[datetime, Command] | None] = next_due
        """The next deadline in a state, with the clock's command for it."""
