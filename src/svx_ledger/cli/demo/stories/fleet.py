"""A fleet contract whose auction two organisations void, since the ledger was out."""

from typing import Final

from svx_ledger.cli.demo.scenario import Procurement, Tender, bid
from svx_ledger.cli.demo.step import OPERATOR, person, step, utc
from svx_ledger.cli.demo.winning import Spend
from svx_ledger.domain.auction.reading_hidden import ReadHiddenAmounts
from svx_ledger.domain.book import ResumeLedger
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid

AUCTION, LEDGER = "auction-fleet", "ledger-demo"
AUDITOR = person("auditor", "stonecross")
NEEDS: Final = {
    "nightcar": "The contract buys and services cars",
    "rides": "The contract's drivers know these streets at night",
}

VOIDED: Final = (
    step(
        "2025-11-12 12:30",
        OPERATOR,
        ResumeLedger(
            ledger_id=LEDGER,
            not_accepting_from=utc("2025-11-12 11:38"),
            accepting_again_at=utc("2025-11-12 11:58"),
        ),
        "shortly before the close the ledger was out for twenty minutes. The operator puts "
        "that on record.",
    ),
    step(
        "2025-11-13 10:00",
        AUDITOR,
        ReadHiddenAmounts(
            auction_id=AUCTION, purpose="To see whether the outage can have changed the order"
        ),
    ),
    step(
        "2025-11-13 14:00",
        person("authority.buyer", "marchshire"),
        RequestVoid(
            auction_id=AUCTION,
            ground="outage",
            reason="Two of three bidders could not answer in the last half hour",
            ledger_id=LEDGER,
        ),
    ),
    step(
        "2025-11-14 10:00",
        AUDITOR,
        ApproveVoid(auction_id=AUCTION, request_no=2),
        "the commissioner and an independent auditor void the auction. What was spent on it "
        "stays in the figures.",
    ),
)
FLEET: Final = Procurement(
    key="fleet",
    called="Police fleet",
    title="Servicing the police fleet",
    authority="marchshire",
    contract_pounds=4_000_000,
    registered_at="2025-09-22 09:00",
    needs=NEEDS,
    drafted_at="2025-10-20 09:00",
    opens_at="2025-11-12 10:00",
    closes_at="2025-11-12 12:00",
    reserve_pounds=5_000,
    increment_pounds=500,
    terms={"outage": "close", "outage_seconds": 300, "outage_window_minutes": 30},
    tenders=(
        Tender("kitestone", 44, 35),
        Tender("tarnlight", 43, 36),
        Tender("wrenfold", 42, 30),
    ),
    bids=(
        bid("10:20", "kitestone", nightcar=12_000, about=True),
        bid("10:44", "tarnlight", nightcar=10_000, rides=300, about=True),
        bid("11:05", "kitestone", nightcar=18_000),
        bid("11:58:40", "wrenfold", nightcar=21_000),
    ),
    spend=(Spend("2025-12-01 09:30", "2025-09-01/2025-11-30", 1_500, "SVX-DEMO-3"),),
    extras=VOIDED,
)
