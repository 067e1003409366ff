"""Corrections: what was said to be wrong in a record, and what it was corrected to.

A request is its organisation's until a second person agrees (`visibility`); what was corrected
stands on the record's own stream, with the old value beside the new one.
"""

from datetime import datetime
from typing import NamedTuple

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.correction import CorrectionApproved, CorrectionRequested
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class CorrectedRow(NamedTuple):
    """A field of a record said `old` until here, and says `new` from here on."""

    stream: str
    position: int
    field: str
    old: str
    new: str
    reason: str
    correction_id: str
    approved_by: str
    corrected_at: datetime


class CorrectionRequestRow(NamedTuple):
    """Somebody of an organisation said that its record is wrong; who agreed, once somebody did.

    Hidden until then, but from that organisation and auditors.
    """

    correction_id: str
    target_id: str
    field: str
    old: str
    new: str
    reason: str
    organisation_id: str
    requested_by: str
    requested_at: datetime
    position: int
    approved_by: str | None = None
    approved_at: datetime | None = None
    approved_position: int | None = None


CORRECTED = Table("corrected_records", CorrectedRow, key=2)
CORRECTION = Table("correction_requests", CorrectionRequestRow)
CORRECTIONS = Projection("corrections", CORRECTED, CORRECTION)
project = CORRECTIONS.project


@CORRECTIONS.on(RecordCorrected)
def _corrected(at: Envelope, event: RecordCorrected) -> Changes:
    row = CorrectedRow(
        stream=at.stream,
        position=at.position,
        field=event.field,
        old=event.old,
        new=event.new,
        reason=event.reason,
        correction_id=event.correction_id,
        approved_by=at.actor.id,
        corrected_at=at.recorded_at,
    )
    yield CORRECTED.put(row)


@CORRECTIONS.on(CorrectionRequested)
def _requested(at: Envelope, event: CorrectionRequested) -> Changes:
    row = CorrectionRequestRow(
        correction_id=at.stream,
        target_id=event.target_id,
        field=event.field,
        old=event.old,
        new=event.new,
        reason=event.reason,
        organisation_id=event.organisation_id,
        requested_by=event.requested_by,
        requested_at=at.recorded_at,
        position=at.position,
    )
    yield CORRECTION.put(row)


@CORRECTIONS.on(CorrectionApproved)
def _approved(at: Envelope, event: CorrectionApproved) -> Changes:
    yield CORRECTION.patch(
        at.stream,
        approved_by=event.approved_by,
        approved_at=at.recorded_at,
        approved_position=at.position,
    )
