"""School runs: an award that lapses, and after the re-run a contract that is terminated."""

from typing import Final

from svx_ledger.cli.demo.scenario import Need, Procurement, Project, Tender, bid
from svx_ledger.cli.demo.step import person, step
from svx_ledger.cli.demo.winning import Award, Contract, Delivery, Spend
from svx_ledger.domain.auction.closing import DiscloseAssessment
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.dropping import LapseAward, WithdrawTender
from svx_ledger.domain.contract.ending import TerminateContract

BUYER = person("authority.buyer", "ottermoor")
AUCTION, AWARD = "auction-pupils", "award-pupils"
TITLE: Final = "Taking pupils to school"

LIFTS: Final = Project(
    key="lifts",
    party="kettlechair",
    title="Lifts to the drop-in",
    summary="For those who would come if there were a bus",
    theme="mental-health",
    place="Ottermoor",
    delivered_by="Kettle & Chair's drivers",
    needs=(
        Need(
            key="lifts",
            measure="volunteer-hour",
            quantity=800,
            needed_by="2026-12-31",
            use="A driver on three afternoons a week",
            in_place="A car, insured",
        ),
        Need(
            key="teas",
            measure="cash",
            quantity=2_000,
            needed_by="2026-12-31",
            use="Tea and bread for a year",
            in_place="A kettle",
        ),
    ),
)
LAPSED: Final = (
    step("2025-10-15 09:00", BUYER, DiscloseAssessment(auction_id=AUCTION)),
    step(
        "2025-10-15 09:10",
        BUYER,
        RankAssessment(award_id=AWARD, auction_id=AUCTION, cause="auction-closed"),
    ),
    step(
        "2025-10-22 10:00",
        BUYER,
        WithdrawTender(
            award_id=AWARD,
            supplier_id="organisation-kitestone",
            reason="It has lost its licence for buses",
        ),
    ),
    step(
        "2025-10-28 10:00",
        person("authority.approver", "ottermoor"),
        LapseAward(award_id=AWARD, reason="One tender is left, above what was budgeted"),
        "the best tender is withdrawn and the award lapses. Lot and needs are free again.",
    ),
)
PUPILS: Final = Procurement(
    key="pupils",
    called="School runs",
    title=TITLE,
    authority="ottermoor",
    contract_pounds=900_000,
    registered_at="2025-09-08 09:00",
    needs={
        "lifts": "The contract's drivers are free at noon",
        "teas": "The contract passes the bakery",
    },
    dropped=("teas",),
    drafted_at="2025-09-29 09:00",
    opens_at="2025-10-14 09:00",
    closes_at="2025-10-14 11:00",
    reserve_pounds=1_000,
    increment_pounds=100,
    tenders=(Tender("kitestone", 45, 33), Tender("wrenfold", 43, 30)),
    bids=(
        bid("09:30", "wrenfold", lifts=250),
        bid("10:10", "kitestone", lifts=400),
    ),
    spend=(Spend("2025-11-03 15:00", "2025-09-01/2025-10-31", 400, "SVX-DEMO-O2"),),
    extras=LAPSED,
)
TERMINATED: Final = step(
    "2026-05-18 10:00",
    person("authority.contract_manager", "ottermoor"),
    TerminateContract(
        contract_id="contract-pupilsagain",
        ground="supplier-breach",
        reason="Its buses failed two inspections",
        notice="UK11-demo-pupils",
    ),
    "Wrenfold's buses fail inspection and the contract is terminated. {quantity:number} of "
    "{quantity_was:number} hours had come; the rest is released.",
)
PUPILS_AGAIN: Final = Procurement(
    key="pupilsagain",
    rerun_of="pupils",
    called="School runs",
    title=TITLE,
    authority="ottermoor",
    contract_pounds=900_000,
    registered_at="2025-09-08 09:00",
    needs={"lifts": "The contract's drivers are free at noon"},
    drafted_at="2025-11-03 09:00",
    opens_at="2025-11-25 09:00",
    closes_at="2025-11-25 11:00",
    reserve_pounds=1_000,
    increment_pounds=100,
    tenders=(Tender("wrenfold", 44, 31), Tender("pellwick", 41, 33)),
    bids=(
        bid("09:30", "wrenfold", lifts=260, about=True),
        bid("09:50", "pellwick", lifts=280),
        bid("10:20", "wrenfold", lifts=300),
    ),
    award=Award(
        winner="wrenfold",
        ranked_at="2025-11-26 09:00",
        recommended_at="2025-12-02 13:00",
        approved_at="2025-12-09 10:00",
        summaries_at="2025-12-12 09:00",
        notice_at="2025-12-15 08:00",
        bank_holidays=("2025-12-25", "2025-12-26", "2026-01-01", "2026-01-02"),
    ),
    contract=Contract(
        entered_at="2026-01-05 09:00",
        period="2026-01-05/2026-07-24",
        deliveries=(
            Delivery("lifts", "2026-01-12/2026-03-27", "2026-03-30", 90, "2026-04-01", 90),
        ),
    ),
    spend=(Spend("2026-01-12 09:30", "2025-11-01/2025-12-31", 300, "SVX-DEMO-O3"),),
    extras=(TERMINATED,),
)
