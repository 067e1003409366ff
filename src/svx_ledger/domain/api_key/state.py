"""Events and state of a key, when it is in force, and whose act its issue and its end are."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, assert_never

from svx_ledger.domain.access import Access, unless_leading
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.form import (
    AccessId,
    Count,
    Matching,
    OrganisationId,
    PersonId,
    Reason,
    Sha256,
)
from svx_ledger.domain.kind import Claim, Event
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.uk_calendar import uk_date

Scope = Annotated[
    str,
    Matching(
        r"(?:read|act|act:[A-Z][A-Za-z]{2,40})",
        "read, act, or act: and the name of a command, such as act:SubmitBid",
    ),
]
Scopes = Annotated[tuple[Scope, ...], Count(1, 20)]


def secret_claim(secret_sha256: str) -> str:
    """Return the unique claim that the secret of a key is."""
    return f"api-key-secret:{secret_sha256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyIssued(Event):
    """Whoever shows the key acts as this person in this role, until the instant it expires."""

    access_id: AccessId
    secret_sha256: Sha256
    scopes: Scopes
    expires_at: datetime
    person_id: PersonId
    organisation_id: OrganisationId
    role: Role
    issued_by: PersonId

    def claims(self) -> tuple[Claim, ...]:
        """Take the secret, which is never freed: a revoked key is not issued again."""
        return (Claim(secret_claim(self.secret_sha256)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(Event):
    """The key opens nothing any more."""

    reason: Reason
    person_id: PersonId
    organisation_id: OrganisationId
    role: Role
    revoked_by: PersonId


ApiKeyEvent = ApiKeyIssued | ApiKeyRevoked


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key as the rules see it; whether it has expired is a matter of the clock."""

    access_id: str
    secret_sha256: str
    scopes: tuple[str, ...]
    expires_at: datetime
    person_id: str
    organisation_id: str
    role: Role
    issued_by: str
    revoked: bool = False


def evolve(key: ApiKey | None, event: ApiKeyEvent) -> ApiKey:
    """Fold one more fact into the key."""
    match event:
        case ApiKeyIssued():
            return ApiKey(
                access_id=event.access_id,
                secret_sha256=event.secret_sha256,
                scopes=event.scopes,
                expires_at=event.expires_at,
                person_id=event.person_id,
                organisation_id=event.organisation_id,
                role=event.role,
                issued_by=event.issued_by,
            )
        case ApiKeyRevoked():
            assert key is not None
            return replace(key, revoked=True)
        case _:
            assert_never(event)


def in_force(key: ApiKey, access: Access, now: datetime) -> bool:
    """Whether a key opens anything at this instant, by itself and by the access it is for."""
    lasts = not key.revoked and now < key.expires_at
    return lasts and not access.revoked and over_since(access, now) is None


def over_since(access: Access, now: datetime) -> date | None:
    """Return the last day of access that has ended; None for access that has not."""
    ended = access.until is not None and access.until < uk_date(now)
    return access.until if ended else None


def unless_for(actor: Actor, person_id: str, organisation_id: str) -> Refusal | None:
    """Refuse all but the person itself, who leads its organisation, and the operator.

    The person itself in whatever role it has there, for the organisation and for no other.
    """
    own = (
        actor.role != "public"
        and actor.id == person_id
        and actor.organisation == organisation_id
        and actor.on_behalf_of in (None, organisation_id)
    )
    if own or actor.role == "operator":
        return None
    return unless_leading(actor, organisation_id)
