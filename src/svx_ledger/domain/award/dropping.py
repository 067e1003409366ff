"""What an award loses before a contract: a tender that is withdrawn, or the award itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import LotReleased
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.conflict import unless_conflicted
from svx_ledger.domain.contract.events import contract_key
from svx_ledger.domain.form import AwardId, Code, OrganisationId, Reason
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.need import NeedReleased
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Refusal, Rule

from .assessing import ranked_again
from .events import AwardLapsed, AwardSetAside, TenderWithdrawn
from .objecting import NOT_ASSESSED
from .state import ENDED, Award

RECORDERS: Final = ("authority.approver", "authority.buyer")

AWARD_LED_TO_CONTRACT = Rule(
    "award-led-to-contract",
    "Once its contract is entered, an award stands.",
    "Vary or terminate the contract.",
    "conflict",
)
PROCEEDINGS_UNKNOWN = Rule(
    "proceedings-unknown",
    "A court sets an award aside in proceedings that are on record.",
    "Record the proceedings first.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTender(Command):
    """Record that a supplier stands by its tender no longer, with its reason.

    A bid binds while it is valid, so the supplier cannot take the tender out by itself, and a
    withdrawal that lets another win is a known form of collusion: the authority records it,
    and everything that was decided with this tender is decided again without it.
    """

    award_id: AwardId
    supplier_id: OrganisationId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award, its procurement and its auction."""
        if self.award_id not in states:
            return (self.award_id,)
        award = states.of(Award, self.award_id)
        return (self.award_id, award.procurement_id, award.auction_id)

    def claims(self) -> tuple[str, ...]:
        """Return the award's contract, after which nothing is withdrawn."""
        return (contract_key(self.award_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Withdraw a tender.

        - An approver or buyer of the authority records it.
        - Whoever does has no live conflict of interest (invariant 20).
        - Whoever does has not recommended the award; nor may they recommend it afterwards.
        - The award has not ended, nor led to a contract.
        - The tender stands in the assessment.
        - The others are ranked again without it; the award is chosen and announced anew.
        """
        del now
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id, *RECORDERS):
            return refusal
        procurement = states.of(Procurement, award.procurement_id)
        refusal = unless_conflicted(procurement, actor) or _unless_other(actor, award)
        if refusal := refusal or _unless_open(self.award_id, award, states):
            return refusal
        if self.supplier_id not in {tender.supplier_id for tender in award.ranking}:
            return NOT_ASSESSED.refuse(supplier=self.supplier_id)
        withdrawn = TenderWithdrawn(
            supplier_id=self.supplier_id, reason=self.reason, recorded_by=actor.id
        )
        auction = states.of(Auction, award.auction_id)
        again = ranked_again(award, auction, "tender-withdrawn", self.supplier_id)
        return [(self.award_id, withdrawn), (self.award_id, again)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseAward(Command):
    """Give an award up: nobody wins, and the lot may be auctioned again."""

    award_id: AwardId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award, its procurement and auction, and the needs that this reserves."""
        return _with_needs(self.award_id, states)

    def claims(self) -> tuple[str, ...]:
        """Return the award's contract, after which an award stands."""
        return (contract_key(self.award_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Lapse an award.

        - An approver of the authority lapses it, who neither recommended nor approved it, nor
          recorded that a tender was withdrawn.
        - Whoever lapses it has no live conflict of interest (invariant 20).
        - The award has not ended, nor led to a contract.
        - Lot and needs are free for another auction.
        """
        del now
        award = states.of(Award, self.award_id)
        refusal = _unless_second(actor, award, states, *_chose_or_dropped(award))
        if refusal := refusal or _unless_open(self.award_id, award, states):
            return refusal
        lapsed = AwardLapsed(reason=self.reason, lapsed_by=actor.id)
        return [(self.award_id, lapsed), *_released(self.award_id, award, "lapsed", states)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideAward(Command):
    """Record that a court set the award aside."""

    award_id: AwardId
    court_ref: Code
    order_ref: Code

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award, its procurement and auction, and the needs that this reserves."""
        return _with_needs(self.award_id, states)

    def claims(self) -> tuple[str, ...]:
        """Return the award's contract, after which an award stands."""
        return (contract_key(self.award_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Set an award aside (Procurement Act 2023, section 102: before a contract).

        - An approver of the authority records it, who did not recommend the award.
        - Whoever does has no live conflict of interest (invariant 20).
        - The award has not ended, nor led to a contract.
        - The court's proceedings are on record.
        - Lot and needs are free for another auction.
        """
        del now
        award = states.of(Award, self.award_id)
        refusal = _unless_second(actor, award, states)
        if refusal := refusal or _unless_open(self.award_id, award, states):
            return refusal
        if self.court_ref not in award.proceedings:
            return PROCEEDINGS_UNKNOWN.refuse(court_ref=self.court_ref)
        set_aside = AwardSetAside(
            court_ref=self.court_ref, order_ref=self.order_ref, recorded_by=actor.id
        )
        released = _released(self.award_id, award, "set-aside", states)
        return [(self.award_id, set_aside), *released]


def _with_needs(award_id: str, states: States) -> tuple[str, ...]:
    if award_id not in states:
        return (award_id,)
    award = states.of(Award, award_id)
    auction_id = award.auction_id
    named = (award_id, award.procurement_id, auction_id)
    if auction_id not in states:
        return named
    return (*named, *states.of(Auction, auction_id).reserved_needs)


def _unless_second(actor: Actor, award: Award, states: States, *others: str) -> Refusal | None:
    procurement = states.of(Procurement, award.procurement_id)
    return (
        unless_authority(actor, award.authority_id, "authority.approver")
        or _unless_other(actor, award, *others)
        or unless_conflicted(procurement, actor)
    )


def _unless_other(actor: Actor, award: Award, *others: str) -> Refusal | None:
    """Refuse who recommended the award, and these others."""
    recommended_by = (award.recommended.recommended_by,) if award.recommended else ()
    if actor.id in (*recommended_by, *others):
        return SAME_PERSON.refuse(person=actor.id)
    return None


def _chose_or_dropped(award: Award) -> tuple[str, ...]:
    approved_by = (award.approved.approved_by,) if award.approved else ()
    return (*approved_by, *award.dropped_by)


def _unless_open(award_id: str, award: Award, states: States) -> Refusal | None:
    if award.phase in ENDED:
        return WRONG_STATE.refuse(state=award.phase, expected="in force")
    contract = states.holder(contract_key(award_id))
    if contract is not None:
        return AWARD_LED_TO_CONTRACT.refuse(contract=contract)
    return None


def _released(
    award_id: str, award: Award, outcome: Literal["lapsed", "set-aside"], states: States
) -> list[tuple[str, Event]]:
    released = LotReleased(
        award_id=award_id,
        outcome=outcome,
        procurement_id=award.procurement_id,
        lot=award.lot,
    )
    free = NeedReleased(auction_id=award.auction_id)
    needs = states.of(Auction, award.auction_id).reserved_needs
    return [(award.auction_id, released), *((need_id, free) for need_id in needs)]


COMMANDS: tuple[type[Command], ...] = (WithdrawTender, LapseAward, SetAsideAward)
