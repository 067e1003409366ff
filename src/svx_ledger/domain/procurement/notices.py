"""Notices: what the authority has published about a procurement, and where to find it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.conflict import unless_reviewed
from svx_ledger.domain.form import Code, ProcurementId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .events import NoticePublished, OtherNotice, TenderNoticePublished
from .state import Procurement

NOTICE_IN_THE_FUTURE = Rule(
    "notice-in-the-future",
    "A notice is recorded once it is published.",
    "Record it on the day of publication or later.",
)
NOT_A_LOT = Rule(
    "not-a-lot",
    "What is said of a lot is said of one that the procurement has.",
    "Name one of the lots that were registered, or none.",
)


def unless_published_by_now(published_on: date, now: datetime) -> Refusal | None:
    """Refuse a notice that is dated after today in the United Kingdom."""
    today = uk_date(now)
    if published_on > today:
        return NOTICE_IN_THE_FUTURE.refuse(
            published_on=published_on.isoformat(), today=today.isoformat()
        )
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTenderNotice(Command):
    """Record that the tender notice is public, and where to find it."""

    procurement_id: ProcurementId
    notice: Literal["UK4"]
    reference: Code
    published_on: date

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement."""
        del states
        return (self.procurement_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Publish the tender notice.

        - The procurement's authority publishes it.
        - It is dated today (in the United Kingdom) or earlier.
        - It is published once.
        - Conflicts of interest were reviewed since the last declaration (section 83).
        """
        procurement = states.of(Procurement, self.procurement_id)
        if refusal := unless_authority(actor, procurement.authority_id):
            return refusal
        if refusal := unless_published_by_now(self.published_on, now):
            return refusal
        if procurement.phase != "registered":
            return WRONG_STATE.refuse(state=procurement.phase, expected="registered")
        if refusal := unless_reviewed(procurement):
            return refusal
        published = TenderNoticePublished(
            notice=self.notice, reference=self.reference, published_on=self.published_on
        )
        return [(self.procurement_id, published)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishNotice(Command):
    """Record that another notice is public: of the procurement, or of one lot."""

    procurement_id: ProcurementId
    notice: OtherNotice
    reference: Code
    published_on: date
    lot: Code | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement."""
        del states
        return (self.procurement_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Publish another notice.

        - The procurement's authority publishes it.
        - It is dated today (in the United Kingdom) or earlier.
        - A lot that is named is one of the procurement's.
        """
        procurement = states.of(Procurement, self.procurement_id)
        if refusal := unless_authority(actor, procurement.authority_id):
            return refusal
        if refusal := unless_published_by_now(self.published_on, now):
            return refusal
        if self.lot is not None and self.lot not in procurement.lots:
            return NOT_A_LOT.refuse(lot=self.lot)
        published = NoticePublished(
            notice=self.notice,
            reference=self.reference,
            published_on=self.published_on,
            lot=self.lot,
        )
        return [(self.procurement_id, published)]


COMMANDS: tuple[type[Command], ...] = (PublishTenderNotice, PublishNotice)
