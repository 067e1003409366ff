"""Direct offers: each rule on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionConcluded,
    AuctionUnsuccessful,
    AuctionVoided,
    LotReleased,
)
from svx_ledger.domain.auction.events import SupplierInvited
from svx_ledger.domain.auction.inviting import AcceptInvitation
from svx_ledger.domain.direct_offer import (
    AcceptOffer,
    DeclineOffer,
    DirectlyOffered,
    DirectOffer,
    OfferAccepted,
    OfferDeclined,
    OfferDirectly,
)
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import Need, NeedCommitted, NeedListed, NeedOfferAccepted
from svx_ledger.domain.organisation import ConnectionDeclared, OrganisationSuspended
from svx_ledger.domain.participations import ParticipationBegan
from svx_ledger.domain.proxies import ProxySetSuperseded
from svx_ledger.domain.rule import Refusal
from tests.domain.auction.scene import AUCTION, DRAFTED
from tests.domain.cast import (
    ADOPTED,
    APPROVED,
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    LAPTOPS,
    LEAD,
    NEED,
    OTHER_AUTHORITY,
    PARTICIPATIONS,
    PROCUREMENT,
    PROPOSED,
    PROXY_SET,
    STARTED,
    SUPPLIER,
    Past,
    adopted,
    registered,
    verified,
)
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .refused import refused

OFFER = "direct-offer-d001"
PARTIES: Past = [
    *verified(SUPPLIER, "supplier"),
    *verified(AUTHORITY, "authority"),
    *verified(OTHER_AUTHORITY, "authority"),
    *STARTED,
    (NEED, PROPOSED),
]
THERE: Past = [*PARTIES, (NEED, APPROVED), *ADOPTED]
MAKE = OfferDirectly(
    direct_offer_id=OFFER,
    supplier_id=SUPPLIER,
    need_id=NEED,
    authority_id=AUTHORITY,
    proxy_set_id=PROXY_SET,
    quantity=Decimal(4),
    deliver_by=date(2026, 6, 30),
)
MADE = DirectlyOffered(
    supplier_id=SUPPLIER,
    need_id=NEED,
    authority_id=AUTHORITY,
    proxy_set_id=PROXY_SET,
    quantity=Decimal(4),
    deliver_by=date(2026, 6, 30),
    community_id=COMMUNITY,
    measure="laptop",
    unit="laptop",
    value_pence=120_000,
    offered_by=BIDDER.id,
)
ACCEPT = AcceptOffer(direct_offer_id=OFFER)
ACCEPTED = OfferAccepted(need_id=NEED, quantity=Decimal(4), accepted_by=LEAD.id)
COVERED = NeedOfferAccepted(direct_offer_id=OFFER, quantity=Decimal(4))
DECLINE = DeclineOffer(direct_offer_id=OFFER, reason="No use for it")
DECLINED = OfferDeclined(reason="No use for it", declined_by=LEAD.id)
HELD: Past = [*THERE, (OFFER, MADE)]
BEGAN = ParticipationBegan(auction_id=AUCTION, authority_id=AUTHORITY)
COMPETING: Past = [(AUCTION, DRAFTED), (PARTICIPATIONS, BEGAN)]
HELPER = replace(OPERATOR, on_behalf_of=COMMUNITY)
LIVE = ("live-procurement", {"auction": AUCTION, "procurement": PROCUREMENT})


def test_a_direct_offer_states_what_it_is_worth_by_the_proxy_set() -> None:
    assert outcome(given=THERE, when=MAKE, by=BIDDER) == [MADE]
    assert World(HELD).streams[OFFER] == DirectOffer(
        supplier_id=SUPPLIER,
        need_id=NEED,
        authority_id=AUTHORITY,
        community_id=COMMUNITY,
        quantity=Decimal(4),
        unit="laptop",
        deliver_by=date(2026, 6, 30),
        value_pence=120_000,
    )


def test_only_the_supplier_itself_offers() -> None:
    rival = replace(BIDDER, organisation="organisation-supp2")

    assert outcome(given=THERE, when=MAKE, by=rival) == "not-yours"
    assert outcome(given=THERE, when=MAKE, by=BUYER) == "role-not-allowed"


def test_supplier_and_authority_are_verified_and_on_their_sides() -> None:
    def without(stream: str, *instead: tuple[str, Event]) -> Past:
        return [*instead, *((s, event) for s, event in THERE if s != stream)]

    unverified = without(SUPPLIER, *registered(SUPPLIER, "supplier"))
    unknown = without(AUTHORITY, *registered(AUTHORITY, "authority"))

    assert outcome(given=unverified, when=MAKE, by=BIDDER) == "not-verified"
    assert outcome(given=unknown, when=MAKE, by=BIDDER) == "not-verified"
    assert refused(given=THERE, when=replace(MAKE, authority_id=COMMUNITY), by=BIDDER) == (
        "wrong-side",
        {"expected": "authority", "side": "community"},
    )
    disguised = replace(BIDDER, organisation=COMMUNITY)
    assert outcome(given=THERE, when=replace(MAKE, supplier_id=COMMUNITY), by=disguised) == (
        "wrong-side"
    )


@pytest.mark.parametrize("stream", [SUPPLIER, NEED, AUTHORITY, PROXY_SET])
def test_what_an_offer_names_exists(stream: str) -> None:
    rest = [(s, event) for s, event in THERE if s != stream]

    assert outcome(given=rest, when=MAKE, by=BIDDER) == "not-found"


def test_a_supplier_in_a_live_procurement_of_the_authority_makes_no_direct_offer() -> None:
    given = [*THERE, *COMPETING]
    elsewhere = [
        *THERE,
        (AUCTION, DRAFTED),
        (PARTICIPATIONS, replace(BEGAN, authority_id=OTHER_AUTHORITY)),
    ]

    assert refused(given=given, when=MAKE, by=BIDDER) == LIVE
    assert isinstance(outcome(given=elsewhere, when=MAKE, by=BIDDER), list)


def test_an_offer_names_the_authority_that_approved_the_need() -> None:
    other = replace(MAKE, authority_id=OTHER_AUTHORITY)
    theirs: Past = [
        *PARTIES,
        (NEED, replace(APPROVED, approver_organisation=OTHER_AUTHORITY)),
        *ADOPTED,
    ]

    assert refused(given=THERE, when=other, by=BIDDER) == (
        "not-its-approver",
        {"authority": OTHER_AUTHORITY},
    )
    assert isinstance(outcome(given=theirs, when=other, by=BIDDER), list)
    assert outcome(given=theirs, when=MAKE, by=BIDDER) == "not-its-approver"
    assert outcome(given=[*theirs, (OFFER, MADE)], when=ACCEPT, by=LEAD) == "not-its-approver"


def test_the_supplier_has_no_connection_with_the_needs_organisation() -> None:
    def tied(other: str) -> Past:
        tie = ConnectionDeclared(connected_to=other, nature="subsidiary", declared_by=BIDDER.id)
        return [*THERE, (SUPPLIER, tie)]

    refusal = ("connected-to-supplier", {"supplier": SUPPLIER})
    assert refused(given=tied(COMMUNITY), when=MAKE, by=BIDDER) == refusal
    assert refused(given=[*tied(COMMUNITY), (OFFER, MADE)], when=ACCEPT, by=LEAD) == refusal
    apart = tied("organisation-else")
    assert isinstance(outcome(given=apart, when=MAKE, by=BIDDER), list)
    assert isinstance(outcome(given=[*apart, (OFFER, MADE)], when=ACCEPT, by=LEAD), list)


ENDS: list[Event] = [
    AuctionCancelled(reason="No budget", procurement_id=PROCUREMENT, lot="1"),
    AuctionUnsuccessful(reason="No bids", procurement_id=PROCUREMENT, lot="1"),
    AuctionVoided(
        request_no=1,
        ground="fault",
        reason="Fault",
        approved_by="person-2",
        approving_organisation=OTHER_AUTHORITY,
        procurement_id=PROCUREMENT,
        lot="1",
    ),
    LotReleased(award_id="award-a001", outcome="lapsed", procurement_id=PROCUREMENT, lot="1"),
    AuctionConcluded(contract_id="contract-c001"),
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: type(end).__name__)
def test_a_procurement_that_has_ended_is_live_no_longer(end: Event) -> None:
    over = [*COMPETING, (AUCTION, end)]

    assert isinstance(outcome(given=[*THERE, *over], when=MAKE, by=BIDDER), list)
    assert isinstance(outcome(given=[*HELD, *over], when=ACCEPT, by=LEAD), list)


def test_every_procurement_of_the_authority_counts() -> None:
    ended = [*COMPETING, (AUCTION, ENDS[0])]
    second = replace(BEGAN, auction_id="auction-b002")
    live = [*ended, ("auction-b002", replace(DRAFTED, lot="2")), (PARTICIPATIONS, second)]

    assert refused(given=[*THERE, *live], when=MAKE, by=BIDDER)[1]["auction"] == "auction-b002"


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_more_than_nothing_is_offered(quantity: str) -> None:
    assert refused(given=THERE, when=replace(MAKE, quantity=Decimal(quantity)), by=BIDDER) == (
        "nothing-offered",
        {"quantity": quantity, "unit": "laptop"},
    )


def test_it_is_delivered_today_in_the_united_kingdom_or_later() -> None:
    today = replace(MAKE, deliver_by=NOON.date())
    past = replace(MAKE, deliver_by=NOON.date() - timedelta(days=1))
    first_of_july = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 in London
    facts = {"deliver_by": "2026-06-30", "today": "2026-07-01"}

    assert isinstance(outcome(given=THERE, when=today, by=BIDDER), list)
    assert outcome(given=THERE, when=past, by=BIDDER) == "delivered-in-the-past"
    assert refused(given=THERE, when=MAKE, by=BIDDER, at=first_of_july) == (
        "delivered-in-the-past",
        facts,
    )
    assert refused(given=HELD, when=ACCEPT, by=LEAD, at=first_of_july) == (
        "delivered-in-the-past",
        facts,
    )
    last = first_of_july - timedelta(minutes=31)
    assert isinstance(outcome(given=HELD, when=ACCEPT, by=LEAD, at=last), list)


def test_the_need_is_approved_and_no_auction_reserves_it() -> None:
    reserved = (NEED, NeedListed(auction_id=AUCTION, relevance="Related"))
    refusals = {
        "unapproved": ([*PARTIES, *ADOPTED], "wrong-state"),
        "reserved": ([*THERE, reserved], "need-listed-already"),
    }

    for given, rule in refusals.values():
        assert outcome(given=given, when=MAKE, by=BIDDER) == rule
        assert outcome(given=[*given, (OFFER, MADE)], when=ACCEPT, by=LEAD) == rule
    assert refused(given=[*PARTIES, *ADOPTED], when=MAKE, by=BIDDER)[1] == {
        "state": "proposed",
        "expected": "approved",
    }
    assert refused(given=[*THERE, reserved], when=MAKE, by=BIDDER)[1] == {"auction": AUCTION}


def test_no_more_is_offered_than_is_outstanding() -> None:
    covered = (NEED, NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(16)))
    over = (NEED, NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(17)))
    refusal = ("more-than-outstanding", {"offered": "4", "outstanding": "3", "unit": "laptop"})

    assert isinstance(outcome(given=[*THERE, covered], when=MAKE, by=BIDDER), list)
    assert isinstance(outcome(given=[*HELD, covered], when=ACCEPT, by=LEAD), list)
    assert refused(given=[*THERE, over], when=MAKE, by=BIDDER) == refusal
    assert refused(given=[*HELD, over], when=ACCEPT, by=LEAD) == refusal


def test_the_proxy_set_values_what_is_needed() -> None:
    parties: Past = [*PARTIES, (NEED, APPROVED)]
    rooms = [*parties, *adopted(replace(LAPTOPS, measure="room"))]
    boxes = [*parties, *adopted(replace(LAPTOPS, unit="box"))]
    newer = (PROXY_SET, ProxySetSuperseded(superseded_by="proxy-set-px02", reason="Newer"))

    assert outcome(given=rooms, when=MAKE, by=BIDDER) == "measure-not-priced"
    assert outcome(given=boxes, when=MAKE, by=BIDDER) == "unit-not-priced"
    assert outcome(given=[*THERE, newer], when=MAKE, by=BIDDER) == "wrong-state"
    assert refused(given=THERE, when=replace(MAKE, quantity=Decimal("0.5")), by=BIDDER) == (
        "quantity-indivisible",
        {"need": NEED, "quantity": "0.5"},
    )


def test_an_accepted_offer_covers_that_much_of_the_need() -> None:
    world = World(HELD)

    assert world.execute(ACCEPT, LEAD, NOON) == [(OFFER, ACCEPTED), (NEED, COVERED)]
    need = world.streams[NEED]
    assert isinstance(need, Need)
    assert need.outstanding == Decimal(16)
    assert need.commitments == {OFFER: Decimal(4)}


@pytest.mark.parametrize("answer", [ACCEPT, DECLINE])
def test_only_the_community_organisation_answers_or_the_operator_for_it(
    answer: AcceptOffer | DeclineOffer,
) -> None:
    other = replace(LEAD, organisation="organisation-comm2")

    assert isinstance(outcome(given=HELD, when=answer, by=LEAD), list)
    assert isinstance(outcome(given=HELD, when=answer, by=HELPER), list)
    assert outcome(given=HELD, when=answer, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=HELD, when=answer, by=BIDDER) == "role-not-allowed"
    assert outcome(given=HELD, when=answer, by=other) == "not-yours"
    assert outcome(given=THERE, when=answer, by=LEAD) == "not-found"


@pytest.mark.parametrize("answer", [ACCEPT, DECLINE])
@pytest.mark.parametrize(
    ("answered", "state"), [(ACCEPTED, "accepted"), (DECLINED, "declined")]
)
def test_an_offer_is_answered_once(
    answer: AcceptOffer | DeclineOffer, answered: Event, state: str
) -> None:
    assert refused(given=[*HELD, (OFFER, answered)], when=answer, by=LEAD) == (
        "wrong-state",
        {"state": state, "expected": "offered"},
    )


def test_an_offer_is_declined_with_a_reason_and_covers_nothing() -> None:
    assert outcome(given=HELD, when=DECLINE, by=LEAD) == [DECLINED]


def test_the_supplier_is_still_verified_and_apart_when_it_is_accepted() -> None:
    suspended = (SUPPLIER, OrganisationSuspended(reason="Debarred", suspended_by="person-1"))

    assert outcome(given=[*HELD, suspended], when=ACCEPT, by=LEAD) == "not-verified"
    assert refused(given=[*HELD, *COMPETING], when=ACCEPT, by=LEAD) == ("live-procurement", {})
    elsewhere = replace(BEGAN, authority_id=OTHER_AUTHORITY)
    apart = [*HELD, (AUCTION, DRAFTED), (PARTICIPATIONS, elsewhere)]
    assert isinstance(outcome(given=apart, when=ACCEPT, by=LEAD), list)


def test_a_supplier_competes_from_its_acceptance_of_the_invitation_on() -> None:
    invited = SupplierInvited(supplier_id=SUPPLIER)
    world = World([*THERE, (AUCTION, DRAFTED), (AUCTION, invited)])

    assert isinstance(world.decide(MAKE, BIDDER, NOON), list)
    world.execute(AcceptInvitation(auction_id=AUCTION, supplier_id=SUPPLIER), BIDDER, NOON)
    refusal = world.decide(MAKE, BIDDER, NOON)
    assert isinstance(refusal, Refusal)
    assert (refusal.rule.name, refusal.facts) == LIVE


def test_an_offer_is_new() -> None:
    assert outcome(given=HELD, when=MAKE, by=BIDDER) == "already-exists"
