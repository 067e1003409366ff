"""The worked example: a police estate, delivered in parts and confirmed, to the penny."""

from typing import Final

from svx_ledger.cli.demo.scenario import Interest, Procurement, Tender, bid
from svx_ledger.cli.demo.winning import Award, Contract, Delivery, Spend, Variation

from .inputs import ESTATES_INPUTS

BIDS: Final = (
    bid("09:12", "brackwater", hubs=1_500_000, laptops=800, counsel=8_000, visits=30_000),
    bid("09:31", "harle", hubs=2_600_000, laptops=600, about=True),
    bid("10:05", "tarnlight", hubs=1_250_000, visits=20_000),
    bid(
        "10:07",
        "tarnlight",
        hubs=1_260_000,
        visits=20_000,
        says="Tarnlight raises its bid by too little. That is rejected, and on record all the "
        "same.",
    ),
    bid("11:40", "brackwater", hubs=2_000_000, laptops=1_000, counsel=10_000, visits=45_000),
    bid("11:52", "tarnlight", hubs=2_000_000, laptops=500, visits=40_000),
    bid(
        "11:58:30",
        "harle",
        hubs=2_658_000,
        laptops=1_100,
        counsel=12_000,
        says="Harle & Fenn takes the lead with {value_pence:money}, 90 seconds before "
        "the close. So the close moves, to {closes_at:time}.",
    ),
    bid(
        "12:01:10",
        "brackwater",
        hubs=2_400_000,
        laptops=1_100,
        counsel=12_000,
        visits=60_000,
        says="Brackwater answers with {value_pence:money}; the close moves to "
        "{closes_at:time}.",
    ),
    bid(
        "12:06:41",
        "harle",
        hubs=3_000_000,
        laptops=1_100,
        counsel=12_000,
        visits=40_000,
        says="Harle & Fenn's next bid is half a minute late: rejected ({rule}).",
    ),
)
DELIVERIES: Final = (  # for which need, when; claimed on, how much; confirmed alike
    Delivery(
        "hubs",
        "2025-10-01/2025-12-31",
        "2026-01-09",
        1_000_000,
        "2026-01-20",
        1_000_000,
        says="Lantern Youth Hubs confirms that {counted_pence:money} arrived.",
    ),
    Delivery(
        "hubs",
        "2026-01-01/2026-06-30",
        "2026-07-06",
        1_200_000,
        "2026-07-21",
        1_025_150,
        "authority",
        says="of £1,200,000 that Brackwater claims, {counted_pence:money} is confirmed.",
    ),
    Delivery("laptops", "2025-11-03/2025-11-28", "2025-12-01", 600, "2025-12-08", 600),
    Delivery("laptops", "2026-03-23/2026-03-27", "2026-03-30", 400, "2026-04-09", 400),
    Delivery("counsel", "2025-10-06/2026-02-27", "2026-03-04", 4_500, "2026-03-11", 4_500),
    Delivery("counsel", "2026-03-02/2026-06-30", "2026-07-03", 5_500, "2026-07-15", 4_500),
    Delivery("visits", "2025-10-01/2026-03-31", "2026-04-13", 28_000, "2026-04-27", 27_000),
    Delivery("visits", "2026-04-01/2026-07-31", "2026-08-05", 18_000, "2026-08-19", 18_000),
    Delivery(
        "visits",
        "2026-08-01/2026-08-21",
        "2026-08-24",
        2_000,
        says="Brackwater claims {quantity:number} more hours of visits; nobody has confirmed "
        "them yet, so they do not count.",
    ),
)
ESTATES: Final = Procurement(
    key="estates",
    called="Police estate",
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
    bids=BIDS,
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
        deliveries=DELIVERIES,
    ),
    spend=(
        Spend("2025-07-14 09:30", "2025-03-01/2025-06-30", 12_000, "SVX-DEMO-1"),
        Spend("2026-04-20 09:30", "2025-07-01/2026-03-31", 6_000, "SVX-DEMO-2"),
        Spend("2026-04-20 09:40", "2025-03-01/2026-03-31", 6_000),
    ),
    interests=(
        Interest(
            "2025-04-02 11:00",
            "2025-04-08 11:00",
            "assessor",
            "tarnlight",
            "family",
            "mitigated",
            "A second assessor scores every tender too, and the panel sees both scores",
            "an assessor declares an interest in a bidder. From now on a second person scores "
            "every tender too.",
        ),
    ),
    says={
        "RegisterProcurement": "Marchshire's police commissioner announces a contract to run "
        "its estate, worth {lots[0][contract_value_pence]:money}.",
        "ApproveAward": "one person recommended Brackwater, another approves: "
        "{value_pence:money} of help is pledged.",
        "PublishAwardNotice": "the award is public. The losers can object until "
        "{last_day:day}.",
        "EnterContract": "the contract is entered, and Brackwater's bid binds it.",
        "ApproveVariation": "four buildings leave the contract. Two people vary what is owed "
        "from {pledged_pence_was:money} to {pledged_pence:money}.",
    },
    extras=ESTATES_INPUTS,
)
