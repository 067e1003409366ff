"""What happened to the ledger itself, and the ledger as its own rules see it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, assert_never

from svx_ledger.domain.form import Between, Name, Reason, StreamOf
from svx_ledger.domain.kind import Claim, Event

from .published import Epoch, LogKeyText, SignedNote, origin_of

LedgerId = Annotated[str, StreamOf("ledger")]
ClockKind = Literal["real", "simulated"]
Outage = tuple[datetime, datetime]
"""From when and until when the ledger accepted nothing; the second instant not included."""
MOST_OUTAGES = 100
NO_TIME = timedelta(0)
OPENING = "ledger:opening"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOpened(Event):
    """The first record of every ledger: what it is and whether its time is real.

    `origin` is the name that its published log will carry; `epoch` counts restores.
    """

    origin: Name
    epoch: Epoch
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeyAdded(Event):
    """From this record on, the published log is signed with this key, too."""

    verifier_key: LogKeyText


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeyRevoked(Event):
    """From this record on, the published log is no longer signed with this key."""

    verifier_key: LogKeyText
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochStarted(Event):
    """After a restore: from this record on the log is published under a new origin.

    The ledger went back to a copy that lacked published records. Nobody who knows the old log
    accepts a shorter one under its name, so the next is another: `<first origin>/<epoch>`,
    signed with `verifier_key` and with no key of before. `checkpoint` is the last that the old
    one signed, with up to twenty of its signatures: it says how much was published and is no
    longer here.
    """

    epoch: Epoch
    checkpoint: SignedNote
    verifier_key: LogKeyText
    reason: Reason


LedgerEvent = (
    LedgerOpened
    | ClockStepAccepted
    | LedgerResumed
    | LogKeyAdded
    | LogKeyRevoked
    | EpochStarted
)
EVENTS: tuple[type[LedgerEvent], ...] = (
    LedgerOpened,
    ClockStepAccepted,
    LedgerResumed,
    LogKeyAdded,
    LogKeyRevoked,
    EpochStarted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The ledger as its own rules see it.

    `first_origin` is the name that its log had before any restore.
    """

    first_origin: str
    epoch: int
    clock: ClockKind
    steps: int = 0
    """How many clock steps were accepted, and the instant the log had reached at the last."""
    accepted_until: datetime | None = None
    outages: tuple[Outage, ...] = ()
    """The latest 100, in order: from when and until when it accepted nothing."""
    log_keys: tuple[str, ...] = ()
    """The verifier keys in force, oldest first: each checkpoint is signed with all of them."""
    past_log_keys: tuple[str, ...] = ()
    """Those that are not in force any more: revoked, or of an earlier epoch."""

    @property
    def origin(self) -> str:
        """The name of the published log, which is also the name of its keys."""
        return origin_of(self.first_origin, self.epoch)

    def outage_within(self, first: datetime, last: datetime) -> timedelta:
        """Return for how long, between these instants, the ledger accepted nothing."""
        within = (min(until, last) - max(since, first) for since, until in self.outages)
        return sum((time for time in within if time > NO_TIME), NO_TIME)


def evolve(book: Book | None, event: LedgerEvent) -> Book:
    """Fold one more fact into the ledger's own state."""
    if isinstance(event, LedgerOpened):
        return Book(first_origin=event.origin, epoch=event.epoch, clock=event.clock)
    assert book is not None
    match event:
        case ClockStepAccepted(last_recorded_at=reached):
            return replace(book, steps=book.steps + 1, accepted_until=reached)
        case LedgerResumed(not_accepting_from=since, accepting_again_at=until):
            outages = sorted((*book.outages, (since, until)))
            return replace(book, outages=tuple(outages[-MOST_OUTAGES:]))
        case LogKeyAdded(verifier_key=key):
            return replace(book, log_keys=(*book.log_keys, key))
        case LogKeyRevoked(verifier_key=key):
            return replace(
                book,
                log_keys=tuple(one for one in book.log_keys if one != key),
                past_log_keys=(*book.past_log_keys, key),
            )
        case EpochStarted(epoch=epoch, verifier_key=key):
            return replace(
                book,
                epoch=epoch,
                log_keys=(key,),
                past_log_keys=(*book.past_log_keys, *book.log_keys),
            )
        case _:
            assert_never(event)
