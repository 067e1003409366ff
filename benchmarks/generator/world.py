"""A world: the ledger's rules over states in memory, one command at a time.

It decides as the write path does (outcomes by id, deadlines first, time that always grows) but
knows nothing of batches, caches, bytes or stores: what both make of the same commands has to
be the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.book import OpenLedger
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.private_fields import sealed
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.ledger.answer import COMMAND_ID_REUSED, VERSION_MISMATCH, WRONG_CLOCK

TICK = timedelta(microseconds=1)

_NOT_THEIRS = ("forbidden", "not-found")


class Asked(NamedTuple):
    """A command with who gives it, under which id, at which expected version."""

    command: Command
    actor: Actor
    id: str
    expected_version: int | None = None


class Done(NamedTuple):
    """What a command led to: events at positions from `first` on, at one instant."""

    first: int
    recorded_at: datetime
    events: tuple[tuple[str, Event], ...]
    version: int
    """That its first stream was brought to."""


Outcome = Done | Refusal


class NotTheSame(AssertionError):
    """A decision that does not give its command back, or another one the second time."""


class World:
    """Streams, unique keys and outcomes, as the commands so far left them."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.last: datetime | None = None
        self.position = 0
        self.states: dict[str, object] = {}
        self.versions: dict[str, int] = {}
        self.holders: dict[str, str] = {}
        self.by_kind: defaultdict[str, list[str]] = defaultdict(list)
        """Streams of each kind, oldest first."""
        self.deadlines: dict[str, datetime] = {}
        self.outcomes: dict[tuple[str, str], tuple[str, Outcome]] = {}
        self.said: dict[str, tuple[int, object]] = {}
        """What `fields` found in the state of a stream, and at which version."""

    def advance_to(self, instant: datetime) -> None:
        """Let time pass; what falls due meanwhile is decided when somebody looks."""
        assert instant >= self.now
        self.now = instant

    def next_instant(self) -> datetime:
        """Return the time of the next command."""
        return self.now if self.last is None else max(self.now, self.last + TICK)

    def states_for(self, command: Command) -> dict[str, object]:
        """Return what a command names, step by step: what a state names is asked for next."""
        known: dict[str, object] = {}
        states = States(known)
        while True:
            wanted = [stream for stream in command.streams(states) if stream not in known]
            if not wanted:
                return known
            for stream in wanted:
                known[stream] = self.states.get(stream)

    def decide(self, command: Command, actor: Actor) -> Decision:
        """Decide a command as of now, changing nothing and looking at no deadline."""
        held = {key: self.holders[key] for key in command.claims() if key in self.holders}
        states = States(self.states_for(command), held)
        return vocabulary.decide(command, states, actor, self.next_instant())

    def give(self, asked: Asked) -> Outcome:
        """Let a command do what it does. A refusal is remembered by its id, as events are."""
        command, actor = asked.command, asked.actor
        try:
            sha256 = sha256_of(command_bytes(command))
            shape_of(Actor).encode(actor)
        except Malformed as fault:
            return fault.refusal()
        if isinstance(command, OpenLedger) and command.clock != "simulated":
            return WRONG_CLOCK.refuse(asked=command.clock, kept="simulated")
        key = actor.principal, asked.id
        if key in self.outcomes:
            earlier, known = self.outcomes[key]
            if earlier != sha256:
                return COMMAND_ID_REUSED.refuse(command_id=asked.id)
            return known
        if not command.by_clock:
            self._settle(command)
        version = self.versions.get(command.target(), 0)
        outcome: Outcome
        if asked.expected_version is None or asked.expected_version == version:
            outcome = self._give(command, actor)
        else:  # told to those alone whose act it would be
            decision = self.decide(command, actor)
            outcome = VERSION_MISMATCH.refuse(expected=asked.expected_version)
            if isinstance(decision, Refusal) and decision.rule.kind in _NOT_THEIRS:
                outcome = decision
        if not command.by_clock:
            self.outcomes[key] = sha256, outcome
        return outcome

    def tick(self) -> int:
        """Decide every deadline that has passed, by stream; return how many."""
        passed = sorted(stream for stream, at in self.deadlines.items() if at <= self.now)
        for stream in passed:
            self._decide_due(stream)
        return len(passed)

    def of(self, kind: str) -> Iterator[tuple[str, object]]:
        """Return the streams of a kind with their states, oldest first."""
        for stream in self.by_kind[kind]:
            yield stream, self.states[stream]

    def _settle(self, command: Command) -> None:
        """Decide what is due on the streams of a command, the earliest first."""
        while True:
            due = [
                (self.deadlines[stream], stream)
                for stream in self.states_for(command)
                if stream in self.deadlines
            ]
            if not due or min(due)[0] > self.next_instant():
                return
            self._decide_due(min(due)[1])

    def _decide_due(self, stream: str) -> None:
        due = vocabulary.due(stream, self.states[stream])
        assert due is not None
        done = self._give(due[1], CLOCK)
        if isinstance(done, Refusal):
            raise NotTheSame(f"{due[1]} was refused when it fell due: {done}")

    def _give(self, command: Command, actor: Actor) -> Outcome:
        decision = self.decide(command, actor)
        if isinstance(decision, Refusal):
            return decision
        again = type(command).of(decision)
        if again != command:
            raise NotTheSame(f"{command} was read back as {again}")
        if (second := self.decide(again, actor)) != decision:
            raise NotTheSame(f"{command} led to {decision}, and then to {second}")
        return self._apply(decision, frozenset(command.claims()))

    def _apply(self, decision: list[tuple[str, Event]], asked_for: frozenset[str]) -> Done:
        at = self.next_instant()
        first = self.position + 1
        recorded: list[tuple[str, Event]] = []
        for stream, event in decision:
            if {claim.key for claim in event.claims() if claim.held} - asked_for:
                raise NotTheSame(f"{event} takes a key whose holder was not asked for")
            version = self.versions.get(stream, 0) + 1
            recorded.append((stream, sealed(event, stream, version)[0]))
            self._fold(*recorded[-1])
        self.last = at
        return Done(first, at, tuple(recorded), self.versions[decision[0][0]])

    def _fold(self, stream: str, event: Event) -> None:
        before = self.states.get(stream)
        if before is None:
            self.by_kind[vocabulary.kind_of(stream).name].append(stream)
        state = self.states[stream] = vocabulary.evolve(stream, before, event)
        self.versions[stream] = self.versions.get(stream, 0) + 1
        self.position += 1
        for claim in event.claims():
            holder = self.holders.get(claim.key)
            if holder != (None if claim.held else stream):
                raise NotTheSame(f"{event} takes or frees {claim.key}, which {holder} holds")
            if claim.held:
                self.holders[claim.key] = stream
            else:
                del self.holders[claim.key]
        due = vocabulary.due(stream, state)
        if due is None:
            self.deadlines.pop(stream, None)
        else:
            self.deadlines[stream] = due[0]


def held_keys(world: World) -> Mapping[str, str]:
    """Return every unique key and its holder, deadlines among them as the store has them."""
    return {**world.holders, **{f"due:{stream}": stream for stream in world.deadlines}}
