"""A forger: takes an honest history apart, lets a breach alter it, and writes it anew.

Positions, versions, salts, links, command digests, outcomes and claims follow from what the
history says by then, so that nothing is wrong but the breach; what the breach itself says of
them stays as it says.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command, Event
from svx_ledger.domain.private import Private
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.private_fields import private_fields
from tests.domain.outcome import World

from .history import Fact, Honest, Told
from .pressing import Press
from .tables import Tables

Pretended = Sequence[tuple[str, Event]]
_INSTANT = timedelta(microseconds=1)


class Draft:
    """A history to be altered, and then pressed into tables."""

    def __init__(self, honest: Honest) -> None:
        self.told = honest.told()
        self.refused = honest.refused
        self.texts = honest.texts
        self.later: list[Callable[[Tables], object]] = []
        """What is done to the tables when all is pressed."""
        self._forged = 0

    def find(self, command: str, stream: str = "", nth: int = 0) -> Told:
        """Return the so-manieth command of a type that wrote to this stream, or to any."""
        found = [
            told
            for told in self.told
            if told.command == command
            and (not stream or any(fact.stream == stream for fact in told.facts))
        ]
        return found[nth]

    def fact(self, kind: type[Event], stream: str = "", nth: int = 0) -> Fact:
        """Return the so-manieth event of a kind on this stream, or on any."""
        facts = (fact for told in self.told for fact in told.facts)
        found = [f for f in facts if isinstance(f.event, kind) and stream in ("", f.stream)]
        return found[nth]

    def by(self, person: str) -> Actor:
        """Return somebody who gave a command, by name."""
        return next(told.actor for told in self.told if told.actor.id == person)

    def before(self, told: Told) -> Told:
        """Return the command before this one."""
        return self.told[self.told.index(told) - 1]

    def cut(self, after: Fact, more: int) -> None:
        """Let history end so many commands after the one of this event."""
        found = (n for n, told in enumerate(self.told) if after in told.facts)
        del self.told[next(found) + more + 1 :]

    def drop(self, told: Told) -> None:
        """Take a command out of history, as if it had never been given."""
        self.told.remove(told)

    def move(self, told: Told, *, after: Told, at: datetime | None = None) -> Told:
        """Let a command have been given at another time: just after this one."""
        self.told.remove(told)
        return self._place(told, after, at)

    def put(self, told: Told, *, after: Told, at: datetime | None = None) -> Told:
        """Put a command into history."""
        return self._place(told, after, at)

    def give(
        self,
        command: Command,
        by: Actor,
        *,
        after: Told,
        at: datetime | None = None,
        as_if_by: Actor | None = None,
        as_if_at: datetime | None = None,
        as_if_after: Told | None = None,
        pretending: Pretended = (),
    ) -> Told:
        """Put in a command that the rules accept, if only as if something were different.

        As if given by another or at another time, or where history had said more. Once it is
        decided so, history tells it as given by the actor, at the time and in the place named.
        """
        world = self.world(as_if_after or after)
        for stream, event in pretending:
            world.apply(stream, event)
        now = as_if_at or at or after.at + _INSTANT
        decision = world.decide(command, as_if_by or by, now)
        assert not isinstance(decision, Refusal), decision
        told = self.tell(type(command).__name__, as_if_by or by, decision)
        told.sha256, told.digested = sha256_of(command_bytes(command)), True
        return self._place(told, after, at).by(by)

    def tell(self, command: str, by: Actor, events: Pretended) -> Told:
        """Return a command with these events, to be put somewhere."""
        self._forged += 1
        salt = self._forged.to_bytes(15)
        return Told(
            command=command,
            id=f"forged-{self._forged}",
            sha256="0" * 64,
            actor=by,
            at=self.told[-1].at,
            facts=[
                Fact(stream=stream, event=event, salt=bytes([n]) + salt)
                for n, (stream, event) in enumerate(events)
            ],
        )

    def copy(self, told: Told) -> Told:
        """Return a command once more, under an id of its own."""
        events = [(fact.stream, fact.event) for fact in told.facts]
        return self.tell(told.command, told.actor, events)

    def world(self, after: Told | None = None) -> World:
        """Return the streams as history leaves them after this command."""
        world = World()
        for told in self.told:
            for fact in told.facts:
                world.apply(fact.stream, fact.event)
            if told is after:
                break
        return world

    def press(self) -> Tables:
        """Write it all anew, link by link, and then spoil what is to be spoiled."""
        tables = Press(self.texts).all(self.told, self._digest)
        tables.outcomes = sorted([*tables.outcomes, *self.refused], key=str)
        tables.claims.sort(key=str)
        tables.private.sort(key=str)
        for spoil in self.later:
            spoil(tables)
        return tables

    def _place(self, told: Told, after: Told, at: datetime | None) -> Told:
        index = self.told.index(after) + 1
        told.at = at or after.at + _INSTANT
        assert index == len(self.told) or told.at < self.told[index].at, "no time between"
        self.told.insert(index, told)
        return told

    def _digest(self, told: Told) -> str:
        """Return the digest of the command that these events tell of."""
        if told.digested or all(fact.event is fact.honest for fact in told.facts):
            return told.sha256
        cls = vocabulary.COMMANDS[told.command]
        try:
            command = cls.of([(fact.stream, fact.event) for fact in told.facts])
            for name in private_fields(cls):
                said = getattr(command, name)
                if said is not None and said.commitment is not None:
                    given = self.texts[said.commitment]
                    text = Private(text=given.payload.decode(), salt=given.salt.hex())
                    command = replace(command, **{name: text})  # type: ignore[type-var]
            return sha256_of(command_bytes(command))
        except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
            return told.sha256  # events that no command can be read back from
