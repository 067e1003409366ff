"""Issuing a key: for access that is in force, and no longer than that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from svx_ledger.domain.access import Access
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import AccessId, ApiKeyId, Sha256
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import unless_verified
from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule
from svx_ledger.domain.uk_calendar import DAY, uk_date
from svx_ledger.domain.values import utc

from .state import ApiKeyIssued, Scopes, over_since, secret_claim, unless_for

ACCESS_OVER = Rule(
    "access-over",
    "A key stands for access that has not ended.",
    "Have the access granted anew, and issue a key for that.",
)
SCOPE_TWICE = Rule(
    "scope-twice",
    "A key has each of its scopes once.",
    "State each scope once.",
)
KEY_ENDS_TOO_EARLY = Rule(
    "key-ends-too-early",
    "A key expires after it was issued.",
    "Give a later time.",
)
KEY_LASTS_TOO_LONG = Rule(
    "key-lasts-too-long",
    "A key lasts 400 days at most.",
    "Give an earlier time, and issue another key before that.",
)
KEY_OUTLASTS_ACCESS = Rule(
    "key-outlasts-access",
    "A key ends with the last day of the access that it stands for, at the latest.",
    "Give an earlier time, or have access granted for longer.",
)
SECRET_TAKEN = Rule(
    "secret-taken",
    "A secret serves one key, for ever.",
    "Make another key, with a secret of its own.",
    "conflict",
)

LONGEST: Final = 400 * DAY
"""A year, and time to replace the key."""
_LEAST: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueApiKey(Command):
    """Issue a key with which a program acts by a person's access."""

    api_key_id: ApiKeyId
    access_id: AccessId
    secret_sha256: Sha256
    scopes: Scopes
    expires_at: datetime

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new key."""
        del states
        return (self.api_key_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the access, then the organisation that it is to."""
        access = states.known(Access, self.access_id)
        return (self.access_id, access.organisation_id) if access else (self.access_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the secret, which serves one key."""
        return (secret_claim(self.secret_sha256),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Issue a key.

        - It is issued by the person whose access it is, by who holds a leading role of the
          organisation, or by the operator.
        - The access is not revoked.
        - The last day of the access is today (in the United Kingdom) or later.
        - The organisation is verified.
        - No scope is stated twice.
        - It expires after now.
        - It expires within 400 days.
        - It expires before the day after the last one of the access begins, or just then.
        - A secret serves one key.
        """
        access = states.of(Access, self.access_id)
        refusal = unless_for(actor, access.person_id, access.organisation_id)
        if refusal:
            return refusal
        organisation = states.of(Organisation, access.organisation_id)
        refusal = (
            _unless_in_force(access, now)
            or unless_verified(organisation, organisation.side)
            or _unless_once(self.scopes)
            or _unless_in_time(self.expires_at, access, now)
        )
        if refusal:
            return refusal
        holder = states.holder(secret_claim(self.secret_sha256))
        if holder is not None:
            return SECRET_TAKEN.refuse(key=holder)
        issued = ApiKeyIssued(
            access_id=self.access_id,
            secret_sha256=self.secret_sha256,
            scopes=self.scopes,
            expires_at=self.expires_at,
            person_id=access.person_id,
            organisation_id=access.organisation_id,
            role=access.role,
            issued_by=actor.id,
        )
        return [(self.api_key_id, issued)]


def _unless_in_force(access: Access, now: datetime) -> Refusal | None:
    if access.revoked:
        return WRONG_STATE.refuse(state="revoked", expected="granted")
    until = over_since(access, now)
    if until is not None:
        return ACCESS_OVER.refuse(until=until.isoformat(), today=uk_date(now).isoformat())
    return None


def _unless_once(scopes: tuple[str, ...]) -> Refusal | None:
    for scope in scopes:
        if scopes.count(scope) > 1:
            return SCOPE_TWICE.refuse(scope=scope)
    return None


def _unless_in_time(expires_at: datetime, access: Access, now: datetime) -> Refusal | None:
    if expires_at <= now:
        return KEY_ENDS_TOO_EARLY.refuse(expires_at=utc(expires_at), now=utc(now))
    if expires_at > now + LONGEST:
        return KEY_LASTS_TOO_LONG.refuse(expires_at=utc(expires_at), latest=utc(now + LONGEST))
    until = access.until
    if until is not None and uk_date(expires_at - _LEAST) > until:
        return KEY_OUTLASTS_ACCESS.refuse(expires_at=utc(expires_at), until=until.isoformat())
    return None
