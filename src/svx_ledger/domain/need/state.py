"""A need as the rules see it, and how each event changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, assert_never

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.kind import changed
from svx_ledger.domain.place import Place

from .events import (
    NeedApproved,
    NeedCommitted,
    NeedEvent,
    NeedListed,
    NeedOfferAccepted,
    NeedProposed,
    NeedReleased,
    NeedRelisted,
    NeedWithdrawn,
    Theme,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A need as the rules see it.

    `commitments` holds the quantity in force of each pledge, and of each direct offer that was
    accepted. `approver_organisation` is the authority that approved it. `listed_before` says
    whether any auction ever had it listed, this one included.
    """

    project_id: str
    organisation_id: str
    measure: str
    unit: str
    quantity: Decimal
    place: Place
    theme: Theme
    needed_by: date
    proposed_by: str
    phase: Literal["proposed", "approved", "withdrawn"] = "proposed"
    approver_organisation: str | None = None
    listed_in: str | None = None
    listed_before: bool = False
    commitments: Mapping[str, Decimal] = field(default_factory=dict)
    use: str
    delivered_by: str
    in_place: str

    @property
    def outstanding(self) -> Decimal:
        """What no pledge in force and no accepted offer covers; nothing once withdrawn."""
        if self.phase == "withdrawn":
            return Decimal(0)
        return self.quantity - sum(self.commitments.values())


def evolve(need: Need | None, event: NeedEvent) -> Need:
    """Fold one more fact into the need."""
    if isinstance(event, NeedProposed):
        return Need(
            project_id=event.project_id,
            organisation_id=event.organisation_id,
            measure=event.measure,
            unit=event.unit,
            quantity=event.quantity,
            place=event.place,
            theme=event.theme,
            needed_by=event.needed_by,
            proposed_by=event.proposed_by,
            use=event.use,
            delivered_by=event.delivered_by,
            in_place=event.in_place,
        )
    assert need is not None
    match event:
        case NeedApproved(approver_organisation=approver):
            return changed(need, phase="approved", approver_organisation=approver)
        case NeedListed(auction_id=auction_id):
            return changed(need, listed_in=auction_id, listed_before=True)
        case NeedCommitted(pledge_id=pledge_id, quantity=quantity):
            return changed(need, commitments={**need.commitments, pledge_id: quantity})
        case NeedReleased(auction_id=auction_id):  # by another auction: it is reserved still
            held = None if need.listed_in == auction_id else need.listed_in
            return changed(need, listed_in=held)
        case NeedRelisted(auction_id=auction_id, needed_by=later):
            needed_by = later or need.needed_by
            return changed(need, listed_in=auction_id, needed_by=needed_by)
        case NeedWithdrawn():
            return changed(need, phase="withdrawn")
        case NeedOfferAccepted(direct_offer_id=offer_id, quantity=quantity):
            return changed(need, commitments={**need.commitments, offer_id: quantity})
        case RecordCorrected(field=name, new=new):
            return _corrected(need, name, new)
        case _:
            assert_never(event)


def _corrected(need: Need, field_name: str, new: str) -> Need:
    match field_name:
        case "use":
            return changed(need, use=new)
        case "delivered_by":
            return changed(need, delivered_by=new)
        case _:  # these three can be corrected, and no other
            return changed(need, in_place=new)
