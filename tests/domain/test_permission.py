"""Whose act it is, on either side of each line."""

from dataclasses import replace

from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import (
    unless_acting,
    unless_authority,
    unless_community,
    unless_supplier,
    unless_verified,
)
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Refusal

from .cast import AUTHORITY, BIDDER, BUYER, COMMUNITY, LEAD, OTHER_AUTHORITY, SUPPLIER
from .outcome import OPERATOR


def rule(refusal: Refusal | None) -> str | None:
    return None if refusal is None else refusal.rule.name


def test_a_command_id_belongs_to_a_person_in_a_role_for_an_organisation() -> None:
    for_another = replace(BUYER, on_behalf_of=OTHER_AUTHORITY)

    assert BUYER.principal == "authority.buyer:organisation-auth1/person-buyer"
    assert for_another.principal == (
        "authority.buyer:organisation-auth1~organisation-auth2/person-buyer"
    )
    assert CLOCK.principal == "clock:/clock"


def test_an_authority_does_what_is_its_own() -> None:
    assert rule(unless_authority(BUYER, AUTHORITY)) is None
    assert rule(unless_authority(BUYER, OTHER_AUTHORITY)) == "not-yours"


def test_another_side_is_not_an_authority() -> None:
    intruder = replace(BIDDER, organisation=AUTHORITY)

    assert unless_authority(intruder, AUTHORITY) == (
        ROLE_NOT_ALLOWED.refuse(allowed="authority", role="supplier.bidder")
    )


def test_an_observer_only_looks_on() -> None:
    observer = replace(BUYER, role="authority.observer")

    assert rule(unless_authority(observer, AUTHORITY)) == "role-not-allowed"


def test_an_act_may_belong_to_some_roles_of_the_authority() -> None:
    refusal = unless_authority(BUYER, AUTHORITY, "authority.assessor", "authority.approver")

    assert refusal is not None
    assert refusal.facts == {
        "allowed": "authority.assessor, authority.approver",
        "role": "authority.buyer",
    }
    assert rule(unless_authority(BUYER, AUTHORITY, "authority.buyer")) is None
    assert rule(unless_authority(BUYER, OTHER_AUTHORITY, "authority.buyer")) == "not-yours"


def test_acting_on_behalf_of_an_organisation_gives_no_permission() -> None:
    agent = replace(BUYER, organisation=OTHER_AUTHORITY, on_behalf_of=AUTHORITY)
    broker = replace(BIDDER, organisation="organisation-supp2", on_behalf_of=SUPPLIER)
    for_another = replace(BIDDER, on_behalf_of="organisation-supp2")

    assert rule(unless_authority(agent, AUTHORITY)) == "not-yours"
    assert rule(unless_supplier(broker, SUPPLIER)) == "not-yours"
    assert rule(unless_supplier(for_another, SUPPLIER)) == "not-yours"
    assert rule(unless_supplier(replace(BIDDER, on_behalf_of=SUPPLIER), SUPPLIER)) is None
    assert rule(unless_supplier(replace(OPERATOR, on_behalf_of=SUPPLIER), SUPPLIER)) == (
        "role-not-allowed"
    )


def test_a_supplier_acts_for_itself() -> None:
    assert rule(unless_supplier(BIDDER, SUPPLIER)) is None
    assert rule(unless_supplier(BIDDER, "organisation-supp2")) == "not-yours"
    assert unless_supplier(replace(BUYER, organisation=SUPPLIER), SUPPLIER) == (
        ROLE_NOT_ALLOWED.refuse(allowed="supplier", role="authority.buyer")
    )


def test_an_act_may_belong_to_several_sides() -> None:
    observer = replace(BUYER, role="authority.observer")

    assert rule(unless_acting(BUYER, AUTHORITY, "evaluator", "authority")) is None
    assert rule(unless_acting(observer, AUTHORITY, "evaluator", "authority")) == (
        "role-not-allowed"
    )
    assert unless_acting(BIDDER, SUPPLIER, "evaluator", "authority") == (
        ROLE_NOT_ALLOWED.refuse(allowed="evaluator, authority", role="supplier.bidder")
    )


def test_a_community_organisation_acts_itself_or_through_the_operator() -> None:
    evaluator = Actor(id="person-e", role="evaluator", on_behalf_of=COMMUNITY)

    assert rule(unless_community(LEAD, COMMUNITY)) is None
    assert rule(unless_community(LEAD, "organisation-comm2")) == "not-yours"
    assert rule(unless_community(replace(OPERATOR, on_behalf_of=COMMUNITY), COMMUNITY)) is None
    assert rule(unless_community(OPERATOR, COMMUNITY)) == "role-not-allowed"
    assert rule(unless_community(replace(OPERATOR, organisation=COMMUNITY), COMMUNITY)) == (
        "role-not-allowed"
    )
    assert rule(unless_community(evaluator, COMMUNITY)) == "role-not-allowed"


def test_an_organisation_takes_part_verified_and_on_its_own_side() -> None:
    known = Organisation(name="A", side="supplier", identifiers=(), verified=True)

    assert unless_verified(known, "supplier") is None
    assert rule(unless_verified(known, "community")) == "wrong-side"
    assert rule(unless_verified(replace(known, verified=False), "supplier")) == "not-verified"
