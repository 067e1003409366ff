"""What happens to a need: every event of its stream, in the order of its life."""

from dataclasses import dataclass
from datetime import date

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.form import (
    AuctionId,
    Code,
    DirectOfferId,
    Measure,
    Name,
    OrganisationId,
    PersonId,
    PledgeId,
    ProjectId,
    Quantity,
    Reason,
    Unit,
)
from svx_ledger.domain.kind import Event
from svx_ledger.domain.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What a need is about, by a code in a named scheme, e.g. `ToMs` / `NT11`."""

    scheme: Code
    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedProposed(Event):
    """A project said what it lacks, and what local know-how would make of it.

    `use` says what it would be used for, `delivered_by` who does the work locally, and
    `in_place` what is there already.
    """

    project_id: ProjectId
    organisation_id: OrganisationId
    measure: Measure
    unit: Unit
    quantity: Quantity
    place: Place
    needed_by: date
    theme: Theme
    use: Reason
    delivered_by: Name
    in_place: Reason
    proposed_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedApproved(Event):
    """An authority with no part in the project found the need fit to be listed."""

    approved_by: PersonId
    approver_organisation: OrganisationId


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedListed(Event):
    """An auction reserves the need: no other may list it until it is released."""

    auction_id: AuctionId
    relevance: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCommitted(Event):
    """A pledge commits this quantity now; said again for the same pledge, it replaces it."""

    pledge_id: PledgeId
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedOfferAccepted(Event):
    """An offer made outside any auction was accepted: it covers this quantity of the need."""

    direct_offer_id: DirectOfferId
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedReleased(Event):
    """The auction reserves the need no longer: what is outstanding may be listed again."""

    auction_id: AuctionId


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRelisted(Event):
    """Another auction reserves a need that was listed before; it may be needed later by now."""

    auction_id: AuctionId
    relevance: Reason
    needed_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWithdrawn(Event):
    """Its organisation asks for it no longer; what pledges commit stays owed.

    `quantity` is what was outstanding, and so is not asked for any more.
    """

    reason: Reason
    quantity: Quantity
    withdrawn_by: PersonId


NeedEvent = (
    NeedProposed
    | NeedApproved
    | NeedListed
    | NeedCommitted
    | NeedReleased
    | NeedRelisted
    | NeedWithdrawn
    | NeedOfferAccepted
    | RecordCorrected
)
EVENTS: tuple[type[NeedEvent], ...] = (
    NeedProposed,
    NeedApproved,
    NeedListed,
    NeedCommitted,
    NeedReleased,
    NeedRelisted,
    NeedWithdrawn,
    NeedOfferAccepted,
    RecordCorrected,
)
