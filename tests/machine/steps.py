"""From a number to what happens next: a command that makes sense, one that does not, or a wait.

One number decides one step, by a generator seeded with it, so that a script is a list of
numbers: Hypothesis can leave some out and lower others until little is left.
"""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from benchmarks.generator.fields import Found, new_stream, plan, stream_kind, value_for
from benchmarks.generator.people import OPERATOR, OTHERS, person
from benchmarks.generator.proposals import (
    Desk,
    Proposal,
    from_fields,
    propose,
    weight_of,
)
from benchmarks.generator.world import Asked, World

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.kind import Command

INSTANT = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
_WAITS: Final = 0.02
_HOSTILE: Final = 0.22
_TRIES = 60
_NAMES: Final = tuple(vocabulary.COMMANDS)
_WEIGHTS: Final = tuple(
    0.3 if command.by_clock else weight_of(name)
    for name, command in vocabulary.COMMANDS.items()
)


class Steps:
    """The next step of a world for each number; it remembers what was asked for before."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._desk = Desk(world, Random(0))
        self._asked: deque[Asked] = deque(maxlen=300)
        self._count = 0

    def step(self, number: int) -> Asked | datetime:
        """Return a command to give now, or an instant to wait for."""
        rng = self._desk.rng = Random(number)
        if rng.random() < _WAITS:
            return self._instant(rng)
        found = self._proposal()
        if found is None:
            return self._instant(rng)
        self._count += 1
        asked = Asked(found.command, found.actor, f"c{self._count}")
        if self._asked and rng.random() < _HOSTILE:
            asked = self._spoilt(asked, rng)
        self._asked.append(asked)
        return asked

    def later(self, number: int) -> datetime:
        """Return an instant to wait for."""
        return self._instant(Random(number))

    def _proposal(self) -> Proposal | None:
        """Return a command of some name, mostly one that the rules allow."""
        rng = self._desk.rng
        found = None
        for name in rng.choices(_NAMES, _WEIGHTS, k=_TRIES):
            found = propose(self._desk, name)
            if found and (self._desk.would_be(found) is None or rng.random() < 0.03):
                return found
        return None

    def _spoilt(self, asked: Asked, rng: Random) -> Asked:
        """Return what somebody careless or hostile makes of it."""
        earlier = rng.choice(self._asked)
        command, actor = asked.command, asked.actor
        version = self._world.versions.get(command.target(), 0)
        others: tuple[Asked, ...] = (
            earlier,
            earlier._replace(command=command),
            earlier._replace(id=asked.id),
            asked._replace(actor=self._stranger(actor, rng)),
            asked._replace(actor=self._stranger(actor, rng)),
            asked._replace(expected_version=version),
            asked._replace(expected_version=max(0, version + rng.choice((-1, 1)))),
            asked._replace(command=self._with_other_stream(command, rng)),
            asked._replace(command=self._with_other_value(command, rng)),
            asked._replace(command=self._with_other_value(command, rng)),
            asked._replace(command=self._at_random(rng) or command),
        )
        return rng.choice(others)

    def _stranger(self, actor: Actor, rng: Random) -> Actor:
        organisations = self._world.by_kind["organisation"]
        if not organisations:
            return replace(OPERATOR, role=rng.choice(OTHERS))
        other = rng.choice(organisations)
        return rng.choice(
            (
                OPERATOR,
                replace(actor, organisation=other),
                replace(actor, on_behalf_of=other),
                replace(actor, role=rng.choice(OTHERS)),
                replace(actor, organisation=None),
                person(other, "authority.observer"),
                person(other, "supplier.bidder"),
                person(other, "community.lead"),
            )
        )

    def _with_other_stream(self, command: Command, rng: Random) -> Command:
        named = [(n, kind) for n, hint, _ in plan(type(command)) if (kind := stream_kind(hint))]
        if not named:
            return command
        name, kind = rng.choice(named)
        known = self._world.by_kind[kind]
        other = new_stream(kind, rng) if rng.random() < 0.3 or not known else rng.choice(known)
        return replace(command, **{name: other})  # type: ignore[type-var]

    def _with_other_value(self, command: Command, rng: Random) -> Command:
        """Return it with one field at or beyond a boundary, or with just another value."""
        _, *others = plan(type(command))
        if not others:
            return command
        name, hint, _ = rng.choice(others)
        value = getattr(command, name)
        fresh = value_for(hint, rng, self._world, Found(self._world, command.target()))
        near = _near(value, rng)
        changed = fresh if near is None or rng.random() < 0.3 else near
        return replace(command, **{name: changed})  # type: ignore[type-var]

    def _at_random(self, rng: Random) -> Command | None:
        name = rng.choice(_NAMES)
        found = from_fields(self._desk, vocabulary.COMMANDS[name])
        return found.command if found else None

    def _instant(self, rng: Random) -> datetime:
        """Return a later instant: soon, or just before, at or after something happens."""
        now = max(self._world.now, self._world.last or self._world.now)
        soon = [at for at in moments(self._world) if at > now]
        if not soon and not self._preparing():
            return now + rng.choice((60 * SECOND, DAY, 7 * DAY))
        if not soon or rng.random() < (0.8 if self._preparing() else 0.3):
            return now + rng.choice((INSTANT, SECOND, 20 * SECOND))
        at = min(soon) + rng.choice((-INSTANT, 0 * SECOND, INSTANT, -SECOND, -30 * SECOND))
        return max(at, now)

    def _preparing(self) -> bool:
        """Whether an auction is being prepared that can still be announced in time."""
        return any(
            isinstance(auction, Auction)
            and auction.phase in {"drafted", "rules-frozen"}
            and auction.terms.opens_at - self._world.now > auction.terms.notice_seconds * SECOND
            for _, auction in self._world.of("auction")
        )


def moments(world: World) -> list[datetime]:
    """Return when something opens, draws to its close, closes or may be entered."""
    found: list[datetime] = list(world.deadlines.values())
    for _, auction in world.of("auction"):
        assert isinstance(auction, Auction)
        if auction.phase == "scheduled":
            found.append(auction.terms.opens_at)
        if auction.phase == "open":
            window = auction.terms.soft_close.window_seconds * SECOND
            found += [auction.terms.opens_at, auction.closes_at - window]
    for _, award in world.of("award"):
        assert isinstance(award, Award)
        if award.last_day is not None and award.phase == "standstill":
            midnight = datetime.combine(award.last_day + DAY, datetime.min.time(), UTC)
            found += [midnight - 3600 * SECOND, midnight]  # in summer, and in winter
    return found


def _near(value: Any, rng: Random) -> Any:
    """Return a value just beside this one, or the least that can go wrong with it."""
    match value:
        case bool():
            return not value
        case int():
            return rng.choice((0, max(0, value - 1), value + 1, 2 * value))
        case Decimal():
            return rng.choice(
                (Decimal(0), -value, value + 1, value - Decimal("0.5"), value * Decimal("0.1"))
            )
        case datetime():
            return value + rng.choice((-INSTANT, INSTANT, -DAY))
        case tuple() if value:
            first, *rest = value
            return rng.choice(((first, *value), tuple(rest), value[::-1], (first,)))
        case str() if not value.isascii() or " " in value:
            return rng.choice(("", " x", "x\u200b", "x" * 2001))
        case _:
            return None
