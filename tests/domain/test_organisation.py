"""The rules of organisations, each on either side of its boundary."""

from dataclasses import replace

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import (
    Identifier,
    OrganisationRegistered,
    OrganisationVerified,
    RegisterOrganisation,
    VerifyOrganisation,
)

from .outcome import OPERATOR, outcome

IDENTIFIER = Identifier(scheme="GB-CHC", id="1000001")
REGISTER = RegisterOrganisation(
    organisation_id="organisation-a001",
    name="Riverside Youth (fictional)",
    side="community",
    identifiers=(IDENTIFIER,),
)
REGISTERED = OrganisationRegistered(
    name="Riverside Youth (fictional)", side="community", identifiers=(IDENTIFIER,)
)
VERIFY = VerifyOrganisation(organisation_id="organisation-a001", basis="register checked")
HISTORY = [("organisation-a001", REGISTERED)]


def test_an_organisation_is_registered_with_what_it_states() -> None:
    recorded = outcome(when=REGISTER)

    assert recorded == [REGISTERED]


def test_one_organisation_per_identifier() -> None:
    other = replace(REGISTER, organisation_id="organisation-b002")
    free = replace(other, identifiers=(Identifier(scheme="GB-CHC", id="1000002"),))

    assert outcome(given=HISTORY, when=other) == "identifier-taken"
    assert isinstance(outcome(given=HISTORY, when=free), list)


def test_a_name_is_used_once() -> None:
    free = replace(REGISTER, identifiers=(Identifier(scheme="GB-CHC", id="1000002"),))

    assert outcome(given=HISTORY, when=free) == "already-exists"


def test_the_operator_or_an_authority_verifies() -> None:
    authority = Actor(id="person-a", role="authority.buyer", organisation="organisation-auth1")
    supplier = Actor(id="person-s", role="supplier.bidder", organisation="organisation-supp1")

    assert outcome(given=HISTORY, when=VERIFY, by=OPERATOR) == [
        OrganisationVerified(basis="register checked")
    ]
    assert isinstance(outcome(given=HISTORY, when=VERIFY, by=authority), list)
    assert outcome(given=HISTORY, when=VERIFY, by=supplier) == "role-not-allowed"


def test_nobody_verifies_its_own_organisation() -> None:
    own = replace(OPERATOR, organisation="organisation-a001")
    acting_for = replace(OPERATOR, on_behalf_of="organisation-a001")

    assert outcome(given=HISTORY, when=VERIFY, by=own) == "verifies-itself"
    assert outcome(given=HISTORY, when=VERIFY, by=acting_for) == "verifies-itself"


def test_an_organisation_is_verified_once() -> None:
    verified = [*HISTORY, ("organisation-a001", OrganisationVerified(basis="checked"))]

    assert outcome(given=verified, when=VERIFY) == "wrong-state"


def test_what_a_command_names_exists() -> None:
    assert outcome(when=VERIFY) == "not-found"
