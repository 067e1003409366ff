"""Connections, descriptions and keys of organisations: each rule on either side."""

from dataclasses import replace

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import (
    ConnectionDeclared,
    DeclareConnection,
    DescribeOrganisation,
    KeyRegistered,
    KeyRevoked,
    Organisation,
    OrganisationDescribed,
    RegisterKey,
    RevokeKey,
)
from svx_ledger.domain.organisation.codes import Groups
from svx_ledger.domain.organisation.events import Side
from svx_ledger.domain.organisation.state import SigningKey
from tests.domain.cast import (
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    EVALUATING,
    EVALUATOR,
    LEAD,
    OTHER_AUTHORITY,
    OTHER_BUYER,
    SUPPLIER,
    Past,
    registered,
    verified,
)
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .refused import refused

OTHER = "organisation-supp2"
THERE: Past = [
    *verified(SUPPLIER, "supplier"),
    *verified(OTHER, "supplier"),
    *verified(AUTHORITY, "authority"),
    *registered(OTHER_AUTHORITY, "authority"),
    *verified(COMMUNITY, "community"),
    *verified(EVALUATING, "evaluator"),
]
DECLARE = DeclareConnection(
    organisation_id=SUPPLIER, connected_to=OTHER, nature="subsidiary", declarer_id=SUPPLIER
)
DECLARED = ConnectionDeclared(
    connected_to=OTHER, nature="subsidiary", declarer_id=SUPPLIER, declared_by=BIDDER.id
)
DESCRIBE = DescribeOrganisation(
    organisation_id=COMMUNITY,
    income_band="under-10k",
    led_by=("older-people", "carers"),
    beneficiary_groups=("carers",),
)
DESCRIBED = OrganisationDescribed(
    income_band="under-10k",
    led_by=("older-people", "carers"),
    beneficiary_groups=("carers",),
    described_by=LEAD.id,
)
NAME_KEY = RegisterKey(
    organisation_id=SUPPLIER, key_id="bids", algorithm="ed25519", public_key="3d" * 32
)
KEY = KeyRegistered(
    key_id="bids", algorithm="ed25519", public_key="3d" * 32, registered_by=BIDDER.id
)
REVOKE = RevokeKey(organisation_id=SUPPLIER, key_id="bids", reason="Lost")
REVOKED = KeyRevoked(key_id="bids", reason="Lost", revoked_by=BIDDER.id)
KEYED: Past = [*THERE, (SUPPLIER, KEY)]


def state(past: Past, stream: str) -> Organisation:
    organisation = World(past).streams[stream]
    assert isinstance(organisation, Organisation)
    return organisation


def test_a_connection_stands_on_both_streams() -> None:
    world = World(THERE)

    assert world.execute(DECLARE, BIDDER, NOON) == [
        (SUPPLIER, DECLARED),
        (OTHER, replace(DECLARED, connected_to=SUPPLIER, mirrored=True)),
    ]
    one, other = world.streams[SUPPLIER], world.streams[OTHER]
    assert isinstance(one, Organisation)
    assert isinstance(other, Organisation)
    assert one.connections == {OTHER}
    assert other.connections == {SUPPLIER}
    assert one.affiliates == {OTHER}


def test_connections_add_up() -> None:
    more = replace(DECLARED, connected_to=COMMUNITY, nature="other")
    past = [*THERE, (SUPPLIER, DECLARED), (SUPPLIER, more)]

    assert state(past, SUPPLIER).connections == {OTHER, COMMUNITY}


@pytest.mark.parametrize(
    ("by", "declarer"),
    [
        (BIDDER, SUPPLIER),
        (replace(BIDDER, organisation=OTHER), OTHER),
        (BUYER, AUTHORITY),
        (OPERATOR, None),
    ],
)
def test_either_organisations_people_an_authority_or_the_operator_declare(
    by: Actor, declarer: str | None
) -> None:
    declare = replace(DECLARE, declarer_id=declarer)
    recorded = outcome(given=THERE, when=declare, by=by)

    assert isinstance(recorded, list)
    assert recorded[0] == replace(DECLARED, declarer_id=declarer, declared_by=by.id)


def test_nobody_else_declares_a_connection() -> None:
    def rule(by: Actor, declarer: str | None) -> str:
        return refused(given=THERE, when=replace(DECLARE, declarer_id=declarer), by=by)[0]

    assert refused(given=THERE, when=replace(DECLARE, declarer_id=None), by=BIDDER) == (
        "role-not-allowed",
        {"allowed": "operator", "role": "supplier.bidder"},
    )
    assert rule(BIDDER, OTHER) == "not-yours"
    assert rule(replace(BIDDER, on_behalf_of=OTHER), SUPPLIER) == "not-yours"
    assert rule(LEAD, COMMUNITY) == "role-not-allowed"
    assert rule(EVALUATOR, EVALUATING) == "role-not-allowed"
    assert rule(OTHER_BUYER, AUTHORITY) == "not-yours"
    assert rule(OTHER_BUYER, OTHER_AUTHORITY) == "not-verified"
    assert rule(replace(BUYER, role="authority.observer"), AUTHORITY) == "role-not-allowed"


@pytest.mark.parametrize(
    ("side_of", "by"), [(AUTHORITY, BUYER), (COMMUNITY, LEAD), (EVALUATING, EVALUATOR)]
)
def test_every_side_declares_its_own_connections(side_of: str, by: Actor) -> None:
    own = replace(DECLARE, organisation_id=side_of, declarer_id=side_of)

    assert isinstance(outcome(given=THERE, when=own, by=by), list)


def test_a_connection_is_between_two_organisations() -> None:
    assert refused(given=THERE, when=replace(DECLARE, connected_to=SUPPLIER), by=BIDDER) == (
        "connected-to-itself",
        {"organisation": SUPPLIER},
    )


@pytest.mark.parametrize(("organisation", "by"), [(OTHER, BIDDER), (AUTHORITY, BUYER)])
def test_the_organisation_that_declares_a_connection_is_verified(
    organisation: str, by: Actor
) -> None:
    rest = [(stream, event) for stream, event in THERE if stream != organisation]
    side: Side = "authority" if organisation == AUTHORITY else "supplier"
    given: Past = [*rest, *registered(organisation, side)]
    declare = replace(
        DECLARE, organisation_id=COMMUNITY, connected_to=organisation, declarer_id=organisation
    )
    own = replace(by, organisation=organisation)

    assert refused(given=given, when=declare, by=own) == (
        "not-verified",
        {"state": "registered", "expected": "verified"},
    )
    assert isinstance(outcome(given=THERE, when=declare, by=own), list)
    assert isinstance(outcome(given=given, when=replace(declare, declarer_id=None)), list)


@pytest.mark.parametrize("ends", [(SUPPLIER, AUTHORITY), (AUTHORITY, SUPPLIER)])
def test_a_supplier_does_not_declare_its_connection_with_an_authority(
    ends: tuple[str, str],
) -> None:
    declare = replace(DECLARE, organisation_id=ends[0], connected_to=ends[1])
    by_third = replace(declare, declarer_id=OTHER_AUTHORITY)
    given: Past = [e for e in THERE if e[0] != OTHER_AUTHORITY]
    given += verified(OTHER_AUTHORITY, "authority")

    assert refused(given=THERE, when=declare, by=BIDDER) == (
        "authority-declares",
        {"declarer": SUPPLIER},
    )
    assert isinstance(
        outcome(given=THERE, when=replace(declare, declarer_id=AUTHORITY), by=BUYER), list
    )
    assert isinstance(outcome(given=THERE, when=replace(declare, declarer_id=None)), list)
    assert isinstance(outcome(given=given, when=by_third, by=OTHER_BUYER), list)
    with_community = replace(DECLARE, connected_to=COMMUNITY)
    assert isinstance(outcome(given=THERE, when=with_community, by=BIDDER), list)


@pytest.mark.parametrize("full", [SUPPLIER, OTHER])
def test_an_organisation_has_ties_with_at_most_250_others(full: str) -> None:
    def ties(count: int) -> Past:
        tie = replace(DECLARED, connected_to="")
        others = [f"organisation-x{n:03}" for n in range(count)]
        return [*THERE, *((full, replace(tie, connected_to=other)) for other in others)]

    other = OTHER if full == SUPPLIER else SUPPLIER
    known: Past = [*ties(249), (full, replace(DECLARED, connected_to=other))]

    assert isinstance(outcome(given=ties(249), when=DECLARE, by=BIDDER), list)
    assert refused(given=ties(250), when=DECLARE, by=BIDDER) == (
        "too-many-connections",
        {"organisation": full, "connections": 250},
    )
    assert isinstance(outcome(given=known, when=DECLARE, by=BIDDER), list)


@pytest.mark.parametrize("missing", [SUPPLIER, OTHER])
def test_both_organisations_exist(missing: str) -> None:
    rest = [(stream, event) for stream, event in THERE if stream != missing]

    assert outcome(given=rest, when=replace(DECLARE, declarer_id=None)) == "not-found"


def test_a_community_organisation_describes_itself_or_the_operator_enters_it() -> None:
    helper = replace(OPERATOR, on_behalf_of=COMMUNITY)

    assert outcome(given=THERE, when=DESCRIBE, by=LEAD) == [DESCRIBED]
    assert outcome(given=THERE, when=DESCRIBE, by=helper) == [
        replace(DESCRIBED, described_by=OPERATOR.id)
    ]
    assert outcome(given=THERE, when=DESCRIBE, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=THERE, when=DESCRIBE, by=BIDDER) == "role-not-allowed"


def test_a_description_may_state_nothing() -> None:
    nothing = replace(DESCRIBE, income_band=None, led_by=(), beneficiary_groups=())

    assert outcome(given=THERE, when=nothing, by=LEAD) == [
        replace(DESCRIBED, income_band=None, led_by=(), beneficiary_groups=())
    ]


def test_only_a_community_organisation_is_described() -> None:
    disguised = replace(LEAD, organisation=SUPPLIER)
    supplier = replace(DESCRIBE, organisation_id=SUPPLIER)

    assert refused(given=THERE, when=supplier, by=disguised) == (
        "wrong-side",
        {"expected": "community", "side": "supplier"},
    )


def test_each_list_states_a_group_once() -> None:
    twice: Groups = ("carers", "migrants-and-refugees", "carers")

    for described in (
        replace(DESCRIBE, led_by=twice),
        replace(DESCRIBE, beneficiary_groups=twice),
    ):
        assert refused(given=THERE, when=described, by=LEAD) == ("group-twice", {"groups": 3})


def test_a_description_changes_no_rule() -> None:
    assert state([*THERE, (COMMUNITY, DESCRIBED)], COMMUNITY) == state(THERE, COMMUNITY)


def test_an_organisations_own_people_register_its_key() -> None:
    assert outcome(given=THERE, when=NAME_KEY, by=BIDDER) == [KEY]
    assert outcome(given=THERE, when=NAME_KEY, by=OPERATOR) == "not-yours"
    assert outcome(given=THERE, when=NAME_KEY, by=BUYER) == "not-yours"
    assert state(KEYED, SUPPLIER).keys == {"bids": SigningKey(public_key="3d" * 32)}


def test_an_organisation_with_a_key_is_verified() -> None:
    given: Past = registered(OTHER, "supplier")
    other = replace(NAME_KEY, organisation_id=OTHER)

    assert outcome(given=given, when=other, by=replace(BIDDER, organisation=OTHER)) == (
        "not-verified"
    )


def test_the_id_of_a_key_is_new_even_after_its_revocation() -> None:
    revoked = [*KEYED, (SUPPLIER, REVOKED)]
    another = replace(NAME_KEY, key_id="bids-2")

    assert isinstance(outcome(given=KEYED, when=another, by=BIDDER), list)
    assert refused(given=KEYED, when=NAME_KEY, by=BIDDER) == ("key-id-taken", {"key": "bids"})
    assert outcome(given=revoked, when=NAME_KEY, by=BIDDER) == "key-id-taken"


def test_an_organisation_has_at_most_100_keys() -> None:
    keys: Past = [(SUPPLIER, replace(KEY, key_id=f"k{n}")) for n in range(100)]

    assert isinstance(outcome(given=[*THERE, *keys[:99]], when=NAME_KEY, by=BIDDER), list)
    assert refused(given=[*THERE, *keys], when=NAME_KEY, by=BIDDER) == (
        "too-many-keys",
        {"keys": 100},
    )


def test_its_own_people_or_the_operator_revoke_a_key() -> None:
    assert outcome(given=KEYED, when=REVOKE, by=BIDDER) == [REVOKED]
    assert outcome(given=KEYED, when=REVOKE, by=OPERATOR) == [
        replace(REVOKED, revoked_by=OPERATOR.id)
    ]
    assert refused(given=KEYED, when=REVOKE, by=BUYER) == (
        "not-yours",
        {"organisation": SUPPLIER},
    )


def test_only_a_registered_key_is_revoked_and_once() -> None:
    assert refused(given=THERE, when=REVOKE, by=BIDDER) == ("key-unknown", {"key": "bids"})
    assert refused(given=[*KEYED, (SUPPLIER, REVOKED)], when=REVOKE, by=BIDDER) == (
        "wrong-state",
        {"state": "revoked", "expected": "registered"},
    )


def test_a_revocation_leaves_the_other_keys() -> None:
    past = [*KEYED, (SUPPLIER, replace(KEY, key_id="next")), (SUPPLIER, REVOKED)]

    assert state(past, SUPPLIER).keys == {
        "bids": SigningKey(public_key="3d" * 32, revoked=True),
        "next": SigningKey(public_key="3d" * 32),
    }


@pytest.mark.parametrize("act", [DESCRIBE, NAME_KEY, REVOKE, DECLARE])
def test_what_the_act_names_exists(
    act: DescribeOrganisation | RegisterKey | RevokeKey | DeclareConnection,
) -> None:
    assert outcome(when=act) == "not-found"
