"""Street lights: a contract whose award is in its standstill when the story ends."""

from typing import Final

from svx_ledger.cli.demo.scenario import Procurement, Tender, bid
from svx_ledger.cli.demo.winning import Award

LIGHTING: Final = Procurement(
    key="lighting",
    called="Street lights",
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
    proxy_set="demo2026",
    tenders=(Tender("glimmerfold", 47, 34), Tender("harle", 45, 35)),
    bids=(
        bid("09:20", "harle", homework=1_800, about=True),
        bid("09:45", "glimmerfold", homework=2_400, about=True),
        bid("10:30", "harle", homework=2_750),
        bid("10:41", "glimmerfold", homework=3_200),
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
    says={
        "PublishAwardNotice": "Glimmerfold has won. The contract waits until after "
        "{last_day:day}.",
    },
)
