"""A contract that runs and ends, and what befalls its pledges: all of it fictional."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from svx_ledger.domain.auction.breaks import AuctionConcluded
from svx_ledger.domain.contract.running import (
    ContractCompleted,
    ContractInvoiceRecorded,
    ContractTerminated,
    EvidenceApportioned,
    EvidenceShare,
    KpiSet,
    ObligationReduced,
    PerformanceRated,
)
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedCommitted
from svx_ledger.domain.pledge.events import PledgeMaterialised
from svx_ledger.domain.pledge.outcomes import (
    ClaimWithdrawn,
    DeliveryDisputed,
    DisputeResolved,
    PledgeDefaulted,
    PledgeReleased,
    PledgeWrittenOff,
    RemedyAgreed,
    WriteOffRequested,
)

CONTRACT, AUCTION = "contract-lantern", "auction-lantern"
NEED, PLEDGE, OTHER = "need-mentors", "pledge-mentors", "pledge-laptops"
MANAGER, APPROVER = "person-manager", "person-approver"

INVOICED = ContractInvoiceRecorded(
    contract_id=CONTRACT,
    invoice="INV-2026-07",
    period_from=date(2026, 6, 1),
    period_to=date(2026, 6, 30),
    amount_pence=12_345_678,
    spend_pence_was=100_000_000,
    spend_pence=112_345_678,
    recorded_by=MANAGER,
)
MATERIALISED = PledgeMaterialised(
    contract_id=CONTRACT,
    spend_pence=112_345_678,
    quantity_was=Decimal(100),
    quantity=Decimal("112.345678"),
    value_pence_was=169_300,
    value_pence=190_201,
    counted_pence=20_901,
)
APPORTIONED = EvidenceApportioned(
    evidence_sha256="c" * 64,
    shares=(
        EvidenceShare(pledge_id=PLEDGE, share=Decimal("0.333333")),
        EvidenceShare(pledge_id=OTHER, share=Decimal("0.666667")),
    ),
    apportioned_by="person-signatory",
)
KPI = KpiSet(
    kpi="KPI-3",
    title="Mentors in place (fictional)",
    goal="Forty mentors by the end of each year",
    set_by=MANAGER,
    pledges=(PLEDGE, OTHER),
)
RATED = PerformanceRated(
    kpi="KPI-3",
    period_from=date(2026, 4, 1),
    period_to=date(2027, 3, 31),
    rating="requires-improvement",
    rated_by=MANAGER,
    reason="Thirty of forty mentors (fictional)",
    notice="UK9-1",
)
REDUCED = ObligationReduced(
    pledge_id=PLEDGE,
    pledged_pence_was=450_000_000,
    pledged_pence=419_999_999,
    below_runner_up=True,
    runner_up_pence=420_000_000,
)
COMPLETED = ContractCompleted(
    completed_on=date(2029, 3, 31), completed_by=MANAGER, notice="UK11-1"
)
TERMINATED = ContractTerminated(
    ground="supplier-insolvent",
    reason="An administrator was appointed (fictional)",
    terminated_on=date(2027, 1, 4),
    terminated_by=MANAGER,
    notice="UK11-2",
)
WITHDRAWN = ClaimWithdrawn(
    claim_no=2,
    reason="Claimed on the wrong pledge (fictional)",
    quantity=Decimal("0.5"),
    value_pence=847,
    withdrawn_by="person-signatory",
    disputed_pence=846,
)
DISPUTED = DeliveryDisputed(
    claim_no=3,
    reason="Nobody came on two of the days (fictional)",
    by="community",
    quantity=Decimal(8),
    value_pence=13_544,
    disputed_by="person-lead",
)
RESOLVED = DisputeResolved(
    claim_no=3,
    quantity=Decimal(6),
    reason="The sign-in sheets show six hours (fictional)",
    by="auditor",
    resolved_by="person-auditor",
    value_pence=10_158,
    counted_pence=8_465,
    disputed=Decimal(8),
    disputed_pence=13_544,
)
DEFAULTED = PledgeDefaulted(
    reason="Two terms went by without mentors (fictional)",
    as_of=date(2027, 4, 1),
    due_by=date(2027, 3, 31),
    quantity_open=Decimal("12.5"),
    value_pence=21_162,
    recorded_by=MANAGER,
)
REMEDY = RemedyAgreed(
    due_by=date(2027, 9, 30),
    plan="Twice the hours in the summer term (fictional)",
    due_by_was=date(2027, 3, 31),
    recorded_by=MANAGER,
)
ASKED = WriteOffRequested(
    reason="The supplier has no staff left (fictional)", requested_by=MANAGER, request_no=2
)
WRITTEN_OFF = PledgeWrittenOff(
    request_no=2,
    approved_by=APPROVER,
    reason="The supplier has no staff left (fictional)",
    written_off_on=date(2027, 10, 1),
    quantity_was=Decimal(100),
    quantity=Decimal("87.5"),
    value_pence_was=169_300,
    value_pence=148_138,
    reference=Decimal("87.5"),
)
RELEASED = PledgeReleased(
    released_on=date(2027, 10, 1),
    quantity_was=Decimal(100),
    quantity=Decimal("87.5"),
    value_pence_was=169_300,
    value_pence=148_138,
    released_by=MANAGER,
    reason="The project has closed (fictional)",
    reference=Decimal("87.5"),
)
COMMITTED = NeedCommitted(pledge_id=PLEDGE, quantity=Decimal("87.5"))


def _events() -> Iterator[tuple[str, str, Event]]:
    yield AUCTION, "EnterContract", AuctionConcluded(contract_id=CONTRACT)
    yield CONTRACT, "RecordContractInvoice", INVOICED
    yield PLEDGE, "RecordContractInvoice", MATERIALISED
    yield CONTRACT, "ApportionEvidence", APPORTIONED
    yield CONTRACT, "SetKpi", KPI
    yield CONTRACT, "RatePerformance", RATED
    yield CONTRACT, "CompleteContract", COMPLETED
    yield CONTRACT, "TerminateContract", TERMINATED
    yield PLEDGE, "WithdrawClaim", WITHDRAWN
    yield PLEDGE, "DisputeDelivery", DISPUTED
    yield PLEDGE, "ResolveDispute", RESOLVED
    yield PLEDGE, "RecordDefault", DEFAULTED
    yield PLEDGE, "RecordRemedy", REMEDY
    yield PLEDGE, "RequestWriteOff", ASKED
    yield PLEDGE, "ApproveWriteOff", WRITTEN_OFF
    for command in ("CompleteContract", "TerminateContract", "ReleasePledge"):
        yield PLEDGE, command, RELEASED
        yield NEED, command, COMMITTED
    yield NEED, "ApproveWriteOff", COMMITTED
    for command in ("ApproveWriteOff", "ReleasePledge"):
        yield CONTRACT, command, REDUCED


EVENTS: tuple[tuple[str, str, Event], ...] = tuple(_events())
