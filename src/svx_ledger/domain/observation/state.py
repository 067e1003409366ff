"""An observed procurement as the rules see it, and how each event changes it."""

from dataclasses import dataclass, replace
from typing import assert_never

from .events import (
    NoticeRecorded,
    ObservationEvent,
    ProcurementObserved,
    PublishedAwardRecorded,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedProcurement:
    """A procurement elsewhere: its OCID, and what was recorded of it already.

    A release is known by its digest; a statement of an award by the award's id and the
    digest of the release that makes it.
    """

    ocid: str
    notices: frozenset[str] = frozenset()
    awards: frozenset[tuple[str, str]] = frozenset()


def evolve(
    observed: ObservedProcurement | None, event: ObservationEvent
) -> ObservedProcurement:
    """Fold one more observation in."""
    if isinstance(event, ProcurementObserved):
        return ObservedProcurement(ocid=event.ocid)
    assert observed is not None
    match event:
        case NoticeRecorded(source=source):
            return replace(observed, notices=observed.notices | {source.release_sha256})
        case PublishedAwardRecorded(award_id=award, source=source):
            return replace(observed, awards=observed.awards | {(award, source.release_sha256)})
        case _:
            assert_never(event)
