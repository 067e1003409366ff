"""How well a contract is performed: its key performance indicators, and their ratings."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.form import Code, ContractId, Name, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.pledge.defaulting import MANAGING
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.domain.rule import PERIOD_BACKWARDS, WRONG_STATE, Refusal, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .running import CitedPledges, KpiSet, PerformanceRated, Rating
from .state import Contract

NOT_OF_THIS_CONTRACT = Rule(
    "not-of-this-contract",
    "The pledges named are the contract's own, each named once.",
    "Name pledges of this contract, each at most once.",
)
KPI_NOT_SET = Rule(
    "kpi-not-set",
    "Performance is rated against an indicator that was set for the contract.",
    "Set the indicator first, or name one that was set.",
)
PERIOD_RUNS = Rule(
    "period-runs",
    "A period is rated once its last day has come.",
    "Rate it on its last day or later.",
)
RATING_UNEXPLAINED = Rule(
    "rating-unexplained",
    "A rating that is none of the four grades says what it means.",
    "Give the reason for the rating.",
)


def unless_pledges_of(
    contract_id: str, award: Award, pledges: tuple[str, ...]
) -> Refusal | None:
    """Refuse pledges that are not the contract's, or that are named twice."""
    own = {pledge_id_of(contract_id, line.need_id) for line in award.lines}
    for pledge_id in pledges:
        if pledge_id not in own:
            return NOT_OF_THIS_CONTRACT.refuse(pledge=pledge_id)
        own.remove(pledge_id)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetKpi(Command):
    """Measure the contract by an indicator (Procurement Act 2023, section 52)."""

    contract_id: ContractId
    kpi: Code
    title: Name
    goal: Name
    pledges: CitedPledges | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the contract, and the award that says which needs it pledges to."""
        if self.contract_id not in states:
            return (self.contract_id,)
        return (self.contract_id, states.of(Contract, self.contract_id).terms.award_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Set a key performance indicator.

        - A contract manager or buyer of the authority sets it.
        - The contract has not ended.
        - The pledges that it cites are the contract's, each cited once.
        - One that is set again takes the place of what had its code.
        """
        del now
        contract = states.of(Contract, self.contract_id)
        if refusal := unless_authority(actor, contract.terms.authority_id, *MANAGING):
            return refusal
        if contract.phase != "entered":
            return WRONG_STATE.refuse(state=contract.phase, expected="entered")
        award = states.of(Award, contract.terms.award_id)
        if refusal := unless_pledges_of(self.contract_id, award, self.pledges or ()):
            return refusal
        kpi = KpiSet(
            kpi=self.kpi,
            title=self.title,
            goal=self.goal,
            pledges=self.pledges,
            set_by=actor.id,
        )
        return [(self.contract_id, kpi)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePerformance(Command):
    """Rate a period's performance against an indicator (section 71)."""

    contract_id: ContractId
    kpi: Code
    period_from: date
    period_to: date
    rating: Rating
    reason: Reason | None = None
    notice: Code | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the contract."""
        del states
        return (self.contract_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Rate performance.

        - A contract manager or buyer of the authority rates it; also after the contract ended.
        - The indicator was set.
        - The period does not run backwards.
        - The last day of the period (in the United Kingdom) has come.
        - A rating of "other" has a reason.
        """
        contract = states.of(Contract, self.contract_id)
        if refusal := unless_authority(actor, contract.terms.authority_id, *MANAGING):
            return refusal
        if self.kpi not in contract.kpis:
            return KPI_NOT_SET.refuse(kpi=self.kpi)
        if self.period_from > self.period_to:
            return PERIOD_BACKWARDS.refuse(
                period_from=self.period_from.isoformat(), period_to=self.period_to.isoformat()
            )
        today = uk_date(now)
        if self.period_to > today:
            return PERIOD_RUNS.refuse(
                period_to=self.period_to.isoformat(), today=today.isoformat()
            )
        if self.rating == "other" and self.reason is None:
            return RATING_UNEXPLAINED.refuse(rating=self.rating)
        rated = PerformanceRated(
            kpi=self.kpi,
            period_from=self.period_from,
            period_to=self.period_to,
            rating=self.rating,
            reason=self.reason,
            notice=self.notice,
            rated_by=actor.id,
        )
        return [(self.contract_id, rated)]


COMMANDS: tuple[type[Command], ...] = (SetKpi, RatePerformance)
