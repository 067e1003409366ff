"""What befell the ledger itself: its clock, its published log, its erased private texts."""

from datetime import datetime
from typing import NamedTuple

from svx_ledger.domain.book import (
    ClockStepAccepted,
    EpochStarted,
    LedgerOpened,
    LedgerResumed,
    LogKeyAdded,
    LogKeyRevoked,
)
from svx_ledger.domain.book.published import log_key
from svx_ledger.domain.private import SubjectErased
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class ErasureRow(NamedTuple):
    """So many private texts of a stream were erased, on this ground; their records stay."""

    stream: str
    position: int
    texts: int
    basis: str
    reason: str
    erased_by: str
    erased_at: datetime


class LedgerRow(NamedTuple):
    """This ledger: the name that its published log has now, and whether its time is real."""

    ledger_id: str
    origin: str
    epoch: int
    clock: str
    opened_at: datetime


class OutageRow(NamedTuple):
    """The ledger accepted nothing between these instants."""

    position: int
    not_accepting_from: datetime
    accepting_again_at: datetime


class ClockStepRow(NamedTuple):
    """A person accepted that the clock had moved."""

    position: int
    reason: str
    clock_at: datetime
    last_recorded_at: datetime
    accepted_by: str


class LogKeyRow(NamedTuple):
    """A key that the published log of this origin is signed with, or was."""

    verifier_key: str
    origin: str
    position: int
    added_by: str
    revoked_position: int | None = None
    reason: str | None = None


class EpochRow(NamedTuple):
    """The ledger was restored, and its log is published under another origin since.

    `published_size` and `published_root` are of the last checkpoint under the name before.
    """

    position: int
    epoch: int
    origin: str
    published_as: str
    published_size: int
    published_root: str
    reason: str
    started_by: str
    started_at: datetime


ERASURE = Table("erasures", ErasureRow, key=2)
LEDGER = Table("ledger", LedgerRow)
OUTAGE = Table("ledger_outages", OutageRow)
CLOCK_STEP = Table("ledger_clock_steps", ClockStepRow)
LOG_KEY = Table("log_keys", LogKeyRow)
EPOCH = Table("epochs", EpochRow)
KEEPING = Projection("keeping", ERASURE, LEDGER, OUTAGE, CLOCK_STEP, LOG_KEY, EPOCH)
project = KEEPING.project


@KEEPING.on(SubjectErased)
def _erased(at: Envelope, event: SubjectErased) -> Changes:
    row = ErasureRow(
        stream=at.stream,
        position=at.position,
        texts=len(event.commitments),
        basis=event.basis,
        reason=event.reason,
        erased_by=event.erased_by,
        erased_at=at.recorded_at,
    )
    yield ERASURE.put(row)


@KEEPING.on(LedgerOpened)
def _opened(at: Envelope, event: LedgerOpened) -> Changes:
    said = (event.origin, event.epoch, event.clock)
    yield LEDGER.put(LedgerRow(at.stream, *said, at.recorded_at))


@KEEPING.on(LedgerResumed)
def _resumed(at: Envelope, event: LedgerResumed) -> Changes:
    between = (event.not_accepting_from, event.accepting_again_at)
    yield OUTAGE.put(OutageRow(at.position, *between))


@KEEPING.on(ClockStepAccepted)
def _stepped(at: Envelope, event: ClockStepAccepted) -> Changes:
    times = (event.clock_at, event.last_recorded_at)
    yield CLOCK_STEP.put(ClockStepRow(at.position, event.reason, *times, at.actor.id))


@KEEPING.on(LogKeyAdded)
def _added(at: Envelope, event: LogKeyAdded) -> Changes:
    yield LOG_KEY.put(_key_row(at, event.verifier_key))


@KEEPING.on(LogKeyRevoked)
def _revoked(at: Envelope, event: LogKeyRevoked) -> Changes:
    yield LOG_KEY.patch(event.verifier_key, revoked_position=at.position, reason=event.reason)


@KEEPING.on(EpochStarted)
def _started(at: Envelope, event: EpochStarted) -> Changes:
    key = _key_row(at, event.verifier_key)
    published_as, size, root, *_ = event.checkpoint
    row = EpochRow(
        position=at.position,
        epoch=event.epoch,
        origin=key.origin,
        published_as=published_as,
        published_size=int(size),
        published_root=root,
        reason=event.reason,
        started_by=at.actor.id,
        started_at=at.recorded_at,
    )
    yield EPOCH.put(row)
    yield LOG_KEY.put(key)
    yield LEDGER.patch(at.stream, origin=key.origin, epoch=event.epoch)


def _key_row(at: Envelope, verifier_key: str) -> LogKeyRow:
    return LogKeyRow(verifier_key, log_key(verifier_key).name, at.position, at.actor.id)
