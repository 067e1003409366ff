"""What questions ask of auctions and no other view keeps: who came when, and who read bids.

These rows hold what not everybody may see yet: who takes part.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from svx_ledger.domain.auction.breaks import HiddenAmountsRead, SupplierExcluded
from svx_ledger.domain.auction.events import (
    InvitationAccepted,
    SupplierInvited,
    SupplierQualified,
)
from svx_ledger.eventlog.record import Envelope
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Changes, Put, Table

Status = Literal["invited", "accepted", "qualified", "excluded"]


class AttendanceRow(NamedTuple):
    """A supplier was invited, accepted, found qualified or excluded."""

    auction_id: str
    supplier_id: str
    position: int
    status: Status
    recorded_at: datetime


class HiddenReadRow(NamedTuple):
    """Somebody read the hidden amounts of an auction, and said what for."""

    auction_id: str
    position: int
    person_id: str
    organisation_id: str | None
    purpose: str
    recorded_at: datetime


ATTENDANCE = Table("question_attendance", AttendanceRow, key=3, grows="once")
HIDDEN_READ = Table("question_hidden_reads", HiddenReadRow, key=2, grows="once")
AUCTION_MARKS = Projection("question_auctions", ATTENDANCE, HIDDEN_READ)


@AUCTION_MARKS.on(SupplierInvited)
def _invited(at: Envelope, event: SupplierInvited) -> Changes:
    yield _came(at, event.supplier_id, "invited")


@AUCTION_MARKS.on(InvitationAccepted)
def _accepted(at: Envelope, event: InvitationAccepted) -> Changes:
    yield _came(at, event.supplier_id, "accepted")


@AUCTION_MARKS.on(SupplierQualified)
def _qualified(at: Envelope, event: SupplierQualified) -> Changes:
    yield _came(at, event.supplier_id, "qualified")


@AUCTION_MARKS.on(SupplierExcluded)
def _excluded(at: Envelope, event: SupplierExcluded) -> Changes:
    yield _came(at, event.supplier_id, "excluded")


@AUCTION_MARKS.on(HiddenAmountsRead)
def _read(at: Envelope, event: HiddenAmountsRead) -> Changes:
    row = HiddenReadRow(
        auction_id=at.stream,
        position=at.position,
        person_id=event.read_by,
        organisation_id=event.reading_organisation,
        purpose=event.purpose,
        recorded_at=at.recorded_at,
    )
    yield HIDDEN_READ.put(row)


def _came(at: Envelope, supplier_id: str, status: Status) -> Put[AttendanceRow]:
    row = AttendanceRow(at.stream, supplier_id, at.position, status, at.recorded_at)
    return ATTENDANCE.put(row)
