"""How a contract ends: completed or terminated, with the notice of it (UK11).

What is open of its pledges is released: what was confirmed stays, and so does what was claimed
and is still to be decided. A supplier therefore claims its last deliveries first. The contract
says of each release how far its obligation fell. The lot of a contract that was terminated is
free for another auction.
"""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import LotReleased
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.conflict import unless_conflicted
from svx_ledger.domain.form import Code, ContractId, Reason
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.need import NeedCommitted
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.pledge.defaulting import MANAGING
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.domain.pledge.releasing import reduction, released
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .running import ContractCompleted, ContractTerminated, TerminationGround
from .state import Contract

COMPLETED_EARLY = Rule(
    "completed-early",
    "A contract that is completed before the last day of its period says why.",
    "Give the reason, or wait until the last day.",
)


def _bound(contract_id: str, states: States) -> tuple[str, ...]:
    """Return the contract, its procurement and award, and each of its pledges with its need."""
    if contract_id not in states:
        return (contract_id,)
    terms = states.of(Contract, contract_id).terms
    named = (contract_id, terms.procurement_id, terms.award_id)
    if terms.award_id not in states:
        return named
    needs = tuple(line.need_id for line in states.of(Award, terms.award_id).lines)
    pledges = (pledge_id_of(contract_id, need_id) for need_id in needs)
    return (*named, *pledges, *needs)


def _unless_running(contract: Contract, states: States, actor: Actor) -> Refusal | None:
    """Refuse all but those who manage a contract, without a conflict, and that only once."""
    procurement = states.of(Procurement, contract.terms.procurement_id)
    refusal = unless_authority(actor, contract.terms.authority_id, *MANAGING)
    if refusal := refusal or unless_conflicted(procurement, actor):
        return refusal
    if contract.phase != "entered":
        return WRONG_STATE.refuse(state=contract.phase, expected="entered")
    return None


def _released(
    contract_id: str, states: States, actor: Actor, now: datetime
) -> list[tuple[str, Event]]:
    """Return each release of something open, with what follows for contract and need."""
    contract = states.of(Contract, contract_id)
    award = states.of(Award, contract.terms.award_id)
    pledged_pence = contract.pledged_pence
    events: list[tuple[str, Event]] = []
    for line in award.lines:
        pledge_id = pledge_id_of(contract_id, line.need_id)
        pledge = states.of(Pledge, pledge_id)
        if pledge.most > pledge.kept:
            release = released(pledge, actor, uk_date(now))
            reduced = reduction(
                pledge_id, pledge, release, contract=contract, pledged_pence=pledged_pence
            )
            pledged_pence = reduced.pledged_pence
            commits = NeedCommitted(pledge_id=pledge_id, quantity=release.quantity)
            events += [(pledge_id, release), (contract_id, reduced), (line.need_id, commits)]
    return events


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteContract(Command):
    """Record that what the contract is for was done; before its period is over, with why."""

    contract_id: ContractId
    notice: Code | None = None
    reason: Reason | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return contract, procurement and award, and each of its pledges with its need."""
        return _bound(self.contract_id, states)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Complete a contract.

        - A contract manager or buyer of the authority completes it, without a conflict.
        - A contract ends once.
        - Before the last day of its period (in the United Kingdom) there is a reason.
        - What is open of its pledges is released, and outstanding of the needs again; the
          contract is worth so much less.
        """
        contract = states.of(Contract, self.contract_id)
        if refusal := _unless_running(contract, states, actor):
            return refusal
        today, last_day = uk_date(now), contract.terms.period_to
        if today < last_day and self.reason is None:
            return COMPLETED_EARLY.refuse(
                period_to=last_day.isoformat(), today=today.isoformat()
            )
        completed = ContractCompleted(
            completed_on=today,
            completed_by=actor.id,
            notice=self.notice,
            reason=self.reason,
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
        """Return what binds, and the auction that the contract came of."""
        bound = _bound(self.contract_id, states)
        if self.contract_id not in states:
            return bound
        return (*bound, states.of(Contract, self.contract_id).terms.auction_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Terminate a contract.

        - A contract manager or buyer of the authority terminates it, without a conflict.
        - A contract ends once.
        - What is open of its pledges is released, and outstanding of the needs again; the
          contract is worth so much less.
        - Its lot is free for another auction, unless it was released before.
        """
        contract = states.of(Contract, self.contract_id)
        if refusal := _unless_running(contract, states, actor):
            return refusal
        terminated = ContractTerminated(
            ground=self.ground,
            reason=self.reason,
            terminated_on=uk_date(now),
            terminated_by=actor.id,
            notice=self.notice,
        )
        ended: list[tuple[str, Event]] = [(self.contract_id, terminated)]
        open_parts = _released(self.contract_id, states, actor, now)
        return [*ended, *open_parts, *_lot_freed(contract, states)]


def _lot_freed(contract: Contract, states: States) -> list[tuple[str, Event]]:
    """Return the release of the lot, where the auction still holds it."""
    terms = contract.terms
    if states.of(Auction, terms.auction_id).ended:
        return []
    freed = LotReleased(
        award_id=terms.award_id,
        outcome="terminated",
        procurement_id=terms.procurement_id,
        lot=terms.lot,
    )
    return [(terms.auction_id, freed)]


COMMANDS: tuple[type[Command], ...] = (CompleteContract, TerminateContract)
