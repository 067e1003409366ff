"""Setting the scene: who takes part, what one unit is worth, and what projects lack."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from svx_ledger.domain.book import AddLogKey, OpenLedger
from svx_ledger.domain.need import ApproveNeed, ProposeNeed, Theme
from svx_ledger.domain.organisation import Identifier, RegisterOrganisation, VerifyOrganisation
from svx_ledger.domain.place import Place
from svx_ledger.domain.project import RegisterProject
from svx_ledger.domain.proxies import AdoptProxySet

from .scenario import Need, Party, Project, Scenario
from .step import OPERATOR, Act, Step, paced, person, utc

FORCE = "E23999901"
"""Codes of places that do not exist, in the form of those that do."""
DISTRICTS = {"Marchgate": "E07999901", "Fenmarsh": "E07999902", "Ottermoor": "E07999903"}
SCHEME = "DEMO"


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
    later = []
    for project in scenario.projects:
        if project.proposed_at is None:
            acts += _project(scenario, project)
        else:
            later.append(paced(utc(project.proposed_at), *_project(scenario, project)))
    yield from chain(paced(utc(scenario.begins_at), *acts), *later)


def adding(verifier_key: str, scenario: Scenario, at: datetime) -> Step:
    """Give the key that the log is signed with from then on."""
    added = AddLogKey(ledger_id=f"ledger-{scenario.key}", verifier_key=verifier_key)
    return Step(at, OPERATOR, added)


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
    return Place(
        police_force=FORCE, local_authority=DISTRICTS[project.place], name=project.place
    )
