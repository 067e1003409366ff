"""Organisations, who may act for them, and the keys with which programs do."""

from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import OrganisationId, PersonId
from svx_ledger.domain.organisation import Side
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.api_keys import API_KEY, ApiKeyRow, KeyState, ListedKey, listed_key
from svx_ledger.projections.organisations import ORGANISATION, OrganisationRow
from svx_ledger.projections.persons import ACCESS, AccessRow
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility import access_shown_to, access_shown_within

from .listing import Filter, ListOf

OrganisationState = Literal["registered", "verified", "suspended"]
AccessState = Literal["in-force", "ended", "revoked"]


class ListedOrganisation(NamedTuple):
    """An organisation as it stated itself, and whether anybody checked that.

    While it is `suspended` it takes part in nothing new, whether it is `verified` or not.
    `looks_like` is who has the name that this one looks like: a flag, not a finding.
    """

    organisation_id: str
    state: OrganisationState
    name: str
    side: Side
    verified: bool
    unincorporated: bool
    host_id: str | None
    looks_like: str | None


class ListedAccess(NamedTuple):
    """A person may act for an organisation in a role, through the UK date `until`.

    `ended` access had a last day, which is over.
    """

    access_id: str
    state: AccessState
    organisation_id: str
    person_id: str
    role: str
    until: date | None
    granted_by: str
    granted_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    reason: str | None


def _organisation(view: View, row: OrganisationRow) -> ListedOrganisation:
    del view
    return ListedOrganisation(
        organisation_id=row.organisation_id,
        state="suspended" if row.suspended else "verified" if row.verified else "registered",
        name=row.name,
        side=row.side,  # type: ignore[arg-type]  # a column of text
        verified=row.verified,
        unincorporated=row.unincorporated,
        host_id=row.host_id,
        looks_like=row.looks_like,
    )


def _access(view: View, row: AccessRow) -> ListedAccess:
    return ListedAccess(
        access_id=row.access_id,
        state=_state(row, view.now),
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        role=row.role,
        until=row.until,
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        reason=row.reason,
    )


def _state(row: AccessRow, now: datetime) -> AccessState:
    if row.revoked_at is not None:
        return "revoked"
    return "ended" if row.until is not None and row.until < uk_date(now) else "in-force"


def _shown(rows: Rows, row: AccessRow | ApiKeyRow, viewer: Actor | None) -> bool:
    return access_shown_to(rows, row[0], viewer)


_OF: Final = Filter(
    "organisation", "organisation_id", OrganisationId, "ORG", "Of this organisation."
)
_PERSON: Final = Filter("person", "person_id", PersonId, "PERSON", "Of this person.")

ORGANISATIONS: Final = ListOf(
    group="organisation",
    meaning="List organisations, by id: on which side, whether verified or suspended.",
    table=ORGANISATION,
    item=ListedOrganisation,
    made=_organisation,
    filters=(
        Filter("side", "side", Side, "SIDE", "On this side."),
        Filter("state", "state", OrganisationState, "STATE", "In this state."),
    ),
    shown=("organisation_id", "state", "name", "side", "looks_like"),
)
ACCESS_GRANTS: Final = ListOf(
    group="access",
    meaning="List who may act for an organisation, as far as whoever asks may know.",
    table=ACCESS,
    item=ListedAccess,
    made=_access,
    filters=(_OF, _PERSON, Filter("state", "state", AccessState, "STATE", "In this state.")),
    shown=("access_id", "state", "organisation_id", "person_id", "role", "until"),
    allows=_shown,
    within=access_shown_within,
)
KEYS: Final = ListOf(
    group="key",
    meaning="List the API keys that whoever asks may know of, and whether each is in force.",
    table=API_KEY,
    item=ListedKey,
    made=listed_key,
    filters=(_OF, _PERSON, Filter("state", "state", KeyState, "STATE", "In this state.")),
    shown=(
        *("api_key_id", "state", "organisation_id", "person_id", "role"),
        *("scopes", "expires_at"),
    ),
    allows=_shown,
    within=access_shown_within,
)
