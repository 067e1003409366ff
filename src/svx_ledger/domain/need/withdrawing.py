"""Withdrawing a need: its organisation asks for the rest of it no longer."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import NeedId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_community
from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule

from .events import NeedWithdrawn
from .state import Need

NEED_LISTED_ALREADY = Rule(
    "need-listed-already",
    "A need is listed in at most one auction at a time, and stays while it is.",
    "Wait until the auction that reserves it has ended.",
    "conflict",
)
NOTHING_OUTSTANDING = Rule(
    "nothing-outstanding",
    "A need is listed or withdrawn for what no pledge covers yet.",
    "Name another need; this one is covered.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawNeed(Command):
    """Ask for a need no longer, as far as no pledge covers it."""

    need_id: NeedId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the need."""
        del states
        return (self.need_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Withdraw a need.

        - Its organisation withdraws it, or the operator on its behalf.
        - It is withdrawn once.
        - No auction has it listed.
        - Part of it is outstanding, and only that is withdrawn: what pledges commit is owed.
        """
        del now
        need = states.of(Need, self.need_id)
        if refusal := unless_community(actor, need.organisation_id):
            return refusal
        if need.phase == "withdrawn":
            return WRONG_STATE.refuse(state="withdrawn", expected="proposed, approved")
        if refusal := unless_free(need) or unless_outstanding(need):
            return refusal
        withdrawn = NeedWithdrawn(
            reason=self.reason, quantity=need.outstanding, withdrawn_by=actor.id
        )
        return [(self.need_id, withdrawn)]


def unless_free(need: Need) -> Refusal | None:
    """Refuse while an auction reserves the need."""
    if need.listed_in is not None:
        return NEED_LISTED_ALREADY.refuse(auction=need.listed_in)
    return None


def unless_outstanding(need: Need) -> Refusal | None:
    """Refuse where pledges cover all that is asked."""
    if need.outstanding <= 0:
        return NOTHING_OUTSTANDING.refuse(outstanding=need.outstanding, unit=need.unit)
    return None
