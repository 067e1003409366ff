"""Signing keys: what an organisation's signatures are checked with.

The exchange takes an organisation's word for its key; it has not seen the private half. Hence
a key is unique to nobody: who copies another's public key can still sign nothing with it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Code, OrganisationId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_acting, unless_verified
from svx_ledger.domain.rule import WRONG_STATE, Rule

from .connecting import SIDES
from .events import KeyRegistered, KeyRevoked, PublicKey
from .state import Organisation

MOST_KEYS = 100
KEY_ID_TAKEN = Rule(
    "key-id-taken",
    "Each key of an organisation has an id of its own, for good.",
    "Register the key under another id.",
    "conflict",
)
TOO_MANY_KEYS = Rule(
    "too-many-keys",
    "One organisation has at most 100 keys in all time.",
    "Use a key that is registered already.",
)
KEY_UNKNOWN = Rule(
    "key-unknown",
    "Only a key that is registered can be revoked.",
    "Check the id of the key.",
    "not-found",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterKey(Command):
    """Name a key that the organisation signs with."""

    organisation_id: OrganisationId
    key_id: Code
    algorithm: Literal["ed25519"]
    public_key: PublicKey

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation."""
        del states
        return (self.organisation_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Register a key.

        - The organisation's own people register it.
        - The organisation is verified.
        - The id is new to the organisation.
        - An organisation has at most 100 keys.
        """
        del now
        organisation = states.of(Organisation, self.organisation_id)
        refusal = unless_acting(actor, self.organisation_id, *SIDES)
        if refusal := refusal or unless_verified(organisation, organisation.side):
            return refusal
        if self.key_id in organisation.keys:
            return KEY_ID_TAKEN.refuse(key=self.key_id)
        if len(organisation.keys) >= MOST_KEYS:
            return TOO_MANY_KEYS.refuse(keys=len(organisation.keys))
        registered = KeyRegistered(
            key_id=self.key_id,
            algorithm=self.algorithm,
            public_key=self.public_key,
            registered_by=actor.id,
        )
        return [(self.organisation_id, registered)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey(Command):
    """Say that a key's signatures count no longer, and why."""

    organisation_id: OrganisationId
    key_id: Code
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation."""
        del states
        return (self.organisation_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Revoke a key.

        - The organisation's own people revoke it, or the operator does.
        - The key is registered.
        - A key is revoked once.
        """
        del now
        refusal = unless_acting(actor, self.organisation_id, *SIDES)
        if refusal and actor.role != "operator":
            return refusal
        key = states.of(Organisation, self.organisation_id).keys.get(self.key_id)
        if key is None:
            return KEY_UNKNOWN.refuse(key=self.key_id)
        if key.revoked:
            return WRONG_STATE.refuse(state="revoked", expected="registered")
        revoked = KeyRevoked(key_id=self.key_id, reason=self.reason, revoked_by=actor.id)
        return [(self.organisation_id, revoked)]


COMMANDS: tuple[type[Command], ...] = (RegisterKey, RevokeKey)
