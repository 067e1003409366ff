"""Commands that somebody could give now: by a builder of their own, or from their fields.

A builder says what matters of its command and leaves the other fields to `fields`. A command
without one is drawn from its types, on a stream that exists, and offered to the rules for
several people in turn until one of them would be let: a new command is played at once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple, TypeVar

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.kind import Command, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.eventlog.commands import command_bytes
from svx_ledger.eventlog.malformed import Malformed

from .fields import (
    Found,
    new_stream,
    plan,
    recent,
    stream_kind,
    value_for,
    value_of,
)
from .people import AUDITOR, OPERATORS, for_organisation, person, staff
from .world import World

S = TypeVar("S")
USUAL_WEIGHT: Final = 2.0
_DRAFTS = 4
_PEOPLE = 8
_LOOKS = 8
_REST = 12
"""Events until a command is drafted again for which nobody and nothing was fit."""


class Proposal(NamedTuple):
    """A command and who would give it."""

    command: Command
    actor: Actor


class Desk:
    """Where commands are drawn up: a world, and the chance that decides between them."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world = world
        self.rng = rng
        self.roles: defaultdict[type[Command], dict[Role, None]] = defaultdict(dict)
        """Of each command, the roles in which the rules let somebody give it so far."""
        self.in_vain: dict[type[Command], int] = {}
        """Of a command that nobody could give, the position at which that was tried."""

    @property
    def now(self) -> datetime:
        """When the next command will be decided."""
        return self.world.next_instant()

    def day(self, days: int = 0) -> date:
        """Return today in the United Kingdom, or so many days from it."""
        return uk_date(self.now) + timedelta(days=days)

    def chance(self, share: float) -> bool:
        """Return true in this share of cases."""
        return self.rng.random() < share

    def pick(
        self, kind: type[S], named: str, where: Callable[[S], object] = lambda _: True
    ) -> tuple[str, S] | None:
        """Return a stream of a kind and its state that is as asked, if a few looks find one."""
        streams = self.world.by_kind[named]
        for _ in range(min(_LOOKS, 2 * len(streams))):
            stream = recent(streams, self.rng)
            state = self.world.states[stream]
            if isinstance(state, kind) and where(state):
                return stream, state
        return None

    def organisation(self, side: str, *, verified: bool = True) -> str | None:
        """Return a verified organisation of a side."""
        found = self.pick(
            Organisation, "organisation", lambda o: o.side == side and o.verified == verified
        )
        return found[0] if found else None

    def someone(self, organisation_id: str, *roles: Role) -> Actor:
        """Return one of the two people that an organisation has in one of these roles."""
        return person(organisation_id, self.rng.choice(roles), self.rng.choice((1, 2)))

    def new(self, kind: str) -> str:
        """Return the name for a new stream."""
        return new_stream(kind, self.rng)

    def make(self, called: str, /, **given: Any) -> Command:
        """Return a command of this name; what is not given is drawn about what is."""
        cls = vocabulary.COMMANDS[called]
        named = (value for value in given.values() if isinstance(value, str))
        made = value_of(cls, self.rng, self.world, Found(self.world, *named), **given)
        assert isinstance(made, Command)
        return made

    def would_be(self, proposal: Proposal) -> Refusal | None:
        """Return why the rules would refuse it now; None where they would not."""
        try:
            command_bytes(proposal.command)
        except Malformed as fault:
            return fault.refusal()
        decision = self.world.decide(*proposal)
        return decision if isinstance(decision, Refusal) else None


Builder = Callable[[Desk], Proposal | None]
BUILDERS: Final[dict[str, tuple[float, Builder]]] = {}
"""By the name of the command: how often it is wanted, and how it is built."""


def builds(name: str, weight: float = USUAL_WEIGHT) -> Callable[[Builder], Builder]:
    """Register a builder. One for a command that does not exist is never asked."""

    def register(builder: Builder) -> Builder:
        BUILDERS[name] = weight, builder
        return builder

    return register


RARE: Final[dict[str, float]] = {
    name: weight
    for weight, names in {
        0.3: (
            "ObserveProcurement",
            "RecordNotice",
            "RecordPublishedAward",
            "PublishNotice",
            "OfferResource",
            "WithdrawResource",
            "WithdrawNeed",
            "CancelAuction",
            "RequestVoid",
            "RequestExclusion",
            "ApproveVoid",
            "DelistNeed",
            "DeclareUnsuccessful",
            "OpenLedger",
            "AcceptClockStep",
            "ResumeLedger",
            "RecordExchangeSpend",
            "RecordAdministrationCost",
            "RecordInput",
            "ObserveIndicator",
            "DescribeOrganisation",
            "RegisterKey",
            "RevokeKey",
            "GrantAccess",
            "RevokeAccess",
            "IssueApiKey",
            "RevokeApiKey",
            "ReadHiddenAmounts",
            "SupersedeProxySet",
        ),
        0.15: (
            "RecordProceedings",
            "RecordRepresentation",
            "PauseAuction",
            "SuspendOrganisation",
            "DeclareConnection",
            "DeclareInterest",
            "TerminateContract",
            "LapseAward",
            "WithdrawTender",
            "ApproveExclusion",
        ),
    }.items()
    for name in names
}
"""How often those are wanted that say little or stop a lot."""


def weight_of(name: str) -> float:
    """Return how often a command is wanted among the others."""
    return BUILDERS[name][0] if name in BUILDERS else RARE.get(name, USUAL_WEIGHT)


def propose(desk: Desk, name: str) -> Proposal | None:
    """Return a command of this name that makes sense now, if there is one."""
    if name in BUILDERS:
        return BUILDERS[name][1](desk)
    return from_fields(desk, vocabulary.COMMANDS[name])


def from_fields(desk: Desk, cls: type[Command]) -> Proposal | None:
    """Return a command drawn from its types that the rules allow, or else one of the others."""
    last: Proposal | None = None
    position = desk.world.position
    if position < desk.in_vain.get(cls, -_REST) + _REST:
        return None
    for _ in range(_DRAFTS):
        command = _draft(desk, cls)
        if command is None:
            return None
        for actor in _candidates(desk, command):
            last = Proposal(command, actor)
            refusal = desk.would_be(last)
            if refusal is None:
                desk.roles[cls][actor.role] = None
                return last
            if refusal.rule.kind != "forbidden":
                break
    desk.in_vain[cls] = position
    return last


def _draft(desk: Desk, cls: type[Command]) -> Command | None:
    """Draw a command, each field about what the ones before it name."""
    (target, hint, _), *others = plan(cls)
    kind, found = stream_kind(hint), Found(desk.world)
    given: dict[str, Any] = {target: value_for(hint, desk.rng, desk.world, found)}
    found.look(given[target])
    for name, other, optional in others:
        if optional and desk.chance(0.3):
            continue
        given[name] = value_for(other, desk.rng, desk.world, found)
        if stream_kind(other) is not None and given[name] is not None:
            found.look(given[name])
    command = cls(**given)
    if kind is not None and given[target] in command.creates(States({})):
        given[target] = new_stream(kind, desk.rng)
        command = cls(**given)
    elif given[target] not in desk.world.states and desk.chance(0.95):
        return None
    return command


def _candidates(desk: Desk, command: Command) -> Iterator[Actor]:
    """Return people who may have to do with a command, those in a proven role first."""
    found = Found(desk.world)
    found.take(command)
    for stream in desk.world.states_for(command):
        found.look(stream)
    people = [*OPERATORS, AUDITOR]
    for stream in found.streams("organisation"):
        organisation = desk.world.states.get(stream)
        if isinstance(organisation, Organisation):
            people += staff(stream, organisation.side)
            if organisation.side == "community":
                people.append(for_organisation(stream))
    desk.rng.shuffle(people)
    proven = desk.roles[type(command)]
    people.sort(key=lambda actor: actor.role not in proven)
    yield from people[:_PEOPLE]
