"""The award of a lot as the rules see it, and how each event changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, assert_never

from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.kind import changed
from svx_ledger.domain.private import SubjectErased, keeping

from .events import (
    AssessmentRanked,
    AssessmentSummariesSent,
    AwardApproved,
    AwardedLine,
    AwardEvent,
    AwardLapsed,
    AwardRecommended,
    AwardSetAside,
    ProceedingsNotified,
    RepresentationRecorded,
    StandstillStarted,
    SuspensionLifted,
    TenderWithdrawn,
)

Phase = Literal[
    "assessed",
    "recommended",
    "approved",
    "summaries-sent",
    "standstill",
    "lapsed",
    "set-aside",
]
ENDED: Final[frozenset[Phase]] = frozenset({"lapsed", "set-aside"})
"""The ends without a contract; nothing follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """One award; what is None has not happened, or is undone by a later ranking.

    `last_day` is that of the standstill that the notice of `announced_on` started. Under
    `suppliers` is everybody whom the first ranking assessed, under `withdrawn` who pulled out
    since, and under `dropped_by` the persons who put that on record. `proceedings` says on
    which day the authority was told of each; those in `suspending` keep the contract from
    being entered, in whatever phase. `private` are the commitments of its private texts, but
    for those that were erased.
    """

    auction_id: str
    procurement_id: str
    lot: str
    authority_id: str
    ranking: tuple[AssessedTender, ...]
    suppliers: frozenset[str]
    phase: Phase = "assessed"
    recommended: AwardRecommended | None = None
    approved: AwardApproved | None = None
    sent_on: date | None = None
    announced_on: date | None = None
    last_day: date | None = None
    withdrawn: frozenset[str] = frozenset()
    proceedings: Mapping[str, date] = field(default_factory=dict)
    suspending: frozenset[str] = frozenset()
    dropped_by: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()

    @property
    def lines(self) -> tuple[AwardedLine, ...]:
        """What the approved bid pledges; nothing before the approval."""
        return self.approved.lines if self.approved else ()

    @property
    def suspended(self) -> bool:
        """Whether proceedings keep the contract from being entered."""
        return bool(self.suspending)


def evolve(award: Award | None, event: AwardEvent) -> Award:
    """Fold one more fact into the award."""
    if isinstance(event, AssessmentRanked):
        return _ranked(award, event)
    assert award is not None
    match event:
        case AwardRecommended():
            return changed(award, phase="recommended", recommended=event)
        case AwardApproved():
            return changed(award, phase="approved", approved=event)
        case AssessmentSummariesSent(sent_on=sent_on):
            return changed(award, phase="summaries-sent", sent_on=sent_on)
        case StandstillStarted(published_on=published_on, last_day=last_day):
            return changed(
                award, phase="standstill", announced_on=published_on, last_day=last_day
            )
        case RepresentationRecorded():
            return changed(award, private=keeping(award.private, event.content))
        case ProceedingsNotified(court_ref=court_ref, notified_on=notified_on):
            known = {**award.proceedings, court_ref: notified_on}
            suspending = award.suspending | ({court_ref} if event.suspends else set())
            return changed(award, proceedings=known, suspending=suspending)
        case SuspensionLifted(court_ref=court_ref):
            return changed(award, suspending=award.suspending - {court_ref})
        case TenderWithdrawn(supplier_id=supplier, recorded_by=person):
            dropped_by = award.dropped_by | {person}
            return changed(award, withdrawn=award.withdrawn | {supplier}, dropped_by=dropped_by)
        case AwardLapsed():
            return changed(award, phase="lapsed")
        case AwardSetAside():
            return changed(award, phase="set-aside")
        case SubjectErased():
            return changed(award, private=award.private - {*event.commitments})
        case _:
            assert_never(event)


def _ranked(award: Award | None, event: AssessmentRanked) -> Award:
    """Begin an award, or begin it again without a tender: what followed is undone."""
    if award is None:
        return Award(
            auction_id=event.auction_id,
            procurement_id=event.procurement_id,
            lot=event.lot,
            authority_id=event.authority_id,
            ranking=event.ranking,
            suppliers=frozenset(tender.supplier_id for tender in event.ranking),
        )
    return changed(
        award,
        ranking=event.ranking,
        phase="assessed",
        recommended=None,
        approved=None,
        sent_on=None,
        announced_on=None,
        last_day=None,
    )
