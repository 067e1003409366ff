"""What happens to an award: every event of its stream, in the order of its life."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.auction.events import BidNo
from svx_ledger.domain.form import (
    AuctionId,
    Between,
    Code,
    Count,
    Measure,
    Name,
    NeedId,
    OrganisationId,
    Pence,
    PersonId,
    Pounds,
    ProcurementId,
    Quantity,
    Reason,
    Unit,
)
from svx_ledger.domain.kind import Claim, Event

Cause = Literal["auction-closed"]
"""Why an assessment was ranked."""
Suppliers = Annotated[tuple[OrganisationId, ...], Count(1, 250)]
CalendarDays = Annotated[tuple[date, ...], Count(0, 61)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why a tender that ranks better is not recommended."""

    supplier_id: OrganisationId
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardedLine:
    """One line of the awarded bid, with the proxy that was frozen and its value by it."""

    need_id: NeedId
    measure: Measure
    unit: Unit
    quantity: Quantity
    pounds_per_unit: Pounds
    value_pence: Pence


def award_key(auction_id: str) -> str:
    """Return the unique key of the award that an auction led to, and so of its lot's."""
    return f"auction-award:{auction_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRanked(Event):
    """The tenders for a lot stand in the order of their points: an award can be made of it."""

    auction_id: AuctionId
    cause: Cause
    procurement_id: ProcurementId
    lot: Code
    authority_id: OrganisationId
    ranking: Annotated[tuple[AssessedTender, ...], Count(1, 250)]

    def claims(self) -> tuple[Claim, ...]:
        """Take the auction's one award."""
        return (Claim(award_key(self.auction_id)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardRecommended(Event):
    """One person proposed the winner, with a ground for each better tender passed over."""

    supplier_id: OrganisationId
    grounds: Annotated[tuple[Ground, ...], Count(0, 250)]
    recommended_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardApproved(Event):
    """A second person approved it: the standing bid, line for line, is what was pledged.

    `runner_up_pence` is the best bid of another supplier, absent where there was none.
    """

    approved_by: PersonId
    supplier_id: OrganisationId
    bid_no: BidNo
    value_pence: Pence
    lines: Annotated[tuple[AwardedLine, ...], Count(1, 250)]
    runner_up_pence: Pence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSummariesSent(Event):
    """Each assessed supplier was told its scores and the winner's, on this UK date."""

    recipients: Suppliers
    sent_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StandstillStarted(Event):
    """The award notice (UK6) is public: no contract until the day after `last_day`.

    Counted from the day of this record, which may be later than `published_on`.
    `non_working_days` are the bank holidays that were counted as such, from the named
    edition of a calendar: with them anybody can count the working days again.
    """

    reference: Code
    published_on: date
    calendar: Name
    calendar_version: Name
    non_working_days: CalendarDays
    kind: Literal["mandatory"]
    working_days: Annotated[int, Between(0, 60)]
    first_day: date
    last_day: date


AwardEvent = (
    AssessmentRanked
    | AwardRecommended
    | AwardApproved
    | AssessmentSummariesSent
    | StandstillStarted
)
EVENTS: tuple[type[AwardEvent], ...] = (
    AssessmentRanked,
    AwardRecommended,
    AwardApproved,
    AssessmentSummariesSent,
    StandstillStarted,
)
