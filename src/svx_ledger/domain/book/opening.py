"""Opening a ledger: once, before anything else."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Name
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Rule

from .state import OPENING, ClockKind, LedgerId, LedgerOpened

ALREADY_OPEN = Rule(
    "already-open",
    "A ledger is opened once.",
    "Use the ledger as it is, or open another one elsewhere.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLedger(Command):
    """Begin a ledger. Given once, by `svx-ledger init`, before anything else."""

    ledger_id: LedgerId
    origin: Name
    clock: ClockKind

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the ledger's own stream."""
        del states
        return (self.ledger_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the one opening."""
        return (OPENING,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Open the ledger.

        - The operator opens it.
        - A ledger is opened once.
        """
        del now
        if (opened_as := states.holder(OPENING)) is not None:
            return ALREADY_OPEN.refuse(ledger=opened_as)
        if actor.side != "operator":
            return ROLE_NOT_ALLOWED.refuse(allowed="operator", role=actor.role)
        opened = LedgerOpened(
            origin=self.origin, epoch=1, format=1, hash="sha256", clock=self.clock
        )
        return [(self.ledger_id, opened)]
