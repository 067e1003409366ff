"""Every command tried by every role: on one's own, on another's, on behalf of whose it is.

The story is played through the rules. Before each act, and before each that is open at its end,
everybody else tries the same. Only the role is varied, and for whom one acts; and where a
command names for whom somebody acts on what is another's, that name with them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple, cast, get_args

from svx_ledger.api.policy import Standing
from svx_ledger.cli.demo.step import Step
from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK, Actor, Role
from svx_ledger.domain.auction.pausing import ApproveResume, RequestResume
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.erasing import private_of
from svx_ledger.domain.kind import Command, Event
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.vocabulary import RULES
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid
from svx_ledger.eventlog.private_fields import sealed
from tests.domain.outcome import World

from .story import stranger, told, untold

PEOPLE: Final = tuple(role for role in get_args(Role) if role != "clock")
NAMES_ITSELF: Final = {
    "VerifyOrganisation": "verifier_id",
    "SuspendOrganisation": "authority_id",
    "ReinstateOrganisation": "authority_id",
    "DeclareConnection": "declarer_id",
    "DeclareInterest": "declarer_id",
    "ApproveNeed": "approver_organisation",
}
"""The field in which whoever acts on what is another's says for whom they act."""
OF_A_PERSON: Final = frozenset(
    {"same-person", "conflict-of-interest", "declares-for-another", "judges-own-interest"}
)
"""Rules about who somebody is, whichever role they have."""
UNNAMED: Final = frozenset({"verifier-unnamed", "declarer-unnamed"})
"""Refusals of who did not say for whom they act."""
OF_A_ROLE: Final = UNNAMED | {
    name for name, rule in RULES.items() if rule.kind == "forbidden" and name not in OF_A_PERSON
}
ACCEPTED: Final = "accepted"


class Situation(NamedTuple):
    """An act that is accepted from somebody, in the world as it was at that time."""

    world: World
    command: Command
    actor: Actor
    at: datetime


class Try(NamedTuple):
    """Somebody tries a command, and what becomes of it: accepted, or the rule that refuses."""

    command: Command
    actor: Actor
    standing: Standing | str
    became: str


class Exact(World):
    """A world whose events say of private texts what records say of them."""

    def __init__(self) -> None:
        self._versions: Counter[str] = Counter()
        super().__init__()

    def apply(self, stream: str, event: Event) -> None:
        """Fold one event in, as it is recorded."""
        self._versions[stream] += 1
        recorded, _ = sealed(event, stream, self._versions[stream])
        super().apply(stream, recorded)

    def copied(self) -> World:
        """Return another that goes its own way from here."""
        other = World()
        other.streams, other.holders = dict(self.streams), dict(self.holders)
        return other

    def private(self, stream: str) -> frozenset[str]:
        """Return the commitments of the private texts that a stream has."""
        return private_of(self.streams[stream])


def situations() -> Iterator[Situation]:
    """Play the story, stopping before each act."""
    world = Exact()
    for step in told():
        _reach(world, step.at)
        yield from _before(world, step)
        decision = world.execute(step.command, step.actor, step.at)
        assert isinstance(decision, list), (step, decision)
    for step in untold(world.private):
        yield Situation(world, step.command, step.actor, step.at)


def _before(world: Exact, step: Step) -> Iterator[Situation]:
    yield Situation(world, step.command, step.actor, step.at)
    if isinstance(step.command, ApproveResume | ApproveVoid):
        yield _asked_by_the_other_side(world.copied(), step)


def _asked_by_the_other_side(world: World, step: Step) -> Situation:
    """Return an approval by the authority, of what somebody independent requested."""
    command = step.command
    assert isinstance(command, ApproveResume | ApproveVoid)
    auction = world.streams[command.auction_id]
    assert isinstance(auction, Auction)
    asked: Command
    if isinstance(command, ApproveResume):
        paused = auction.resume_request
        assert paused is not None
        asked = RequestResume(
            auction_id=command.auction_id,
            reason=paused.reason,
            lost_seconds=paused.lost_seconds,
        )
    else:
        voided = auction.void_request
        assert voided is not None
        asked = RequestVoid(
            auction_id=command.auction_id,
            ground=voided.ground,
            reason=voided.reason,
            ledger_id=voided.ledger_id,
        )
    evaluator = Actor(id="person-asks", role="evaluator", organisation=stranger("evaluator"))
    assert isinstance(world.execute(asked, evaluator, step.at), list)
    again = replace(command, request_no=command.request_no + 1)
    approver = Actor(
        id="person-agrees", role="authority.approver", organisation=auction.authority_id
    )
    return Situation(world, again, approver, step.at)


def _reach(world: World, at: datetime) -> None:
    """Let the clock decide what falls due until then."""
    while True:
        found = [vocabulary.due(stream, state) for stream, state in world.streams.items()]
        due = min((one for one in found if one), key=lambda one: one[0], default=None)
        if due is None or due[0] > at:
            return
        assert isinstance(world.execute(due[1], CLOCK, due[0]), list)


@cache
def tried() -> dict[str, list[Try]]:
    """Return what becomes of each command, by its name, from everybody who tries it."""
    found: dict[str, list[Try]] = defaultdict(list)
    for situation in situations():
        found[type(situation.command).__name__] += _tries(situation)
    return found


def _tries(given: Situation) -> Iterator[Try]:
    by_side = _by_side(given.world)
    for role in PEOPLE:
        for standing, acting_for, on_behalf_of in _standings(role, by_side, given.actor):
            actor = replace(
                given.actor, role=role, organisation=acting_for, on_behalf_of=on_behalf_of
            )
            for command in _said_by(given.command, acting_for):
                decision = given.world.decide(command, actor, given.at)
                became = decision.rule.name if isinstance(decision, Refusal) else ACCEPTED
                yield Try(command, actor, standing, became)


def side_of(role: Role) -> str:
    """Return the side of the organisations for which people act in a role."""
    side = role.partition(".")[0]
    return {"auditor": "evaluator", "witness": "evaluator"}.get(side, side)


def _by_side(world: World) -> dict[str, list[str]]:
    """Return the organisations that may act, by side."""
    found: dict[str, list[str]] = defaultdict(list)
    for stream, state in world.streams.items():
        if isinstance(state, Organisation) and state.verified and not state.suspended:
            found[state.side].append(stream)
    return found


def _standings(
    role: Role, by_side: dict[str, list[str]], accepted: Actor
) -> Iterator[tuple[Standing | str, str | None, str | None]]:
    """Give how somebody in a role may stand, for whom they act then, and on whose behalf."""
    if role == "public":
        yield "own", None, None
        return
    side = side_of(role)
    apart = stranger(side)
    if apart not in by_side[side]:  # at the very beginning there is nobody yet
        return
    yield "other", apart, None
    for organisation in by_side[side]:
        if organisation != apart:
            yield "own", organisation, None
            yield "lent", organisation, apart
    told_by = set(by_side["community"] if role == "operator" else ())
    told_by |= {accepted.organisation} if accepted.organisation else set()
    for organisation in sorted(told_by - {stranger("community")}):
        yield "entering", apart, organisation


def _said_by(command: Command, organisation: str | None) -> Iterator[Command]:
    """Give a command as it was, and as whoever acts for an organisation would have put it."""
    yield command
    field = NAMES_ITSELF.get(type(command).__name__)
    if field is None:
        return
    optional = {f.name: f.default is None for f in fields(cast("Any", command))}
    named = (organisation, None) if optional[field] else (organisation,)
    for name in named:
        if name != getattr(command, field) and (name or optional[field]):
            yield replace(cast("Any", command), **{field: name})
