"""What breaks into the life of an auction: pauses, exclusions, early ends, reads; its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from svx_ledger.domain.form import (
    AwardId,
    Between,
    Code,
    ContractId,
    NeedId,
    OrganisationId,
    PersonId,
    ProcurementId,
    Reason,
    StreamOf,
)
from svx_ledger.domain.kind import Claim, Event

from .events import RequestNo, lot_key

LostSeconds = Annotated[int, Between(0, 10**8)]
"""Of bidding time, lost to an outage. That it is above 0 and at most the auction is a rule."""
PauseCause = Literal["person", "outage"]
VoidGround = Literal["outage", "fault", "court", "other"]
ExclusionGround = Literal["mandatory", "discretionary", "debarred", "conflict", "connected"]
"""Procurement Act 2023, sections 57 and 58: a mandatory or discretionary exclusion ground, a
place on the debarment list; section 82: a conflict that cannot be mitigated. Connected: with
another participant (invariant 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionNeedRemoved(Event):
    """A need that was listed in this auction is listed in it no longer."""

    need_id: NeedId


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionPaused(Event):
    """Bidding stands still from `paused_at` on, until two organisations resume it.

    A person gives a reason. After an outage over the close it is the clock that pauses, as of
    the close, where the frozen rules ask for that.
    """

    paused_at: datetime
    cause: PauseCause
    reason: Reason | None = None
    paused_by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRequested(Event):
    """One organisation asked that bidding go on; after an outage, with the time it cost."""

    reason: Reason
    requested_by: PersonId
    requesting_organisation: OrganisationId
    request_no: RequestNo
    lost_seconds: LostSeconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionResumed(Event):
    """A second organisation agreed: bidding goes on, with close and hard stop moved."""

    request_no: RequestNo
    approved_by: PersonId
    approving_organisation: OrganisationId
    resumed_at: datetime
    closes_at_was: datetime
    closes_at: datetime
    hard_stop_was: datetime
    hard_stop: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidRequested(Event):
    """One organisation asked that the auction be void: for an outage, by this ledger's word."""

    ground: VoidGround
    reason: Reason
    requested_by: PersonId
    requesting_organisation: OrganisationId
    request_no: RequestNo
    ledger_id: Annotated[str, StreamOf("ledger")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionVoided(Event):
    """A second organisation agreed: the auction counts for nothing, and stays listed.

    Its lot is free for another auction; what was spent on it stays spent (invariant 23).
    Procurement and lot are absent where its award had come to nothing, which freed them.
    """

    request_no: RequestNo
    ground: VoidGround
    reason: Reason
    approved_by: PersonId
    approving_organisation: OrganisationId
    procurement_id: ProcurementId | None = None
    lot: Code | None = None

    def claims(self) -> tuple[Claim, ...]:
        """Free the lot, if it is not free already."""
        if self.procurement_id is None or self.lot is None:
            return ()
        return (Claim(lot_key(self.procurement_id, self.lot), held=False),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionCancelled(Event):
    """The authority ended the auction before any bid was accepted. Its lot is free."""

    reason: Reason
    procurement_id: ProcurementId
    lot: Code

    def claims(self) -> tuple[Claim, ...]:
        """Free the lot."""
        return (Claim(lot_key(self.procurement_id, self.lot), held=False),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionUnsuccessful(Event):
    """The auction ended with nothing to award, or never opened. Its lot is free."""

    reason: Reason
    procurement_id: ProcurementId
    lot: Code

    def claims(self) -> tuple[Claim, ...]:
        """Free the lot."""
        return (Claim(lot_key(self.procurement_id, self.lot), held=False),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRequested(Event):
    """One person asked that a supplier be excluded; nothing changes yet."""

    supplier_id: OrganisationId
    ground: ExclusionGround
    reason: Reason
    requested_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierExcluded(Event):
    """A second person excluded a supplier: all its bids are out (invariant 11).

    `award_id` names the award that was in force then and was assessed again without it.
    """

    supplier_id: OrganisationId
    ground: ExclusionGround
    reason: Reason
    requested_by: PersonId
    approved_by: PersonId
    award_id: AwardId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenAmountsRead(Event):
    """An auditor read what the bids of this auction are worth, for a stated purpose."""

    purpose: Reason
    read_by: PersonId
    reading_organisation: OrganisationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReleased(Event):
    """The award of this auction came to nothing, or its contract ended early: its lot is free.

    `terminated`: the contract that the award had led to was.
    """

    award_id: AwardId
    outcome: Literal["lapsed", "set-aside", "terminated"]
    procurement_id: ProcurementId
    lot: Code

    def claims(self) -> tuple[Claim, ...]:
        """Free the lot."""
        return (Claim(lot_key(self.procurement_id, self.lot), held=False),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionConcluded(Event):
    """The auction led to a contract. It holds its lot, unless that is terminated."""

    contract_id: ContractId


AuctionBreak = (
    AuctionNeedRemoved
    | AuctionPaused
    | ResumeRequested
    | AuctionResumed
    | VoidRequested
    | AuctionVoided
    | AuctionCancelled
    | AuctionUnsuccessful
    | ExclusionRequested
    | SupplierExcluded
    | HiddenAmountsRead
    | LotReleased
    | AuctionConcluded
)
BREAKS: tuple[type[AuctionBreak], ...] = (
    AuctionNeedRemoved,
    AuctionPaused,
    ResumeRequested,
    AuctionResumed,
    VoidRequested,
    AuctionVoided,
    AuctionCancelled,
    AuctionUnsuccessful,
    ExclusionRequested,
    SupplierExcluded,
    HiddenAmountsRead,
    LotReleased,
    AuctionConcluded,
)
