"""A procurement as the rules see it, and how each event changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, assert_never

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.kind import changed
from svx_ledger.domain.private import SubjectErased, keeping

from .events import (
    ConflictsReviewed,
    InterestDeclared,
    Lot,
    Nation,
    NoticePublished,
    Policy,
    ProcurementCompleted,
    ProcurementEvent,
    ProcurementRegistered,
    ProcurementTerminated,
    Regime,
    TenderNoticePublished,
)

Phase = Literal["registered", "published", "completed", "terminated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procurement:
    """A procurement; `weight` is the points that social value has.

    Conflicted are those whom the latest review found so, and each person about whom an
    interest was declared since. `reviewed_for` holds the occasions of the reviews since the
    last declaration: empty where what was declared is still to be judged; so many interests
    as `judged`, the first ones, were there at the latest review. `ended_on` is the UK
    date of its end, where that is stated. `private` are the commitments of its private texts,
    but for those that were erased.
    """

    ocid: str
    title: str
    authority_id: str
    acts_for: tuple[str, ...]
    lots: Mapping[str, Lot]
    regime: Regime
    nation: Nation
    policy: Policy
    weight: Decimal
    phase: Phase = "registered"
    interests: tuple[InterestDeclared, ...] = ()
    conflicted_persons: frozenset[str] = frozenset()
    conflicted_suppliers: frozenset[str] = frozenset()
    reviewed_for: frozenset[str] = frozenset()
    judged: int = 0
    ended_on: date | None = None
    private: frozenset[str] = frozenset()


def evolve(procurement: Procurement | None, event: ProcurementEvent) -> Procurement:
    """Fold one more fact into the procurement."""
    if isinstance(event, ProcurementRegistered):
        return Procurement(
            ocid=event.ocid,
            title=event.title,
            authority_id=event.authority_id,
            acts_for=event.acts_for,
            lots={lot.lot: lot for lot in event.lots},
            regime=event.regime,
            nation=event.nation,
            policy=event.policy,
            weight=event.social_value_weight,
        )
    assert procurement is not None
    match event:
        case InterestDeclared(person_id=person):
            return changed(
                procurement,
                interests=(*procurement.interests, event),
                conflicted_persons=procurement.conflicted_persons | {person},
                reviewed_for=frozenset(),
                private=keeping(procurement.private, event.details),
            )
        case ConflictsReviewed():
            return _reviewed(procurement, event)
        case TenderNoticePublished():
            return changed(procurement, phase="published")
        case NoticePublished():
            return procurement
        case ProcurementCompleted(completed_on=ended_on):
            return changed(procurement, phase="completed", ended_on=ended_on)
        case ProcurementTerminated(terminated_on=ended_on):
            return changed(procurement, phase="terminated", ended_on=ended_on)
        case RecordCorrected(new=title):  # the one field that can be corrected
            return changed(procurement, title=title)
        case SubjectErased():
            return changed(procurement, private=procurement.private - {*event.commitments})
        case _:
            assert_never(event)


def _reviewed(procurement: Procurement, event: ConflictsReviewed) -> Procurement:
    live = {finding.interest_no for finding in event.findings if finding.outcome == "live"}
    return changed(
        procurement,
        conflicted_persons=frozenset(
            interest.person_id
            for interest in procurement.interests
            if interest.interest_no in live
        ),
        conflicted_suppliers=frozenset(
            found.supplier_id for found in event.suppliers if found.outcome == "live"
        ),
        reviewed_for=procurement.reviewed_for | {event.occasion},
        judged=len(procurement.interests),
    )
