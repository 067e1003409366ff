"""What questions ask of awards, contracts and needs and no other view keeps: each step's place.

Where in the log a step stands, so that an answer can name it, and the notice that it carried.
All of it is public.
"""

from datetime import date
from typing import NamedTuple

from svx_ledger.domain.award.events import (
    AssessmentSummariesSent,
    ProceedingsNotified,
    StandstillStarted,
    SuspensionLifted,
)
from svx_ledger.domain.contract.events import ContractEntered, ContractVaried
from svx_ledger.domain.contract.running import (
    ContractCompleted,
    ContractTerminated,
    KpiSet,
    PerformanceRated,
)
from svx_ledger.domain.need import NeedCommitted, NeedOfferAccepted, NeedProposed, NeedWithdrawn
from svx_ledger.eventlog.record import Envelope
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Changes, Put, Table


class StepRow(NamedTuple):
    """A step of a thing: `day` is the date that it states, `notice` the one that came with it.

    `about` is what of the thing it is of: a court reference, an indicator.
    """

    stream: str
    position: int
    step: str
    day: date | None = None
    notice: str | None = None
    about: str | None = None


STEP = Table("question_steps", StepRow, key=2, grows="once")
CONTRACT_MARKS = Projection("question_contracts", STEP)


@CONTRACT_MARKS.on(AssessmentSummariesSent)
def _told(at: Envelope, event: AssessmentSummariesSent) -> Changes:
    yield _step(at, "summaries", event.sent_on)


@CONTRACT_MARKS.on(StandstillStarted)
def _standstill(at: Envelope, event: StandstillStarted) -> Changes:
    yield _step(at, "standstill", event.last_day, event.reference)


@CONTRACT_MARKS.on(ProceedingsNotified)
def _sued(at: Envelope, event: ProceedingsNotified) -> Changes:
    yield _step(at, "proceedings", event.notified_on, about=event.court_ref)


@CONTRACT_MARKS.on(SuspensionLifted)
def _lifted(at: Envelope, event: SuspensionLifted) -> Changes:
    yield _step(at, "lifted", event.lifted_on, about=event.court_ref)


@CONTRACT_MARKS.on(ContractEntered)
def _entered(at: Envelope, event: ContractEntered) -> Changes:
    yield _step(at, "entered", event.entered_on)


@CONTRACT_MARKS.on(ContractVaried)
def _contract_varied(at: Envelope, event: ContractVaried) -> Changes:
    yield _step(at, "varied", notice=event.notice)


@CONTRACT_MARKS.on(KpiSet)
def _kpi(at: Envelope, event: KpiSet) -> Changes:
    yield _step(at, "kpi", about=event.kpi)


@CONTRACT_MARKS.on(PerformanceRated)
def _rated(at: Envelope, event: PerformanceRated) -> Changes:
    yield _step(at, "rated", event.period_to, event.notice, event.kpi)


@CONTRACT_MARKS.on(ContractCompleted)
def _completed(at: Envelope, event: ContractCompleted) -> Changes:
    yield _step(at, "completed", event.completed_on, event.notice)


@CONTRACT_MARKS.on(ContractTerminated)
def _terminated(at: Envelope, event: ContractTerminated) -> Changes:
    yield _step(at, "terminated", event.terminated_on, event.notice)


@CONTRACT_MARKS.on(NeedProposed)
def _proposed(at: Envelope, event: NeedProposed) -> Changes:
    yield _step(at, "proposed", event.needed_by)


@CONTRACT_MARKS.on(NeedCommitted)
def _need_committed(at: Envelope, event: NeedCommitted) -> Changes:
    yield _step(at, "committed", about=event.pledge_id)


@CONTRACT_MARKS.on(NeedOfferAccepted)
def _offer(at: Envelope, event: NeedOfferAccepted) -> Changes:
    yield _step(at, "committed", about=event.direct_offer_id)


@CONTRACT_MARKS.on(NeedWithdrawn)
def _withdrawn(at: Envelope, event: NeedWithdrawn) -> Changes:
    del event
    yield _step(at, "withdrawn")


def _step(  # noqa: PLR0917 - what a step may state
    at: Envelope,
    step: str,
    day: date | None = None,
    notice: str | None = None,
    about: str | None = None,
) -> Put[StepRow]:
    return STEP.put(StepRow(at.stream, at.position, step, day, notice, about))
