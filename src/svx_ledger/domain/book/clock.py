"""What befell the ledger's clock, put on record by a person: a step, an outage."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Rule
from svx_ledger.domain.values import utc

from .state import NO_TIME, Book, ClockStepAccepted, LedgerId, LedgerResumed

OWN_CLOCK = timedelta(seconds=1)
CLOCK_FACT_AHEAD = Rule(
    "clock-fact-ahead",
    "A step is accepted for what the clock and the log have reached, not for later.",
    "State what the clock says and when the log was last written.",
)
OUTAGE_TIMES = Rule(
    "outage-times",
    "An outage begins before it ends, and is recorded once it is over.",
    "State from when and until when the ledger accepted nothing.",
)
OUTAGE_TWICE = Rule(
    "outage-twice",
    "An outage is recorded once.",
    "Record only the time that no other record of an outage covers.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptClockStep(Command):
    """Let the ledger write again after its clock moved: a person's decision, on record."""

    ledger_id: LedgerId
    reason: Reason
    clock_at: datetime
    last_recorded_at: datetime

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the ledger's own stream."""
        del states
        return (self.ledger_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Accept a step of the clock.

        - The operator accepts it.
        - Neither instant that it states is after now; the clock's by a second at most, since
          a store may have a clock of its own.
        """
        states.of(Book, self.ledger_id)
        if actor.side != "operator":
            return ROLE_NOT_ALLOWED.refuse(allowed="operator", role=actor.role)
        stated = max(self.clock_at - OWN_CLOCK, self.last_recorded_at)
        if stated > now:
            return CLOCK_FACT_AHEAD.refuse(stated=utc(stated), now=utc(now))
        accepted = ClockStepAccepted(
            reason=self.reason, clock_at=self.clock_at, last_recorded_at=self.last_recorded_at
        )
        return [(self.ledger_id, accepted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeLedger(Command):
    """Put on record that the ledger accepted nothing, from when and until when."""

    ledger_id: LedgerId
    not_accepting_from: datetime
    accepting_again_at: datetime

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the ledger's own stream."""
        del states
        return (self.ledger_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record an outage of the ledger.

        - The operator records it.
        - It ended after it began.
        - It is over.
        - It overlaps no other.
        """
        book = states.of(Book, self.ledger_id)
        if actor.side != "operator":
            return ROLE_NOT_ALLOWED.refuse(allowed="operator", role=actor.role)
        since, until = self.not_accepting_from, self.accepting_again_at
        if not since < until <= now:
            return OUTAGE_TIMES.refuse(
                not_accepting_from=utc(since), accepting_again_at=utc(until), now=utc(now)
            )
        if book.outage_within(since, until) > NO_TIME:
            return OUTAGE_TWICE.refuse(
                not_accepting_from=utc(since), accepting_again_at=utc(until)
            )
        resumed = LedgerResumed(not_accepting_from=since, accepting_again_at=until)
        return [(self.ledger_id, resumed)]
