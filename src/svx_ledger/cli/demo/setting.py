"""Setting the scene: who takes part, what one unit is worth, and what projects lack."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.book import OpenLedger
from svx_ledger.domain.kind import Command
from svx_ledger.domain.need import ApproveNeed, ProposeNeed, Theme
from svx_ledger.domain.organisation import (
    Identifier,
    RegisterOrganisation,
    VerifyOrganisation,
)
from svx_ledger.domain.place import Place
from svx_ledger.domain.project import RegisterProject
from svx_ledger.domain.proxies import AdoptProxySet

from .scenario import Need, Party, Project, Scenario, utc

FORCE = "E23999901"
"""Codes of places that do not exist, in the form of those that do."""
DISTRICT = "E07999901"
SCHEME = "DEMO"
PACE = timedelta(minutes=1)
"""From one act to the next where nobody waits."""
OPERATOR = Actor(id="person-operator", role="operator")

Act = tuple[Actor, Command]


@dataclass(frozen=True, slots=True)
class Step:
    """A command that somebody gives at a time."""

    at: datetime
    actor: Actor
    command: Command


def paced(at: datetime, *acts: Act) -> Iterator[Step]:
    """Let one act follow the other from a time on."""
    for n, (actor, command) in enumerate(acts):
        yield Step(at + n * PACE, actor, command)


def person(role: Role, party: str) -> Actor:
    """Return the one person who has a role in an organisation of the story."""
    called = role.rpartition(".")[2].replace("_", "-")
    return Actor(id=f"person-{party}-{called}", role=role, organisation=f"organisation-{party}")


def setting(scenario: Scenario) -> Iterator[Step]:
    """Give everything that comes before the first procurement."""
    acts: list[Act] = [
        (
            OPERATOR,
            OpenLedger(
                ledger_id=f"ledger-{scenario.key}",
                origin=scenario.origin,
                clock="simulated",
            ),
        ),
        *_parties(scenario),
        (
            person("evaluator", scenario.evaluator),
            AdoptProxySet(
                proxy_set_id=proxy_set_id(scenario),
                adopter_id=f"organisation-{scenario.evaluator}",
                name=scenario.proxy_set,
                proxies=scenario.proxies,
            ),
        ),
    ]
    for project in scenario.projects:
        acts += _project(scenario, project)
    return paced(utc(scenario.begins_at), *acts)


def proxy_set_id(scenario: Scenario) -> str:
    """Return the name of the one proxy set."""
    return f"proxy-set-{scenario.key}"


def _parties(scenario: Scenario) -> Iterator[Act]:
    for party in scenario.parties:
        stream = f"organisation-{party.key}"
        yield (
            OPERATOR,
            RegisterOrganisation(
                organisation_id=stream,
                name=party.name,
                side=party.side,
                identifiers=(_invented(party),),
            ),
        )
        basis = "Checked against its register (fictional)"
        yield OPERATOR, VerifyOrganisation(organisation_id=stream, basis=basis)


def _invented(party: Party) -> Identifier:
    """Return an identifier that no register gives out."""
    return Identifier(scheme=party.scheme, id=f"DEMO-{party.key.upper()}")


def _project(scenario: Scenario, project: Project) -> Iterator[Act]:
    lead = person("community.lead", project.party)
    yield (
        lead,
        RegisterProject(
            project_id=f"project-{project.key}",
            organisation_id=f"organisation-{project.party}",
            title=project.title,
            summary=project.summary,
            place=_place(project),
        ),
    )
    for need in project.needs:
        approver = next(p.authority for p in scenario.procurements if need.key in p.needs)
        yield lead, _proposal(project, need, scenario.unit_of[need.key])
        approved = ApproveNeed(
            need_id=f"need-{need.key}", approver_organisation=f"organisation-{approver}"
        )
        yield person("authority.buyer", approver), approved


def _proposal(project: Project, need: Need, unit: str) -> ProposeNeed:
    return ProposeNeed(
        need_id=f"need-{need.key}",
        project_id=f"project-{project.key}",
        measure=need.measure,
        unit=unit,
        quantity=Decimal(need.quantity),
        place=_place(project),
        needed_by=date.fromisoformat(need.needed_by),
        theme=Theme(scheme=SCHEME, code=project.theme),
        use=need.use,
        delivered_by=project.delivered_by,
        in_place=need.in_place,
    )


def _place(project: Project) -> Place:
    return Place(police_force=FORCE, local_authority=DISTRICT, name=project.place)
