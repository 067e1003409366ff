"""The fleet auction again, in points and with open scores: a pause, a tie, a court."""

from decimal import Decimal
from typing import Final

from svx_ledger.cli.demo.scenario import Procurement, Tender, bid
from svx_ledger.cli.demo.step import day, person, step
from svx_ledger.cli.demo.winning import Award, Contract, Delivery, Spend
from svx_ledger.domain.auction.pausing import ApproveResume, PauseAuction, RequestResume
from svx_ledger.domain.auction.terms import Increment
from svx_ledger.domain.award.objecting import (
    LiftSuspension,
    RecordProceedings,
    RecordRepresentation,
)

from .fleet import NEEDS

AUCTION, AWARD, COURT = "auction-fleetagain", "award-fleetagain", "COURT-DEMO-7"
BUYER = person("authority.buyer", "marchshire")

PAUSED: Final = (
    step(
        "2026-02-03 10:48",
        BUYER,
        PauseAuction(auction_id=AUCTION, reason="A fire alarm empties the building"),
        "the auction is run again, with bids compared in points. A fire alarm pauses it.",
    ),
    step(
        "2026-02-03 11:15",
        BUYER,
        RequestResume(auction_id=AUCTION, reason="Everybody is back at their desks"),
    ),
    step(
        "2026-02-03 11:20",
        person("auditor", "stonecross"),
        ApproveResume(auction_id=AUCTION, request_no=2),
        "the auditor agrees that bidding go on; for the time lost the close moves to "
        "{closes_at:time}.",
    ),
)
CONTESTED: Final = (
    step(
        "2026-02-25 10:00",
        BUYER,
        RecordRepresentation(
            award_id=AWARD,
            supplier_id="organisation-tarnlight",
            received_on=day("2026-02-25"),
            subject="TIE-BREAK",
        ),
    ),
    step(
        "2026-03-02 10:00",
        BUYER,
        RecordProceedings(
            award_id=AWARD,
            court_ref=COURT,
            commenced_on=day("2026-02-27"),
            notified_on=day("2026-03-02"),
        ),
        "Tarnlight goes to court over the tie within the standstill. The award is suspended.",
    ),
    step(
        "2026-03-30 10:00",
        BUYER,
        LiftSuspension(
            award_id=AWARD,
            court_ref=COURT,
            order_ref="ORDER-DEMO-7",
            lifted_on=day("2026-03-30"),
        ),
        "the court lifts the suspension.",
    ),
)
FLEET_AGAIN: Final = Procurement(
    key="fleetagain",
    rerun_of="fleet",
    called="Police fleet",
    title="Servicing the police fleet",
    authority="marchshire",
    contract_pounds=4_000_000,
    registered_at="2025-09-22 09:00",
    needs=NEEDS,
    needed_by={"nightcar": "2027-06-30", "rides": "2027-03-31"},
    drafted_at="2026-01-19 09:00",
    opens_at="2026-02-03 10:00",
    closes_at="2026-02-03 12:00",
    reserve_pounds=0,
    increment_pounds=0,
    proxy_set="demo2026",
    terms={
        "visibility": "open",
        "basis": "points",
        "increment": Increment(kind="points", points=Decimal(500)),
        "reserve_points": Decimal(5_000),
    },
    tenders=(
        Tender("kitestone", 44, 35),
        Tender("tarnlight", 43, 36),
        Tender("wrenfold", 42, 30),
    ),
    bids=(
        bid("10:12", "tarnlight", nightcar=12_000, rides=300, about=True),
        bid("10:31", "kitestone", nightcar=20_000, about=True),
        bid("11:00", "wrenfold", nightcar=15_000, rides=400),
        bid("11:41", "wrenfold", nightcar=15_000, rides=400),
        bid("12:05", "kitestone", nightcar=24_000, rides=100),
        bid(
            "12:20",
            "tarnlight",
            nightcar=14_000,
            rides=600,
            says="Tarnlight sees the best score, though not whose it is, and matches it: "
            "{score_points:number} points. In a tie the earlier bid is first.",
        ),
    ),
    award=Award(
        winner="kitestone",
        ranked_at="2026-02-04 09:00",
        recommended_at="2026-02-11 13:00",
        approved_at="2026-02-18 10:00",
        summaries_at="2026-02-20 09:00",
        notice_at="2026-02-23 08:00",
        bank_holidays=("2026-03-17", "2026-04-03", "2026-04-06"),
    ),
    contract=Contract(
        entered_at="2026-04-01 09:00",
        period="2026-04-01/2028-03-31",
        deliveries=(
            Delivery(
                "nightcar", "2026-06-01/2026-06-12", "2026-06-15", 12_000, "2026-06-22", 12_000
            ),
            Delivery("rides", "2026-04-06/2026-07-03", "2026-07-07", 40, "2026-07-10", 40),
        ),
    ),
    spend=(Spend("2026-04-07 09:30", "2026-01-01/2026-03-31", 900, "SVX-DEMO-4"),),
    says={
        "EnterContract": "Kitestone, whose bid came first, enters the contract.",
    },
    extras=(*PAUSED, *CONTESTED),
)
