"""Varying a contract: other quantities on a stated ground, agreed by two people.

A variation (UK10) is the only way in which an obligation is agreed anew. What has been
confirmed stays: a quantity never falls below it. Of a rate pledge the cap is varied, and the
rate where that is said: on all that was spent and will be, as if it had been so from the start.
"""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.steps import OTHER_REQUEST
from svx_ledger.domain.award.events import AwardedLine
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.bounds import unless_statable
from svx_ledger.domain.conflict import unless_conflicted
from svx_ledger.domain.form import Code, ContractId, Reason
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.need import Need, NeedCommitted
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.pledge.defaulting import MANAGING
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Refusal, Rule

from .events import ContractVaried, RequestNo, VariationRequested, VariedLine, VariedLines
from .state import Contract
from .varied import Spend, VariedPledge

NEED_NOT_PLEDGED = Rule(
    "need-not-pledged",
    "A variation names needs that the contract pledges to, each once.",
    "Name each need of the contract at most once.",
)
VARIED_BELOW_NOTHING = Rule(
    "varied-below-nothing",
    "The least that can be owed is nothing.",
    "State the new quantity, not the change.",
)
RATE_NOT_PLEDGED = Rule(
    "rate-not-pledged",
    "Only a pledge with a rate is given another one.",
    "Vary the quantity of this pledge, without a rate.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVariation(Command):
    """Ask that pledges be owed in other quantities, by need."""

    contract_id: ContractId
    lines: VariedLines
    ground: Reason
    notice: Code | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the contract, and the award that says which needs it pledges to."""
        if self.contract_id not in states:
            return (self.contract_id,)
        return (self.contract_id, states.of(Contract, self.contract_id).terms.award_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Request a variation.

        - A contract manager or buyer of the authority requests it.
        - The contract has not ended.
        - A later request takes the place of one that nobody approved.
        - Its lines name needs that the contract pledges to, each once.
        - No quantity is below nothing, and no rate.
        - A rate is given to pledges that have one.
        """
        del now
        contract = states.of(Contract, self.contract_id)
        if refusal := unless_authority(actor, contract.terms.authority_id, *MANAGING):
            return refusal
        if contract.phase != "entered":
            return WRONG_STATE.refuse(state=contract.phase, expected="entered")
        pledged = {x.need_id: x for x in states.of(Award, contract.terms.award_id).lines}
        for line in self.lines:
            if line.need_id not in pledged:
                return NEED_NOT_PLEDGED.refuse(need=line.need_id)
            if line.quantity < 0:
                return VARIED_BELOW_NOTHING.refuse(need=line.need_id, quantity=line.quantity)
            if refusal := _unless_rated(line, pledged.pop(line.need_id)):
                return refusal
        requested = VariationRequested(
            lines=self.lines,
            ground=self.ground,
            notice=self.notice,
            requested_by=actor.id,
            request_no=contract.requests + 1,
        )
        return [(self.contract_id, requested)]


def _unless_rated(line: VariedLine, awarded: AwardedLine) -> Refusal | None:
    if line.rate is None:
        return None
    if awarded.rate is None:
        return RATE_NOT_PLEDGED.refuse(need=line.need_id)
    if line.rate < 0:
        return VARIED_BELOW_NOTHING.refuse(need=line.need_id, rate=line.rate)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveVariation(Command):
    """Agree with the variation that was requested: it is in force from now on.

    `request_no` says which request is meant, so that one that took its place since is not
    approved unseen. Only what was approved before requests had numbers lacks it.
    """

    contract_id: ContractId
    request_no: RequestNo | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return contract and procurement, and pledge and need of each line requested."""
        if self.contract_id not in states:
            return (self.contract_id,)
        contract = states.of(Contract, self.contract_id)
        lines = contract.request.lines if contract.request else ()
        pledges = (self._pledge_id(line) for line in lines)
        needs = (line.need_id for line in lines)
        return (self.contract_id, contract.terms.procurement_id, *pledges, *needs)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Approve a variation.

        - A person of the same authority approves, without a conflict (invariant 20).
        - A variation has been requested; where the approval names one, it is that one.
        - Nobody approves what the same person requested.
        - Each pledge can be owed as requested: see `VariedPledge.unless_possible`.
        - All pledges of the contract together have a value that a record can state.
        - A contract worth less than the runner-up's bid is flagged.
        - A need is committed to by as much as is owed; by a rate pledge, by its cap.
        """
        del now
        contract = states.of(Contract, self.contract_id)
        procurement = states.of(Procurement, contract.terms.procurement_id)
        refusal = unless_authority(actor, contract.terms.authority_id)
        if refusal := refusal or unless_conflicted(procurement, actor):
            return refusal
        request = contract.request
        if request is None:
            return WRONG_STATE.refuse(state="none requested", expected="variation requested")
        if self.request_no not in (None, request.request_no):
            return OTHER_REQUEST.refuse(request_no=request.request_no or 0)
        if actor.id == request.requested_by:
            return SAME_PERSON.refuse(person=actor.id)
        lot = procurement.lots[contract.terms.lot]
        spend = Spend(contract.spend_pence, lot.reference_spend_pence or 0)
        varied: list[VariedPledge] = []
        for line in request.lines:
            pledge = states.of(Pledge, self._pledge_id(line))
            made = VariedPledge.by(line, pledge, spend)
            if refusal := made.unless_possible(states.of(Need, line.need_id)):
                return refusal
            varied.append(made)
        contract_varied = self._contract_varied(contract, request, actor, varied)
        if refusal := unless_statable(contract_varied.pledged_pence):
            return refusal
        events: list[tuple[str, Event]] = [(self.contract_id, contract_varied)]
        for made in varied:
            pledge_id = self._pledge_id(made.line)
            commits = NeedCommitted(pledge_id=pledge_id, quantity=made.line.quantity)
            events += [(pledge_id, made.event(self.contract_id)), (made.line.need_id, commits)]
        return events

    def _pledge_id(self, line: VariedLine) -> str:
        return pledge_id_of(self.contract_id, line.need_id)

    def _contract_varied(
        self,
        contract: Contract,
        request: VariationRequested,
        actor: Actor,
        varied: list[VariedPledge],
    ) -> ContractVaried:
        pledged_pence = contract.pledged_pence + sum(made.change_pence for made in varied)
        return ContractVaried(
            approved_by=actor.id,
            lines=tuple(made.change(self._pledge_id(made.line)) for made in varied),
            ground=request.ground,
            notice=request.notice,
            pledged_pence_was=contract.pledged_pence,
            pledged_pence=pledged_pence,
            runner_up_pence=contract.terms.runner_up_pence,
            below_runner_up=contract.is_below_runner_up(pledged_pence),
            request_no=self.request_no,
        )


COMMANDS: tuple[type[Command], ...] = (RequestVariation, ApproveVariation)
