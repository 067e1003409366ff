"""Registration of look-alikes, procurement numbers and unincorporated groups."""

from dataclasses import replace

import pytest

from svx_ledger.domain.organisation import (
    ConnectionDeclared,
    Identifier,
    Organisation,
    OrganisationRegistered,
    OrganisationSuspended,
    OrganisationVerified,
    RegisterOrganisation,
    Side,
    VerifyOrganisation,
)
from tests.domain.cast import AUTHORITY, BUYER, COMMUNITY, LEAD, SUPPLIER, Past, verified
from tests.domain.cast import registered as stated
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .refused import refused

GROUP = "organisation-t0wp"
ISSUED = Identifier(scheme="SVX", id="T0WP")
CHARITY = Identifier(scheme="GB-CHC", id="200001")
PPON = Identifier(scheme="GB-PPON", id="PABC-1234-WXYZ")
REGISTER = RegisterOrganisation(
    organisation_id=GROUP,
    name="Towpath Group (fictional)",
    side="community",
    identifiers=(ISSUED,),
    unincorporated=True,
    host_id=COMMUNITY,
)
REGISTERED = OrganisationRegistered(
    name="Towpath Group (fictional)",
    side="community",
    identifiers=(ISSUED,),
    unincorporated=True,
    host_id=COMMUNITY,
)
HOSTLESS = replace(REGISTER, host_id=None)
INCORPORATED = replace(HOSTLESS, unincorporated=None, identifiers=(CHARITY,))
HOST: Past = verified(COMMUNITY, "community")
HOSTED: Past = [*HOST, (GROUP, REGISTERED)]
ALONE: Past = [(GROUP, replace(REGISTERED, host_id=None))]
VERIFY = VerifyOrganisation(organisation_id=GROUP, basis="register checked")
BY_AUTHORITY = replace(VERIFY, verifier_id=AUTHORITY)


def test_an_unincorporated_group_is_shown_as_such() -> None:
    assert outcome(given=HOST, when=REGISTER) == [REGISTERED]

    group = World(HOSTED).streams[GROUP]
    assert isinstance(group, Organisation)
    assert (group.unincorporated, group.host_id) == (True, COMMUNITY)
    assert group.affiliates == {COMMUNITY}
    assert (group.name, group.side) == ("Towpath Group (fictional)", "community")
    assert group.identifiers == (ISSUED,)


def test_two_spellings_of_one_identifier_are_one_organisation() -> None:
    short = Identifier(scheme="GB-COH", id="1234567")
    long = Identifier(scheme="GB-COH", id="01234567")
    company = replace(INCORPORATED, identifiers=(short,))
    there: Past = [
        (SUPPLIER, OrganisationRegistered(name="A", side="supplier", identifiers=(long,)))
    ]

    assert isinstance(outcome(when=company), list)
    assert refused(given=there, when=company) == (
        "identifier-taken",
        {"identifier": "identifier:GB-COH/01234567", "organisation": SUPPLIER},
    )
    assert refused(when=replace(company, identifiers=(short, long))) == (
        "identifier-twice",
        {"identifier": "identifier:GB-COH/01234567"},
    )


def test_a_procurement_number_stands_beside_another_identifier() -> None:
    both = replace(INCORPORATED, identifiers=(PPON, CHARITY))
    alone = replace(INCORPORATED, identifiers=(PPON,))

    assert isinstance(outcome(when=both), list)
    assert refused(when=alone) == (
        "identifier-additional",
        {"identifier": "identifier:GB-PPON/PABC-1234-WXYZ"},
    )


def test_a_name_that_looks_like_anothers_is_accepted_and_flagged() -> None:
    first = replace(INCORPORATED, name="The Towpath Gr\u00f6up Ltd")
    there: Past = [
        (
            COMMUNITY,
            OrganisationRegistered(name="Towpath Group", side="community", identifiers=()),
        )
    ]
    recorded = outcome(given=there, when=first)

    assert isinstance(recorded, list)
    (event,) = recorded
    assert isinstance(event, OrganisationRegistered)
    assert event.looks_like == COMMUNITY
    assert [claim.key for claim in event.claims()] == ["identifier:GB-CHC/200001"]


def test_a_name_like_no_other_is_taken() -> None:
    recorded = outcome(when=INCORPORATED)

    assert isinstance(recorded, list)
    assert [claim.key for claim in recorded[0].claims()] == [
        "identifier:GB-CHC/200001",
        "name:towpathgroupflctlonal",
    ]
    assert all(claim.held for claim in recorded[0].claims())


def test_a_third_of_the_same_name_is_flagged_too() -> None:
    world = World()
    for n in range(3):
        one = replace(
            INCORPORATED,
            organisation_id=f"organisation-like{n}",
            identifiers=(Identifier(scheme="GB-CHC", id=f"20000{n}"),),
        )
        decision = world.execute(one, OPERATOR, NOON)
        assert isinstance(decision, list)
        (_, event) = decision[0]
        assert isinstance(event, OrganisationRegistered)
        assert event.looks_like == (None if n == 0 else "organisation-like0")


@pytest.mark.parametrize("unincorporated", [None, False])
def test_only_an_unincorporated_group_has_an_issued_identifier(
    *, unincorporated: bool | None
) -> None:
    issued = replace(HOSTLESS, unincorporated=unincorporated)
    charity = replace(INCORPORATED, unincorporated=unincorporated)

    assert isinstance(outcome(when=charity), list)
    assert refused(when=issued) == (
        "identifier-for-groups",
        {"stated": "incorporated", "issued": 1},
    )


def test_an_unincorporated_group_has_an_issued_identifier() -> None:
    assert isinstance(outcome(when=HOSTLESS), list)
    assert isinstance(outcome(when=replace(HOSTLESS, identifiers=(ISSUED, CHARITY))), list)
    assert refused(when=replace(HOSTLESS, identifiers=(CHARITY,))) == (
        "identifier-for-groups",
        {"stated": "unincorporated", "issued": 0},
    )


def test_the_issued_identifier_is_the_end_of_the_organisations_own_name() -> None:
    other = replace(HOSTLESS, identifiers=(Identifier(scheme="SVX", id="T0WQ"),))

    assert refused(when=other) == (
        "identifier-not-issued",
        {"stated": "T0WQ", "expected": "T0WP"},
    )


def test_only_an_unincorporated_group_has_a_host() -> None:
    assert refused(given=HOST, when=replace(INCORPORATED, host_id=COMMUNITY)) == (
        "host-for-groups",
        {"host": COMMUNITY},
    )


def test_an_unincorporated_group_is_a_community_organisation() -> None:
    assert refused(when=replace(HOSTLESS, side="supplier")) == (
        "wrong-side",
        {"expected": "community", "side": "supplier"},
    )


def test_the_host_is_an_incorporated_community_organisation_or_an_authority() -> None:
    supplier = verified(SUPPLIER, "supplier")
    authority = verified(AUTHORITY, "authority")
    other: Past = [("organisation-0ther", replace(REGISTERED, host_id=None, name="Other"))]
    group: Past = [*other, ("organisation-0ther", OrganisationVerified(basis="known"))]

    assert isinstance(outcome(given=authority, when=replace(REGISTER, host_id=AUTHORITY)), list)
    assert refused(given=supplier, when=replace(REGISTER, host_id=SUPPLIER)) == (
        "host-unfit",
        {"host": SUPPLIER, "side": "supplier"},
    )
    assert refused(
        given=_renamed(group), when=replace(REGISTER, host_id="organisation-0ther")
    ) == (
        "host-unfit",
        {"host": "organisation-0ther", "side": "community"},
    )


def test_the_host_is_verified() -> None:
    assert outcome(given=stated(COMMUNITY, "community"), when=REGISTER) == "not-verified"
    assert outcome(when=REGISTER) == "not-found"


def test_a_group_with_a_host_is_verified_and_connected_with_it() -> None:
    tie = ConnectionDeclared(connected_to=COMMUNITY, nature="host", declared_by=OPERATOR.id)
    decision = World(HOSTED).execute(VERIFY, OPERATOR, NOON)

    assert decision == [
        (GROUP, OrganisationVerified(basis="register checked")),
        (GROUP, tie),
        (COMMUNITY, replace(tie, connected_to=GROUP, mirrored=True)),
    ]


def test_the_authority_that_verifies_a_group_is_named_in_the_connection() -> None:
    given = [*HOSTED, *verified(AUTHORITY, "authority")]
    recorded = outcome(given=given, when=BY_AUTHORITY, by=BUYER)

    assert isinstance(recorded, list)
    assert recorded[1] == ConnectionDeclared(
        connected_to=COMMUNITY, nature="host", declarer_id=AUTHORITY, declared_by=BUYER.id
    )


def test_the_host_of_a_group_is_still_verified_when_the_group_is() -> None:
    suspended = OrganisationSuspended(reason="Closed", suspended_by="person-1")

    assert refused(given=[*HOSTED, (COMMUNITY, suspended)], when=VERIFY) == (
        "not-verified",
        {"state": "suspended", "expected": "verified"},
    )


def test_a_group_without_a_host_is_verified_by_an_authority() -> None:
    authority = verified(AUTHORITY, "authority")

    assert outcome(given=[*ALONE, *authority], when=BY_AUTHORITY, by=BUYER) == [
        OrganisationVerified(basis="register checked", verifier_id=AUTHORITY)
    ]
    assert refused(given=ALONE, when=VERIFY) == ("group-without-host", {"role": "operator"})


def test_nobody_verifies_the_group_it_hosts() -> None:
    authority = verified(AUTHORITY, "authority")
    hosted: Past = [*authority, (GROUP, replace(REGISTERED, host_id=AUTHORITY))]

    assert refused(given=hosted, when=BY_AUTHORITY, by=BUYER) == (
        "verifies-itself",
        {"organisation": AUTHORITY},
    )


def test_nobody_verifies_an_affiliate() -> None:
    authority = verified(AUTHORITY, "authority")
    charity = replace(REGISTERED, unincorporated=None, host_id=None, identifiers=(CHARITY,))
    tie = ConnectionDeclared(
        connected_to=AUTHORITY, nature="director", declared_by=LEAD.id, mirrored=True
    )
    given: Past = [*authority, (GROUP, charity)]

    assert isinstance(outcome(given=given, when=BY_AUTHORITY, by=BUYER), list)
    assert refused(given=[*given, (GROUP, tie)], when=BY_AUTHORITY, by=BUYER) == (
        "verifies-itself",
        {"organisation": AUTHORITY},
    )
    agent = replace(OPERATOR, on_behalf_of=AUTHORITY)
    assert outcome(given=[*given, (GROUP, tie)], when=VERIFY, by=agent) == "verifies-itself"


def _renamed(past: Past) -> Past:
    """The same organisation with the identifier that it would have been issued."""
    (stream, event), *rest = past
    assert isinstance(event, OrganisationRegistered)
    own = Identifier(scheme="SVX", id=stream.removeprefix("organisation-").upper())
    return [(stream, replace(event, identifiers=(own,))), *rest]


def test_a_verification_that_is_refused_says_why() -> None:
    authority = verified(AUTHORITY, "authority")
    own: Past = [*HOST, (GROUP, replace(REGISTERED, registered_by=OPERATOR.id))]

    assert refused(given=own, when=VERIFY) == ("same-person", {"person": OPERATOR.id})
    assert refused(given=[*HOSTED, *authority], when=VERIFY, by=BUYER) == (
        "verifier-unnamed",
        {"role": "authority.buyer"},
    )


@pytest.mark.parametrize("side", ["authority", "supplier", "evaluator", "operator"])
def test_what_is_incorporated_may_be_on_any_side(side: Side) -> None:
    assert isinstance(outcome(when=replace(INCORPORATED, side=side)), list)
