"""A correction as the corrected record's own stream tells of it.

Nothing is overwritten: the first statement stays, and this one says what holds from now on.
The field, and who may ask for what, is told in `correction`.
"""

from dataclasses import dataclass
from typing import Annotated

from .form import CorrectionId, Length, Matching, Reason
from .kind import Event

FieldName = Annotated[
    str, Matching(r"[a-z][a-z_]{0,39}", "the name of a field, such as needed_by")
]
Stated = Annotated[str, Length(1, 2000)]
"""A value as text: dates as 2026-03-02, pence in digits, quantities as plain decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCorrected(Event):
    """A field of this record was wrong: two people replaced what it said."""

    correction_id: CorrectionId
    field: FieldName
    old: Stated
    new: Stated
    reason: Reason
