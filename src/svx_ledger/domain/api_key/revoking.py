"""Revoking a key: at any time, by whoever may issue it."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import ApiKeyId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.rule import WRONG_STATE

from .state import ApiKey, ApiKeyRevoked, unless_for


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApiKey(Command):
    """Let a key open nothing any more, and say why."""

    api_key_id: ApiKeyId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the key."""
        del states
        return (self.api_key_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Revoke a key, also one that has expired or whose access is over.

        - It is revoked by the person whose access it is, by who holds a leading role of the
          organisation, or by the operator.
        - A key is revoked once.
        """
        del now
        key = states.of(ApiKey, self.api_key_id)
        refusal = unless_for(actor, key.person_id, key.organisation_id)
        if refusal:
            return refusal
        if key.revoked:
            return WRONG_STATE.refuse(state="revoked", expected="issued")
        revoked = ApiKeyRevoked(
            reason=self.reason,
            person_id=key.person_id,
            organisation_id=key.organisation_id,
            role=key.role,
            revoked_by=actor.id,
        )
        return [(self.api_key_id, revoked)]
