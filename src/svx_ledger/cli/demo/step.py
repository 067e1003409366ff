"""A step of a story: a command that somebody gives at a time, and what is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.kind import Command

PACE = timedelta(minutes=1)
"""From one act to the next where nobody waits."""
OPERATOR = Actor(id="person-operator", role="operator")

Act = tuple[Actor, Command]


@dataclass(frozen=True, slots=True)
class Step:
    """A command that somebody gives at a time.

    `says` is a sentence for the chronicle, under the heading `of`. Its `{fields}` are those of
    the events that the command leads to: it tells what the ledger recorded, not what the story
    hoped for.
    """

    at: datetime
    actor: Actor
    command: Command
    says: str = ""
    of: str = ""


def utc(text: str) -> datetime:
    """Read a time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str) -> date:
    """Read a date."""
    return date.fromisoformat(text)


def step(at: str, actor: Actor, command: Command, says: str = "") -> Step:
    """Return a step at a time in UTC, `2025-06-19 09:12`."""
    return Step(utc(at), actor, command, says)


def paced(at: datetime, *acts: Act) -> Iterator[Step]:
    """Let one act follow the other from a time on."""
    for n, (actor, command) in enumerate(acts):
        yield Step(at + n * PACE, actor, command)


def person(role: Role, party: str) -> Actor:
    """Return the one person who has a role in an organisation of the story."""
    called = role.rpartition(".")[2].replace("_", "-")
    return Actor(id=f"person-{party}-{called}", role=role, organisation=f"organisation-{party}")
