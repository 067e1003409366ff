"""A rule of the exchange, and a refusal: the value a decider returns when a rule is broken.

Each rule is declared once, beside the decider that applies it. Its name is what callers,
recorded rejections, documentation and tests use; it never changes once published.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .values import plain

Kind = Literal["malformed", "forbidden", "not-found", "conflict", "rule"]
"""What a caller can do about it: mend the input, ask someone else, look up the name,
read the newer state, or accept that the exchange does not allow it."""

Facts = Mapping[str, int | str]
"""Numbers and names that explain one refusal to a person: units last in the name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its published name, what it demands, and what a refused caller can do."""

    name: str
    demands: str
    remedy: str
    kind: Kind = "rule"

    def refuse(self, **facts: int | str | Decimal) -> "Refusal":
        """Refuse a command under this rule, with the facts that show why.

        A decimal is written in one way only: a state that was read from the log has 85 where
        one that was never away still has the 85.00 of a command, and both refuse alike. Facts
        are in the order in which they are remembered, so that a repeat has the same.
        """
        said = sorted(facts.items())
        return Refusal(self, {n: plain(f) if isinstance(f, Decimal) else f for n, f in said})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that breaks a rule. It writes no event; the outcome is remembered by id."""

    rule: Rule
    facts: Facts

    def __str__(self) -> str:
        shown = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        because = f" ({shown})" if shown else ""
        return f"{self.rule.name}: {self.rule.demands}{because} {self.rule.remedy}"


NOT_FOUND = Rule(
    "not-found",
    "Everything a command names must be on the ledger.",
    "Check the name; `svx-ledger events`, or GET /events, lists what exists.",
    "not-found",
)
ALREADY_EXISTS = Rule(
    "already-exists",
    "A new thing takes a name that nothing else has.",
    "Use another name, or read the thing that has this one.",
    "conflict",
)
SAME_PERSON = Rule(
    "same-person",
    "This act takes two people: nobody approves their own request.",
    "Ask a colleague with the approver's role.",
    "forbidden",
)
NOT_YOURS = Rule(
    "not-yours",
    "Only the organisation whose thing this is may do this.",
    "Act for that organisation itself and on behalf of no other, or ask it to act.",
    "forbidden",
)
ROLE_NOT_ALLOWED = Rule(
    "role-not-allowed",
    "The act belongs to another role.",
    "Ask someone who holds one of the roles named. An operator who enters it for a community "
    "organisation says on behalf of which.",
    "forbidden",
)
WRONG_STATE = Rule(
    "wrong-state",
    "Each act has its place in the order of things.",
    "Read the current state and take the step that comes next.",
    "conflict",
)
PERIOD_BACKWARDS = Rule(
    "period-backwards",
    "A period ends on or after the day on which it begins.",
    "Put the earlier date first.",
)
