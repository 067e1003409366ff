"""Organisations: who takes part, by name, with what others must know of them."""

from datetime import datetime
from typing import NamedTuple

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.organisation import (
    ConnectionDeclared,
    KeyRegistered,
    KeyRevoked,
    OrganisationDescribed,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Rows, Table, existing


class OrganisationRow(NamedTuple):
    """An organisation as it stated itself, and whether anybody checked that.

    `looks_like` is who has the name that this one looks like: a flag, not a finding.
    """

    organisation_id: str
    name: str
    side: str
    verified: bool
    suspended: bool = False
    unincorporated: bool = False
    host_id: str | None = None
    looks_like: str | None = None
    income_band: str | None = None


class ConnectionRow(NamedTuple):
    """Ties: what `connected_to` is to the organisation or, mirrored, the other way round."""

    organisation_id: str
    connected_to: str
    nature: str
    mirrored: bool


class IdentifierRow(NamedTuple):
    """A registration that the organisation stated, by the org-id code of its list."""

    organisation_id: str
    scheme: str
    id: str


class KeyRow(NamedTuple):
    """A key with which its signatures can be checked, until it was revoked."""

    organisation_id: str
    key_id: str
    algorithm: str
    public_key: str
    registered_by: str
    registered_at: datetime
    revoked_at: datetime | None = None
    reason: str | None = None


ORGANISATION = Table("organisations", OrganisationRow)
CONNECTION = Table("organisation_connections", ConnectionRow, key=4)
IDENTIFIER = Table("organisation_identifiers", IdentifierRow, key=3)
KEY = Table("organisation_keys", KeyRow, key=2)
ORGANISATIONS = Projection("organisations", ORGANISATION, CONNECTION, IDENTIFIER, KEY)
project = ORGANISATIONS.project


@ORGANISATIONS.on(OrganisationRegistered)
def _registered(at: Envelope, event: OrganisationRegistered) -> Changes:
    organisation = OrganisationRow(
        organisation_id=at.stream,
        name=event.name,
        side=event.side,
        verified=False,
        unincorporated=bool(event.unincorporated),
        host_id=event.host_id,
        looks_like=event.looks_like,
    )
    yield ORGANISATION.put(organisation)
    for stated in event.identifiers:
        yield IDENTIFIER.put(IdentifierRow(at.stream, stated.scheme, stated.id))


@ORGANISATIONS.on(OrganisationVerified)
def _verified(at: Envelope, event: OrganisationVerified) -> Changes:
    del event
    yield ORGANISATION.patch(at.stream, verified=True)


@ORGANISATIONS.on(OrganisationSuspended)
def _suspended(at: Envelope, event: OrganisationSuspended) -> Changes:
    del event
    yield ORGANISATION.patch(at.stream, suspended=True)


@ORGANISATIONS.on(OrganisationReinstated)
def _reinstated(at: Envelope, event: OrganisationReinstated) -> Changes:
    del event
    yield ORGANISATION.patch(at.stream, suspended=False)


@ORGANISATIONS.on(ConnectionDeclared)
def _connected(at: Envelope, event: ConnectionDeclared) -> Changes:
    yield CONNECTION.put(
        ConnectionRow(at.stream, event.connected_to, event.nature, bool(event.mirrored))
    )


@ORGANISATIONS.on(OrganisationDescribed)
def _described(at: Envelope, event: OrganisationDescribed) -> Changes:
    yield ORGANISATION.patch(at.stream, income_band=event.income_band)


@ORGANISATIONS.on(KeyRegistered)
def _key(at: Envelope, event: KeyRegistered) -> Changes:
    row = KeyRow(
        organisation_id=at.stream,
        key_id=event.key_id,
        algorithm=event.algorithm,
        public_key=event.public_key,
        registered_by=event.registered_by,
        registered_at=at.recorded_at,
    )
    yield KEY.put(row)


@ORGANISATIONS.on(KeyRevoked)
def _revoked(at: Envelope, event: KeyRevoked) -> Changes:
    revoked_at, reason = at.recorded_at, event.reason
    yield KEY.patch(at.stream, event.key_id, revoked_at=revoked_at, reason=reason)


@ORGANISATIONS.on(RecordCorrected)
def _corrected(at: Envelope, event: RecordCorrected) -> Changes:
    if at.stream.startswith("organisation-"):
        yield ORGANISATION.patch(at.stream, name=event.new, verified=False)


def name_of(rows: Rows, organisation_id: str) -> str:
    """Return an organisation's name."""
    return existing(rows, ORGANISATION, organisation_id).name
