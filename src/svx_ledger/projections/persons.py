"""Who may act for whom, and who has an interest where: known to a few (`visibility`)."""

from datetime import date, datetime
from typing import NamedTuple

from svx_ledger.domain.access import AccessGranted, AccessRevoked
from svx_ledger.domain.procurement import ConflictsReviewed, InterestDeclared
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class AccessRow(NamedTuple):
    """A person may act for an organisation in a role, until a day or until it was revoked."""

    access_id: str
    person_id: str
    organisation_id: str
    role: str
    until: date | None
    granted_by: str
    granted_at: datetime
    position: int
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    reason: str | None = None


class InterestRow(NamedTuple):
    """A person has an interest in an organisation; until a review judged it, a live conflict.

    `outcome` is what the last review made of it.
    """

    procurement_id: str
    interest_no: int
    person_id: str
    organisation_id: str
    nature: str
    declared_by: str
    declared_at: datetime
    position: int
    outcome: str | None = None
    measure: str | None = None
    reviewed_at: datetime | None = None


ACCESS = Table("access", AccessRow, found_by=("organisation_id", "person_id"))
INTEREST = Table(
    "declared_interests", InterestRow, key=2, found_by=("person_id", "organisation_id")
)
PERSONS = Projection("persons", ACCESS, INTEREST)
project = PERSONS.project


@PERSONS.on(AccessGranted)
def _granted(at: Envelope, event: AccessGranted) -> Changes:
    row = AccessRow(
        access_id=at.stream,
        person_id=event.person_id,
        organisation_id=event.organisation_id,
        role=event.role,
        until=event.until,
        granted_by=event.granted_by,
        granted_at=at.recorded_at,
        position=at.position,
    )
    yield ACCESS.put(row)


@PERSONS.on(AccessRevoked)
def _revoked(at: Envelope, event: AccessRevoked) -> Changes:
    by, why = event.revoked_by, event.reason
    yield ACCESS.patch(at.stream, revoked_at=at.recorded_at, revoked_by=by, reason=why)


@PERSONS.on(InterestDeclared)
def _declared(at: Envelope, event: InterestDeclared) -> Changes:
    row = InterestRow(
        procurement_id=at.stream,
        interest_no=event.interest_no,
        person_id=event.person_id,
        organisation_id=event.organisation_id,
        nature=event.nature,
        declared_by=event.declared_by,
        declared_at=at.recorded_at,
        position=at.position,
    )
    yield INTEREST.put(row)


@PERSONS.on(ConflictsReviewed)
def _reviewed(at: Envelope, event: ConflictsReviewed) -> Changes:
    for found in event.findings:
        yield INTEREST.patch(
            *(at.stream, found.interest_no),
            outcome=found.outcome,
            measure=found.measure,
            reviewed_at=at.recorded_at,
        )
