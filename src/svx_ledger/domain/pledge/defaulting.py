"""Defaults and their remedies: what was due was not delivered, and by when it now will be."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import PledgeId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.rule import WRONG_STATE, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .outcomes import PledgeDefaulted, RemedyAgreed
from .state import Pledge

MANAGING: Final = ("authority.contract_manager", "authority.buyer")
"""Who manages a contract, and what is owed under it, for the authority."""

NOT_DUE = Rule(
    "not-due",
    "A pledge is in default from the day after it was due.",
    "Wait until the day on which it is due has passed.",
)
DEFAULT_IN_THE_FUTURE = Rule(
    "default-in-the-future",
    "A default is found as of today or earlier.",
    "Record it on that day or later.",
)
NOTHING_OPEN = Rule(
    "nothing-open",
    "Only what is open of a pledge can be in default, released or written off.",
    "Read what is owed, confirmed and claimed; there is nothing to do.",
    "conflict",
)
REMEDY_IN_THE_PAST = Rule(
    "remedy-in-the-past",
    "A remedy still lies ahead: it is due today or later.",
    "Give the day by which the default is made good.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDefault(Command):
    """Record that what was due was not delivered, as of a day."""

    pledge_id: PledgeId
    reason: Reason
    as_of: date

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge."""
        del states
        return (self.pledge_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record a default.

        - A contract manager or buyer of the authority records it.
        - The pledge was neither released nor written off, and is not in default already.
        - The day on which it was due, or on which its remedy was, has passed by then.
        - It is found as of today (in the United Kingdom) or earlier.
        - Something that is owed was not confirmed: a claim alone does not cure a default.
        """
        pledge = states.of(Pledge, self.pledge_id)
        if refusal := unless_authority(actor, pledge.terms.authority_id, *MANAGING):
            return refusal
        if pledge.phase not in ("committed", "remedied"):
            return WRONG_STATE.refuse(state=pledge.phase, expected="committed or remedied")
        if self.as_of <= pledge.due_by:
            return NOT_DUE.refuse(
                as_of=self.as_of.isoformat(), due_by=pledge.due_by.isoformat()
            )
        today = uk_date(now)
        if self.as_of > today:
            return DEFAULT_IN_THE_FUTURE.refuse(
                as_of=self.as_of.isoformat(), today=today.isoformat()
            )
        if pledge.fulfilled:
            return NOTHING_OPEN.refuse(owed=pledge.quantity, confirmed=pledge.confirmed)
        worth_pence = pledge.value_pence(pledge.quantity)
        defaulted = PledgeDefaulted(
            reason=self.reason,
            as_of=self.as_of,
            due_by=pledge.due_by,
            quantity_open=pledge.quantity - pledge.confirmed,
            value_pence=worth_pence - pledge.value_pence(pledge.confirmed),
            recorded_by=actor.id,
        )
        return [(self.pledge_id, defaulted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRemedy(Command):
    """Record by when, and how, the supplier is to make a default good."""

    pledge_id: PledgeId
    due_by: date
    plan: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge."""
        del states
        return (self.pledge_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record a remedy.

        - A contract manager or buyer of the authority records it.
        - The pledge is in default.
        - The remedy is due today (in the United Kingdom) or later.
        """
        pledge = states.of(Pledge, self.pledge_id)
        if refusal := unless_authority(actor, pledge.terms.authority_id, *MANAGING):
            return refusal
        if pledge.phase != "defaulted":
            return WRONG_STATE.refuse(state=pledge.phase, expected="defaulted")
        today = uk_date(now)
        if self.due_by < today:
            return REMEDY_IN_THE_PAST.refuse(
                due_by=self.due_by.isoformat(), today=today.isoformat()
            )
        agreed = RemedyAgreed(
            due_by=self.due_by,
            plan=self.plan,
            due_by_was=pledge.due_by,
            recorded_by=actor.id,
        )
        return [(self.pledge_id, agreed)]


COMMANDS: tuple[type[Command], ...] = (RecordDefault, RecordRemedy)
