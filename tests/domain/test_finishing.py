"""The end of a procurement, which leaves no auction running."""

from dataclasses import replace

import pytest

from svx_ledger.domain.auction.breaks import AuctionCancelled, AuctionConcluded
from svx_ledger.domain.finishing import CompleteProcurement, TerminateProcurement
from svx_ledger.domain.procurement import (
    Procurement,
    ProcurementCompleted,
    ProcurementTerminated,
)

from .auction.scene import ANNOUNCED, AUCTION, DRAFTED, here
from .cast import BIDDER, BOUGHT, BUYER, LOT, OTHER_BUYER, PROCUREMENT, Past
from .outcome import NOON, World, outcome
from .worked_example import facts

Ending = CompleteProcurement | TerminateProcurement

COMPLETE = CompleteProcurement(procurement_id=PROCUREMENT, lots=("1",), auctions=())
TERMINATE = TerminateProcurement(
    procurement_id=PROCUREMENT,
    reason="The building is sold",
    reference="2026/S-000-000009",
    lots=("1",),
    auctions=(),
)
COMPLETED = ProcurementCompleted(
    lots=("1",), auctions=(), completed_by=BUYER.id, completed_on=NOON.date()
)
TERMINATED = ProcurementTerminated(
    reason="The building is sold",
    reference="2026/S-000-000009",
    lots=("1",),
    auctions=(),
    terminated_by=BUYER.id,
    terminated_on=NOON.date(),
)
RUNNING: Past = [*ANNOUNCED, *here(DRAFTED)]
CANCELLED: Past = [
    *RUNNING,
    *here(AuctionCancelled(reason="Wrong terms", procurement_id=PROCUREMENT, lot="1")),
]
CONCLUDED: Past = [*RUNNING, *here(AuctionConcluded(contract_id="contract-c001"))]
BOTH = pytest.mark.parametrize("command", [COMPLETE, TERMINATE])


def test_a_procurement_is_completed_or_terminated() -> None:
    for command, event, phase in (
        (COMPLETE, COMPLETED, "completed"),
        (TERMINATE, TERMINATED, "terminated"),
    ):
        state = World([*ANNOUNCED, (PROCUREMENT, event)]).streams[PROCUREMENT]

        assert outcome(given=ANNOUNCED, when=command, by=BUYER) == [event]
        assert isinstance(state, Procurement)
        assert state.phase == phase


@BOTH
def test_its_authority_ends_it(command: Ending) -> None:
    assert outcome(given=ANNOUNCED, when=command, by=BIDDER) == "role-not-allowed"
    assert outcome(given=ANNOUNCED, when=command, by=OTHER_BUYER) == "not-yours"
    assert outcome(when=command, by=BUYER) == "not-found"


@BOTH
def test_it_is_published_and_has_not_ended(command: Ending) -> None:
    unpublished = ANNOUNCED[:-1]
    ended = [*ANNOUNCED, (PROCUREMENT, COMPLETED)]

    assert outcome(given=unpublished, when=command, by=BUYER) == "wrong-state"
    assert outcome(given=ended, when=command, by=BUYER) == "wrong-state"
    assert facts(ended, command, BUYER) == {"state": "completed", "expected": "published"}


@BOTH
def test_each_lot_is_named_once(command: Ending) -> None:
    of_two = replace(BOUGHT, lots=(LOT, replace(LOT, lot="2")))
    given = [(s, of_two if e == BOUGHT else e) for s, e in ANNOUNCED]

    def named(*lots: str) -> object:
        return outcome(given=given, when=replace(command, lots=lots), by=BUYER)

    assert isinstance(named("2", "1"), list)
    assert named("1") == "lots-unnamed"
    assert named("1", "1") == "lots-unnamed"
    assert named("1", "2", "3") == "lots-unnamed"
    assert facts(given, command, BUYER) == {"lots": 2, "named": 1}


@BOTH
def test_each_auction_that_holds_a_lot_is_named_once(command: Ending) -> None:
    def named(given: Past, *auctions: str) -> object:
        return outcome(given=given, when=replace(command, auctions=auctions), by=BUYER)

    assert isinstance(named(CONCLUDED, AUCTION), list)
    assert named(CONCLUDED) == "auctions-unnamed"
    assert named(CONCLUDED, AUCTION, AUCTION) == "auctions-unnamed"
    assert isinstance(named(CANCELLED), list)
    assert named(CANCELLED, AUCTION) == "auctions-unnamed"
    assert facts(CONCLUDED, command, BUYER) == {"auctions": 1, "named": 0}


@BOTH
def test_no_auction_is_under_way(command: Ending) -> None:
    named = replace(command, auctions=(AUCTION,))

    assert outcome(given=RUNNING, when=named, by=BUYER) == "auction-runs"
    assert facts(RUNNING, named, BUYER) == {"auction": AUCTION, "lot": "1"}
    assert isinstance(outcome(given=CONCLUDED, when=named, by=BUYER), list)
