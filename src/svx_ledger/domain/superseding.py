"""Superseding a proxy set: a newer table takes its place, and what it valued keeps its value.

Apart from the adoption because it reads two tables and changes nothing in either.
"""

from dataclasses import dataclass
from datetime import datetime

from .actor import Actor
from .form import ProxySetId, Reason
from .kind import Command, Decision, States
from .permission import unless_acting
from .proxies import ProxySet, ProxySetSuperseded
from .rule import WRONG_STATE, Refusal, Rule

SUPERSEDED_BY_ITSELF = Rule(
    "superseded-by-itself",
    "Another table takes the place of a proxy set.",
    "Adopt the newer table first, and name it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersedeProxySet(Command):
    """Put another proxy set in the place of this one, and say why."""

    proxy_set_id: ProxySetId
    superseded_by: ProxySetId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return both proxy sets."""
        del states
        return (self.proxy_set_id, self.superseded_by)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Supersede a proxy set.

        - The set is adopted, and not superseded yet.
        - Its adopter supersedes it.
        - Another set takes its place.
        - That one is adopted, and not superseded itself.
        """
        del now
        current = states.of(ProxySet, self.proxy_set_id)
        if refusal := _unless_in_use(current):
            return refusal
        if refusal := unless_acting(actor, current.adopter_id or "", "evaluator", "authority"):
            return refusal
        if self.superseded_by == self.proxy_set_id:
            return SUPERSEDED_BY_ITSELF.refuse(proxy_set=self.proxy_set_id)
        if refusal := _unless_in_use(states.of(ProxySet, self.superseded_by)):
            return refusal
        superseded = ProxySetSuperseded(superseded_by=self.superseded_by, reason=self.reason)
        return [(self.proxy_set_id, superseded)]


def _unless_in_use(proxy_set: ProxySet) -> Refusal | None:
    if proxy_set.phase != "adopted":
        return WRONG_STATE.refuse(state=proxy_set.phase, expected="adopted")
    return None


COMMANDS: tuple[type[Command], ...] = (SupersedeProxySet,)
