"""Proxy sets: the adopted tables that say what one unit of a measure is worth in pounds.

*Adopted → Superseded*, and unchangeable: a newer table is another set, and what was valued by
this one keeps its value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self, assert_never

from .actor import Actor
from .digest import digest
from .form import (
    Between,
    Code,
    Count,
    Measure,
    Name,
    OrganisationId,
    PointsPerUnit,
    Pounds,
    ProxySetId,
    Reason,
    Sha256,
    Share,
    Unit,
)
from .kind import Command, Decision, Event, States, StreamKind
from .organisation import Organisation
from .permission import unless_acting, unless_verified
from .rule import Rule

MEASURE_TWICE = Rule(
    "measure-twice",
    "A proxy set values each measure once.",
    "Keep one proxy for the measure.",
)
PROXY_NOT_POSITIVE = Rule(
    "proxy-not-positive",
    "One unit of a measure is worth more than nothing.",
    "State what one unit is worth, or leave the measure out.",
)

MOST_PROXIES = 150
"""Of one set: with their sources they fit the 64 KiB of a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """What one unit of a measure is worth, and on whose word.

    `price_year` is the year whose prices the pounds are in. Deadweight (it would have come
    anyway), displacement (it is missing elsewhere now) and attribution (others brought it
    about) are the shares taken off for a net figure; the benefit lasts `years`, and each
    year `drop_off` of what the year before had is lost. `points_per_unit` is what one unit
    scores where an authority compares bids in points.
    """

    measure: Measure
    name: Name
    unit: Unit
    pounds_per_unit: Pounds
    divisible: bool
    source: Name
    edition: Name
    price_year: Annotated[int, Between(1990, 2100)]
    licence: Name
    theme_scheme: Code
    theme: Code
    deadweight: Share = Decimal(0)
    displacement: Share = Decimal(0)
    attribution: Share = Decimal(0)
    drop_off: Share = Decimal(0)
    years: Annotated[int, Between(1, 50)] = 1
    points_per_unit: PointsPerUnit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyAdded(Event):
    """One line of a table that is being adopted."""

    proxy: Proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySetAdopted(Event):
    """The table is complete and in use: its name, its number of proxies, and their digest."""

    adopter_id: OrganisationId
    name: Name
    count: Annotated[int, Between(1, MOST_PROXIES)]
    sha256: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySetSuperseded(Event):
    """Another table has taken its place: no new auction is drafted with this one."""

    superseded_by: ProxySetId
    reason: Reason


ProxySetEvent = ProxyAdded | ProxySetAdopted | ProxySetSuperseded


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySet:
    """A table of proxies as the rules see it, by measure; its name and adopter once adopted."""

    name: str | None = None
    proxies: Mapping[str, Proxy] = field(default_factory=dict)
    adopter_id: str | None = None
    phase: Literal["being adopted", "adopted", "superseded"] = "being adopted"

    @property
    def adopted(self) -> bool:
        """Whether the table is complete and may value anything."""
        return self.name is not None


def evolve(proxy_set: ProxySet | None, event: ProxySetEvent) -> ProxySet:
    """Fold one more fact into the proxy set."""
    current = proxy_set or ProxySet()
    match event:
        case ProxyAdded(proxy=proxy):
            return replace(current, proxies={**current.proxies, proxy.measure: proxy})
        case ProxySetAdopted(name=name, adopter_id=adopter):
            return replace(current, name=name, adopter_id=adopter, phase="adopted")
        case ProxySetSuperseded():
            return replace(current, phase="superseded")
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptProxySet(Command):
    """Adopt a table of proxies."""

    proxy_set_id: ProxySetId
    adopter_id: OrganisationId
    name: Name
    proxies: Annotated[tuple[Proxy, ...], Count(1, MOST_PROXIES)]

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new proxy set."""
        del states
        return (self.proxy_set_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation that adopts it."""
        del states
        return (self.adopter_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Adopt a proxy set.

        - An evaluator or an authority adopts: nobody who bids, and not the operator.
        - The organisation is on that side itself, and verified.
        - Each measure is valued once.
        - One unit is worth more than nothing, in points too where it has any.
        """
        del now
        adopter = states.of(Organisation, self.adopter_id)
        refusal = unless_acting(actor, self.adopter_id, "evaluator", "authority")
        if refusal := refusal or unless_verified(adopter, actor.side):
            return refusal
        seen: set[str] = set()
        for proxy in self.proxies:
            if proxy.measure in seen:
                return MEASURE_TWICE.refuse(measure=proxy.measure)
            points = proxy.points_per_unit
            if proxy.pounds_per_unit <= 0 or (points is not None and points <= 0):
                return PROXY_NOT_POSITIVE.refuse(measure=proxy.measure)
            seen.add(proxy.measure)
        adopted = ProxySetAdopted(
            adopter_id=self.adopter_id,
            name=self.name,
            count=len(self.proxies),
            sha256=digest(self.proxies),
        )
        events = (*(ProxyAdded(proxy=proxy) for proxy in self.proxies), adopted)
        return [(self.proxy_set_id, event) for event in events]

    @classmethod
    def of(cls, events: Iterable[tuple[str, Event]]) -> Self:
        """Read the command back: the table from its lines, the rest from the last event."""
        (stream, *_), facts = zip(*events, strict=True)
        *lines, adopted = facts
        return cls(
            proxy_set_id=stream,
            adopter_id=adopted.adopter_id,
            name=adopted.name,
            proxies=tuple(line.proxy for line in lines),
        )


EVENTS: tuple[type[ProxySetEvent], ...] = (ProxyAdded, ProxySetAdopted, ProxySetSuperseded)
KIND = StreamKind("proxy-set", ProxySet, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (AdoptProxySet,)
