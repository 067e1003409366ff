"""Who may bid: each rule on either side of its boundary."""

from dataclasses import replace

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import AuctionCancelled, SupplierExcluded
from svx_ledger.domain.auction.events import (
    AuctionOpened,
    AuctionScheduled,
    InvitationAccepted,
    SupplierInvited,
    SupplierQualified,
)
from svx_ledger.domain.auction.inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from svx_ledger.domain.kind import Command
from svx_ledger.domain.organisation import (
    ConnectionDeclared,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from svx_ledger.domain.participations import ParticipationBegan, Participations
from tests.domain.cast import (
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    DECLARED,
    JUDGED,
    OTHER_BUYER,
    PARTICIPATIONS,
    PROCUREMENT,
    SUPPLIER,
    Past,
)
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .scene import (
    AUCTION,
    INVITING,
    RIVAL,
    RIVAL_BIDDER,
    SEALED,
    UNFROZEN,
    here,
    takes_part,
    told,
)

INVITE = InviteSupplier(auction_id=AUCTION, supplier_id=SUPPLIER)
ACCEPT = AcceptInvitation(auction_id=AUCTION, supplier_id=SUPPLIER)
QUALIFY = QualifySupplier(auction_id=AUCTION, supplier_id=SUPPLIER, basis="conditions met")
INVITED = SupplierInvited(supplier_id=SUPPLIER)
_, ACCEPTED, QUALIFIED = takes_part(SUPPLIER)
ON_INVITATION: Past = [*INVITING, *here(INVITED)]
EXCLUDED = SupplierExcluded(
    supplier_id=SUPPLIER,
    ground="debarred",
    reason="On the debarment list (fictional)",
    requested_by=BUYER.id,
    approved_by="person-approver",
)
WILLING: Past = [*INVITING, *here(INVITED, ACCEPTED)]


def test_a_supplier_is_invited_accepts_and_is_qualified() -> None:
    assert outcome(given=INVITING, when=INVITE, by=BUYER) == [
        SupplierInvited(supplier_id=SUPPLIER)
    ]
    assert outcome(given=ON_INVITATION, when=ACCEPT, by=BIDDER) == [
        InvitationAccepted(supplier_id=SUPPLIER),
        ParticipationBegan(auction_id=AUCTION, authority_id=AUTHORITY),
    ]
    assert outcome(given=WILLING, when=QUALIFY, by=BUYER) == [
        SupplierQualified(supplier_id=SUPPLIER, basis="conditions met")
    ]


def test_that_a_supplier_competes_is_not_written_on_its_own_stream() -> None:
    world = World(ON_INVITATION)
    decision = world.execute(ACCEPT, BIDDER, NOON)

    assert isinstance(decision, list)
    assert [stream for stream, _ in decision] == [AUCTION, PARTICIPATIONS]
    earlier = ParticipationBegan(auction_id="auction-e001", authority_id=AUTHORITY)
    again = World([*ON_INVITATION, (PARTICIPATIONS, earlier)])
    again.execute(ACCEPT, BIDDER, NOON)
    assert again.streams[PARTICIPATIONS] == Participations(
        auctions={"auction-e001": AUTHORITY, AUCTION: AUTHORITY}
    )


@pytest.mark.parametrize("command", [INVITE, QUALIFY])
def test_the_auctions_authority_invites_and_qualifies(
    command: InviteSupplier | QualifySupplier,
) -> None:
    assert outcome(given=WILLING, when=command, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=WILLING, when=command, by=BIDDER) == "role-not-allowed"


def test_the_rules_are_frozen_before_anybody_is_invited() -> None:
    assert outcome(given=UNFROZEN, when=INVITE, by=BUYER) == "wrong-state"


def test_nobody_is_invited_once_the_auction_has_opened() -> None:
    scheduled = [*INVITING, *here(AuctionScheduled())]
    opened = [*scheduled, *here(AuctionOpened())]

    assert outcome(given=scheduled, when=INVITE, by=BUYER) == [INVITED]
    assert outcome(given=opened, when=INVITE, by=BUYER) == "wrong-state"


def test_the_organisation_is_a_supplier() -> None:
    community = InviteSupplier(auction_id=AUCTION, supplier_id=COMMUNITY)

    assert outcome(given=INVITING, when=community, by=BUYER) == "wrong-side"


def test_the_organisation_is_verified() -> None:
    unverified = [
        (stream, event)
        for stream, event in INVITING
        if not (stream == SUPPLIER and isinstance(event, OrganisationVerified))
    ]

    assert outcome(given=unverified, when=INVITE, by=BUYER) == "not-verified"


def test_a_supplier_takes_part_once() -> None:
    assert outcome(given=ON_INVITATION, when=INVITE, by=BUYER) == "already-invited"
    assert told(given=ON_INVITATION, when=INVITE, by=BUYER) == {"supplier": SUPPLIER}


def test_at_most_240_suppliers_take_part() -> None:
    others = [
        SupplierInvited(supplier_id=f"organisation-s{number:04}") for number in range(240)
    ]

    full = [*INVITING, *here(*others)]

    assert outcome(given=full[:-1], when=INVITE, by=BUYER) == [INVITED]
    assert outcome(given=full, when=INVITE, by=BUYER) == "too-many-suppliers"
    assert told(given=full, when=INVITE, by=BUYER) == {"suppliers": 240}


@pytest.mark.parametrize(
    ("given", "command", "by"), [(ON_INVITATION, ACCEPT, BIDDER), (WILLING, QUALIFY, BUYER)]
)
def test_the_supplier_is_still_verified_and_not_suspended(
    given: Past, command: Command, by: Actor
) -> None:
    suspended = [
        *given,
        (SUPPLIER, OrganisationSuspended(reason="Looked into", suspended_by="person-1")),
    ]
    reinstated = [
        *suspended,
        (SUPPLIER, OrganisationReinstated(reason="Cleared", reinstated_by="person-1")),
    ]

    assert outcome(given=suspended, when=command, by=by) == "not-verified"
    assert told(given=suspended, when=command, by=by)["state"] == "suspended"
    assert isinstance(outcome(given=reinstated, when=command, by=by), list)


def test_whoever_qualifies_has_no_live_conflict_of_interest() -> None:
    declared = [*WILLING, (PROCUREMENT, replace(DECLARED, person_id=BUYER.id))]
    judged = [*declared, (PROCUREMENT, JUDGED)]

    assert outcome(given=declared, when=QUALIFY, by=BUYER) == "conflict-of-interest"
    assert told(given=declared, when=QUALIFY, by=BUYER) == {"person": BUYER.id}
    assert isinstance(outcome(given=judged, when=QUALIFY, by=BUYER), list)


def test_the_supplier_itself_accepts() -> None:
    assert outcome(given=ON_INVITATION, when=ACCEPT, by=RIVAL_BIDDER) == "not-yours"
    assert outcome(given=ON_INVITATION, when=ACCEPT, by=BUYER) == "role-not-allowed"
    assert outcome(given=ON_INVITATION, when=ACCEPT, by=OPERATOR) == "role-not-allowed"


def test_only_an_invitation_that_is_open_is_accepted() -> None:
    assert outcome(given=INVITING, when=ACCEPT, by=BIDDER) == "not-invited"
    assert outcome(given=WILLING, when=ACCEPT, by=BIDDER) == "wrong-state"


def test_a_supplier_is_qualified_once_it_has_accepted() -> None:
    done = [*WILLING, *here(QUALIFIED)]

    assert outcome(given=INVITING, when=QUALIFY, by=BUYER) == "not-invited"
    assert outcome(given=ON_INVITATION, when=QUALIFY, by=BUYER) == "wrong-state"
    assert outcome(given=done, when=QUALIFY, by=BUYER) == "wrong-state"


def test_nobody_is_qualified_once_the_assessment_is_sealed() -> None:
    sealed = [*WILLING, *here(AuctionScheduled(), SEALED)]

    assert outcome(given=sealed, when=QUALIFY, by=BUYER) == "wrong-state"


def test_participants_that_a_supplier_is_connected_with_are_flagged() -> None:
    def tied(to: str) -> Past:
        tie = ConnectionDeclared(
            connected_to=to, nature="common-control", declared_by="person-1"
        )
        return [(SUPPLIER, tie)]

    third = "organisation-supp3"
    ties = [*tied(third), *tied(RIVAL), *tied("organisation-supp4")]
    both = [*INVITING, *ties, *here(*takes_part(third), *takes_part(RIVAL))]

    assert outcome(given=both, when=INVITE, by=BUYER) == [
        replace(INVITED, connected_to=(RIVAL, third))
    ]
    assert outcome(given=[*INVITING, *ties], when=INVITE, by=BUYER) == [INVITED]


@pytest.mark.parametrize(
    ("given", "command", "by"), [(ON_INVITATION, ACCEPT, BIDDER), (WILLING, QUALIFY, BUYER)]
)
def test_an_excluded_supplier_comes_no_further(
    given: Past, command: Command, by: Actor
) -> None:
    excluded = [*given, *here(EXCLUDED)]

    assert isinstance(outcome(given=given, when=command, by=by), list)
    assert outcome(given=excluded, when=command, by=by) == "wrong-state"
    assert told(given=excluded, when=command, by=by)["state"] == "excluded"


@pytest.mark.parametrize(
    ("given", "command", "by"), [(ON_INVITATION, ACCEPT, BIDDER), (WILLING, QUALIFY, BUYER)]
)
def test_nobody_joins_an_auction_that_has_ended(
    given: Past, command: Command, by: Actor
) -> None:
    cancelled = AuctionCancelled(reason="No budget", procurement_id=PROCUREMENT, lot="1")

    assert told(given=[*given, *here(cancelled)], when=command, by=by) == {
        "state": "cancelled",
        "expected": "not ended",
    }
