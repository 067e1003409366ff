"""How a contract ends: completed or terminated, with the notice of it (UK11).

What is open of its pledges is released: what was confirmed stays, and so does what was claimed
and is still to be decided. A supplier therefore claims its last deliveries first.
"""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.form import Code, ContractId, Reason
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.need import NeedCommitted
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.pledge.defaulting import MANAGING
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.domain.pledge.releasing import released
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.rule import WRONG_STATE, Refusal
from svx_ledger.domain.uk_calendar import uk_date

from .running import ContractCompleted, ContractTerminated, TerminationGround
from .state import Contract


def _bound(contract_id: str, states: States) -> tuple[str, ...]:
    """Return the contract, its award, and each of its pledges with its need."""
    if contract_id not in states:
        return (contract_id,)
    award_id = states.of(Contract, contract_id).terms.award_id
    if award_id not in states:
        return (contract_id, award_id)
    needs = tuple(line.need_id for line in states.of(Award, award_id).lines)
    pledges = (pledge_id_of(contract_id, need_id) for need_id in needs)
    return (contract_id, award_id, *pledges, *needs)


def _unless_running(contract: Contract, actor: Actor) -> Refusal | None:
    """Refuse all but those who manage a contract, and that only once."""
    if refusal := unless_authority(actor, contract.terms.authority_id, *MANAGING):
        return refusal
    if contract.phase != "entered":
        return WRONG_STATE.refuse(state=contract.phase, expected="entered")
    return None


def _released(
    contract_id: str, states: States, actor: Actor, now: datetime
) -> list[tuple[str, Event]]:
    """Return the release of each pledge with something open, and of that part of its need."""
    award = states.of(Award, states.of(Contract, contract_id).terms.award_id)
    events: list[tuple[str, Event]] = []
    for line in award.lines:
        pledge_id = pledge_id_of(contract_id, line.need_id)
        pledge = states.of(Pledge, pledge_id)
        if pledge.most > pledge.kept:
            release = released(pledge, actor, uk_date(now))
            commits = NeedCommitted(pledge_id=pledge_id, quantity=release.quantity)
            events += [(pledge_id, release), (line.need_id, commits)]
    return events


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteContract(Command):
    """Record that what the contract is for was done."""

    contract_id: ContractId
    notice: Code | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the contract, its award, and each of its pledges with its need."""
        return _bound(self.contract_id, states)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Complete a contract.

        - A contract manager or buyer of the authority completes it.
        - A contract ends once.
        - What is open of its pledges is released, and outstanding of the needs again.
        """
        contract = states.of(Contract, self.contract_id)
        if refusal := _unless_running(contract, actor):
            return refusal
        completed = ContractCompleted(
            completed_on=uk_date(now), completed_by=actor.id, notice=self.notice
        )
        ended: list[tuple[str, Event]] = [(self.contract_id, completed)]
        return [*ended, *_released(self.contract_id, states, actor, now)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateContract(Command):
    """Record that the contract ended before what it is for was done, and why."""

    contract_id: ContractId
    ground: TerminationGround
    reason: Reason
    notice: Code | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the contract, its award, and each of its pledges with its need."""
        return _bound(self.contract_id, states)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Terminate a contract.

        - A contract manager or buyer of the authority terminates it.
        - A contract ends once.
        - What is open of its pledges is released, and outstanding of the needs again.
        """
        contract = states.of(Contract, self.contract_id)
        if refusal := _unless_running(contract, actor):
            return refusal
        terminated = ContractTerminated(
            ground=self.ground,
            reason=self.reason,
            terminated_on=uk_date(now),
            terminated_by=actor.id,
            notice=self.notice,
        )
        ended: list[tuple[str, Event]] = [(self.contract_id, terminated)]
        return [*ended, *_released(self.contract_id, states, actor, now)]


COMMANDS: tuple[type[Command], ...] = (CompleteContract, TerminateContract)
