"""A cleaning contract of which nobody knows the spend: pledges by the pound, and a sniper."""

from typing import Final

from svx_ledger.cli.demo.scenario import Interest, Procurement, Tender, bid
from svx_ledger.cli.demo.step import person, step, utc
from svx_ledger.cli.demo.winning import Award, Contract, Spend
from svx_ledger.domain.auction.terms import SoftClose
from svx_ledger.domain.auction.withdrawing import WithdrawBid

from .cleaning_work import DELIVERIES, WORK

WITHDRAWN: Final = step(
    "2025-07-01 10:52",
    person("supplier.bidder", "wrenfold"),
    WithdrawBid(
        auction_id="auction-cleaning",
        supplier_id="organisation-wrenfold",
        reason="It counts the hours of a team that was let go",
    ),
    "Wrenfold withdraws its bid, as the rules of this auction allow, and makes a smaller one "
    "later.",
)
BIDS: Final = (
    bid("09:15", "harle", listeners=400, mechanics=800, about=True),
    bid("09:50", "pellwick", {"tools": "0.003"}, listeners=500, tools=30_000),
    bid("10:30", "wrenfold", listeners=450, mechanics=900),
    bid("11:10", "wrenfold", listeners=400, mechanics=500),
    bid(
        "11:57:20",
        "harle",
        listeners=700,
        mechanics=1_000,
        says="Harle & Fenn waits until three minutes before the close: "
        "{value_pence:money}. The close moves to {closes_at:time}.",
    ),
    bid("12:01:50", "pellwick", {"tools": "0.004"}, listeners=800, tools=36_000),
    bid("12:06:10", "harle", listeners=900, mechanics=1_200),
    bid(
        "12:10:40",
        "pellwick",
        {"tools": "0.005", "knocks": "0.0004"},
        listeners=500,
        mechanics=600,
        tools=36_000,
        knocks=3_000,
        says="three late bids on, Pellwick's {value_pence:money} moves the close for the last "
        "time, to the hard stop at {closes_at:time}.",
    ),
    bid("12:11:30", "harle", listeners=1_000, mechanics=1_600),
)
CLEANING: Final = Procurement(
    key="cleaning",
    called="Cleaning",
    title="Cleaning schools and libraries",
    authority="ottermoor",
    contract_pounds=8_000_000,
    reference_pounds=6_000_000,
    registered_at="2025-04-28 09:00",
    needs={
        "tools": "The contract buys from the same suppliers",
        "mechanics": "The contract's staff finish early and live nearby",
        "listeners": "The contract has an occupational health team",
        "knocks": "The contract's staff walk these streets each evening",
    },
    drafted_at="2025-06-16 09:00",
    opens_at="2025-07-01 09:00",
    closes_at="2025-07-01 12:00",
    reserve_pounds=40_000,
    increment_pounds=1_000,
    terms={
        "withdrawal_allowed": True,
        "soft_close": SoftClose(
            window_seconds=300,
            extension_seconds=300,
            at_most=6,
            hard_stop=utc("2025-07-01 12:12"),
            extend_on="rank-change",
        ),
    },
    tenders=(Tender("pellwick", 45, 34), Tender("harle", 44, 35), Tender("wrenfold", 43, 30)),
    bids=BIDS,
    award=Award(
        winner="pellwick",
        ranked_at="2025-07-02 09:00",
        recommended_at="2025-07-09 13:00",
        approved_at="2025-07-17 10:00",
        summaries_at="2025-07-22 09:00",
        notice_at="2025-07-23 08:00",
        bank_holidays=("2025-08-04", "2025-08-25"),
    ),
    contract=Contract(
        entered_at="2025-08-05 09:00", period="2025-09-01/2027-08-31", deliveries=DELIVERIES
    ),
    spend=(Spend("2025-08-11 09:30", "2025-04-01/2025-07-31", 2_900, "SVX-DEMO-O1"),),
    interests=(
        Interest(
            "2025-05-20 11:00",
            "2025-05-27 11:00",
            "contract-manager",
            "odderby",
            "shareholding",
            "none",
            "",
            "",
        ),
    ),
    says={
        "RegisterProcurement": "Ottermoor's council announces a contract of unknown volume: a "
        "pledge may be so much for each pound that it will spend.",
        "EnterContract": "Pellwick has won, and enters the contract. Two of its four pledges "
        "grow with what is invoiced.",
    },
    extras=(WITHDRAWN, *WORK),
)
