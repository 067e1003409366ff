"""What became of the cleaning contract: invoices, a dispute, a default, a write-off."""

from decimal import Decimal
from typing import Final

from svx_ledger.cli.demo.binding import evidence
from svx_ledger.cli.demo.step import Step, day, person, step
from svx_ledger.cli.demo.winning import Delivery
from svx_ledger.domain.contract.apportioning import ApportionEvidence
from svx_ledger.domain.contract.invoicing import RecordContractInvoice
from svx_ledger.domain.contract.performing import RatePerformance, SetKpi
from svx_ledger.domain.contract.running import EvidenceShare, Rating
from svx_ledger.domain.pledge.defaulting import RecordDefault, RecordRemedy
from svx_ledger.domain.pledge.disputing import DisputeDelivery, ResolveDispute, WithdrawClaim
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.domain.pledge.releasing import ApproveWriteOff, ReleasePledge, RequestWriteOff

CONTRACT: Final = "contract-cleaning"
MANAGER = person("authority.contract_manager", "ottermoor")
SIGNATORY = person("supplier.signatory", "pellwick")
REPORT: Final = "cleaning, the workshop's term report"


def _pledge(need: str) -> str:
    return pledge_id_of(CONTRACT, f"need-{need}")


def _invoice(at: str, period: tuple[str, str], pounds: int, says: str = "") -> Step:
    invoice = RecordContractInvoice(
        contract_id=CONTRACT,
        invoice=f"PELLWICK-{at[:7]}",
        period_from=day(period[0]),
        period_to=day(period[1]),
        amount_pence=100 * pounds,
    )
    return step(at, MANAGER, invoice, says)


def _rated(at: str, period: tuple[str, str], rating: Rating, says: str = "") -> Step:
    rated = RatePerformance(
        contract_id=CONTRACT,
        kpi="hours",
        period_from=day(period[0]),
        period_to=day(period[1]),
        rating=rating,
        notice=f"UK9-demo-{at[:7]}",
    )
    return step(at, MANAGER, rated, says)


DELIVERIES: Final = (
    Delivery("listeners", "2025-10-01/2025-12-19", "2026-01-12", 120, "2026-01-16", 120),
    Delivery("tools", "2025-12-05/2026-01-09", "2026-01-12", 3_700, "2026-01-20", 3_700),
    Delivery("knocks", "2025-12-08/2026-01-30", "2026-02-02", 296, "2026-02-09", 280),
    Delivery("listeners", "2026-01-12/2026-02-13", "2026-02-16", 60),
    Delivery(
        "tools",
        "2026-03-06/2026-03-31",
        "2026-04-02",
        3_825,
        "2026-04-09",
        3_825,
        evidence=REPORT,
    ),
    Delivery(
        "mechanics",
        "2025-09-15/2026-03-31",
        "2026-04-02",
        350,
        "2026-04-09",
        350,
        evidence=REPORT,
    ),
    Delivery("knocks", "2026-02-02/2026-04-10", "2026-04-13", 310),
    Delivery("tools", "2026-06-05/2026-06-26", "2026-06-29", 3_550, "2026-07-08", 3_550),
    Delivery(
        "listeners",
        "2026-04-20/2026-07-03",
        "2026-07-06",
        250,
        "2026-07-10",
        250,
    ),
)
RATED: Final = "Ottermoor rates the hours given to projects in that quarter: {rating}."
WORK: Final = (
    step(
        "2025-09-15 10:00",
        MANAGER,
        SetKpi(
            contract_id=CONTRACT,
            kpi="hours",
            title="Hours given to projects",
            goal="Nine tenths of what is due in a quarter",
            pledges=(_pledge("mechanics"), _pledge("listeners")),
        ),
    ),
    _invoice(
        "2025-12-05 10:00",
        ("2025-09-01", "2025-11-30"),
        740_000,
        "Ottermoor records its first invoice, {amount_pence:money}. So £{quantity:number} is "
        "now owed to Second Lap, a bicycle workshop for young people.",
    ),
    _rated("2026-01-05 10:00", ("2025-10-01", "2025-12-31"), "good"),
    step(
        "2026-02-18 10:00",
        SIGNATORY,
        WithdrawClaim(
            pledge_id=_pledge("listeners"),
            claim_no=2,
            reason="The same afternoons were reported to another council",
        ),
        "Pellwick withdraws a claim of {quantity:number} hours, made twice over.",
    ),
    _invoice("2026-03-06 10:00", ("2025-12-01", "2026-02-28"), 765_000),
    step(
        "2026-04-01 10:00",
        SIGNATORY,
        ApportionEvidence(
            contract_id=CONTRACT,
            evidence_sha256=evidence(REPORT),
            shares=(
                EvidenceShare(pledge_id=_pledge("tools"), share=Decimal("0.4")),
                EvidenceShare(pledge_id=_pledge("mechanics"), share=Decimal("0.6")),
            ),
        ),
    ),
    step(
        "2026-04-07 10:00",
        MANAGER,
        RecordDefault(
            pledge_id=_pledge("listeners"),
            reason="No counsellor came after December",
            as_of=day("2026-04-07"),
        ),
        "{quantity_open:number} hours of counselling were due by {due_by:day} and never came: "
        "a default, of {value_pence:money} in help.",
    ),
    _rated("2026-04-08 10:00", ("2026-01-01", "2026-03-31"), "requires-improvement", RATED),
    step(
        "2026-04-14 10:00",
        MANAGER,
        RecordRemedy(
            pledge_id=_pledge("listeners"),
            due_by=day("2026-07-31"),
            plan="Two counsellors from another contract, three afternoons a week",
        ),
        "as a remedy, two counsellors come until {due_by:day}.",
    ),
    step(
        "2026-04-20 10:00",
        person("community.confirmer", "ropewalk"),
        DisputeDelivery(
            pledge_id=_pledge("knocks"),
            claim_no=2,
            reason="Ten evenings are listed on which nobody came",
        ),
        "the Ropewalk neighbours dispute a claim of {quantity:number} hours.",
    ),
    step(
        "2026-05-06 10:00",
        person("auditor", "stonecross"),
        ResolveDispute(
            pledge_id=_pledge("knocks"),
            claim_no=2,
            quantity=Decimal(240),
            reason="The street's own list of callers agrees for 240 hours",
        ),
        "an independent auditor resolves it: {quantity:number} hours had arrived.",
    ),
    _invoice("2026-06-05 10:00", ("2026-03-01", "2026-05-31"), 710_000),
    _rated("2026-07-03 10:00", ("2026-04-01", "2026-06-30"), "approaching-target"),
    step(
        "2026-08-03 10:00",
        MANAGER,
        RequestWriteOff(
            pledge_id=_pledge("listeners"), reason="The counsellors have left for good"
        ),
    ),
    step(
        "2026-08-10 10:00",
        person("authority.approver", "ottermoor"),
        ApproveWriteOff(pledge_id=_pledge("listeners"), request_no=1),
        "two people write off what never came: {quantity:number} of {quantity_was:number} "
        "hours arrived, and the need for the others is open again.",
    ),
    step(
        "2026-08-17 10:00",
        MANAGER,
        ReleasePledge(
            pledge_id=_pledge("mechanics"), reason="The workshop has mechanics enough now"
        ),
    ),
)
