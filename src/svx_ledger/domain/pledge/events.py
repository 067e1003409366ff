"""What happens to a pledge: every event of its stream, in the order of its life."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

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
)
from svx_ledger.domain.kind import Claim, Event
from svx_ledger.domain.need import Theme
from svx_ledger.domain.place import Place

ClaimNo = Annotated[int, Between(1, 10**9)]
"""1, 2, 3 … over the claims of one pledge."""


def pledge_id_of(contract_id: str, need_id: str) -> str:
    """Return the name of the pledge that a contract makes to a need: it has no other."""
    return "pledge-" + hashlib.sha256(f"{contract_id}/{need_id}".encode()).hexdigest()[:26]


def evidence_key(sha256: str) -> str:
    """Return the unique claim that a piece of evidence is."""
    return f"evidence:{sha256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeCommitted(Event):
    """A supplier owes this, by contract, to a community organisation's project.

    `quantity` in `unit`, whole where that is not `divisible`, at the proxy that was frozen;
    the shares and `years` are the proxy's adjustments for net and lasting value. Due by the
    day it is needed, at the latest by the end of the contract, which was entered, and may be
    delivered on, from `entered_on`.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeVaried(Event):
    """The contract was varied: this much is owed now.

    `counted_pence` is the value of earlier over-delivery that a raise now covers, so that the
    `counted_pence` of a pledge's events sum to the value of min(confirmed, owed).
    """

    contract_id: ContractId
    quantity_was: Quantity
    quantity: Quantity
    value_pence_was: Pence
    value_pence: Pence
    counted_pence: Pence


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryClaimed(Event):
    """The supplier says that it delivered so much, of which nothing counts until confirmed.

    Values of instalments add up to the value of their sum: each is what the total claimed is
    worth after it, less what it was worth before.
    """

    quantity: Quantity
    delivered_from: date
    delivered_to: date
    evidence_sha256: Sha256
    claim_no: ClaimNo
    value_pence: Pence
    outside_period: bool
    claimed_by: PersonId

    def claims(self) -> tuple[Claim, ...]:
        """Take the evidence for this pledge."""
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


PledgeEvent = PledgeCommitted | PledgeVaried | DeliveryClaimed | DeliveryConfirmed
EVENTS: tuple[type[PledgeEvent], ...] = (
    PledgeCommitted,
    PledgeVaried,
    DeliveryClaimed,
    DeliveryConfirmed,
)
