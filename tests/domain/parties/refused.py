"""A refusal as a test reads it: the rule's name with the facts that explain it."""

from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command
from svx_ledger.domain.rule import Facts, Refusal
from tests.domain.outcome import NOON, OPERATOR, History, World


def refused(
    *, given: History = (), when: Command, by: Actor = OPERATOR, at: datetime = NOON
) -> tuple[str, Facts]:
    """Return the rule that refuses and its facts. Fails where the command is not refused."""
    decision = World(given).execute(when, by, at)
    assert isinstance(decision, Refusal), decision
    return decision.rule.name, decision.facts
