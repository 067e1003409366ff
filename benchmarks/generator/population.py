"""Who is on the exchange: organisations, their projects, and one table of proxies."""

from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from svx_ledger.domain.organisation import Side

from .people import OPERATOR, SECOND_OPERATOR, person
from .starting import PLACES, identifier, proxies
from .telling import Story, need, say

LEDGER: Final = "ledger-generated"
PROXY_SET: Final = "proxy-set-generated"
EVALUATOR: Final = "organisation-e000000"
_PACE = timedelta(seconds=1)


class Population(NamedTuple):
    """The streams of everybody and of the projects, `projects` with their organisation."""

    authorities: tuple[str, ...]
    suppliers: tuple[str, ...]
    communities: tuple[str, ...]
    projects: tuple[tuple[str, str], ...]


def population(events: int) -> Population:
    """Return who takes part in a history of about so many events."""
    count = {
        "a": max(2, min(45, events // 5_000)),
        "s": max(14, min(2_000, events // 600)),
        "c": max(6, min(1_500, events // 1_000)),
    }
    named = {
        kind: tuple(f"organisation-{kind}{number:06d}" for number in range(many))
        for kind, many in count.items()
    }
    projects = tuple(
        (f"project-{community[-7:]}{number}", community)
        for community in named["c"]
        for number in (1, 2)
    )
    return Population(named["a"], named["s"], named["c"], projects)


def settling(everybody: Population, rng: Random, start: datetime) -> Story:
    """Open the ledger, register and verify everybody, adopt the proxies, show the projects."""
    at = start
    opening = say(
        "OpenLedger", ledger_id=LEDGER, origin="ledger.example/generated", clock="simulated"
    )
    yield from need(at, opening, OPERATOR)
    sides: dict[str, Side] = {
        **dict.fromkeys(everybody.authorities, "authority"),
        **dict.fromkeys(everybody.suppliers, "supplier"),
        **dict.fromkeys(everybody.communities, "community"),
        EVALUATOR: "evaluator",
    }
    for name, side in sides.items():
        at += _PACE
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
    adopting = say(
        "AdoptProxySet",
        proxy_set_id=PROXY_SET,
        adopter_id=EVALUATOR,
        name="Proxies (fictional)",
        proxies=proxies(),
    )
    yield from need(at, adopting, person(EVALUATOR, "evaluator"))
    for project, community in everybody.projects:
        at += _PACE
        showing = say(
            "RegisterProject",
            project_id=project,
            organisation_id=community,
            title=f"Project {project[-8:]}",
            summary="Evenings and weekends, run by volunteers",
            place=rng.choice(PLACES),
        )
        yield from need(at, showing, person(community, "community.lead"))
