"""What happens while a contract runs, besides its variations, and how it ends."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from svx_ledger.domain.evidence import evidence_key
from svx_ledger.domain.form import (
    Code,
    ContractId,
    Count,
    Name,
    Pence,
    PersonId,
    PledgeId,
    Reason,
    Sha256,
    Share,
)
from svx_ledger.domain.kind import Claim, Event

CitedPledges = Annotated[tuple[PledgeId, ...], Count(1, 250)]
Rating = Literal["good", "approaching-target", "requires-improvement", "inadequate", "other"]
"""The five of the Procurement Regulations 2024, regulation 39."""
TerminationGround = Literal[
    "mutual-agreement",
    "supplier-breach",
    "supplier-insolvent",
    "supplier-excludable",
    "authority-breach",
    "set-aside",
    "other",
]
"""Why a contract ended before its work was done (Procurement Act 2023, sections 78 and 80)."""


def contract_invoice_key(contract_id: str, invoice: str) -> str:
    """Return the unique key that an invoice under one contract is."""
    return f"contract-invoice:{contract_id}/{invoice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceShare:
    """Which part of one piece of evidence shows what was delivered on a pledge."""

    pledge_id: PledgeId
    share: Share


EvidenceShares = Annotated[tuple[EvidenceShare, ...], Count(2, 250)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractInvoiceRecorded(Event):
    """The payer stated what was invoiced under the contract for a period, net of VAT.

    `spend_pence` is all that was invoiced under it so far: what its rate pledges are owed on.
    """

    contract_id: ContractId
    invoice: Code
    period_from: date
    period_to: date
    amount_pence: Pence
    spend_pence_was: Pence
    spend_pence: Pence
    recorded_by: PersonId

    def claims(self) -> tuple[Claim, ...]:
        """Take this invoice of the contract."""
        return (Claim(contract_invoice_key(self.contract_id, self.invoice)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceApportioned(Event):
    """One piece of evidence shows deliveries on several pledges: so much of it on each.

    The shares sum to one, so that nothing that it shows is counted twice.
    """

    evidence_sha256: Sha256
    shares: EvidenceShares
    apportioned_by: PersonId

    def claims(self) -> tuple[Claim, ...]:
        """Take the evidence for this contract."""
        return (Claim(evidence_key(self.evidence_sha256)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiSet(Event):
    """The contract is measured by this, in place of what had the same code before.

    `pledges` are those that it is about, absent where it is about none in particular.
    """

    kpi: Code
    title: Name
    goal: Name
    set_by: PersonId
    pledges: CitedPledges | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceRated(Event):
    """The authority rated a period's performance against one KPI.

    `notice` is the contract performance notice (UK9: Procurement Act 2023, section 71),
    absent where none is due. A later rating of the same period corrects this one.
    """

    kpi: Code
    period_from: date
    period_to: date
    rating: Rating
    rated_by: PersonId
    reason: Reason | None = None
    notice: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationReduced(Event):
    """A pledge was released or written off: all pledges are worth less together.

    `below_runner_up` says that this is less than another supplier had bid: a flag, not a
    finding.
    """

    pledge_id: PledgeId
    pledged_pence_was: Pence
    pledged_pence: Pence
    below_runner_up: bool
    runner_up_pence: Pence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCompleted(Event):
    """What the contract is for was done, by this UK date: nothing more falls due under it.

    `notice` is the contract termination notice (UK11: Procurement Act 2023, section 80);
    `reason` says why it is completed before its period is over.
    """

    completed_on: date
    completed_by: PersonId
    notice: Code | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTerminated(Event):
    """The contract ended early, on this UK date: nothing more falls due under it.

    `notice` is the contract termination notice (UK11: Procurement Act 2023, section 80).
    """

    ground: TerminationGround
    reason: Reason
    terminated_on: date
    terminated_by: PersonId
    notice: Code | None = None


ContractRun = (
    ContractInvoiceRecorded
    | EvidenceApportioned
    | KpiSet
    | PerformanceRated
    | ObligationReduced
    | ContractCompleted
    | ContractTerminated
)
RUN: tuple[type[ContractRun], ...] = (
    ContractInvoiceRecorded,
    EvidenceApportioned,
    KpiSet,
    PerformanceRated,
    ObligationReduced,
    ContractCompleted,
    ContractTerminated,
)
