"""API keys: which there are, for whom and until when; known to a few (`visibility`).

No row has a secret or its digest: whoever is shown a key here cannot act with it.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from svx_ledger.domain.api_key import ApiKeyIssued, ApiKeyRevoked
from svx_ledger.eventlog.record import Envelope

from .persons import ACCESS
from .projection import Projection
from .table import Changes, Rows, Table
from .view import View

KeyState = Literal["in-force", "expired", "revoked", "access-revoked"]


class ApiKeyRow(NamedTuple):
    """A key as it was issued, and when and by whom it was revoked.

    `scopes` stand with a space between them.
    """

    api_key_id: str
    access_id: str
    person_id: str
    organisation_id: str
    role: str
    scopes: str
    expires_at: datetime
    issued_by: str
    issued_at: datetime
    position: int
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    reason: str | None = None


class ListedKey(NamedTuple):
    """A key as it is at one moment."""

    api_key_id: str
    state: KeyState
    organisation_id: str
    person_id: str
    role: str
    scopes: tuple[str, ...]
    expires_at: datetime
    access_id: str
    issued_by: str
    issued_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    reason: str | None
    position: int


API_KEY = Table("api_keys", ApiKeyRow, found_by=("organisation_id", "person_id"))
API_KEYS = Projection("api_keys", API_KEY)
project = API_KEYS.project


@API_KEYS.on(ApiKeyIssued)
def _issued(at: Envelope, event: ApiKeyIssued) -> Changes:
    row = ApiKeyRow(
        api_key_id=at.stream,
        access_id=event.access_id,
        person_id=event.person_id,
        organisation_id=event.organisation_id,
        role=event.role,
        scopes=" ".join(event.scopes),
        expires_at=event.expires_at,
        issued_by=event.issued_by,
        issued_at=at.recorded_at,
        position=at.position,
    )
    yield API_KEY.put(row)


@API_KEYS.on(ApiKeyRevoked)
def _revoked(at: Envelope, event: ApiKeyRevoked) -> Changes:
    by, why = event.revoked_by, event.reason
    yield API_KEY.patch(at.stream, revoked_at=at.recorded_at, revoked_by=by, reason=why)


def listed_key(view: View, row: ApiKeyRow) -> ListedKey:
    """Return a key as it is now; whether it may be shown is for whoever asks to look up."""
    return ListedKey(
        api_key_id=row.api_key_id,
        state=_state(view.rows, row, view.now),
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        role=row.role,
        scopes=tuple(row.scopes.split()),
        expires_at=row.expires_at,
        access_id=row.access_id,
        issued_by=row.issued_by,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        reason=row.reason,
        position=row.position,
    )


def _state(rows: Rows, row: ApiKeyRow, now: datetime) -> KeyState:
    """Return why a key opens nothing, or that it does. It ends with its access: by expiry."""
    access = rows.get(ACCESS, row.access_id)
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at <= now:
        return "expired"
    if access is None or access.revoked_at is not None:
        return "access-revoked"
    return "in-force"
