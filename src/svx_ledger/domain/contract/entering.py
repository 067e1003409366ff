"""Entering the contract: the awarded bid becomes pledges, and the needs are released."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import AuctionConcluded
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.events import AwardApproved, AwardedLine
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.form import AwardId, ContractId
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.need import Need, NeedCommitted, NeedReleased
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.pledge.events import PledgeCommitted, pledge_id_of
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.proxies import ProxySet
from svx_ledger.domain.rule import PERIOD_BACKWARDS, WRONG_STATE, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .events import ContractEntered, contract_key

CONTRACT_ENTERED_ALREADY = Rule(
    "contract-entered-already",
    "An award leads to one contract.",
    "Use the contract that was entered.",
    "conflict",
)
AWARD_SUSPENDED = Rule(
    "award-suspended",
    "No contract is entered while proceedings suspend the award.",
    "Wait until the court lifts the suspension, and record that.",
)
STANDSTILL_RUNS = Rule(
    "standstill-runs",
    "A contract is entered on the day after the standstill, at the earliest.",
    "Wait until the standstill is over.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterContract(Command):
    """Bind authority and supplier, for a period whose first and last day are included."""

    contract_id: ContractId
    award_id: AwardId
    period_from: date
    period_to: date

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new contract and a pledge for each awarded line."""
        if self.award_id not in states:
            return (self.contract_id,)
        lines = states.of(Award, self.award_id).lines
        pledges = (pledge_id_of(self.contract_id, line.need_id) for line in lines)
        return (self.contract_id, *pledges)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award with all it rests on, down to every need of its auction."""
        if self.award_id not in states:
            return (self.award_id,)
        award = states.of(Award, self.award_id)
        named = (self.award_id, award.procurement_id, award.auction_id)
        if award.auction_id not in states:
            return named
        auction = states.of(Auction, award.auction_id)
        return (*named, auction.proxy_set_id, *auction.needs)

    def claims(self) -> tuple[str, ...]:
        """Return the award's one contract."""
        return (contract_key(self.award_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Enter the contract.

        - The authority enters it.
        - An award leads to one contract.
        - The award notice has been published, and the award has not ended since.
        - No proceedings suspend the award (invariant 13).
        - The standstill is over: its last day has passed in the United Kingdom (invariant 13).
        - The first day of the period is not after the last.
        - Each awarded line becomes a pledge, which commits its need: by its quantity, or by
          the cap of a rate line, which is the most that may come of it.
        - The auction reserves no need any longer, and has served its lot for good.
        """
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id):
            return refusal
        holder = states.holder(contract_key(self.award_id))
        if holder is not None:
            return CONTRACT_ENTERED_ALREADY.refuse(contract=holder)
        if award.phase != "standstill" or award.approved is None or award.last_day is None:
            return WRONG_STATE.refuse(state=award.phase, expected="standstill")
        if award.suspended:
            return AWARD_SUSPENDED.refuse(court_ref=min(award.suspending))
        today = uk_date(now)
        if today <= award.last_day:
            return STANDSTILL_RUNS.refuse(
                last_day=award.last_day.isoformat(), today=today.isoformat()
            )
        if self.period_from > self.period_to:
            return PERIOD_BACKWARDS.refuse(
                period_from=self.period_from.isoformat(), period_to=self.period_to.isoformat()
            )
        entered = self._entered(award, award.approved, states, today)
        events: list[tuple[str, Event]] = [(self.contract_id, entered)]
        for line in award.lines:
            pledge_id = pledge_id_of(self.contract_id, line.need_id)
            most = line.quantity if line.cap is None else line.cap
            commits = NeedCommitted(pledge_id=pledge_id, quantity=most)
            events.append((pledge_id, self._pledge(line, entered, states)))
            events.append((line.need_id, commits))
        released = NeedReleased(auction_id=award.auction_id)
        needs = states.of(Auction, award.auction_id).needs
        events += [(need_id, released) for need_id in needs]
        concluded = AuctionConcluded(contract_id=self.contract_id)
        return [*events, (award.auction_id, concluded)]

    def _entered(
        self, award: Award, approved: AwardApproved, states: States, today: date
    ) -> ContractEntered:
        procurement = states.of(Procurement, award.procurement_id)
        return ContractEntered(
            award_id=self.award_id,
            entered_on=today,
            period_from=self.period_from,
            period_to=self.period_to,
            procurement_id=award.procurement_id,
            lot=award.lot,
            authority_id=award.authority_id,
            supplier_id=approved.supplier_id,
            auction_id=award.auction_id,
            contract_value_pence=procurement.lots[award.lot].contract_value_pence,
            pledged_pence=approved.value_pence,
            runner_up_pence=approved.runner_up_pence,
        )

    def _pledge(
        self, line: AwardedLine, entered: ContractEntered, states: States
    ) -> PledgeCommitted:
        need = states.of(Need, line.need_id)
        auction = states.of(Auction, entered.auction_id)
        proxy = states.of(ProxySet, auction.proxy_set_id).proxies[line.measure]
        return PledgeCommitted(
            contract_id=self.contract_id,
            award_id=self.award_id,
            auction_id=entered.auction_id,
            procurement_id=entered.procurement_id,
            authority_id=entered.authority_id,
            supplier_id=entered.supplier_id,
            need_id=line.need_id,
            project_id=need.project_id,
            community_id=need.organisation_id,
            measure=line.measure,
            unit=line.unit,
            quantity=line.quantity,
            divisible=proxy.divisible,
            pounds_per_unit=line.pounds_per_unit,
            value_pence=line.value_pence,
            deadweight=proxy.deadweight,
            displacement=proxy.displacement,
            attribution=proxy.attribution,
            drop_off=proxy.drop_off,
            years=proxy.years,
            theme=need.theme,
            place=need.place,
            due_by=min(need.needed_by, self.period_to),
            entered_on=entered.entered_on,
            period_from=self.period_from,
            period_to=self.period_to,
            rate=line.rate,
            cap=line.cap,
        )


COMMANDS: tuple[type[Command], ...] = (EnterContract,)
