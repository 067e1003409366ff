"""What a supplier takes part in, on a stream of its own."""

import pytest

from svx_ledger.domain.auction.inviting import AcceptInvitation
from svx_ledger.domain.direct_offer import AcceptOffer, OfferDirectly
from svx_ledger.domain.kind import Command, States
from svx_ledger.domain.participations import (
    ParticipationBegan,
    Participations,
    auctions_of,
    participations_of,
    supplier_of,
)
from svx_ledger.domain.vocabulary import COMMANDS, kind_of

from .auction.scene import AUCTION
from .cast import AUTHORITY, BIDDER, OTHER_AUTHORITY, PARTICIPATIONS, SUPPLIER
from .outcome import NOON, World

FIRST = ParticipationBegan(auction_id="auction-a001", authority_id=AUTHORITY)
SECOND = ParticipationBegan(auction_id="auction-b002", authority_id=OTHER_AUTHORITY)
THIRD = ParticipationBegan(auction_id="auction-c003", authority_id=AUTHORITY)
PAST = [(PARTICIPATIONS, FIRST), (PARTICIPATIONS, SECOND), (PARTICIPATIONS, THIRD)]


def test_a_supplier_s_participations_name_the_authority_of_each_auction() -> None:
    assert World(PAST).streams[PARTICIPATIONS] == Participations(
        auctions={
            "auction-a001": AUTHORITY,
            "auction-b002": OTHER_AUTHORITY,
            "auction-c003": AUTHORITY,
        }
    )


def test_the_stream_is_named_after_the_supplier_and_the_other_way_round() -> None:
    assert participations_of(SUPPLIER) == PARTICIPATIONS
    assert supplier_of(PARTICIPATIONS) == SUPPLIER
    for name in ("0000", "participations", "z" * 32, "organisation"):
        organisation = f"organisation-{name}"
        assert supplier_of(participations_of(organisation)) == organisation
        assert kind_of(participations_of(organisation)).name == "participations"


def test_the_auctions_of_an_authority_are_those_that_the_supplier_is_or_was_in() -> None:
    states = States(World(PAST).streams)

    assert auctions_of(states, SUPPLIER, AUTHORITY) == ("auction-a001", "auction-c003")
    assert auctions_of(states, SUPPLIER, OTHER_AUTHORITY) == ("auction-b002",)
    assert auctions_of(states, SUPPLIER, SUPPLIER) == ()


def test_who_never_took_part_is_in_none() -> None:
    assert auctions_of(States({}), SUPPLIER, AUTHORITY) == ()
    assert auctions_of(States({PARTICIPATIONS: None}), SUPPLIER, AUTHORITY) == ()


def test_what_is_consulted_need_not_exist_and_what_is_read_must() -> None:
    accept = AcceptInvitation(auction_id=AUCTION, supplier_id=SUPPLIER)

    assert accept.consults(States({})) == (PARTICIPATIONS,)
    assert accept.streams(States({})) == (AUCTION, SUPPLIER, PARTICIPATIONS)
    refusal = World(PAST).decide(accept, BIDDER, NOON)
    assert not isinstance(refusal, list)
    assert (refusal.rule.name, refusal.facts) == ("not-found", {"stream": AUCTION})


@pytest.mark.parametrize("name", COMMANDS)
def test_only_those_consult_participations_that_rest_on_them(name: str) -> None:
    resting = {AcceptInvitation, OfferDirectly, AcceptOffer}
    consults = COMMANDS[name].consults is not Command.consults

    assert consults is (COMMANDS[name] in resting or name == "RecordInput")
