"""The rules of projects, each on either side of its boundary."""

from dataclasses import replace

from svx_ledger.domain.project import Project, ProjectRegistered, RegisterProject

from .cast import BIDDER, COMMUNITY, LEAD, PLACE, PROJECT, STARTED, registered, verified
from .outcome import OPERATOR, World, outcome

REGISTER = RegisterProject(
    project_id=PROJECT,
    organisation_id=COMMUNITY,
    title="Homework club",
    summary="A warm room and a mentor, three evenings a week",
    place=PLACE,
)
REGISTERED = ProjectRegistered(
    organisation_id=COMMUNITY,
    title="Homework club",
    summary="A warm room and a mentor, three evenings a week",
    place=PLACE,
)
HISTORY = verified(COMMUNITY, "community")


def test_a_project_is_registered_with_what_it_does_and_where() -> None:
    assert outcome(given=HISTORY, when=REGISTER, by=LEAD) == [REGISTERED]


def test_the_community_organisation_registers_it_or_the_operator_on_its_behalf() -> None:
    helper = replace(OPERATOR, on_behalf_of=COMMUNITY)
    other = replace(LEAD, organisation="organisation-comm2")

    assert outcome(given=HISTORY, when=REGISTER, by=helper) == [REGISTERED]
    assert outcome(given=HISTORY, when=REGISTER, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=HISTORY, when=REGISTER, by=other) == "not-yours"
    assert outcome(given=HISTORY, when=REGISTER, by=BIDDER) == "role-not-allowed"


def test_the_organisation_is_a_community_organisation() -> None:
    supplier = verified(COMMUNITY, "supplier")

    assert outcome(given=supplier, when=REGISTER, by=LEAD) == "wrong-side"


def test_the_organisation_is_verified() -> None:
    unverified = registered(COMMUNITY, "community")

    assert outcome(given=unverified, when=REGISTER, by=LEAD) == "not-verified"


def test_what_a_project_names_exists_and_the_project_does_not() -> None:
    assert outcome(when=REGISTER, by=LEAD) == "not-found"
    assert outcome(given=STARTED, when=REGISTER, by=LEAD) == "already-exists"


def test_a_project_belongs_to_its_organisation() -> None:
    assert World(STARTED).streams[PROJECT] == Project(
        organisation_id=COMMUNITY, title="Homework club", place=PLACE, summary="Evenings"
    )
