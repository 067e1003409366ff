"""The demo's story. Every name, number and place in it is invented.

Three procurements: `estates`, the worked example, delivered and confirmed; `lighting`, whose
award is in standstill; `recovery`, whose auction is open when the story ends. For the last two
nothing was paid to the exchange yet and nothing is confirmed, so they are not in the figure of
what was confirmed for each pound. Change what was confirmed, and that figure follows.
"""

from typing import Final

from .people import PARTIES, PROJECTS, PROXIES
from .scenario import (
    Award,
    Bid,
    Contract,
    Delivery,
    Procurement,
    Scenario,
    Spend,
    Tender,
    Variation,
)


def _bid(at: str, supplier: str, **lines: int) -> Bid:
    return Bid(at, supplier, lines)


ESTATES_BIDS: Final = (
    _bid("09:12", "brackwater", hubs=1_500_000, laptops=800, counsel=8_000, visits=30_000),
    _bid("09:31", "harle", hubs=2_600_000, laptops=600),
    _bid("10:05", "tarnlight", hubs=1_250_000, visits=20_000),
    _bid("10:07", "tarnlight", hubs=1_260_000, visits=20_000),  # less than the increment
    _bid("11:40", "brackwater", hubs=2_000_000, laptops=1_000, counsel=10_000, visits=45_000),
    _bid("11:52", "tarnlight", hubs=2_000_000, laptops=500, visits=40_000),
    # Harle leads with two minutes left, so the auction goes on, and £4.2m will not do.
    _bid("11:58:30", "harle", hubs=2_658_000, laptops=1_100, counsel=12_000),
    _bid(
        "12:01:10", "brackwater", hubs=2_400_000, laptops=1_100, counsel=12_000, visits=60_000
    ),
    _bid("12:06:41", "harle", hubs=3_000_000, laptops=1_100, counsel=12_000, visits=40_000),
)
ESTATES_DELIVERIES: Final = (  # for which need, when; claimed on, how much; confirmed alike
    Delivery("hubs", "2025-10-01/2025-12-31", "2026-01-09", 1_000_000, "2026-01-20", 1_000_000),
    Delivery(
        "hubs",
        "2026-01-01/2026-06-30",
        "2026-07-06",
        1_200_000,
        "2026-07-21",
        1_025_150,
        "authority",
    ),
    Delivery("laptops", "2025-11-03/2025-11-28", "2025-12-01", 600, "2025-12-08", 600),
    Delivery("laptops", "2026-03-23/2026-03-27", "2026-03-30", 400, "2026-04-09", 400),
    Delivery("counsel", "2025-10-06/2026-02-27", "2026-03-04", 4_500, "2026-03-11", 4_500),
    Delivery("counsel", "2026-03-02/2026-06-30", "2026-07-03", 5_500, "2026-07-15", 4_500),
    Delivery("visits", "2025-10-01/2026-03-31", "2026-04-13", 28_000, "2026-04-27", 27_000),
    Delivery("visits", "2026-04-01/2026-07-31", "2026-08-05", 18_000, "2026-08-19", 18_000),
    Delivery("visits", "2026-08-01/2026-08-21", "2026-08-24", 2_000),
)
ESTATES: Final = Procurement(
    key="estates",
    title="Running the police estate",
    authority="marchshire",
    contract_pounds=50_000_000,
    registered_at="2025-03-10 09:00",
    needs={
        "hubs": "The hubs stand beside stations that the contract runs",
        "laptops": "The contract retires laptops every year",
        "counsel": "The contract employs occupational therapists",
        "visits": "The contract's staff live and work in these streets",
    },
    drafted_at="2025-06-02 09:00",
    opens_at="2025-06-19 09:00",
    closes_at="2025-06-19 12:00",
    reserve_pounds=1_000_000,
    increment_pounds=25_000,
    tenders=(
        Tender("brackwater", 44, 36),
        Tender("harle", 46, 33),
        Tender("tarnlight", 48, 31),
    ),
    bids=ESTATES_BIDS,
    award=Award(
        winner="brackwater",
        ranked_at="2025-06-20 09:00",
        recommended_at="2025-07-08 13:00",
        approved_at="2025-08-12 10:00",
        summaries_at="2025-08-19 09:00",
        notice_at="2025-08-20 08:00",
        bank_holidays=("2025-08-25",),
    ),
    contract=Contract(
        entered_at="2025-09-02 09:00",
        period="2025-10-01/2028-09-30",
        variation=Variation(
            requested_at="2026-03-02 10:00",
            approved_at="2026-03-16 14:00",
            ground="Four buildings were sold and leave the contract",
            notice="UK10-demo-estates",
            lines={"hubs": 2_200_000, "laptops": 1_000, "counsel": 10_000, "visits": 50_000},
        ),
        deliveries=ESTATES_DELIVERIES,
    ),
    spend=(
        Spend("2025-07-14 09:30", "2025-03-01/2025-06-30", 12_000, "SVX-DEMO-1"),
        Spend("2026-04-20 09:30", "2025-07-01/2026-03-31", 6_000, "SVX-DEMO-2"),
        Spend("2026-04-20 09:40", "2025-03-01/2026-03-31", 6_000),
    ),
)

LIGHTING: Final = Procurement(
    key="lighting",
    title="Looking after street lights",
    authority="fenmarsh",
    contract_pounds=6_000_000,
    registered_at="2026-04-27 09:00",
    needs={"homework": "The contract trains apprentices who were pupils here"},
    drafted_at="2026-06-22 09:00",
    opens_at="2026-07-09 09:00",
    closes_at="2026-07-09 11:00",
    reserve_pounds=10_000,
    increment_pounds=1_000,
    tenders=(Tender("glimmerfold", 47, 34), Tender("harle", 45, 35)),
    bids=(
        _bid("09:20", "harle", homework=1_800),
        _bid("09:45", "glimmerfold", homework=2_400),
        _bid("10:30", "harle", homework=2_750),
        _bid("10:41", "glimmerfold", homework=3_200),
    ),
    award=Award(
        winner="glimmerfold",
        ranked_at="2026-07-10 09:00",
        recommended_at="2026-07-22 13:00",
        approved_at="2026-08-11 10:00",
        summaries_at="2026-08-25 09:00",
        notice_at="2026-08-26 08:00",
        bank_holidays=("2026-08-31",),
    ),
)

RECOVERY: Final = Procurement(
    key="recovery",
    title="Recovering vehicles from the road",
    authority="marchshire",
    contract_pounds=4_000_000,
    registered_at="2026-05-18 09:00",
    needs={
        "training": "The contract's drivers meet people in crisis at the roadside",
        "minibus": "The contract runs a workshop",
    },
    drafted_at="2026-08-10 09:00",
    opens_at="2026-08-27 09:00",
    closes_at="2026-08-27 15:00",
    reserve_pounds=20_000,
    increment_pounds=2_000,
    tenders=(Tender("kitestone", 46, 32), Tender("tarnlight", 43, 37)),
    bids=(
        _bid("09:40", "kitestone", minibus=45_000),
        _bid("10:15", "tarnlight", minibus=50_000, training=200),
        _bid("10:20", "kitestone", minibus=95_000),  # more than is needed
        _bid("11:05", "kitestone", minibus=75_000, training=150),
    ),
)

STORY: Final = Scenario(
    key="demo",
    origin="ledger.example/svx-demo",
    begins_at="2025-03-03 09:00",
    parties=PARTIES,
    evaluator="plumbline",
    proxy_set="Demo proxies 2025 (fictional)",
    proxies=PROXIES,
    projects=PROJECTS,
    procurements=(ESTATES, LIGHTING, RECOVERY),
)
