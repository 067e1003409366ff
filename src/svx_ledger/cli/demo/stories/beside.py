"""Beside the auctions: help that is offered directly, what was observed, what was corrected."""

from decimal import Decimal
from hashlib import sha256
from typing import Final

from svx_ledger.cli.demo.setting import DISTRICTS, FORCE
from svx_ledger.cli.demo.step import OPERATOR, Step, day, person, step
from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.direct_offer import AcceptOffer, DeclineOffer, OfferDirectly
from svx_ledger.domain.indicator import ObserveIndicator
from svx_ledger.domain.observation.observing import (
    ObserveProcurement,
    RecordNotice,
    RecordPublishedAward,
)
from svx_ledger.domain.observation.stated import (
    Source,
    Stated,
    StatedMoney,
    StatedParty,
    StatedTime,
)
from svx_ledger.domain.place import Place
from svx_ledger.domain.resource_offer import OfferResource, WithdrawResource

MARCHGATE = Place(police_force=FORCE, local_authority=DISTRICTS["Marchgate"], name="Marchgate")
BUYER = person("authority.buyer", "marchshire")


def _offer(at: str, key: str, *, supplier: str, need: str, quantity: int) -> Step:
    offer = OfferDirectly(
        direct_offer_id=f"direct-offer-{key}",
        supplier_id=f"organisation-{supplier}",
        need_id=f"need-{need}",
        authority_id="organisation-marchshire",
        proxy_set_id="proxy-set-demo2026",
        quantity=Decimal(quantity),
        deliver_by=day("2026-04-30"),
    )
    return step(at, person("supplier.signatory", supplier), offer)


def _resource(at: str, key: str, measure: str, quantity: int) -> Step:
    offer = OfferResource(
        resource_offer_id=f"resource-offer-{key}",
        supplier_id="organisation-tarnlight",
        measure=measure,
        unit="hour",
        quantity=Decimal(quantity),
        places=(MARCHGATE,),
        available_from=day("2026-01-01"),
        available_to=day("2026-12-31"),
        proxy_set_id="proxy-set-demo",
    )
    return step(at, person("supplier.signatory", "tarnlight"), offer)


def _observed(at: str, key: str, indicator: str, quarter: int) -> Step:
    year = day(at.split(maxsplit=1)[0]).year
    figure = ObserveIndicator(
        indicator_id=f"indicator-{key}{year}",
        recorder_id="organisation-marchshire",
        area=DISTRICTS["Marchgate"],
        indicator=indicator,
        period_from=day(f"{year}-04-01"),
        period_to=day(f"{year}-06-30"),
        value=Decimal(quarter),
        unit="call" if "call" in indicator else "incident",
        source="Control room log (fictional)",
    )
    return step(at, BUYER, figure)


OFFERS: Final = (
    _resource("2025-11-03 10:00", "hours", "volunteer-hour", 500),
    _resource("2025-11-03 10:10", "experts", "expert-hour", 80),
    step(
        "2026-05-11 10:00",
        person("supplier.signatory", "tarnlight"),
        WithdrawResource(
            resource_offer_id="resource-offer-experts", reason="Its experts are booked"
        ),
    ),
    _offer("2026-03-24 10:00", "laptops", supplier="odderby", need="laptops", quantity=60),
    step(
        "2026-03-26 10:00",
        person("community.lead", "lantern"),
        AcceptOffer(direct_offer_id="direct-offer-laptops"),
        "Odderby offers {quantity:number} laptops that nobody pledged, outside any auction. "
        "Lantern Youth Hubs accepts.",
    ),
    _offer("2026-03-25 10:00", "counsel", supplier="glimmerfold", need="counsel", quantity=100),
    step(
        "2026-03-27 10:00",
        person("community.lead", "quietharbour"),
        DeclineOffer(
            direct_offer_id="direct-offer-counsel",
            reason="The café needs counsellors, not engineers",
        ),
    ),
)
INDICATORS: Final = (
    _observed("2025-07-08 10:00", "mind", "mental-health-incidents", 1_840),
    _observed("2025-07-08 10:10", "calls", "calls-by-ten-callers", 2_310),
    _observed("2026-07-14 10:00", "mind", "mental-health-incidents", 1_655),
    _observed("2026-07-14 10:10", "calls", "calls-by-ten-callers", 4_120),
    step(
        "2026-07-16 10:00",
        BUYER,
        RequestCorrection(
            correction_id="correction-calls",
            target_id="indicator-calls2026",
            field="value",
            old="4120",
            new="1420",
            reason="Two digits were swapped",
        ),
    ),
    step(
        "2026-07-17 10:00",
        person("authority.approver", "marchshire"),
        ApproveCorrection(correction_id="correction-calls"),
        "A count of calls was typed wrongly. Two people correct {old} to {new}; what stood "
        "there stays in the log.",
    ),
)


def _source(file: str) -> Source:
    digest = sha256(f"{file} (fictional)".encode()).hexdigest()
    return Source(file=file, pointer="/releases/0", release_sha256=digest)


_ELSEWHERE: Final = "procurement-elsewhere"
OBSERVED: Final = (
    step(
        "2025-10-13 10:00",
        OPERATOR,
        ObserveProcurement(
            procurement_id=_ELSEWHERE,
            ocid="ocds-demo00-elsewhere",
            source=_source("tender.json"),
            title=Stated(text="Custody healthcare (fictional)"),
            buyer=StatedParty(name=Stated(text="Saltmere Constabulary (fictional)")),
        ),
    ),
    step(
        "2025-10-13 10:05",
        OPERATOR,
        RecordNotice(
            procurement_id=_ELSEWHERE,
            source=_source("tender.json"),
            tags=("tender",),
            status="active",
            value=StatedMoney(amount=Decimal(2_500_000), currency="GBP"),
        ),
    ),
    step(
        "2026-02-16 10:00",
        OPERATOR,
        RecordPublishedAward(
            procurement_id=_ELSEWHERE,
            award_id="1",
            source=_source("award.json"),
            suppliers=(StatedParty(name=Stated(text="Fallowfield Nursing (fictional)")),),
            title=Stated(text="Custody healthcare (fictional)"),
            value=StatedMoney(amount=Decimal(2_350_000), currency="GBP"),
            dated=StatedTime(text="2026-02-10", on=day("2026-02-10")),
        ),
    ),
)
BESIDE: Final = (*OFFERS, *INDICATORS, *OBSERVED)
