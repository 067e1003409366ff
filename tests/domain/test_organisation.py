"""The rules of organisations, each on either side of its boundary."""

from dataclasses import replace

from svx_ledger.domain.organisation import (
    Identifier,
    OrganisationRegistered,
    OrganisationVerified,
    RegisterOrganisation,
    VerifyOrganisation,
)

from .cast import AUTHORITY, BIDDER, BUYER, OTHER_BUYER, SUPPLIER, Past, registered, verified
from .outcome import NOON, OPERATOR, outcome
from .worked_example import facts

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
HISTORY: Past = [("organisation-a001", REGISTERED)]
TRUSTED: Past = [*HISTORY, *verified(AUTHORITY, "authority")]
BY_AUTHORITY = replace(VERIFY, verifier_id=AUTHORITY)


def test_an_organisation_is_registered_with_what_it_states() -> None:
    recorded = outcome(when=REGISTER)

    assert recorded == [REGISTERED]


def test_who_registered_it_is_on_record_unless_the_operator_did() -> None:
    assert outcome(when=REGISTER, by=BIDDER) == [replace(REGISTERED, registered_by=BIDDER.id)]
    assert outcome(when=REGISTER, by=OPERATOR) == [REGISTERED]


def test_a_registration_states_each_identifier_once() -> None:
    other_list = replace(IDENTIFIER, scheme="GB-COH")
    both = replace(REGISTER, identifiers=(IDENTIFIER, other_list))
    twice = replace(REGISTER, identifiers=(IDENTIFIER, other_list, IDENTIFIER))

    assert isinstance(outcome(when=both), list)
    assert outcome(when=twice) == "identifier-twice"


def test_one_organisation_per_identifier() -> None:
    other = replace(REGISTER, organisation_id="organisation-b002")
    free = replace(other, identifiers=(Identifier(scheme="GB-CHC", id="1000002"),))

    assert outcome(given=HISTORY, when=other) == "identifier-taken"
    assert isinstance(outcome(given=HISTORY, when=free), list)


def test_a_name_is_used_once() -> None:
    free = replace(REGISTER, identifiers=(Identifier(scheme="GB-CHC", id="1000002"),))

    assert outcome(given=HISTORY, when=free) == "already-exists"


def test_the_operator_or_an_authority_verifies() -> None:
    assert outcome(given=HISTORY, when=VERIFY, by=OPERATOR) == [
        OrganisationVerified(basis="register checked")
    ]
    assert outcome(given=TRUSTED, when=BY_AUTHORITY, by=BUYER) == [
        OrganisationVerified(basis="register checked", verifier_id=AUTHORITY)
    ]
    assert outcome(given=HISTORY, when=VERIFY, by=BIDDER) == "role-not-allowed"


def test_an_authority_says_which_one_it_is() -> None:
    observer = replace(BUYER, role="authority.observer")

    assert outcome(given=TRUSTED, when=VERIFY, by=BUYER) == "verifier-unnamed"
    assert outcome(given=TRUSTED, when=BY_AUTHORITY, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=TRUSTED, when=BY_AUTHORITY, by=observer) == "role-not-allowed"
    assert outcome(given=HISTORY, when=BY_AUTHORITY, by=BUYER) == "not-found"


def test_who_verifies_is_itself_verified_and_on_its_side() -> None:
    unverified = [*HISTORY, *registered(AUTHORITY, "authority")]
    of_operator = replace(VERIFY, verifier_id=OPERATOR.organisation)
    known = [*HISTORY, *verified("organisation-0perator", "operator")]
    supplier = [*HISTORY, *verified(SUPPLIER, "supplier")]
    disguised = replace(BUYER, organisation=SUPPLIER)

    assert outcome(given=unverified, when=BY_AUTHORITY, by=BUYER) == "not-verified"
    assert isinstance(outcome(given=known, when=of_operator, by=OPERATOR), list)
    assert outcome(
        given=supplier, when=replace(VERIFY, verifier_id=SUPPLIER), by=disguised
    ) == ("wrong-side")


def test_nobody_verifies_what_the_same_person_registered() -> None:
    own: Past = [("organisation-a001", replace(REGISTERED, registered_by=OPERATOR.id))]
    others: Past = [("organisation-a001", replace(REGISTERED, registered_by=BIDDER.id))]

    assert outcome(given=own, when=VERIFY, by=OPERATOR) == "same-person"
    assert isinstance(outcome(given=others, when=VERIFY, by=OPERATOR), list)


def test_nobody_verifies_its_own_organisation() -> None:
    own = replace(OPERATOR, organisation="organisation-a001")
    acting_for = replace(OPERATOR, on_behalf_of="organisation-a001")

    assert outcome(given=HISTORY, when=VERIFY, by=own) == "verifies-itself"
    assert outcome(given=HISTORY, when=VERIFY, by=acting_for) == "verifies-itself"


def test_an_organisation_is_verified_once() -> None:
    checked = [*HISTORY, ("organisation-a001", OrganisationVerified(basis="checked"))]

    assert outcome(given=checked, when=VERIFY) == "wrong-state"
    assert facts(checked, VERIFY, OPERATOR, NOON) == {
        "state": "verified",
        "expected": "registered",
    }


def test_what_a_command_names_exists() -> None:
    assert outcome(when=VERIFY) == "not-found"
