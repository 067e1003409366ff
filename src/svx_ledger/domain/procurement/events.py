"""What happens to a procurement: every event of its stream, and the terms that they use."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.form import (
    AuctionId,
    Between,
    Code,
    Count,
    Matching,
    Name,
    OrganisationId,
    Pence,
    PersonId,
    Points,
    Reason,
)
from svx_ledger.domain.kind import Claim, Event
from svx_ledger.domain.private import Private, SubjectErased

Ocid = Annotated[
    str,
    Matching(
        r"ocds-[a-z0-9]{6}-[A-Za-z0-9._-]{1,60}",
        "an OCID: ocds-, six small letters and digits, a hyphen, and the publisher's own id",
    ),
]
"""An Open Contracting identifier: `ocds-`, the publisher's prefix, its own id."""
AreaCodes = Annotated[tuple[Code, ...], Count(0, 50)]
Regime = Literal["pa2023", "pcr2015", "scotland", "below_threshold", "light_touch", "other"]
Nation = Literal["england", "wales", "scotland", "northern_ireland"]
Policy = Literal["ppn002", "own", "none"]

MOST_INTERESTS = 250
"""Declared in one procurement: so many findings fit one review."""
MOST_OPEN_INTERESTS = 10
"""Declared by one person in one procurement, and not judged yet."""
Nature = Literal["employment", "shareholding", "family", "gift", "office", "other"]
"""Of an interest. Never in words: they would say more about a person than the rules need."""
Occasion = Literal["before-notice", "declaration", "before-award"]
"""When the authority reviews conflicts of interest."""
Outcome = Literal["none", "mitigated", "live"]
"""Of a review: no conflict, one that a stated measure takes care of, or one that stands."""
OtherNotice = Literal[
    "UK1", "UK2", "UK3", "UK5", "UK7", "UK8", "UK13", "UK14", "UK15", "UK16", "UK17"
]
"""The notices without an act of their own. The tender notice is UK4 and the award notice UK6;
UK9 to UK11 belong to the contract, UK12 ends a procurement."""


def ocid_key(ocid: str) -> str:
    """Return the unique claim that an OCID is."""
    return f"ocid:{ocid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A piece of the contract, never a need; an undivided procurement has one lot.

    `reference_spend_pence` is the spend assumed for ranking where nobody can promise any.
    """

    lot: Code
    title: Name
    contract_value_pence: Pence
    reference_spend_pence: Pence | None = None


Lots = Annotated[tuple[Lot, ...], Count(1, 100)]
LotCodes = Annotated[tuple[Code, ...], Count(1, 100)]
Auctions = Annotated[tuple[AuctionId, ...], Count(0, 100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a review made of one declared interest; `measure` is what mitigates it."""

    interest_no: Annotated[int, Between(1, MOST_INTERESTS)]
    outcome: Outcome
    measure: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierFinding:
    """What a review made of one supplier: `live` where it would have an unfair advantage."""

    supplier_id: OrganisationId
    outcome: Outcome


Findings = Annotated[tuple[Finding, ...], Count(0, MOST_INTERESTS)]
SupplierFindings = Annotated[tuple[SupplierFinding, ...], Count(0, 250)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcurementRegistered(Event):
    """An authority brought a buying exercise onto the exchange."""

    ocid: Ocid
    title: Name
    authority_id: OrganisationId
    acts_for: AreaCodes
    lots: Lots
    regime: Regime
    nation: Nation
    policy: Policy
    social_value_weight: Points

    def claims(self) -> tuple[Claim, ...]:
        """Take the OCID for this procurement."""
        return (Claim(ocid_key(self.ocid)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestDeclared(Event):
    """Somebody said that a person has an interest in an organisation.

    Until the next review that person counts as conflicted. `interest_no` is 1, 2, 3 … within
    the procurement. What it is in words, `details`, is private. `declarer_id` is for whom the
    person who declared it acts; the authority's people leave it out.
    """

    person_id: PersonId
    organisation_id: OrganisationId
    nature: Nature
    interest_no: Annotated[int, Between(1, MOST_INTERESTS)]
    declared_by: PersonId
    details: Private | None = None
    declarer_id: OrganisationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictsReviewed(Event):
    """The authority judged every interest declared so far, and the suppliers it names.

    In place of its earlier findings (Procurement Act 2023, section 83).
    """

    occasion: Occasion
    findings: Findings
    suppliers: SupplierFindings
    reviewed_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderNoticePublished(Event):
    """The tender notice is public (UK4: Procurement Act 2023, section 21)."""

    notice: Literal["UK4"]
    reference: Code
    published_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePublished(Event):
    """Another notice of the procurement is public, or one of a lot of it."""

    notice: OtherNotice
    reference: Code
    published_on: date
    lot: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcurementCompleted(Event):
    """The procurement is over: every auction of it led to a contract or ended without one.

    `completed_on` is the UK date; records of before it was stated have none.
    """

    lots: LotCodes
    auctions: Auctions
    completed_by: PersonId
    completed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcurementTerminated(Event):
    """The authority ended the procurement (UK12: Procurement Act 2023, section 55).

    `terminated_on` is the UK date; records of before it was stated have none.
    """

    reason: Reason
    reference: Code
    lots: LotCodes
    auctions: Auctions
    terminated_by: PersonId
    terminated_on: date | None = None


ProcurementEvent = (
    ProcurementRegistered
    | InterestDeclared
    | ConflictsReviewed
    | TenderNoticePublished
    | NoticePublished
    | ProcurementCompleted
    | ProcurementTerminated
    | RecordCorrected
    | SubjectErased
)
EVENTS: tuple[type[ProcurementEvent], ...] = (
    ProcurementRegistered,
    InterestDeclared,
    ConflictsReviewed,
    TenderNoticePublished,
    NoticePublished,
    ProcurementCompleted,
    ProcurementTerminated,
    RecordCorrected,
    SubjectErased,
)
