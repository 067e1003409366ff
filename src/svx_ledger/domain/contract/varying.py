"""Varying a contract: other quantities on a stated ground, agreed by two people.

A variation (UK10) is the only way in which an obligation changes. What has been confirmed
stays: a quantity never falls below it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.bounds import unless_statable, unless_whole
from svx_ledger.domain.form import Code, ContractId, Reason
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.need import Need, NeedCommitted
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.pledge.events import PledgeVaried, pledge_id_of
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Refusal, Rule

from .events import ContractVaried, LineChange, VariationRequested, VariedLine, VariedLines
from .state import Contract

REQUESTERS: Final = ("authority.contract_manager", "authority.buyer")

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
VARIED_BELOW_CONFIRMED = Rule(
    "varied-below-confirmed",
    "A variation never takes back what has been confirmed.",
    "Request a quantity of at least what has been confirmed.",
)
VARIED_ABOVE_OUTSTANDING = Rule(
    "varied-above-outstanding",
    "A raise stays within what is outstanding of the need.",
    "Request no more than the outstanding quantity on top of what is owed.",
)
NEED_RESERVED = Rule(
    "need-reserved",
    "What is outstanding of a need is reserved while an auction lists it.",
    "Wait until the auction that lists it has led to a contract.",
    "conflict",
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
        - A later request takes the place of one that nobody approved.
        - Its lines name needs that the contract pledges to, each once.
        - No quantity is below nothing.
        """
        del now
        contract = states.of(Contract, self.contract_id)
        refusal = unless_authority(actor, contract.terms.authority_id, *REQUESTERS)
        if refusal:
            return refusal
        pledged = {line.need_id for line in states.of(Award, contract.terms.award_id).lines}
        for line in self.lines:
            if line.need_id not in pledged:
                return NEED_NOT_PLEDGED.refuse(need=line.need_id)
            if line.quantity < 0:
                return VARIED_BELOW_NOTHING.refuse(
                    need=line.need_id, quantity=f"{line.quantity:f}"
                )
            pledged.remove(line.need_id)
        requested = VariationRequested(
            lines=self.lines, ground=self.ground, notice=self.notice, requested_by=actor.id
        )
        return [(self.contract_id, requested)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveVariation(Command):
    """Agree with the variation that was requested: it is in force from now on."""

    contract_id: ContractId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the contract, and pledge and need of each line that was requested."""
        if self.contract_id not in states:
            return (self.contract_id,)
        request = states.of(Contract, self.contract_id).request
        lines = request.lines if request else ()
        pledges = (self._pledge_id(line) for line in lines)
        return (self.contract_id, *pledges, *(line.need_id for line in lines))

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Approve a variation.

        - A person of the same authority approves.
        - A variation has been requested.
        - Nobody approves what the same person requested.
        - What cannot be divided is owed in whole units.
        - No quantity falls below what has been confirmed.
        - A raise takes nothing that an auction has reserved.
        - A raise stays within what is outstanding of the need.
        - All pledges of the contract together have a value that a record can state.
        - A contract worth less than the runner-up's bid is flagged.
        """
        del now
        contract = states.of(Contract, self.contract_id)
        if refusal := unless_authority(actor, contract.terms.authority_id):
            return refusal
        request = contract.request
        if request is None:
            return WRONG_STATE.refuse(state="none requested", expected="variation requested")
        if actor.id == request.requested_by:
            return SAME_PERSON.refuse(person=actor.id)
        varied: list[tuple[VariedLine, PledgeVaried]] = []
        for line in request.lines:
            pledge = states.of(Pledge, self._pledge_id(line))
            if refusal := _unless_possible(line, pledge, states.of(Need, line.need_id)):
                return refusal
            varied.append((line, self._varied(line, pledge)))
        contract_varied = self._contract_varied(contract, request, actor, varied)
        if refusal := unless_statable(contract_varied.pledged_pence):
            return refusal
        events: list[tuple[str, Event]] = [(self.contract_id, contract_varied)]
        for line, pledge_varied in varied:
            pledge_id = self._pledge_id(line)
            commits = NeedCommitted(pledge_id=pledge_id, quantity=line.quantity)
            events += [(pledge_id, pledge_varied), (line.need_id, commits)]
        return events

    def _pledge_id(self, line: VariedLine) -> str:
        return pledge_id_of(self.contract_id, line.need_id)

    def _varied(self, line: VariedLine, pledge: Pledge) -> PledgeVaried:
        return PledgeVaried(
            contract_id=self.contract_id,
            quantity_was=pledge.quantity,
            quantity=line.quantity,
            value_pence_was=pledge.value_pence(pledge.quantity),
            value_pence=pledge.value_pence(line.quantity),
            counted_pence=pledge.counted_pence(pledge.confirmed, owed=line.quantity)
            - pledge.counted_pence(pledge.confirmed, owed=pledge.quantity),
        )

    def _contract_varied(
        self,
        contract: Contract,
        request: VariationRequested,
        actor: Actor,
        varied: list[tuple[VariedLine, PledgeVaried]],
    ) -> ContractVaried:
        change_pence = sum(v.value_pence - v.value_pence_was for _, v in varied)
        pledged_pence = contract.pledged_pence + change_pence
        runner_up_pence = contract.terms.runner_up_pence
        return ContractVaried(
            approved_by=actor.id,
            lines=tuple(
                LineChange(
                    need_id=line.need_id,
                    pledge_id=self._pledge_id(line),
                    quantity_was=pledge_varied.quantity_was,
                    quantity=pledge_varied.quantity,
                )
                for line, pledge_varied in varied
            ),
            ground=request.ground,
            notice=request.notice,
            pledged_pence_was=contract.pledged_pence,
            pledged_pence=pledged_pence,
            runner_up_pence=runner_up_pence,
            below_runner_up=runner_up_pence is not None and pledged_pence < runner_up_pence,
        )


def _unless_possible(line: VariedLine, pledge: Pledge, need: Need) -> Refusal | None:
    divisible = pledge.terms.divisible
    if refusal := unless_whole(line.quantity, divisible=divisible, need=line.need_id):
        return refusal
    if line.quantity < pledge.confirmed:
        return VARIED_BELOW_CONFIRMED.refuse(
            need=line.need_id,
            quantity=f"{line.quantity:f}",
            confirmed=f"{pledge.confirmed:f}",
            unit=need.unit,
        )
    raised = line.quantity - pledge.quantity
    if raised <= 0:
        return None
    if need.listed_in is not None:
        return NEED_RESERVED.refuse(need=line.need_id, auction=need.listed_in)
    if raised > need.outstanding:
        return VARIED_ABOVE_OUTSTANDING.refuse(
            need=line.need_id,
            raised=f"{raised:f}",
            outstanding=f"{need.outstanding:f}",
            unit=need.unit,
        )
    return None


COMMANDS: tuple[type[Command], ...] = (RequestVariation, ApproveVariation)
