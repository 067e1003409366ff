"""The ledger's own stream: its opening (always position 1) and what befell its clock."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, assert_never

from .actor import Actor
from .form import Between, Name, Reason, StreamOf
from .kind import Claim, Command, Decision, Event, States, StreamKind
from .rule import ROLE_NOT_ALLOWED, Rule
from .values import utc

LedgerId = Annotated[str, StreamOf("ledger")]
ClockKind = Literal["real", "simulated"]
Outage = tuple[datetime, datetime]
"""From when and until when the ledger accepted nothing; the second instant not included."""
MOST_OUTAGES = 100
NO_TIME = timedelta(0)

OPENING = "ledger:opening"
ALREADY_OPEN = Rule(
    "already-open",
    "A ledger is opened once.",
    "Use the ledger as it is, or open another one elsewhere.",
    "conflict",
)
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
class LedgerOpened(Event):
    """The first record of every ledger: what it is and whether its time is real.

    `origin` is the name that its published log will carry; `epoch` counts restores.
    """

    origin: Name
    epoch: Annotated[int, Between(1, 10**6)]
    format: Annotated[int, Between(1, 1)]
    hash: Literal["sha256"]
    clock: ClockKind

    def claims(self) -> tuple[Claim, ...]:
        """Take the one opening that a ledger has."""
        return (Claim(OPENING),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStepAccepted(Event):
    """A person accepted that the clock moved, so that the ledger may write again.

    `clock_at` is what the clock said; `last_recorded_at` what the log had reached. Until the
    clock passes that instant, recorded times creep on by a microsecond an event.
    """

    reason: Reason
    clock_at: datetime
    last_recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerResumed(Event):
    """The ledger accepted nothing for a while, and does again: an outage, on record."""

    not_accepting_from: datetime
    accepting_again_at: datetime


LedgerEvent = LedgerOpened | ClockStepAccepted | LedgerResumed


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The ledger as its own rules see it."""

    origin: str
    epoch: int
    clock: ClockKind
    steps: int = 0
    """How many clock steps were accepted, and the instant the log had reached at the last."""
    accepted_until: datetime | None = None
    outages: tuple[Outage, ...] = ()
    """The latest 100, in order: from when and until when it accepted nothing."""

    def outage_within(self, first: datetime, last: datetime) -> timedelta:
        """Return for how long, between these instants, the ledger accepted nothing."""
        within = (min(until, last) - max(since, first) for since, until in self.outages)
        return sum((time for time in within if time > NO_TIME), NO_TIME)


def evolve(book: Book | None, event: LedgerEvent) -> Book:
    """Fold one more fact into the ledger's own state."""
    match event:
        case LedgerOpened(origin=origin, epoch=epoch, clock=clock):
            return Book(origin=origin, epoch=epoch, clock=clock)
        case ClockStepAccepted(last_recorded_at=reached):
            assert book is not None
            return replace(book, steps=book.steps + 1, accepted_until=reached)
        case LedgerResumed(not_accepting_from=since, accepting_again_at=until):
            assert book is not None
            outages = sorted((*book.outages, (since, until)))
            return replace(book, outages=tuple(outages[-MOST_OUTAGES:]))
        case _:
            assert_never(event)


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


EVENTS: tuple[type[LedgerEvent], ...] = (LedgerOpened, ClockStepAccepted, LedgerResumed)
KIND = StreamKind("ledger", Book, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (OpenLedger, AcceptClockStep, ResumeLedger)
