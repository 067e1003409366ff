"""What happens to a contract: every event of its stream, in the order of its life."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from svx_ledger.domain.form import (
    AuctionId,
    AwardId,
    Code,
    Count,
    NeedId,
    OrganisationId,
    Pence,
    PersonId,
    PledgeId,
    ProcurementId,
    Quantity,
    Reason,
)
from svx_ledger.domain.kind import Claim, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class VariedLine:
    """What a pledge to a need is to be from now on, in the unit of its measure."""

    need_id: NeedId
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What a variation made of one pledge."""

    need_id: NeedId
    pledge_id: PledgeId
    quantity_was: Quantity
    quantity: Quantity


VariedLines = Annotated[tuple[VariedLine, ...], Count(1, 250)]
LineChanges = Annotated[tuple[LineChange, ...], Count(1, 250)]


def contract_key(award_id: str) -> str:
    """Return the unique key of the contract that an award led to."""
    return f"award-contract:{award_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEntered(Event):
    """An authority and a supplier are bound: from here on, the pledges are owed.

    `entered_on` is the UK date on which that was; the period may begin earlier or later.
    `contract_value_pence` is the lot's; `pledged_pence` what the pledges are worth together;
    `runner_up_pence` the best bid of another supplier, absent where there was none.
    """

    award_id: AwardId
    entered_on: date
    period_from: date
    period_to: date
    procurement_id: ProcurementId
    lot: Code
    authority_id: OrganisationId
    supplier_id: OrganisationId
    auction_id: AuctionId
    contract_value_pence: Pence
    pledged_pence: Pence
    runner_up_pence: Pence | None = None

    def claims(self) -> tuple[Claim, ...]:
        """Take the award's one contract."""
        return (Claim(contract_key(self.award_id)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationRequested(Event):
    """One person asked for other quantities; nothing changes until a second approves."""

    lines: VariedLines
    ground: Reason
    requested_by: PersonId
    notice: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractVaried(Event):
    """The pledges named are owed in other quantities, on a stated ground.

    `pledged_pence` is what all pledges of the contract are worth now. `below_runner_up` says
    that this is less than another supplier had bid: a flag, not a finding.
    """

    approved_by: PersonId
    lines: LineChanges
    ground: Reason
    pledged_pence_was: Pence
    pledged_pence: Pence
    below_runner_up: bool
    notice: Code | None = None
    runner_up_pence: Pence | None = None


ContractEvent = ContractEntered | VariationRequested | ContractVaried
EVENTS: tuple[type[ContractEvent], ...] = (ContractEntered, VariationRequested, ContractVaried)
