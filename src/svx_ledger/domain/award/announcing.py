"""Announcing the winner: each bidder is told first, then the notice starts the standstill."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import AwardId, Code, Name, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.procurement.events import Regime
from svx_ledger.domain.procurement.notices import unless_published_by_now
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Refusal, Rule
from svx_ledger.domain.standstill import (
    STATUTES,
    StandstillKind,
    calendar_standstill,
    fault_in_standstill,
    no_standstill,
    standstill,
)
from svx_ledger.domain.uk_calendar import DAY, certain_holidays, uk_date

from .events import AssessmentSummariesSent, CalendarDays, Days, StandstillStarted, Suppliers
from .state import Award

CALENDAR_WINDOW: Final = 60 * DAY

SUMMARY_FOR_EACH = Rule(
    "summary-for-each",
    "Every assessed supplier is sent an assessment summary, and nobody else is.",
    "Name each supplier of the assessment once.",
)
NOTICE_BEFORE_SUMMARIES = Rule(
    "notice-before-summaries",
    "The award is announced after the assessment summaries were sent, or on the same day.",
    "Publish the notice again, and give the day on which that was.",
)
CALENDAR_DISORDERED = Rule(
    "calendar-disordered",
    "Bank holidays are stated once each, in order, from publication to 60 days from today.",
    "Cut the calendar to those days and sort it.",
)
BANK_HOLIDAY_MISSING = Rule(
    "bank-holiday-missing",
    "Bank holidays of every year are among those stated.",
    "Take the days from the current bank-holidays.json of gov.uk.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAssessmentSummaries(Command):
    """Record that each bidder was told how its tender and the winner's were assessed."""

    award_id: AwardId
    recipients: Suppliers

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award."""
        del states
        return (self.award_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Send the assessment summaries (Procurement Act 2023, section 50).

        - The authority sends them.
        - They are sent once, after the award was approved.
        - Every assessed supplier is sent one, and nobody else.
        """
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id):
            return refusal
        if award.phase != "approved":
            return WRONG_STATE.refuse(state=award.phase, expected="approved")
        if sorted(self.recipients) != sorted(tender.supplier_id for tender in award.ranking):
            return SUMMARY_FOR_EACH.refuse(
                assessed=len(award.ranking), recipients=len(self.recipients)
            )
        sent = AssessmentSummariesSent(recipients=self.recipients, sent_on=uk_date(now))
        return [(self.award_id, sent)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishAwardNotice(Command):
    """Record that the award notice (UK6) is public, with the bank holidays that follow it.

    The standstill is counted from the day on which this is put on record, not from an earlier
    `published_on`, for which the ledger has nobody's word but the authority's: later is safe.

    Where the law asks for no standstill, `kind` says that one is kept all the same, for so many
    `days`, or none. What allows that is the `ground`, such as section 51(3) of the Act for a
    call-off from a framework; whether it does, the ledger cannot tell.
    """

    award_id: AwardId
    reference: Code
    published_on: date
    calendar: Name
    calendar_version: Name
    non_working_days: CalendarDays
    kind: StandstillKind = "mandatory"
    days: Days | None = None
    ground: Reason | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award, and its procurement."""
        if self.award_id not in states:
            return (self.award_id,)
        return (self.award_id, states.of(Award, self.award_id).procurement_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Publish the award notice, which starts the standstill (Act, sections 50 and 51).

        - The authority publishes it.
        - Without a standstill an approver publishes it, who did not recommend the award.
        - The standstill is one that the procurement's regime knows (`fault_in_standstill`).
        - It is published once, after the summaries were sent.
        - It is dated on the day of the summaries or later.
        - It is not dated in the future.
        - Bank holidays are in order, once each, within 60 days from today.
        - Those of every year are not left out of the days that are counted.
        """
        award = states.of(Award, self.award_id)
        if refusal := self._unless_theirs(actor, award):
            return refusal
        regime = states.of(Procurement, award.procurement_id).regime
        if refusal := fault_in_standstill(regime, self.kind, self.days, self.ground):
            return refusal
        if award.phase != "summaries-sent" or award.sent_on is None:
            return WRONG_STATE.refuse(state=award.phase, expected="summaries-sent")
        today = uk_date(now)
        refusal = self._unless_after(award.sent_on) or unless_published_by_now(
            self.published_on, now
        )
        if refusal := refusal or self._unless_ordered(today):
            return refusal
        started = self._started(regime, today)
        for day in certain_holidays(today, started.last_day):
            if day not in self.non_working_days:
                return BANK_HOLIDAY_MISSING.refuse(day=day.isoformat())
        return [(self.award_id, started)]

    def _started(self, regime: Regime, today: date) -> StandstillStarted:
        statute = STATUTES[regime]
        days = self.days or statute.days
        if self.kind == "none":
            days, span = 0, no_standstill(today)
        elif statute.calendar:
            span = calendar_standstill(today, self.non_working_days, days)
        else:
            span = standstill(today, self.non_working_days, days)
        in_calendar_days = statute.calendar and self.kind != "none"
        return StandstillStarted(
            reference=self.reference,
            published_on=self.published_on,
            calendar=self.calendar,
            calendar_version=self.calendar_version,
            non_working_days=self.non_working_days,
            kind=self.kind,
            working_days=0 if in_calendar_days else days,
            first_day=span.first_day,
            last_day=span.last_day,
            days=self.days,
            ground=self.ground,
            calendar_days=days if in_calendar_days else None,
        )

    def _unless_theirs(self, actor: Actor, award: Award) -> Refusal | None:
        if self.kind != "none":
            return unless_authority(actor, award.authority_id)
        if refusal := unless_authority(actor, award.authority_id, "authority.approver"):
            return refusal
        if award.recommended is not None and award.recommended.recommended_by == actor.id:
            return SAME_PERSON.refuse(person=actor.id)
        return None

    def _unless_after(self, sent_on: date) -> Refusal | None:
        if self.published_on < sent_on:
            return NOTICE_BEFORE_SUMMARIES.refuse(
                published_on=self.published_on.isoformat(), sent_on=sent_on.isoformat()
            )
        return None

    def _unless_ordered(self, today: date) -> Refusal | None:
        published_on, days = self.published_on, self.non_working_days
        within = all(published_on <= day <= today + CALENDAR_WINDOW for day in days)
        if not within or days != tuple(sorted(set(days))):
            return CALENDAR_DISORDERED.refuse(
                published_on=published_on.isoformat(), today=today.isoformat()
            )
        return None


COMMANDS: tuple[type[Command], ...] = (SendAssessmentSummaries, PublishAwardNotice)
