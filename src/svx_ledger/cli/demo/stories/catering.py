"""A small contract: one sealed bid each, an exclusion that changes who wins, a clean end."""

from typing import Final

from svx_ledger.cli.demo.scenario import Procurement, Tender, bid
from svx_ledger.cli.demo.step import OPERATOR, day, person, step, utc
from svx_ledger.cli.demo.winning import Award, Contract, Delivery, Spend
from svx_ledger.domain.auction.terms import SoftClose
from svx_ledger.domain.contract.ending import CompleteContract
from svx_ledger.domain.exclusion import ApproveExclusion, RequestExclusion
from svx_ledger.domain.finishing import CompleteProcurement
from svx_ledger.domain.organisation import ReinstateOrganisation, SuspendOrganisation
from svx_ledger.domain.procurement import PublishNotice

from .inputs import CATERING_INPUTS

AUCTION, GANNET = "auction-catering", "organisation-gannet"
BUYER = person("authority.buyer", "fenmarsh")
APPROVER = person("authority.approver", "fenmarsh")
MANAGER = person("authority.contract_manager", "fenmarsh")

EXTRAS: Final = (
    step(
        "2025-06-18 10:00",
        BUYER,
        RequestExclusion(
            auction_id=AUCTION,
            supplier_id=GANNET,
            ground="discretionary",
            reason="Its tender names hygiene certificates that it does not hold",
        ),
    ),
    step(
        "2025-06-20 10:00",
        APPROVER,
        ApproveExclusion(auction_id=AUCTION, supplier_id=GANNET, award_id="award-catering"),
        "two people exclude Gannet & Rye, which bid most. Ranked again without it, Harle & "
        "Fenn passes Cindermill.",
    ),
    step(
        "2025-06-23 10:00",
        APPROVER,
        SuspendOrganisation(
            organisation_id=GANNET,
            reason="Until its certificates have been checked",
            authority_id="organisation-fenmarsh",
        ),
    ),
    step(
        "2025-07-14 15:00",
        BUYER,
        PublishNotice(
            procurement_id="procurement-catering",
            notice="UK7",
            reference="UK7-demo-catering",
            published_on=day("2025-07-14"),
            lot="1",
        ),
    ),
    step(
        "2025-12-03 10:00",
        OPERATOR,
        ReinstateOrganisation(
            organisation_id=GANNET, reason="Its certificates were renewed and checked"
        ),
    ),
    step(
        "2026-07-06 10:00",
        MANAGER,
        CompleteContract(contract_id="contract-catering", notice="UK11-demo-catering"),
        "the contract is completed. {quantity:number} of {quantity_was:number} pounds "
        "arrived; the project may look for the rest elsewhere.",
    ),
    step(
        "2026-07-07 10:00",
        BUYER,
        CompleteProcurement(
            procurement_id="procurement-catering", lots=("1",), auctions=(AUCTION,)
        ),
    ),
)
CATERING: Final = Procurement(
    key="catering",
    called="Catering",
    title="Meals for council canteens",
    authority="fenmarsh",
    contract_pounds=180_000,
    registered_at="2025-04-14 09:00",
    needs={
        "suppers": "The contract cooks for the council already",
        "cooks": "The contract's cooks can teach others",
    },
    drafted_at="2025-05-27 09:00",
    opens_at="2025-06-10 09:00",
    closes_at="2025-06-10 12:00",
    reserve_pounds=5_000,
    increment_pounds=500,
    tenders=(Tender("cindermill", 46, 34), Tender("harle", 44, 35), Tender("gannet", 35, 25)),
    bids=(
        bid("09:40", "cindermill", suppers=9_000),
        bid("10:15", "harle", suppers=12_000),
        bid(
            "10:20",
            "harle",
            suppers=14_000,
            says="each supplier has one bid in Fenmarsh's auction. Harle & Fenn tries "
            "a second one: rejected ({rule}).",
        ),
        bid("11:30", "gannet", suppers=23_070, cooks=1_000),
    ),
    award=Award(
        winner="harle",
        excluded=("gannet",),
        ranked_at="2025-06-11 09:00",
        recommended_at="2025-06-24 13:00",
        approved_at="2025-07-01 10:00",
        summaries_at="2025-07-03 09:00",
        notice_at="2025-07-04 08:00",
        bank_holidays=("2025-07-14", "2025-08-04", "2025-08-25"),
        days=5,
    ),
    contract=Contract(
        entered_at="2025-07-14 14:00",
        period="2025-09-01/2026-06-30",
        deliveries=(
            Delivery(
                "suppers", "2025-09-01/2025-12-14", "2025-12-16", 6_000, "2025-12-22", 6_000
            ),
            Delivery(
                "suppers", "2026-01-05/2026-06-28", "2026-06-29", 5_200, "2026-07-02", 5_200
            ),
        ),
    ),
    spend=(Spend("2025-08-05 09:30", "2025-04-01/2025-07-31", 500, "SVX-DEMO-F1"),),
    regime="below_threshold",
    terms={
        "mode": "single",
        "soft_close": SoftClose(
            window_seconds=0,
            extension_seconds=0,
            at_most=0,
            hard_stop=utc("2025-06-10 12:00"),
            extend_on="any-accepted",
        ),
    },
    extras=(*EXTRAS, *CATERING_INPUTS),
)
