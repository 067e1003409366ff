"""What happens to a contract: how it is entered and varied; the rest is in `running`."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from svx_ledger.domain.form import (
    AuctionId,
    AwardId,
    Between,
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
    UnitsPerPound,
)
from svx_ledger.domain.kind import Claim, Event

from .running import RUN, ContractRun

RequestNo = Annotated[int, Between(1, 10**9)]
"""1, 2, 3 … over the requests of one contract that a second person answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariedLine:
    """What a pledge to a need is to be from now on, in the unit of its measure.

    Of a rate pledge `quantity` is the cap, and `rate` the units for each pound of contract
    spend from the first pound on, absent where that stays as it is.
    """

    need_id: NeedId
    quantity: Quantity
    rate: UnitsPerPound | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What a variation made of one pledge; the quantities of a rate pledge are its caps."""

    need_id: NeedId
    pledge_id: PledgeId
    quantity_was: Quantity
    quantity: Quantity
    rate_was: UnitsPerPound | None = None
    rate: UnitsPerPound | None = None


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
    """One person asked for other quantities; nothing changes until a second approves.

    `request_no` tells it from the requests that it takes the place of, or that follow.
    """

    lines: VariedLines
    ground: Reason
    requested_by: PersonId
    notice: Code | None = None
    request_no: RequestNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractVaried(Event):
    """The pledges named are owed in other quantities, on a stated ground.

    `pledged_pence` is what all pledges of the contract are worth now, rate pledges at the
    reference spend. `below_runner_up` says that this is less than another supplier had bid: a
    flag, not a finding. `request_no` is the request that was named in approving it.
    """

    approved_by: PersonId
    lines: LineChanges
    ground: Reason
    pledged_pence_was: Pence
    pledged_pence: Pence
    below_runner_up: bool
    notice: Code | None = None
    runner_up_pence: Pence | None = None
    request_no: RequestNo | None = None


ContractEvent = ContractEntered | VariationRequested | ContractVaried | ContractRun
EVENTS: tuple[type[ContractEvent], ...] = (
    ContractEntered,
    VariationRequested,
    ContractVaried,
    *RUN,
)
