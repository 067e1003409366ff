"""What was corrected, what it said before, and who asked and agreed."""

from datetime import datetime
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.projections.corrections import CORRECTION, CorrectionRequestRow
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility.about import About
from svx_ledger.projections.visibility.rules import CORRECTION as CORRECTION_RULE

from .asking import positions


class Correction(NamedTuple):
    """What a record said and says, why, who asked and who agreed; None where nobody has yet."""

    target_id: str
    field: str
    old: str
    new: str
    reason: str
    organisation_id: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    correction_id: str
    positions: tuple[int, ...]


def corrections(
    view: View, viewer: Actor | None = None, *, record: str | None = None
) -> tuple[Correction, ...]:
    """Return what was corrected, and what is asked to be, in the order of the log.

    Until a second person agrees, its organisation and auditors see a request.
    """
    kept = (
        row
        for row in view.rows.all(CORRECTION)
        if record in (None, row.target_id) and _shown(view.rows, row, viewer)
    )
    found = [_correction(row) for row in kept]
    return tuple(sorted(found, key=lambda row: row.positions[0]))


def _shown(rows: Rows, row: CorrectionRequestRow, viewer: Actor | None) -> bool:
    about = About(rows, row.correction_id, None, row.position)
    return CORRECTION_RULE.allows(about, viewer)


def _correction(row: CorrectionRequestRow) -> Correction:
    return Correction(
        target_id=row.target_id,
        field=row.field,
        old=row.old,
        new=row.new,
        reason=row.reason,
        organisation_id=row.organisation_id,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        correction_id=row.correction_id,
        positions=positions(row.position, row.approved_position),
    )
