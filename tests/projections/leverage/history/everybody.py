"""Who takes part, where, and what one unit of each measure is worth (all fictional)."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from benchmarks.generator.people import OPERATOR, SECOND_OPERATOR, person
from benchmarks.generator.starting import identifier
from benchmarks.generator.telling import Story, need, say

from svx_ledger.domain.need import Theme
from svx_ledger.domain.place import Place
from svx_ledger.domain.proxies import Proxy

LEDGER: Final = "ledger-generated"
EVALUATOR: Final = "organisation-e000001"
AUTHORITIES: Final = tuple(f"organisation-a00000{n}" for n in range(1, 7))
SUPPLIERS: Final = tuple(f"organisation-s{n:06d}" for n in range(1, 18))
COMMUNITIES: Final = tuple(f"organisation-c{n:06d}" for n in range(1, 24))
FORCES: Final = tuple(f"E230000{n:02d}" for n in range(1, 8))
PROXY_SETS: Final = tuple(f"proxy-set-generated{n}" for n in range(1, 4))
THEMES: Final = (
    Theme(scheme="ToMs", code="NT11"),
    Theme(scheme="ToMs", code="NT17"),
    Theme(scheme="ToMs", code="NT28"),
    Theme(scheme="own", code="NT11"),
    Theme(scheme="own", code="safer-streets"),
)
PLACES: Final = tuple(
    Place(police_force=force, local_authority=f"E0900{10 * n + council:04d}")
    for n, force in enumerate(FORCES, start=1)
    for council in (1, 2)
)
ACTS_FOR: Final = tuple(
    FORCES[n : n + 1 + n % 3] if n != 4 else () for n in range(len(AUTHORITIES))
)
"""Of each authority: some act for several forces, one for none."""

Measure = tuple[str, str, bool, int]
MEASURES: Final[tuple[Measure, ...]] = (
    # measure, unit, divisible, a usual quantity
    ("laptop", "laptop", False, 40),
    ("volunteer-hour", "hour", True, 600),
    ("mentoring", "hour", True, 120),
    ("cash", "£", True, 20_000),
    ("van-day", "day", False, 30),
    ("training-place", "place", False, 12),
    ("room-hour", "hour", True, 900),
    ("insulation", "m²", True, 250),
)
_WORTH: Final = {
    # pounds of each set; deadweight, displacement, attribution; drop-off, years
    "laptop": (("300", "312.505", "287.333333"), "0.1 0.05 0", "0", 1),
    "volunteer-hour": (("16.93", "17.255", "0.005"), "0.2 0 0.1", "0", 1),
    "mentoring": (("105.58", "101", "98.765432"), "0.1234 0.0567 0.0891", "0.25", 3),
    "cash": (("1", "1", "1"), "0 0 0", "0", 1),
    "van-day": (("47.255", "50.005", "47.245"), "0.3333 0.0001 0.9999", "0", 1),
    "training-place": (("1234.565", "1500.015", "999.995"), "0.2755 0.15 0.05", "0.1", 5),
    "room-hour": (("12.345678", "13.5", "11.115"), "0.5 0 0", "0.0375", 2),
    "insulation": (("88.885", "90.115", "91.225"), "0.4 0.1 0.2", "0.015", 40),
}


class Project(NamedTuple):
    """A project and whose it is."""

    project_id: str
    community: str


PROJECTS: Final = tuple(
    Project(f"project-{community[-7:]}{n}", community)
    for community in COMMUNITIES
    for n in (1, 2)
)


def proxies(which: int) -> tuple[Proxy, ...]:
    """Return one of three tables; the shares of the second and third are odder."""
    return tuple(_proxy(measure, which) for measure in MEASURES)


def _proxy(measure: Measure, which: int) -> Proxy:
    name, unit, divisible, _ = measure
    pounds, shares, drop_off, years = _WORTH[name]
    odd = Decimal("0.0013") * which if shares != "0 0 0" or which == 2 else Decimal(0)
    deadweight, displacement, attribution = (
        min(Decimal(1), Decimal(share) + odd) for share in shares.split()
    )
    return Proxy(
        measure=name,
        name=f"One {unit} of {name}",
        unit=unit,
        pounds_per_unit=Decimal(pounds[which]),
        divisible=divisible,
        source="Unit cost table (fictional)",
        edition=f"{2024 + which}",
        price_year=2024 + which,
        licence="OGL-UK-3.0",
        theme_scheme="ToMs",
        theme="NT11",
        deadweight=deadweight,
        displacement=displacement,
        attribution=attribution,
        drop_off=Decimal(drop_off),
        years=years,
    )


def settled(rng: Random, start: datetime) -> Story:
    """Open the ledger, register and verify everybody, adopt the proxies, show the projects."""
    at = start
    opening = say(
        "OpenLedger", ledger_id=LEDGER, origin="ledger.example/leverage", clock="simulated"
    )
    yield from need(at, opening, OPERATOR)
    sides = {
        **dict.fromkeys(AUTHORITIES, "authority"),
        **dict.fromkeys(SUPPLIERS, "supplier"),
        **dict.fromkeys(COMMUNITIES, "community"),
        EVALUATOR: "evaluator",
    }
    for name, side in sides.items():
        at += timedelta(seconds=1)
        registering = say(
            "RegisterOrganisation",
            organisation_id=name,
            name=f"The {name[-7:]} organisation (fictional)",
            side=side,
            identifiers=(identifier(name),),
        )
        yield from need(at, registering, OPERATOR)
        checked = say("VerifyOrganisation", organisation_id=name, basis="register checked")
        yield from need(at, checked, SECOND_OPERATOR)
    for which, name in enumerate(PROXY_SETS):
        adopting = say(
            "AdoptProxySet",
            proxy_set_id=name,
            adopter_id=EVALUATOR,
            name=f"Proxies {2024 + which} (fictional)",
            proxies=proxies(which),
        )
        yield from need(at, adopting, person(EVALUATOR, "evaluator"))
    for project, community in PROJECTS:
        showing = say(
            "RegisterProject",
            project_id=project,
            organisation_id=community,
            title=f"Project {project[-8:]}",
            summary="Evenings and weekends, run by volunteers",
            place=rng.choice(PLACES),
        )
        yield from need(at, showing, person(community, "community.lead"))
