"""Vehicle recovery: an auction that is open, with its bids hidden, when the story ends."""

from typing import Final

from svx_ledger.cli.demo.scenario import Procurement, Tender, bid

RECOVERY: Final = Procurement(
    key="recovery",
    called="Recovery",
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
    proxy_set="demo2026",
    tenders=(Tender("kitestone", 46, 32), Tender("tarnlight", 43, 37)),
    bids=(
        bid("09:40", "kitestone", minibus=45_000),
        bid("10:15", "tarnlight", minibus=50_000, training=200),
        bid("10:20", "kitestone", minibus=95_000),  # more than is needed
        bid("11:05", "kitestone", minibus=75_000, training=150),
    ),
    says={
        "OpenAuction": "an auction is open, its bids on record and hidden.",
    },
)
