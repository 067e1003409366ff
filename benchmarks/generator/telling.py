"""How a story is told: it yields its next turn, is sent what became of it, and goes on."""

from collections.abc import Generator
from datetime import datetime
from typing import Any, NamedTuple

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command, Event
from svx_ledger.ledger import Answer, Refusal, Sequenced


class Turn(NamedTuple):
    """A command, who gives it, and when."""

    at: datetime
    command: Command
    actor: Actor


Story = Generator[Turn, Answer, None]
Asking = Generator[Turn, Answer, Sequenced]


class Over(Exception):
    """A story cannot go on: it was refused what it needs next."""


def say(called: str, /, **fields: Any) -> Command:
    """Return the command of this name with these fields."""
    return vocabulary.COMMANDS[called](**fields)


def need(at: datetime, command: Command, actor: Actor) -> Asking:
    """Give a command that the story cannot do without. Raises Over."""
    answer = yield Turn(at, command, actor)
    if isinstance(answer, Refusal):
        raise Over(f"{type(command).__name__}: {answer.rule.name}")
    return answer


def first(done: Sequenced, kind: type[Event]) -> Any:
    """Return the first event of a kind among those that a command led to."""
    return next(event for _, event in done.events if isinstance(event, kind))
