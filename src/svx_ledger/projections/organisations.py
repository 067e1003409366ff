"""Organisations: who takes part, by name."""

from typing import NamedTuple

from svx_ledger.domain.organisation import OrganisationRegistered, OrganisationVerified
from svx_ledger.eventlog.record import Recorded

from .projection import Projection
from .table import Changes, Rows, Table, existing


class OrganisationRow(NamedTuple):
    """An organisation as it stated itself, and whether anybody checked that."""

    organisation_id: str
    name: str
    side: str
    verified: bool


ORGANISATION = Table("organisations", OrganisationRow)
ORGANISATIONS = Projection("organisations", ORGANISATION)
project = ORGANISATIONS.project


@ORGANISATIONS.on(OrganisationRegistered)
def _registered(at: Recorded, event: OrganisationRegistered) -> Changes:
    yield ORGANISATION.put(OrganisationRow(at.stream, event.name, event.side, verified=False))


@ORGANISATIONS.on(OrganisationVerified)
def _verified(at: Recorded, event: OrganisationVerified) -> Changes:
    del event
    yield ORGANISATION.patch(at.stream, verified=True)


def name_of(rows: Rows, organisation_id: str) -> str:
    """Return an organisation's name."""
    return existing(rows, ORGANISATION, organisation_id).name
