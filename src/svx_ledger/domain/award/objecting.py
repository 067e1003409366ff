"""Objections to an award: what suppliers say about it, and what is brought before a court."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.contract.events import contract_key
from svx_ledger.domain.form import AwardId, Code, OrganisationId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.private import Private
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.procurement.events import Regime
from svx_ledger.domain.rule import PERIOD_BACKWARDS, Refusal, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .events import ProceedingsNotified, RepresentationRecorded, SuspensionLifted
from .state import Award

Suspension = Literal["in-standstill", "before-entry", "never"]
SUSPENSIONS: Final[Mapping[Regime, Suspension]] = {
    "pa2023": "in-standstill",
    "light_touch": "in-standstill",
    "pcr2015": "before-entry",
    "scotland": "before-entry",
    "below_threshold": "never",
    "other": "before-entry",
}
"""When proceedings suspend an award by law. Procurement Act 2023, section 101: commenced and
notified during the standstill, also a voluntary one. Public Contracts Regulations 2015,
regulation 95, and Public Contracts (Scotland) Regulations 2015, regulation 89: any time before
the contract, and so it is taken to be under a regime that is not known here. Below the
thresholds only a court's order does."""

NOT_ASSESSED = Rule(
    "not-assessed",
    "What concerns a tender names a supplier whose tender was assessed.",
    "Name one of the suppliers of the assessment.",
)
RECEIVED_IN_THE_FUTURE = Rule(
    "received-in-the-future",
    "What was received, notified or ordered is recorded on that day or later.",
    "Give the day on which it was.",
)
PROCEEDINGS_TWICE = Rule(
    "proceedings-twice",
    "Proceedings are recorded once, under the court's reference.",
    "Go on with those that are on record.",
    "conflict",
)
NOT_SUSPENDED = Rule(
    "not-suspended",
    "What is lifted is a suspension by proceedings that are on record.",
    "Name the court's reference of proceedings that suspend the award.",
    "conflict",
)


def unless_by_now(day: date, now: datetime) -> Refusal | None:
    """Refuse a day after today in the United Kingdom."""
    today = uk_date(now)
    if day > today:
        return RECEIVED_IN_THE_FUTURE.refuse(day=day.isoformat(), today=today.isoformat())
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRepresentation(Command):
    """Record that a supplier objected; `subject` is a code, `content` is private."""

    award_id: AwardId
    supplier_id: OrganisationId
    received_on: date
    subject: Code
    content: Private | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award."""
        del states
        return (self.award_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record a representation, in whatever state the award is.

        - The authority records it.
        - The supplier's tender was assessed, if only at first.
        - It was received today or earlier.
        """
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id):
            return refusal
        if self.supplier_id not in award.suppliers:
            return NOT_ASSESSED.refuse(supplier=self.supplier_id)
        if refusal := unless_by_now(self.received_on, now):
            return refusal
        recorded = RepresentationRecorded(
            supplier_id=self.supplier_id,
            received_on=self.received_on,
            subject=self.subject,
            recorded_by=actor.id,
            content=self.content,
        )
        return [(self.award_id, recorded)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordProceedings(Command):
    """Record that the authority was told of a claim, and on which day (UK)."""

    award_id: AwardId
    court_ref: Code
    commenced_on: date
    notified_on: date

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award, and its procurement."""
        if self.award_id not in states:
            return (self.award_id,)
        return (self.award_id, states.of(Award, self.award_id).procurement_id)

    def claims(self) -> tuple[str, ...]:
        """Return the award's contract, which ends what a claim can suspend."""
        return (contract_key(self.award_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record proceedings, in whatever state the award is.

        - The authority records them.
        - They are recorded once.
        - The authority was told of them on the day of their commencement or later.
        - That was today or earlier.
        - They suspend the award where the regime's test is met (`SUSPENSIONS`).
        """
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id):
            return refusal
        if self.court_ref in award.proceedings:
            return PROCEEDINGS_TWICE.refuse(court_ref=self.court_ref)
        if self.notified_on < self.commenced_on:
            return PERIOD_BACKWARDS.refuse(
                commenced_on=self.commenced_on.isoformat(),
                notified_on=self.notified_on.isoformat(),
            )
        if refusal := unless_by_now(self.notified_on, now):
            return refusal
        regime = states.of(Procurement, award.procurement_id).regime
        entered = states.holder(contract_key(self.award_id)) is not None
        notified = ProceedingsNotified(
            court_ref=self.court_ref,
            commenced_on=self.commenced_on,
            notified_on=self.notified_on,
            suspends=self._suspends(SUSPENSIONS[regime], award, entered=entered),
            recorded_by=actor.id,
        )
        return [(self.award_id, notified)]

    def _suspends(self, suspension: Suspension, award: Award, *, entered: bool) -> bool:
        if suspension == "never" or entered:
            return False
        if suspension == "before-entry":
            return True
        first, last = award.announced_on, award.last_day
        if first is None or last is None:
            return False
        return first <= self.commenced_on and self.notified_on <= last


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftSuspension(Command):
    """Record the court's order, or the end of proceedings, that lifts their suspension."""

    award_id: AwardId
    court_ref: Code
    order_ref: Code
    lifted_on: date

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award."""
        del states
        return (self.award_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Lift a suspension.

        - The authority records it.
        - These proceedings suspend the award.
        - It was lifted on the day on which the authority was told of them, or later.
        - That was today or earlier.
        """
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id):
            return refusal
        if self.court_ref not in award.suspending:
            return NOT_SUSPENDED.refuse(court_ref=self.court_ref)
        notified_on = award.proceedings[self.court_ref]
        if self.lifted_on < notified_on:
            return PERIOD_BACKWARDS.refuse(
                notified_on=notified_on.isoformat(), lifted_on=self.lifted_on.isoformat()
            )
        if refusal := unless_by_now(self.lifted_on, now):
            return refusal
        lifted = SuspensionLifted(
            court_ref=self.court_ref,
            order_ref=self.order_ref,
            lifted_on=self.lifted_on,
            recorded_by=actor.id,
        )
        return [(self.award_id, lifted)]


COMMANDS: tuple[type[Command], ...] = (
    RecordRepresentation,
    RecordProceedings,
    LiftSuspension,
)
