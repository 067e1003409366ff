"""Who may act for whom: each rule of access on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from svx_ledger.domain.access import (
    Access,
    AccessGranted,
    AccessRevoked,
    GrantAccess,
    RevokeAccess,
)
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.kind import Claim
from tests.domain.cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    EVALUATING,
    LEAD,
    SUPPLIER,
    Past,
    registered,
    verified,
)
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .refused import refused

ACCESS = "access-a001"
RUNNING = "organisation-runs"
SIGNATORY = Actor(id="person-sign", role="supplier.signatory", organisation=SUPPLIER)
THERE: Past = [
    *verified(AUTHORITY, "authority"),
    *verified(SUPPLIER, "supplier"),
    *verified(COMMUNITY, "community"),
    *verified(EVALUATING, "evaluator"),
    *verified(RUNNING, "operator"),
]
GRANT = GrantAccess(
    access_id=ACCESS,
    person_id="person-new",
    organisation_id=AUTHORITY,
    role="authority.buyer",
    until=date(2026, 12, 31),
)
GRANTED = AccessGranted(
    person_id="person-new",
    organisation_id=AUTHORITY,
    role="authority.buyer",
    until=date(2026, 12, 31),
    granted_by=APPROVER.id,
)
REVOKE = RevokeAccess(access_id=ACCESS, reason="Left")
REVOKED = AccessRevoked(
    reason="Left",
    person_id="person-new",
    organisation_id=AUTHORITY,
    role="authority.buyer",
    revoked_by=APPROVER.id,
)
HELD: Past = [*THERE, (ACCESS, GRANTED)]
FIRST = replace(GRANT, role="authority.approver")


def test_who_leads_grants_the_roles_of_its_own_organisation() -> None:
    assert outcome(given=THERE, when=GRANT, by=APPROVER) == [GRANTED]
    assert World(HELD).streams[ACCESS] == Access(
        person_id="person-new",
        organisation_id=AUTHORITY,
        role="authority.buyer",
        until=date(2026, 12, 31),
    )


def test_access_may_be_without_end() -> None:
    assert outcome(given=THERE, when=replace(GRANT, until=None), by=APPROVER) == [
        replace(GRANTED, until=None)
    ]


@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        (AUTHORITY, "authority.approver"),
        (SUPPLIER, "supplier.signatory"),
        (COMMUNITY, "community.lead"),
        (EVALUATING, "evaluator"),
        (EVALUATING, "auditor"),
        (EVALUATING, "witness"),
        (RUNNING, "operator"),
    ],
)
def test_the_operator_grants_the_leading_roles(organisation: str, role: Role) -> None:
    grant = replace(GRANT, organisation_id=organisation, role=role)

    assert isinstance(outcome(given=THERE, when=grant), list)


@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        (AUTHORITY, "authority.buyer"),
        (AUTHORITY, "authority.observer"),
        (SUPPLIER, "supplier.bidder"),
        (COMMUNITY, "community.confirmer"),
        (AUTHORITY, "public"),
        (AUTHORITY, "clock"),
    ],
)
def test_the_operator_grants_no_other_role(organisation: str, role: Role) -> None:
    grant = replace(GRANT, organisation_id=organisation, role=role)

    assert refused(given=THERE, when=grant) == (
        "role-not-allowed",
        {
            "allowed": "authority.approver, community.lead, supplier.signatory",
            "role": "operator",
        },
    )


@pytest.mark.parametrize(
    ("by", "organisation", "role"),
    [
        (APPROVER, AUTHORITY, "authority.approver"),
        (SIGNATORY, SUPPLIER, "supplier.bidder"),
        (LEAD, COMMUNITY, "community.confirmer"),
    ],
)
def test_every_side_has_its_leading_role(by: Actor, organisation: str, role: Role) -> None:
    grant = replace(GRANT, organisation_id=organisation, role=role)

    assert isinstance(outcome(given=THERE, when=grant, by=by), list)


def test_nobody_else_grants() -> None:
    elsewhere = replace(APPROVER, organisation="organisation-auth2")
    agent = replace(APPROVER, on_behalf_of=SUPPLIER)

    for other in (BUYER, BIDDER):
        assert refused(given=THERE, when=GRANT, by=other) == (
            "role-not-allowed",
            {
                "allowed": "operator, authority.approver, community.lead, supplier.signatory",
                "role": other.role,
            },
        )
    assert outcome(given=THERE, when=GRANT, by=elsewhere) == "not-yours"
    assert outcome(given=THERE, when=GRANT, by=agent) == "not-yours"


def test_nobody_grants_to_itself() -> None:
    own = replace(GRANT, person_id=APPROVER.id)

    assert refused(given=THERE, when=own, by=APPROVER) == (
        "same-person",
        {"person": APPROVER.id},
    )
    assert outcome(given=THERE, when=replace(FIRST, person_id=OPERATOR.id)) == "same-person"


def test_the_organisation_is_verified() -> None:
    assert outcome(given=registered(AUTHORITY, "authority"), when=FIRST) == "not-verified"
    assert outcome(when=FIRST) == "not-found"


def test_the_role_is_one_of_the_organisations_side() -> None:
    for role in ("supplier.bidder", "operator", "public", "clock", "evaluator"):
        assert refused(given=THERE, when=replace(GRANT, role=role), by=APPROVER) == (
            "role-of-another-side",
            {"role": role, "side": "authority"},
        )


def test_access_lasts_until_today_or_later() -> None:
    today = replace(GRANT, until=NOON.date())
    yesterday = replace(GRANT, until=NOON.date() - timedelta(days=1))

    assert isinstance(outcome(given=THERE, when=today, by=APPROVER), list)
    assert refused(given=THERE, when=yesterday, by=APPROVER) == (
        "access-in-the-past",
        {"until": "2026-03-01", "today": "2026-03-02"},
    )


def test_today_is_the_day_in_the_united_kingdom() -> None:
    first_of_july = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 in London
    june = replace(GRANT, until=date(2026, 6, 30))

    assert (
        outcome(given=THERE, when=june, by=APPROVER, at=first_of_july) == "access-in-the-past"
    )


def test_a_person_holds_a_role_in_an_organisation_once() -> None:
    again = replace(GRANT, access_id="access-b002")
    others = [
        replace(again, person_id="person-else"),
        replace(again, role="authority.observer"),
    ]

    assert refused(given=HELD, when=again, by=APPROVER) == ("access-taken", {"access": ACCESS})
    for other in others:
        assert isinstance(outcome(given=HELD, when=other, by=APPROVER), list)


def test_a_role_that_was_revoked_may_be_granted_anew() -> None:
    again = replace(GRANT, access_id="access-b002")
    world = World(HELD)

    assert isinstance(world.execute(REVOKE, APPROVER, NOON), list)
    assert isinstance(world.execute(again, APPROVER, NOON), list)
    assert GRANTED.claims() == (Claim(f"access:{AUTHORITY}/person-new/authority.buyer"),)
    assert REVOKED.claims() == (
        Claim(f"access:{AUTHORITY}/person-new/authority.buyer", held=False),
    )


def test_the_operator_or_who_leads_revokes() -> None:
    elsewhere = replace(APPROVER, organisation="organisation-auth2")

    assert outcome(given=HELD, when=REVOKE, by=APPROVER) == [REVOKED]
    assert outcome(given=HELD, when=REVOKE) == [replace(REVOKED, revoked_by=OPERATOR.id)]
    assert outcome(given=HELD, when=REVOKE, by=BUYER) == "role-not-allowed"
    assert outcome(given=HELD, when=REVOKE, by=elsewhere) == "not-yours"


def test_access_is_revoked_once() -> None:
    assert refused(given=[*HELD, (ACCESS, REVOKED)], when=REVOKE, by=APPROVER) == (
        "wrong-state",
        {"state": "revoked", "expected": "granted"},
    )
    assert outcome(when=REVOKE, by=APPROVER) == "not-found"


def test_a_grant_is_new() -> None:
    assert outcome(given=HELD, when=replace(GRANT, person_id="p2"), by=APPROVER) == (
        "already-exists"
    )
