"""Needs: what is asked, by whom and where, and what pledges commit to it."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.need import (
    NeedApproved,
    NeedCommitted,
    NeedListed,
    NeedOfferAccepted,
    NeedProposed,
    NeedReleased,
    NeedRelisted,
    NeedWithdrawn,
)
from svx_ledger.domain.project import ProjectRegistered
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Rows, Table


class ProjectRow(NamedTuple):
    """What a community organisation does in a place, by the codes of its areas."""

    project_id: str
    community_id: str
    title: str
    police_force: str
    local_authority: str


class NeedRow(NamedTuple):
    """One need; `quantity` is what was asked, `listed_last_in` the auction that took it last.

    `listed_in` says whether that reserves it still. What pledges commit of a withdrawn need
    stays owed; the rest is asked for no longer.
    """

    need_id: str
    project_id: str
    community_id: str
    measure: str
    unit: str
    quantity: Decimal
    needed_by: date
    theme_scheme: str
    theme: str
    police_force: str
    local_authority: str
    approved: bool = False
    listed_last_in: str | None = None
    withdrawn: bool = False


class CommitmentRow(NamedTuple):
    """What one pledge, or one accepted direct offer, commits to a need now, in its unit."""

    need_id: str
    pledge_id: str
    quantity: Decimal


class ReservationRow(NamedTuple):
    """Whether an auction that took a need reserves it, or has released it."""

    need_id: str
    auction_id: str
    reserves: bool


PROJECT = Table("projects", ProjectRow, found_by=("community_id",))
NEED = Table("needs", NeedRow, found_by=("community_id",))
COMMITMENT = Table("need_commitments", CommitmentRow, key=2)
RESERVATION = Table("need_reservations", ReservationRow, key=2)
NEEDS = Projection("needs", PROJECT, NEED, COMMITMENT, RESERVATION)
project = NEEDS.project


@NEEDS.on(ProjectRegistered)
def _registered(at: Envelope, event: ProjectRegistered) -> Changes:
    where = (event.place.police_force, event.place.local_authority)
    yield PROJECT.put(ProjectRow(at.stream, event.organisation_id, event.title, *where))


@NEEDS.on(RecordCorrected)
def _corrected(at: Envelope, event: RecordCorrected) -> Changes:
    if at.stream.startswith("project-") and event.field == "title":
        yield PROJECT.patch(at.stream, title=event.new)


@NEEDS.on(NeedProposed)
def _proposed(at: Envelope, event: NeedProposed) -> Changes:
    need = NeedRow(
        need_id=at.stream,
        project_id=event.project_id,
        community_id=event.organisation_id,
        measure=event.measure,
        unit=event.unit,
        quantity=event.quantity,
        needed_by=event.needed_by,
        theme_scheme=event.theme.scheme,
        theme=event.theme.code,
        police_force=event.place.police_force,
        local_authority=event.place.local_authority,
    )
    yield NEED.put(need)


@NEEDS.on(NeedApproved)
def _approved(at: Envelope, event: NeedApproved) -> Changes:
    del event
    yield NEED.patch(at.stream, approved=True)


@NEEDS.on(NeedListed)
def _listed(at: Envelope, event: NeedListed) -> Changes:
    yield NEED.patch(at.stream, listed_last_in=event.auction_id)
    yield RESERVATION.put(ReservationRow(at.stream, event.auction_id, reserves=True))


@NEEDS.on(NeedRelisted)
def _relisted(at: Envelope, event: NeedRelisted) -> Changes:
    yield NEED.patch(at.stream, listed_last_in=event.auction_id)
    yield RESERVATION.put(ReservationRow(at.stream, event.auction_id, reserves=True))
    if event.needed_by is not None:
        yield NEED.patch(at.stream, needed_by=event.needed_by)


@NEEDS.on(NeedWithdrawn)
def _withdrawn(at: Envelope, event: NeedWithdrawn) -> Changes:
    del event
    yield NEED.patch(at.stream, withdrawn=True)


@NEEDS.on(NeedReleased)
def _released(at: Envelope, event: NeedReleased) -> Changes:
    """Release it from this auction alone: another that has it by now reserves it still."""
    yield RESERVATION.put(ReservationRow(at.stream, event.auction_id, reserves=False))


@NEEDS.on(NeedCommitted)
def _committed(at: Envelope, event: NeedCommitted) -> Changes:
    yield COMMITMENT.put(CommitmentRow(at.stream, event.pledge_id, event.quantity))


@NEEDS.on(NeedOfferAccepted)
def _covered(at: Envelope, event: NeedOfferAccepted) -> Changes:
    yield COMMITMENT.put(CommitmentRow(at.stream, event.direct_offer_id, event.quantity))


def listed_in(rows: Rows, need: NeedRow) -> str | None:
    """Return the auction that reserves what is outstanding of a need; None where none does."""
    if need.listed_last_in is None:
        return None
    reserved = rows.get(RESERVATION, need.need_id, need.listed_last_in)
    return need.listed_last_in if reserved is not None and reserved.reserves else None
