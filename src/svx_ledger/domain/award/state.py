"""The award of a lot as the rules see it, and how each event changes it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, assert_never

from svx_ledger.domain.assessment import AssessedTender

from .events import (
    AssessmentRanked,
    AssessmentSummariesSent,
    AwardApproved,
    AwardedLine,
    AwardEvent,
    AwardRecommended,
    StandstillStarted,
)

Phase = Literal["assessed", "recommended", "approved", "summaries-sent", "standstill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """One award; what is None has not happened yet. `last_day` is that of the standstill."""

    auction_id: str
    procurement_id: str
    lot: str
    authority_id: str
    ranking: tuple[AssessedTender, ...]
    phase: Phase = "assessed"
    recommended: AwardRecommended | None = None
    approved: AwardApproved | None = None
    sent_on: date | None = None
    last_day: date | None = None

    @property
    def lines(self) -> tuple[AwardedLine, ...]:
        """What the approved bid pledges; nothing before the approval."""
        return self.approved.lines if self.approved else ()


def evolve(award: Award | None, event: AwardEvent) -> Award:
    """Fold one more fact into the award."""
    if isinstance(event, AssessmentRanked):
        return Award(
            auction_id=event.auction_id,
            procurement_id=event.procurement_id,
            lot=event.lot,
            authority_id=event.authority_id,
            ranking=event.ranking,
        )
    assert award is not None
    match event:
        case AwardRecommended():
            return replace(award, phase="recommended", recommended=event)
        case AwardApproved():
            return replace(award, phase="approved", approved=event)
        case AssessmentSummariesSent(sent_on=sent_on):
            return replace(award, phase="summaries-sent", sent_on=sent_on)
        case StandstillStarted(last_day=last_day):
            return replace(award, phase="standstill", last_day=last_day)
        case _:
            assert_never(event)
