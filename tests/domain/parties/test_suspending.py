"""Suspension and reinstatement, each rule on either side of its boundary."""

from dataclasses import replace

import pytest

from svx_ledger.domain.kind import Command
from svx_ledger.domain.organisation import (
    ConnectionDeclared,
    Organisation,
    OrganisationReinstated,
    OrganisationSuspended,
    ReinstateOrganisation,
    SuspendOrganisation,
)
from svx_ledger.domain.permission import unless_verified
from svx_ledger.domain.rule import Refusal
from tests.domain.cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    OTHER_AUTHORITY,
    OTHER_BUYER,
    SUPPLIER,
    Past,
    registered,
    verified,
)
from tests.domain.outcome import OPERATOR, World, outcome

from .refused import refused

SUSPEND = SuspendOrganisation(organisation_id=SUPPLIER, reason="Debarred (fictional)")
REINSTATE = ReinstateOrganisation(organisation_id=SUPPLIER, reason="Debarment over")
SUSPENDED = OrganisationSuspended(reason="Debarred (fictional)", suspended_by="person-first")
THERE: Past = [*verified(SUPPLIER, "supplier"), *verified(AUTHORITY, "authority")]
OUT: Past = [*THERE, (SUPPLIER, SUSPENDED)]
BOTH = pytest.mark.parametrize(("given", "act"), [(THERE, SUSPEND), (OUT, REINSTATE)])


def supplier_after(past: Past) -> Organisation:
    organisation = World(past).streams[SUPPLIER]
    assert isinstance(organisation, Organisation)
    return organisation


def test_an_organisation_is_suspended_with_who_did_and_why() -> None:
    assert outcome(given=THERE, when=SUSPEND) == [replace(SUSPENDED, suspended_by=OPERATOR.id)]
    assert outcome(given=THERE, when=replace(SUSPEND, authority_id=AUTHORITY), by=BUYER) == [
        replace(SUSPENDED, authority_id=AUTHORITY, suspended_by=BUYER.id)
    ]


def test_an_organisation_is_reinstated_with_who_did_and_why() -> None:
    assert outcome(given=OUT, when=REINSTATE) == [
        OrganisationReinstated(reason="Debarment over", reinstated_by=OPERATOR.id)
    ]
    assert outcome(given=OUT, when=replace(REINSTATE, authority_id=AUTHORITY), by=BUYER) == [
        OrganisationReinstated(
            reason="Debarment over", authority_id=AUTHORITY, reinstated_by=BUYER.id
        )
    ]


@BOTH
def test_the_operator_or_an_authority_that_is_named_and_verified_does_it(
    given: Past, act: SuspendOrganisation | ReinstateOrganisation
) -> None:
    by_other = replace(act, authority_id=OTHER_AUTHORITY)
    unknown = [*given, *registered(OTHER_AUTHORITY, "authority")]

    assert refused(given=given, when=act, by=BIDDER)[0] == "verifies-itself"
    outsider = replace(BIDDER, organisation="organisation-supp2")
    assert refused(given=given, when=act, by=outsider) == (
        "role-not-allowed",
        {"allowed": "operator, authority", "role": "supplier.bidder"},
    )
    assert outcome(given=given, when=act, by=BUYER) == "verifier-unnamed"
    assert outcome(given=unknown, when=by_other, by=BUYER) == "not-yours"
    assert outcome(given=unknown, when=by_other, by=OTHER_BUYER) == "not-verified"
    assert outcome(given=given, when=by_other, by=OTHER_BUYER) == "not-found"


TIE = ConnectionDeclared(
    connected_to=OPERATOR.organisation or "", nature="agent", declared_by="person-1"
)


@BOTH
def test_nobody_does_it_to_its_own_organisation(given: Past, act: Command) -> None:
    for own in (
        replace(OPERATOR, organisation=SUPPLIER),
        replace(OPERATOR, on_behalf_of=SUPPLIER),
    ):
        assert refused(given=given, when=act, by=own) == (
            "verifies-itself",
            {"organisation": SUPPLIER},
        )


def test_nobody_reinstates_an_affiliate() -> None:
    assert refused(given=[*OUT, (SUPPLIER, TIE)], when=REINSTATE) == (
        "verifies-itself",
        {"organisation": OPERATOR.organisation},
    )


def test_a_tie_keeps_nobody_from_suspending() -> None:
    given: Past = [
        *THERE,
        (SUPPLIER, TIE),
        (SUPPLIER, replace(TIE, connected_to=AUTHORITY)),
    ]

    assert isinstance(outcome(given=given, when=SUSPEND), list)
    named = replace(SUSPEND, authority_id=AUTHORITY)
    assert isinstance(outcome(given=given, when=named, by=BUYER), list)


@BOTH
def test_an_operator_without_an_organisation_may(given: Past, act: Command) -> None:
    assert isinstance(
        outcome(given=given, when=act, by=replace(OPERATOR, organisation=None)), list
    )


def test_only_what_is_verified_and_not_suspended_is_suspended() -> None:
    assert refused(given=registered(SUPPLIER, "supplier"), when=SUSPEND) == (
        "not-verified",
        {"state": "registered", "expected": "verified"},
    )
    assert refused(given=OUT, when=SUSPEND) == (
        "not-verified",
        {"state": "suspended", "expected": "verified"},
    )


def test_only_what_is_suspended_is_reinstated() -> None:
    assert refused(given=THERE, when=REINSTATE) == (
        "wrong-state",
        {"state": "verified", "expected": "suspended"},
    )
    assert refused(given=registered(SUPPLIER, "supplier"), when=REINSTATE) == (
        "wrong-state",
        {"state": "registered", "expected": "suspended"},
    )


def test_nobody_reinstates_what_the_same_person_suspended() -> None:
    own: Past = [*THERE, (SUPPLIER, replace(SUSPENDED, suspended_by=OPERATOR.id))]

    assert refused(given=own, when=REINSTATE) == ("same-person", {"person": OPERATOR.id})
    assert isinstance(
        outcome(given=own, when=replace(REINSTATE, authority_id=AUTHORITY), by=APPROVER), list
    )


def test_a_suspended_organisation_is_as_good_as_unverified_until_reinstated() -> None:
    back: Past = [*OUT, (SUPPLIER, OrganisationReinstated(reason="Over", reinstated_by="p2"))]
    refusal = unless_verified(supplier_after(OUT), "supplier")

    assert isinstance(refusal, Refusal)
    assert refusal.facts == {"state": "suspended", "expected": "verified"}
    assert supplier_after(OUT).suspended
    assert supplier_after(OUT).suspended_by == "person-first"
    assert unless_verified(supplier_after(back), "supplier") is None
    assert supplier_after(back).suspended_by is None
    assert supplier_after(back) == supplier_after(THERE)


def test_an_organisation_may_be_suspended_again() -> None:
    back: Past = [*OUT, (SUPPLIER, OrganisationReinstated(reason="Over", reinstated_by="p2"))]

    assert isinstance(outcome(given=back, when=SUSPEND), list)


@BOTH
def test_what_the_act_names_exists(given: Past, act: Command) -> None:
    del given
    assert outcome(when=act) == "not-found"
