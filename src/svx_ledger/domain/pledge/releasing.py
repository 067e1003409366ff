"""Letting a pledge go: written off by two people after a default, or released by the authority.

What was confirmed stays, and so does what was claimed and nobody has decided yet, as far as it
is owed. The rest is owed no longer and is outstanding of the need again.
"""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.steps import OTHER_REQUEST
from svx_ledger.domain.conflict import unless_conflicted
from svx_ledger.domain.contract.running import ObligationReduced
from svx_ledger.domain.contract.state import Contract
from svx_ledger.domain.form import PledgeId, Reason
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.need import NeedCommitted
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Refusal
from svx_ledger.domain.uk_calendar import uk_date

from .defaulting import MANAGING, NOTHING_OPEN
from .outcomes import PledgeReleased, PledgeWrittenOff, RequestNo, WriteOffRequested
from .state import Pledge


def unless_open(pledge: Pledge) -> Refusal | None:
    """Refuse where all that may come to be owed was confirmed, or claimed and not decided."""
    if pledge.most > pledge.kept:
        return None
    return NOTHING_OPEN.refuse(most=pledge.most, kept=pledge.kept)


def released(
    pledge: Pledge, actor: Actor, today: date, reason: Reason | None = None
) -> PledgeReleased:
    """Return the release of what is open."""
    kept = pledge.kept
    return PledgeReleased(
        released_on=today,
        quantity_was=pledge.quantity,
        quantity=kept,
        value_pence_was=pledge.value_pence(pledge.quantity),
        value_pence=pledge.value_pence(kept),
        released_by=actor.id,
        reason=reason,
        reference=None if pledge.rate is None else min(pledge.reference, kept),
    )


def reduction(
    pledge_id: str,
    pledge: Pledge,
    event: PledgeReleased | PledgeWrittenOff,
    *,
    contract: Contract,
    pledged_pence: int,
) -> ObligationReduced:
    """Return how far this lets the contract's obligation fall, from so many pence."""
    reference_pence = pledge.value_pence(pledge.reference)
    left = event.quantity if event.reference is None else event.reference
    left_pence = pledged_pence - (reference_pence - pledge.value_pence(left))
    return ObligationReduced(
        pledge_id=pledge_id,
        pledged_pence_was=pledged_pence,
        pledged_pence=left_pence,
        below_runner_up=contract.is_below_runner_up(left_pence),
        runner_up_pence=contract.terms.runner_up_pence,
    )


def _bound_by(pledge_id: str, states: States) -> tuple[str, ...]:
    """Return the pledge, its contract, its need and its procurement."""
    if pledge_id not in states:
        return (pledge_id,)
    terms = states.of(Pledge, pledge_id).terms
    return (pledge_id, terms.contract_id, terms.need_id, terms.procurement_id)


def _let_go(
    pledge_id: str, pledge: Pledge, states: States, event: PledgeReleased | PledgeWrittenOff
) -> Decision:
    """Return the event with what follows for the contract and the need."""
    terms = pledge.terms
    contract = states.of(Contract, terms.contract_id)
    reduced = reduction(
        pledge_id, pledge, event, contract=contract, pledged_pence=contract.pledged_pence
    )
    commits = NeedCommitted(pledge_id=pledge_id, quantity=event.quantity)
    events: list[tuple[str, Event]] = [(pledge_id, event)]
    return [*events, (terms.contract_id, reduced), (terms.need_id, commits)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWriteOff(Command):
    """Ask that what is open of a defaulted pledge be given up."""

    pledge_id: PledgeId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge."""
        del states
        return (self.pledge_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Request a write-off.

        - A contract manager or buyer of the authority requests it.
        - The pledge is in default, with or without a remedy.
        - A later request takes the place of one that nobody approved.
        """
        del now
        pledge = states.of(Pledge, self.pledge_id)
        if refusal := unless_authority(actor, pledge.terms.authority_id, *MANAGING):
            return refusal
        if pledge.phase not in ("defaulted", "remedied"):
            return WRONG_STATE.refuse(state=pledge.phase, expected="defaulted or remedied")
        requested = WriteOffRequested(
            reason=self.reason, requested_by=actor.id, request_no=pledge.requests + 1
        )
        return [(self.pledge_id, requested)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveWriteOff(Command):
    """Agree that what is open be given up, as this request asks."""

    pledge_id: PledgeId
    request_no: RequestNo

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge, its contract, its need and its procurement."""
        return _bound_by(self.pledge_id, states)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Approve a write-off.

        - A person of the same authority approves, without a conflict (invariant 20).
        - A write-off has been requested, and it is the one named.
        - Nobody approves what the same person requested.
        - Something is open.
        - What is open is outstanding of the need again, and the contract is worth less.
        """
        pledge = states.of(Pledge, self.pledge_id)
        procurement = states.of(Procurement, pledge.terms.procurement_id)
        refusal = unless_authority(actor, pledge.terms.authority_id)
        if refusal := refusal or unless_conflicted(procurement, actor):
            return refusal
        request = pledge.request
        if request is None:
            return WRONG_STATE.refuse(state="none requested", expected="write-off requested")
        if self.request_no != request.request_no:
            return OTHER_REQUEST.refuse(request_no=request.request_no)
        if actor.id == request.requested_by:
            return SAME_PERSON.refuse(person=actor.id)
        if refusal := unless_open(pledge):
            return refusal
        release = released(pledge, actor, uk_date(now))
        written_off = PledgeWrittenOff(
            request_no=self.request_no,
            approved_by=actor.id,
            reason=request.reason,
            written_off_on=release.released_on,
            quantity_was=release.quantity_was,
            quantity=release.quantity,
            value_pence_was=release.value_pence_was,
            value_pence=release.value_pence,
            reference=release.reference,
        )
        return _let_go(self.pledge_id, pledge, states, written_off)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePledge(Command):
    """Let the supplier off what is open: the project wants it no longer, for instance."""

    pledge_id: PledgeId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge, its contract, its need and its procurement."""
        return _bound_by(self.pledge_id, states)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Release a pledge.

        - A contract manager or buyer of the authority releases it, without a conflict.
        - It is not in default, with a remedy or without: that takes two people (a write-off).
        - Something is open; of a pledge that was let go before, what was undecided then.
        - What is open is outstanding of the need again, and the contract is worth less.
        """
        pledge = states.of(Pledge, self.pledge_id)
        procurement = states.of(Procurement, pledge.terms.procurement_id)
        refusal = unless_authority(actor, pledge.terms.authority_id, *MANAGING)
        if refusal := refusal or unless_conflicted(procurement, actor):
            return refusal
        if pledge.phase in ("defaulted", "remedied"):
            return WRONG_STATE.refuse(state=pledge.phase, expected="not in default")
        if refusal := unless_open(pledge):
            return refusal
        release = released(pledge, actor, uk_date(now), self.reason)
        return _let_go(self.pledge_id, pledge, states, release)


COMMANDS: tuple[type[Command], ...] = (RequestWriteOff, ApproveWriteOff, ReleasePledge)
