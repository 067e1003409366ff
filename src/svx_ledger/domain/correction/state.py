"""What happens to a correction, and the correction as the rules see it."""

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from svx_ledger.domain.corrected import FieldName, Stated
from svx_ledger.domain.form import OrganisationId, PersonId, Reason, StreamName
from svx_ledger.domain.kind import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRequested(Event):
    """One person of the organisation whose record it is said what is wrong; nothing changes.

    `old` is what the record said then, `new` what it is to say.
    """

    target_id: StreamName  # of any kind: what can be corrected is a rule, not a form
    field: FieldName
    old: Stated
    new: Stated
    reason: Reason
    organisation_id: OrganisationId
    requested_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionApproved(Event):
    """A second person of that organisation agreed: the record is corrected."""

    approved_by: PersonId


CorrectionEvent = CorrectionRequested | CorrectionApproved


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction as the rules see it."""

    request: CorrectionRequested
    phase: Literal["requested", "approved"] = "requested"


def evolve(correction: Correction | None, event: CorrectionEvent) -> Correction:
    """Fold one more fact into the correction."""
    match event:
        case CorrectionRequested():
            return Correction(request=event)
        case CorrectionApproved():
            assert correction is not None
            return replace(correction, phase="approved")
        case _:
            assert_never(event)


EVENTS: tuple[type[CorrectionEvent], ...] = (CorrectionRequested, CorrectionApproved)
