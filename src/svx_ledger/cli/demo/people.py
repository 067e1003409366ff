"""Who the demo's story is about, and what they lack. All of it is invented, and so named."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from svx_ledger.domain.proxies import Proxy

from .scenario import Need, Party, Project

PARTIES: Final = (
    Party("marchshire", "authority", "GB-LAE", "Marchshire Police Commissioner (fictional)"),
    Party("fenmarsh", "authority", "GB-LAE", "Fenmarsh Borough Council (fictional)"),
    Party("ottermoor", "authority", "GB-LAE", "Ottermoor County Council (fictional)"),
    Party("brackwater", "supplier", "GB-COH", "Brackwater Estates (fictional)"),
    Party("harle", "supplier", "GB-COH", "Harle & Fenn Services (fictional)"),
    Party("tarnlight", "supplier", "GB-COH", "Tarnlight Facilities (fictional)"),
    Party("glimmerfold", "supplier", "GB-COH", "Glimmerfold Lighting (fictional)"),
    Party("kitestone", "supplier", "GB-COH", "Kitestone Recovery (fictional)"),
    Party("pellwick", "supplier", "GB-COH", "Pellwick Cleaning (fictional)"),
    Party("wrenfold", "supplier", "GB-COH", "Wrenfold Services (fictional)"),
    Party("cindermill", "supplier", "GB-COH", "Cindermill Catering (fictional)"),
    Party("gannet", "supplier", "GB-COH", "Gannet & Rye (fictional)"),
    Party("odderby", "supplier", "GB-COH", "Odderby Digital (fictional)"),
    Party("lantern", "community", "GB-CHC", "Lantern Youth Hubs (fictional)"),
    Party("quietharbour", "community", "GB-CHC", "Quiet Harbour (fictional)"),
    Party("doorstep", "community", "GB-CHC", "Doorstep Friends (fictional)"),
    Party("secondlap", "community", "GB-CHC", "Second Lap (fictional)"),
    Party("kettlechair", "community", "GB-CHC", "Kettle & Chair (fictional)"),
    Party("plumbline", "evaluator", "GB-COH", "Plumbline Evaluation (fictional)"),
    Party("stonecross", "evaluator", "GB-COH", "Stonecross Audit (fictional)"),
)


def _proxy(measure: str, name: str, unit: str, pounds: str, *taken_off: str) -> Proxy:
    deadweight, displacement, attribution = map(Decimal, taken_off)
    return Proxy(
        measure=measure,
        name=name,
        unit=unit,
        pounds_per_unit=Decimal(pounds),
        divisible=measure != "laptop",
        source="Invented for this demo",
        edition="2025",
        price_year=2025,
        licence="CC0-1.0",
        theme_scheme="DEMO",
        theme=measure,
        deadweight=deadweight,
        displacement=displacement,
        attribution=attribution,
    )


PROXIES: Final = (  # £ per unit, then deadweight, displacement, attribution
    _proxy("cash", "A pound given", "£", "1", "0", "0", "0"),
    _proxy("laptop", "A refurbished laptop", "laptop", "300", "0.10", "0.05", "0"),
    _proxy("expert-hour", "An hour of an expert", "hour", "101", "0.20", "0.10", "0.10"),
    _proxy("volunteer-hour", "An hour of a volunteer", "hour", "16.93", "0.20", "0", "0.10"),
)
_POINTS: Final = {"cash": 1, "laptop": 400, "expert-hour": 120, "volunteer-hour": 20}
PROXIES_2026: Final = tuple(
    replace(proxy, edition="2026", points_per_unit=Decimal(_POINTS[proxy.measure]))
    for proxy in PROXIES
)
"""The table that takes the place of the first: the same pounds, and points beside them."""

LANTERN: Final = Project(
    key="hubs",
    party="lantern",
    title="Six evening hubs for young people",
    summary="Open five evenings a week where most disorder by young people is reported",
    theme="youth",
    place="Marchgate",
    delivered_by="Lantern's youth workers",
    needs=(
        Need(
            key="hubs",
            measure="cash",
            quantity=3_000_000,
            needed_by="2026-09-30",
            use="Rent, heating and twelve part-time youth workers",
            in_place="Two hubs run already; leases for four more are agreed",
        ),
        Need(
            key="laptops",
            measure="laptop",
            quantity=1_100,
            needed_by="2026-03-31",
            use="Homework and applications for work, lent out from the hubs",
            in_place="Lockers, broadband and a lending scheme",
        ),
        Need(
            key="homework",
            measure="volunteer-hour",
            quantity=4_000,
            needed_by="2027-07-31",
            use="Homework help two evenings a week",
            in_place="A library room and a coordinator",
        ),
    ),
)
HARBOUR: Final = Project(
    key="cafe",
    party="quietharbour",
    title="A crisis café that is open at night",
    summary="Somewhere to go in a mental health crisis that is no cell and no emergency ward",
    theme="mental-health",
    place="Marchgate",
    delivered_by="Quiet Harbour's peer workers",
    needs=(
        Need(
            key="counsel",
            measure="expert-hour",
            quantity=12_000,
            needed_by="2026-09-30",
            use="Supervision of peer workers, and counselling by appointment",
            in_place="Premises, a night rota and a referral line with the police",
        ),
        Need(
            key="training",
            measure="expert-hour",
            quantity=1_500,
            needed_by="2027-12-31",
            use="Training for the volunteers of a second café",
            in_place="Thirty volunteers and a curriculum",
        ),
    ),
)
DOORSTEP: Final = Project(
    key="visits",
    party="doorstep",
    title="Visits to people who call the police most",
    summary="A regular visitor and practical help for people who call because they are alone",
    theme="repeat-callers",
    place="Fenmarsh",
    delivered_by="Doorstep's visitors",
    needs=(
        Need(
            key="visits",
            measure="volunteer-hour",
            quantity=60_000,
            needed_by="2026-09-30",
            use="A visit a week to each of 300 people",
            in_place="Vetting, training and a list agreed with the control room",
        ),
        Need(
            key="minibus",
            measure="cash",
            quantity=90_000,
            needed_by="2027-12-31",
            use="A minibus, and its running for three years",
            in_place="Drivers, and a place to park",
        ),
    ),
)
PROJECTS: Final = (LANTERN, HARBOUR, DOORSTEP)
