"""What befell the ledger itself: erased private texts, outages, accepted steps of its clock."""

from datetime import datetime
from typing import NamedTuple

from svx_ledger.domain.book import ClockStepAccepted, LedgerOpened, LedgerResumed
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
    """This ledger: the name that its published log carries, and whether its time is real."""

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


ERASURE = Table("erasures", ErasureRow, key=2)
LEDGER = Table("ledger", LedgerRow)
OUTAGE = Table("ledger_outages", OutageRow)
CLOCK_STEP = Table("ledger_clock_steps", ClockStepRow)
KEEPING = Projection("keeping", ERASURE, LEDGER, OUTAGE, CLOCK_STEP)
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
