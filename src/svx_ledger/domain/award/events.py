"""What happens to an award: every event of its stream, in the order of its life."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
    UnitsPerPound,
)
from svx_ledger.domain.kind import Claim, Event
from svx_ledger.domain.private import Private, SubjectErased
from svx_ledger.domain.standstill import MOST_VOLUNTARY_DAYS, StandstillKind

Cause = Literal["auction-closed", "supplier-excluded", "tender-withdrawn"]
"""Why an assessment was ranked: for the first time, or again without one of the tenders."""
Suppliers = Annotated[tuple[OrganisationId, ...], Count(1, 250)]
CalendarDays = Annotated[tuple[date, ...], Count(0, 61)]
Days = Annotated[int, Between(1, MOST_VOLUNTARY_DAYS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why a tender that ranks better is not recommended."""

    supplier_id: OrganisationId
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardedLine:
    """One line of the awarded bid, with the proxy that was frozen and its value by it.

    Of a rate line, quantity and value are what the rate comes to on the reference spend, and
    `cap` is the most that may come of it.
    """

    need_id: NeedId
    measure: Measure
    unit: Unit
    quantity: Quantity
    pounds_per_unit: Pounds
    value_pence: Pence
    rate: UnitsPerPound | None = None
    cap: Quantity | None = None

    @property
    def most(self) -> Decimal:
        """What may come of it at most, and so what it takes of the need."""
        return self.quantity if self.cap is None else self.cap


def award_key(auction_id: str) -> str:
    """Return the unique key of the award that an auction led to, and so of its lot's."""
    return f"auction-award:{auction_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRanked(Event):
    """The tenders for a lot stand in the order of their points: an award can be made of it.

    Ranked again without one of the tenders, everything that followed is undone: the award is
    recommended, approved and announced anew. Nothing in the ranking means nobody is left.
    """

    auction_id: AuctionId
    cause: Cause
    procurement_id: ProcurementId
    lot: Code
    authority_id: OrganisationId
    ranking: Annotated[tuple[AssessedTender, ...], Count(0, 250)]

    def claims(self) -> tuple[Claim, ...]:
        """Take the auction's one award, which a later ranking of it has already."""
        return (Claim(award_key(self.auction_id)),) if self.cause == "auction-closed" else ()


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
    `approved_on` is the UK date; records of before it was stated have none.
    """

    approved_by: PersonId
    supplier_id: OrganisationId
    bid_no: BidNo
    value_pence: Pence
    lines: Annotated[tuple[AwardedLine, ...], Count(1, 250)]
    runner_up_pence: Pence | None = None
    approved_on: date | None = None


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
    edition of a calendar: with them anybody can count the days again.

    `days` is what a voluntary standstill was set to, `ground` why there is no mandatory one.
    Counted were so many `working_days`, or `calendar_days` where that is there. Where there is
    no standstill, no day is counted: `last_day` is the day before `first_day`.
    """

    reference: Code
    published_on: date
    calendar: Name
    calendar_version: Name
    non_working_days: CalendarDays
    kind: StandstillKind
    working_days: Annotated[int, Between(0, 60)]
    first_day: date
    last_day: date
    days: Days | None = None
    ground: Reason | None = None
    calendar_days: Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentationRecorded(Event):
    """A supplier that was assessed objected to the award, on a subject given as a code.

    What it wrote, `content`, is private.
    """

    supplier_id: OrganisationId
    received_on: date
    subject: Code
    recorded_by: PersonId
    content: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingsNotified(Event):
    """The authority was told of a claim about the award, which may suspend it by law.

    While it does (`suspends`), no contract is entered: Procurement Act 2023, section 101;
    Public Contracts Regulations 2015, regulation 95.
    """

    court_ref: Code
    commenced_on: date
    notified_on: date
    suspends: bool
    recorded_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionLifted(Event):
    """The court let the contract be entered, or the proceedings are over."""

    court_ref: Code
    order_ref: Code
    lifted_on: date
    recorded_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderWithdrawn(Event):
    """A supplier stands by its tender no longer, and the authority put its reason on record."""

    supplier_id: OrganisationId
    reason: Reason
    recorded_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardLapsed(Event):
    """The authority gave the award up: there will be no contract from this auction."""

    reason: Reason
    lapsed_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardSetAside(Event):
    """A court set the decision aside: there will be no contract from this auction."""

    court_ref: Code
    order_ref: Code
    recorded_by: PersonId


AwardEvent = (
    AssessmentRanked
    | AwardRecommended
    | AwardApproved
    | AssessmentSummariesSent
    | StandstillStarted
    | RepresentationRecorded
    | ProceedingsNotified
    | SuspensionLifted
    | TenderWithdrawn
    | AwardLapsed
    | AwardSetAside
    | SubjectErased
)
EVENTS: tuple[type[AwardEvent], ...] = (
    AssessmentRanked,
    AwardRecommended,
    AwardApproved,
    AssessmentSummariesSent,
    StandstillStarted,
    RepresentationRecorded,
    ProceedingsNotified,
    SuspensionLifted,
    TenderWithdrawn,
    AwardLapsed,
    AwardSetAside,
    SubjectErased,
)
