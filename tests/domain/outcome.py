"""`outcome(given=…, when=…)`: what the rules make of one command after some history.

Every decision is checked twice over: the command must be readable back from its events, and
deciding it again must give the same events (what audit by re-derivation rests on).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.rule import Refusal

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPERATOR = Actor(id="person-operator", role="operator", organisation="organisation-0perator")

History = Sequence[tuple[str, Event]]


class World:
    """Streams and claims as a history of events leaves them."""

    def __init__(self, given: History = ()) -> None:
        self.streams: dict[str, object] = {}
        self.holders: dict[str, str] = {}
        for stream, event in given:
            self.apply(stream, event)

    def apply(self, stream: str, event: Event) -> None:
        """Fold one event in."""
        self.streams[stream] = vocabulary.evolve(stream, self.streams.get(stream), event)
        for claim in event.claims():
            if claim.held:
                assert self.holders.get(claim.key, stream) == stream, claim
                self.holders[claim.key] = stream
            else:  # the write path would refuse to free another's key
                assert self.holders.pop(claim.key, stream) == stream, claim

    def decide(self, command: Command, actor: Actor, now: datetime) -> Decision:
        """Decide on exactly what the command asked to read: what it did not ask, it lacks."""
        known: dict[str, object] = {}
        while wanted := [
            stream for stream in command.streams(States(known)) if stream not in known
        ]:
            known |= {stream: self.streams.get(stream) for stream in wanted}
        holders = {k: self.holders[k] for k in command.claims() if k in self.holders}
        decision = vocabulary.decide(command, States(known, holders), actor, now)
        if isinstance(decision, Refusal):  # its facts are read by people, and are data
            assert all(type(fact) in (int, str) for fact in decision.facts.values()), decision
        return decision

    def execute(self, command: Command, actor: Actor, now: datetime) -> Decision:
        """Decide, check that history gives the command back, and apply."""
        decision = self.decide(command, actor, now)
        if isinstance(decision, list):
            again = type(command).of(decision)
            assert again == command
            assert self.decide(again, actor, now) == decision
            asked = command.claims()
            for stream, event in decision:
                taken = [claim for claim in event.claims() if claim.held]
                assert all(c.key in asked and c.key not in self.holders for c in taken), taken
                self.apply(stream, event)
        return decision


def outcome(
    *, given: History = (), when: Command, by: Actor = OPERATOR, at: datetime = NOON
) -> list[Event] | str:
    """Return the events that follow, or the name of the rule that refuses."""
    decision = World(given).execute(when, by, at)
    if isinstance(decision, list):
        return [event for _, event in decision]
    return decision.rule.name
