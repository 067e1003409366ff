"""What is owed on a pledge, claimed and confirmed; what else befalls it is in `outcomes`."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from svx_ledger.domain.evidence import evidence_key
from svx_ledger.domain.form import (
    AuctionId,
    AwardId,
    Between,
    ContractId,
    Measure,
    NeedId,
    OrganisationId,
    Pence,
    PersonId,
    Pounds,
    ProcurementId,
    ProjectId,
    Quantity,
    Sha256,
    Share,
    Unit,
    UnitsPerPound,
)
from svx_ledger.domain.kind import Claim, Event
from svx_ledger.domain.need import Theme
from svx_ledger.domain.place import Place
from svx_ledger.domain.private import Private, SubjectErased

from .outcomes import OUTCOMES, ClaimNo, PledgeOutcome


def pledge_id_of(contract_id: str, need_id: str) -> str:
    """Return the name of the pledge that a contract makes to a need: it has no other."""
    return "pledge-" + hashlib.sha256(f"{contract_id}/{need_id}".encode()).hexdigest()[:26]


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeCommitted(Event):
    """A supplier owes this, by contract, to a community organisation's project.

    `quantity` in `unit`, whole where that is not `divisible`, at the proxy that was frozen;
    the shares and `years` are the proxy's adjustments for net and lasting value. Due by the
    day it is needed, at the latest by the end of the contract, which was entered, and may be
    delivered on, from `entered_on`.

    A rate pledge has `rate`, in units for each pound of contract spend, and `cap`, the most
    that may come of it. Nothing is owed of it until something is spent (`PledgeMaterialised`);
    its `quantity` and value are at the reference spend, as they were ranked.
    """

    contract_id: ContractId
    award_id: AwardId
    auction_id: AuctionId
    procurement_id: ProcurementId
    authority_id: OrganisationId
    supplier_id: OrganisationId
    need_id: NeedId
    project_id: ProjectId
    community_id: OrganisationId
    measure: Measure
    unit: Unit
    quantity: Quantity
    divisible: bool
    pounds_per_unit: Pounds
    value_pence: Pence
    deadweight: Share
    displacement: Share
    attribution: Share
    drop_off: Share
    years: Annotated[int, Between(1, 50)]
    theme: Theme
    place: Place
    due_by: date
    entered_on: date
    period_from: date
    period_to: date
    rate: UnitsPerPound | None = None
    cap: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeVaried(Event):
    """The contract was varied: this much is owed now.

    `counted_pence` is the value of earlier over-delivery that a raise now covers, so that the
    `counted_pence` of a pledge's events sum to the value of min(confirmed, owed).

    Of a rate pledge `quantity` is what the spend so far makes of it at the new `rate` and
    `cap`, and `reference` the same at the reference spend.
    """

    contract_id: ContractId
    quantity_was: Quantity
    quantity: Quantity
    value_pence_was: Pence
    value_pence: Pence
    counted_pence: Pence
    rate: UnitsPerPound | None = None
    cap: Quantity | None = None
    reference: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeMaterialised(Event):
    """The contract was invoiced: this much of a rate pledge is owed now.

    min(rate × `spend_pence` in pounds, cap), rounded down: to whole units of what cannot be
    divided, else to the millionth. `counted_pence` as in `PledgeVaried`.
    """

    contract_id: ContractId
    spend_pence: Pence
    quantity_was: Quantity
    quantity: Quantity
    value_pence_was: Pence
    value_pence: Pence
    counted_pence: Pence


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryClaimed(Event):
    """The supplier says that it delivered so much, of which nothing counts until confirmed.

    Values of instalments add up to the value of their sum: each is what the total claimed is
    worth after it, less what it was worth before. `apportioned` is true where the contract
    apportioned the evidence to several pledges, `shown_before` where an earlier claim of this
    pledge rested on it. What the supplier says of it in words, `note`, is private.
    """

    quantity: Quantity
    delivered_from: date
    delivered_to: date
    evidence_sha256: Sha256
    claim_no: ClaimNo
    value_pence: Pence
    outside_period: bool
    claimed_by: PersonId
    apportioned: bool | None = None
    shown_before: bool | None = None
    note: Private | None = None

    def claims(self) -> tuple[Claim, ...]:
        """Take the evidence for this pledge, unless it or its contract has it already."""
        if self.apportioned or self.shown_before:
            return ()
        return (Claim(evidence_key(self.evidence_sha256)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryConfirmed(Event):
    """The other side says that so much of a claim arrived.

    `value_pence` is of all of it, `counted_pence` of the part that was owed; the difference
    is over-delivery.
    """

    claim_no: ClaimNo
    quantity: Quantity
    by: Literal["community", "authority"]
    confirmed_by: PersonId
    value_pence: Pence
    counted_pence: Pence


PledgeEvent = (
    PledgeCommitted
    | PledgeVaried
    | PledgeMaterialised
    | DeliveryClaimed
    | DeliveryConfirmed
    | PledgeOutcome
    | SubjectErased
)
EVENTS: tuple[type[PledgeEvent], ...] = (
    PledgeCommitted,
    PledgeVaried,
    PledgeMaterialised,
    DeliveryClaimed,
    DeliveryConfirmed,
    *OUTCOMES,
    SubjectErased,
)
