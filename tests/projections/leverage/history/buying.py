"""One procurement up to the needs of its lots."""

from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from benchmarks.generator.people import person
from benchmarks.generator.telling import Over, Story, Turn, need, say

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.procurement import Lot
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.ledger import Answer

from .everybody import ACTS_FOR, AUTHORITIES, MEASURES, PLACES, PROJECTS, THEMES

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
WEIGHT: Final = Decimal(10)
Steps = Generator[Turn, Answer, Any]
Spawn = Callable[[Story], None]
"""Lets another story begin, to be told beside this one."""


def by_year_end(at: datetime) -> datetime:
    """Return the time, moved on the last day of March to an hour that is April in the UK."""
    last = (at.month, at.day) == (3, 31)
    return at.replace(hour=23, minute=20) if last else at


class Buying:
    """One procurement: whose, in how many lots, and how each of them ends."""

    def __init__(self, number: int, rng: Random, spawn: Spawn, fates: tuple[str, ...]) -> None:
        self.number, self.rng, self.spawn = number, rng, spawn
        self.token = f"h{number:06d}"
        self.procurement = f"procurement-{self.token}"
        which = number % len(AUTHORITIES)
        self.authority, self.acts_for = AUTHORITIES[which], ACTS_FOR[which]
        self.fates = fates
        self.lots = tuple(
            Lot(
                lot=str(n),
                title=f"Lot {n}",
                contract_value_pence=rng.randrange(10**8, 10**10),
                reference_spend_pence=rng.choice((10**8, 123_456_789))
                if rng.random() < 0.4
                else None,
            )
            for n in range(1, len(fates) + 1)
        )

    def buyer(self) -> Actor:
        """Who buys."""
        return person(self.authority, "authority.buyer")

    def approver(self, number: int = 2) -> Actor:
        """Who approves."""
        return person(self.authority, "authority.approver", number)

    def manager(self, number: int = 1) -> Actor:
        """Who manages contracts."""
        return person(self.authority, "authority.contract_manager", number)


def registered(buying: Buying, at: datetime) -> Steps:
    """Register the procurement and publish its notice."""
    registering = say(
        "RegisterProcurement",
        procurement_id=buying.procurement,
        ocid=f"ocds-abc123-{buying.token}",
        title="Facilities management",
        authority_id=buying.authority,
        acts_for=buying.acts_for,
        lots=buying.lots,
        regime="pa2023",
        nation="england",
        policy="own",
        social_value_weight=WEIGHT,
    )
    yield from need(at, registering, buying.buyer())
    yield from reviewed(buying, at + MINUTE, "before-notice")
    announcing = say(
        "PublishTenderNotice",
        procurement_id=buying.procurement,
        notice="UK4",
        reference=f"UK4-{buying.token}",
        published_on=uk_date(at + HOUR),
    )
    yield from need(at + HOUR, announcing, buying.buyer())


def reviewed(buying: Buying, at: datetime, occasion: str) -> Steps:
    """Review conflicts of interest, of which none were declared."""
    given = {"procurement_id": buying.procurement, "occasion": occasion}
    review = say("ReviewConflicts", **given, findings=(), suppliers=())
    yield from need(at, review, buying.approver())


def asked(buying: Buying, token: str, at: datetime) -> Steps:
    """Propose and approve the needs of a lot; return their names."""
    rng = buying.rng
    names = [f"need-{token}n{n}" for n in range(rng.choice((5, 6, 8, 10)))]
    for n, name in enumerate(names):
        project, community = rng.choice(PROJECTS)
        measure, unit, divisible, usual = MEASURES[(n + buying.number) % len(MEASURES)]
        quantity = Decimal(str(round(usual * rng.uniform(0.3, 2.0), 2)))
        proposing = say(
            "ProposeNeed",
            need_id=name,
            project_id=project,
            measure=measure,
            unit=unit,
            quantity=quantity if divisible else max(Decimal(4), quantity // 1),
            place=rng.choice(PLACES),
            needed_by=uk_date(at) + rng.randint(120, 400) * DAY,
            theme=rng.choice(THEMES),
            use="Three evenings a week, the whole year",
            delivered_by="The project's own volunteers",
            in_place="A room, a lockable cupboard, broadband",
        )
        yield from need(at, proposing, person(community, "community.lead"))
        approving = say("ApproveNeed", need_id=name, approver_organisation=buying.authority)
        yield from need(at + MINUTE, approving, buying.buyer())
    return names


def over(why: str) -> Over:
    """Return the end of a story that came as it should."""
    return Over(f"as told: {why}")
