"""The keys that the published log is signed with: added, and revoked, by the operator.

Only the public half is on the ledger. A key is first kept where it signs and then added; the
next takes its place when both have signed for a while and the first is revoked.
"""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Refusal, Rule

from .published import LogKeyText, log_key
from .state import Book, LedgerId, LogKeyAdded, LogKeyRevoked

LOG_KEY_NAME = Rule(
    "log-key-name",
    "The key of a published log has the log's name, its origin.",
    "Make a key for this origin: `svx-ledger key log make`.",
)
LOG_KEY_ID = Rule(
    "log-key-id",
    "A key id follows from the key's name and the key.",
    "Copy the verifier key whole, as the program that made it wrote it.",
)
LOG_KEY_TWICE = Rule(
    "log-key-twice",
    "A key signs the log once: none comes back, and none is taken along to another name.",
    "Make another key: `svx-ledger key log rotate`.",
    "conflict",
)
LOG_KEY_NOT_IN_FORCE = Rule(
    "log-key-not-in-force",
    "A key that signs the log can be revoked, and no other.",
    "See which keys are in force: `svx-ledger key log show`.",
    "conflict",
)


def unless_fit(book: Book, verifier_key: str, origin: str) -> Refusal | None:
    """Refuse a key that cannot begin to sign the log of this origin.

    - Its name is the origin.
    - Its key id is that of its name and key.
    - The key itself never signed for this ledger before, under whatever name.
    """
    key = log_key(verifier_key)
    if key.name != origin:
        return LOG_KEY_NAME.refuse(name=key.name, origin=origin)
    if key.key_id != key.due_key_id:
        return LOG_KEY_ID.refuse(key_id=key.key_id, due=key.due_key_id)
    known = (*book.log_keys, *book.past_log_keys)
    if any(log_key(one).public == key.public for one in known):
        return LOG_KEY_TWICE.refuse(key_id=key.key_id)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLogKey(Command):
    """Have the published log signed with a key, beside those that sign it already."""

    ledger_id: LedgerId
    verifier_key: LogKeyText

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the ledger's own stream."""
        del states
        return (self.ledger_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Add a key that signs the log.

        - The operator adds it.
        - Its name is the origin of the log.
        - Its key id is that of its name and key.
        - It never signed for this ledger before.
        """
        del now
        book = states.of(Book, self.ledger_id)
        if actor.side != "operator":
            return ROLE_NOT_ALLOWED.refuse(allowed="operator", role=actor.role)
        if refusal := unless_fit(book, self.verifier_key, book.origin):
            return refusal
        return [(self.ledger_id, LogKeyAdded(verifier_key=self.verifier_key))]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeLogKey(Command):
    """Let a key no longer sign the published log, and say why.

    The last one may go, too: nothing is published then until another is added.
    """

    ledger_id: LedgerId
    verifier_key: LogKeyText
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the ledger's own stream."""
        del states
        return (self.ledger_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Revoke a key that signs the log.

        - The operator revokes it.
        - It is in force.
        """
        del now
        book = states.of(Book, self.ledger_id)
        if actor.side != "operator":
            return ROLE_NOT_ALLOWED.refuse(allowed="operator", role=actor.role)
        if self.verifier_key not in book.log_keys:
            return LOG_KEY_NOT_IN_FORCE.refuse(
                key_id=log_key(self.verifier_key).key_id, in_force=len(book.log_keys)
            )
        revoked = LogKeyRevoked(verifier_key=self.verifier_key, reason=self.reason)
        return [(self.ledger_id, revoked)]
