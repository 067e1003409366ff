"""What a record's visibility hangs on and no other view keeps: owners, reads, approvals."""

from typing import NamedTuple

from svx_ledger.domain.access import AccessGranted
from svx_ledger.domain.api_key import ApiKeyIssued
from svx_ledger.domain.auction.breaks import HiddenAmountsRead
from svx_ledger.domain.award.events import AssessmentRanked, AwardApproved, AwardRecommended
from svx_ledger.domain.correction import CorrectionApproved, CorrectionRequested
from svx_ledger.domain.procurement import ProcurementRegistered
from svx_ledger.domain.resource_offer import ResourceOffered
from svx_ledger.eventlog.record import Envelope
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Changes, Table


class OwnerRow(NamedTuple):
    """Whose a stream is: its authority, its supplier, or the organisation that it is about."""

    stream: str
    organisation_id: str


class ReaderRow(NamedTuple):
    """A person who read the hidden amounts of an auction, for this organisation or for none.

    For none, `organisation_id` is empty: a key has a value.
    """

    auction_id: str
    person_id: str
    organisation_id: str


class ApprovalRow(NamedTuple):
    """Where something was last open to choice on a stream, and last approved: 0 for never."""

    stream: str
    asked: int
    approved: int


OWNER = Table("visibility_owners", OwnerRow)
READER = Table("visibility_readers", ReaderRow, key=3)
APPROVAL = Table("visibility_approvals", ApprovalRow)
VISIBILITY = Projection("visibility", OWNER, READER, APPROVAL)


@VISIBILITY.on(AccessGranted)
def _granted(at: Envelope, event: AccessGranted) -> Changes:
    yield OWNER.put(OwnerRow(at.stream, event.organisation_id))


@VISIBILITY.on(ApiKeyIssued)
def _key_issued(at: Envelope, event: ApiKeyIssued) -> Changes:
    yield OWNER.put(OwnerRow(at.stream, event.organisation_id))


@VISIBILITY.on(ResourceOffered)
def _offered(at: Envelope, event: ResourceOffered) -> Changes:
    yield OWNER.put(OwnerRow(at.stream, event.supplier_id))


@VISIBILITY.on(ProcurementRegistered)
def _registered(at: Envelope, event: ProcurementRegistered) -> Changes:
    yield OWNER.put(OwnerRow(at.stream, event.authority_id))


@VISIBILITY.on(HiddenAmountsRead)
def _read(at: Envelope, event: HiddenAmountsRead) -> Changes:
    yield READER.put(ReaderRow(at.stream, event.read_by, event.reading_organisation or ""))


@VISIBILITY.on(AssessmentRanked)
def _assessed(at: Envelope, event: AssessmentRanked) -> Changes:
    if event.cause == "auction-closed":
        yield OWNER.put(OwnerRow(at.stream, event.authority_id))
        yield APPROVAL.put(ApprovalRow(at.stream, at.position, 0))
    else:  # the choice is open again; what was approved before has been seen
        yield APPROVAL.patch(at.stream, asked=at.position)


@VISIBILITY.on(AwardRecommended)
def _recommended(at: Envelope, event: AwardRecommended) -> Changes:
    del event
    yield APPROVAL.patch(at.stream, asked=at.position)


@VISIBILITY.on(AwardApproved)
def _awarded(at: Envelope, event: AwardApproved) -> Changes:
    del event
    yield APPROVAL.patch(at.stream, approved=at.position)


@VISIBILITY.on(CorrectionRequested)
def _correction_asked(at: Envelope, event: CorrectionRequested) -> Changes:
    yield OWNER.put(OwnerRow(at.stream, event.organisation_id))
    yield APPROVAL.put(ApprovalRow(at.stream, at.position, 0))


@VISIBILITY.on(CorrectionApproved)
def _corrected(at: Envelope, event: CorrectionApproved) -> Changes:
    del event
    yield APPROVAL.patch(at.stream, approved=at.position)
