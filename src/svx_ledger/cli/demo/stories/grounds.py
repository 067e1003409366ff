"""What comes to nothing: an auction cancelled, the next without a bid, a need withdrawn."""

from typing import Final

from svx_ledger.cli.demo.scenario import Procurement, Tender, bid
from svx_ledger.cli.demo.step import person, step
from svx_ledger.cli.demo.winning import Spend
from svx_ledger.domain.ending import CancelAuction, DeclareUnsuccessful
from svx_ledger.domain.finishing import TerminateProcurement
from svx_ledger.domain.need import WithdrawNeed

BUYER = person("authority.buyer", "fenmarsh")

CANCELLED: Final = step(
    "2025-10-06 15:00",
    BUYER,
    CancelAuction(
        auction_id="auction-grounds",
        reason="The notice named the wrong week; frozen rules are not changed",
    ),
    "Fenmarsh cancels an auction with a wrong date: frozen rules never change.",
)
ENDED: Final = (
    step(
        "2025-11-19 10:00",
        BUYER,
        DeclareUnsuccessful(
            auction_id="auction-groundsagain", reason="The one bid was below the reserve"
        ),
        "the next auction ends with no bid that reaches the reserve.",
    ),
    step(
        "2025-12-01 10:00",
        BUYER,
        TerminateProcurement(
            procurement_id="procurement-grounds",
            reason="The verges will be left to grow",
            reference="UK12-demo-grounds",
            lots=("1",),
            auctions=(),
        ),
    ),
    step(
        "2026-02-09 10:00",
        person("community.lead", "doorstep"),
        WithdrawNeed(need_id="need-garden", reason="A neighbour gave the beds"),
    ),
)
GROUNDS: Final = Procurement(
    key="grounds",
    called="Verges",
    title="Mowing verges",
    authority="fenmarsh",
    contract_pounds=400_000,
    registered_at="2025-09-01 09:00",
    needs={"garden": "The contract has soil and tools"},
    drafted_at="2025-10-06 09:00",
    opens_at="2025-10-20 09:00",
    closes_at="2025-10-20 11:00",
    reserve_pounds=2_000,
    increment_pounds=100,
    tenders=(),
    bids=(),
    spend=(Spend("2025-12-02 09:30", "2025-09-01/2025-11-30", 300, "SVX-DEMO-F2"),),
    extras=(CANCELLED,),
)
GROUNDS_AGAIN: Final = Procurement(
    key="groundsagain",
    rerun_of="grounds",
    called="Verges",
    title="Mowing verges",
    authority="fenmarsh",
    contract_pounds=400_000,
    registered_at="2025-09-01 09:00",
    needs={"garden": "The contract has soil and tools"},
    drafted_at="2025-10-27 09:00",
    opens_at="2025-11-18 09:00",
    closes_at="2025-11-18 11:00",
    reserve_pounds=2_000,
    increment_pounds=100,
    tenders=(Tender("glimmerfold", 45, 30),),
    bids=(bid("10:10", "glimmerfold", garden=500),),
    extras=ENDED,
)
