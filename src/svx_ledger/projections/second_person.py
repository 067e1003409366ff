"""What one person asked for and a second person must answer, and whether anybody did.

A later request on the same stream takes the place of one that nobody answered. Requests for a
correction are in `corrections`, recommendations in the award register. Some of these are not
everybody's (`visibility`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, NamedTuple

from svx_ledger.domain.auction.breaks import (
    AuctionResumed,
    AuctionVoided,
    ExclusionRequested,
    ResumeRequested,
    SupplierExcluded,
    VoidRequested,
)
from svx_ledger.domain.auction.events import AuctionRulesFrozen, FreezeRequested
from svx_ledger.domain.contract.events import ContractVaried, VariationRequested
from svx_ledger.domain.pledge.outcomes import PledgeWrittenOff, WriteOffRequested
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table

Act = Literal["freeze", "resume", "void", "exclude", "vary", "write-off"]


class RequestRow(NamedTuple):
    """The last request for this act on this stream.

    `about` is the supplier that is to be excluded, and empty for every other act.
    """

    stream: str
    act: Act
    about: str
    position: int
    requested_at: datetime
    requested_by: str
    organisation_id: str | None
    request_no: int | None
    reason: str | None


class AnswerRow(NamedTuple):
    """The last time that a second person agreed to this act on this stream."""

    stream: str
    act: Act
    about: str
    position: int
    answered_at: datetime
    answered_by: str


REQUEST = Table("second_person_requests", RequestRow, key=3)
ANSWER = Table("second_person_answers", AnswerRow, key=3)
SECOND_PERSON = Projection("second_person", REQUEST, ANSWER)
project = SECOND_PERSON.project


_Request = (
    FreezeRequested
    | ResumeRequested
    | VoidRequested
    | ExclusionRequested
    | VariationRequested
    | WriteOffRequested
)
_REQUESTS: Final[Mapping[type[_Request], Act]] = {
    FreezeRequested: "freeze",
    ResumeRequested: "resume",
    VoidRequested: "void",
    ExclusionRequested: "exclude",
    VariationRequested: "vary",
    WriteOffRequested: "write-off",
}
_Answer = (
    AuctionRulesFrozen
    | AuctionResumed
    | AuctionVoided
    | SupplierExcluded
    | ContractVaried
    | PledgeWrittenOff
)
_ANSWERS: Final[Mapping[type[_Answer], Act]] = {
    AuctionRulesFrozen: "freeze",
    AuctionResumed: "resume",
    AuctionVoided: "void",
    SupplierExcluded: "exclude",
    ContractVaried: "vary",
    PledgeWrittenOff: "write-off",
}


def _asked(at: Envelope, event: _Request) -> Changes:
    said = event.ground if isinstance(event, VariationRequested) else None
    row = RequestRow(
        stream=at.stream,
        act=_REQUESTS[type(event)],
        about=event.supplier_id if isinstance(event, ExclusionRequested) else "",
        position=at.position,
        requested_at=at.recorded_at,
        requested_by=event.requested_by,
        organisation_id=at.actor.organisation,
        request_no=getattr(event, "request_no", None),  # freezes of old, exclusions: none
        reason=said or getattr(event, "reason", None),
    )
    yield REQUEST.put(row)


def _answered(at: Envelope, event: _Answer) -> Changes:
    row = AnswerRow(
        stream=at.stream,
        act=_ANSWERS[type(event)],
        about=event.supplier_id if isinstance(event, SupplierExcluded) else "",
        position=at.position,
        answered_at=at.recorded_at,
        answered_by=event.approved_by,
    )
    yield ANSWER.put(row)


for _request in _REQUESTS:
    SECOND_PERSON.on(_request)(_asked)
for _answer in _ANSWERS:
    SECOND_PERSON.on(_answer)(_answered)
