"""Entering the contract: the awarded bid becomes pledges, and the needs are released."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import AuctionConcluded
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.events import AwardApproved, AwardedLine
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.conflict import (
    unless_conflicted,
    unless_reviewed,
    unless_supplier_conflicted,
)
from svx_ledger.domain.form import AwardId, ContractId
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.need import Need, NeedCommitted, NeedReleased
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import unless_authority, unless_verified
from svx_ledger.domain.pledge.events import PledgeCommitted, pledge_id_of
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.proxies import ProxySet
from svx_ledger.domain.rule import PERIOD_BACKWARDS, WRONG_STATE, Refusal, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .events import ContractEntered, contract_key
from .reserved import unless_reserved

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
PERIOD_PAST = Rule(
    "period-past",
    "The period of a contract that is entered does not lie in the past as a whole.",
    "Give a last day that is today or later.",
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
        winner = (award.approved.supplier_id,) if award.approved else ()
        named = (self.award_id, award.procurement_id, award.auction_id, *winner)
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
        - Whoever enters it has no live conflict of interest (invariant 20).
        - An award leads to one contract.
        - The award notice has been published, and the award has not ended since.
        - No proceedings suspend the award (invariant 13).
        - The standstill is over: its last day has passed in the United Kingdom (invariant 13).
        - The supplier is verified, and not suspended.
        - No live conflict of interest favours it.
        - Conflicts were reviewed after the last declaration (section 83).
        - The first day of the period is not after the last.
        - The last day of the period is today or later.
        - The auction reserves each of its needs, and none is outstanding for less than its
          awarded line.
        - Each awarded line becomes a pledge, which commits its need: by its quantity, or by
          the cap of a rate line, which is the most that may come of it.
        - The auction reserves no need any longer, and has served its lot for good.
        """
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id):
            return refusal
        procurement = states.of(Procurement, award.procurement_id)
        if refusal := unless_conflicted(procurement, actor):
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
        refusal = _unless_may_win(award.approved.supplier_id, procurement, states)
        refusal = refusal or self._unless_period(today)
        if refusal := refusal or unless_reserved(award, states):
            return refusal
        entered = self._entered(award, award.approved, states, today)
        events: list[tuple[str, Event]] = [(self.contract_id, entered)]
        for line in award.lines:
            pledge_id = pledge_id_of(self.contract_id, line.need_id)
            commits = NeedCommitted(pledge_id=pledge_id, quantity=line.most)
            events.append((pledge_id, self._pledge(line, entered, states)))
            events.append((line.need_id, commits))
        released = NeedReleased(auction_id=award.auction_id)
        needs = states.of(Auction, award.auction_id).needs
        events += [(need_id, released) for need_id in needs]
        concluded = AuctionConcluded(contract_id=self.contract_id)
        return [*events, (award.auction_id, concluded)]

    def _unless_period(self, today: date) -> Refusal | None:
        first, last = self.period_from, self.period_to
        if first > last:
            return PERIOD_BACKWARDS.refuse(
                period_from=first.isoformat(), period_to=last.isoformat()
            )
        if last < today:
            return PERIOD_PAST.refuse(period_to=last.isoformat(), today=today.isoformat())
        return None

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


def _unless_may_win(
    supplier_id: str, procurement: Procurement, states: States
) -> Refusal | None:
    return (
        unless_verified(states.of(Organisation, supplier_id), "supplier")
        or unless_supplier_conflicted(procurement, supplier_id)
        or unless_reviewed(procurement)
    )


COMMANDS: tuple[type[Command], ...] = (EnterContract,)
