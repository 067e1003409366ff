"""Announcing the winner: each bidder is told first, then the notice starts the standstill."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import AwardId, Code, Name
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import NOTICE_IN_THE_FUTURE
from svx_ledger.domain.rule import WRONG_STATE, Rule
from svx_ledger.domain.standstill import MANDATORY_WORKING_DAYS, standstill
from svx_ledger.domain.uk_calendar import DAY, uk_date

from .events import AssessmentSummariesSent, CalendarDays, StandstillStarted, Suppliers
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
    "Bank holidays are stated once each, in order, for the 60 days from publication.",
    "Cut the calendar to those days and sort it.",
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
    """Record that the award notice (UK6) is public, with the bank holidays that follow it."""

    award_id: AwardId
    reference: Code
    published_on: date
    calendar: Name
    calendar_version: Name
    non_working_days: CalendarDays

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award."""
        del states
        return (self.award_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Publish the award notice, which starts the standstill (Act, sections 50 and 51).

        - The authority publishes it.
        - It is published once, after the summaries were sent.
        - It is dated on the day of the summaries or later.
        - It is not dated in the future.
        - Bank holidays are in order, once each, within the 60 days from publication.
        """
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id):
            return refusal
        if award.phase != "summaries-sent" or award.sent_on is None:
            return WRONG_STATE.refuse(state=award.phase, expected="summaries-sent")
        today = uk_date(now)
        if self.published_on < award.sent_on:
            return NOTICE_BEFORE_SUMMARIES.refuse(
                published_on=self.published_on.isoformat(), sent_on=award.sent_on.isoformat()
            )
        if self.published_on > today:
            return NOTICE_IN_THE_FUTURE.refuse(
                published_on=self.published_on.isoformat(), today=today.isoformat()
            )
        if not _is_in_order(self.non_working_days, self.published_on):
            return CALENDAR_DISORDERED.refuse(published_on=self.published_on.isoformat())
        first_day, last_day = standstill(self.published_on, self.non_working_days)
        started = StandstillStarted(
            reference=self.reference,
            published_on=self.published_on,
            calendar=self.calendar,
            calendar_version=self.calendar_version,
            non_working_days=self.non_working_days,
            kind="mandatory",
            working_days=MANDATORY_WORKING_DAYS,
            first_day=first_day,
            last_day=last_day,
        )
        return [(self.award_id, started)]


def _is_in_order(days: tuple[date, ...], published_on: date) -> bool:
    within = all(published_on <= day <= published_on + CALENDAR_WINDOW for day in days)
    return within and days == tuple(sorted(set(days)))


COMMANDS: tuple[type[Command], ...] = (SendAssessmentSummaries, PublishAwardNotice)
