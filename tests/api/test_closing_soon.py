"""For whom places are kept: bidders of an auction that is open, shortly before its close."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from svx_ledger.api.admission.closing_soon import ClosingSoon
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.opening import OpenAuction
from svx_ledger.domain.auction.pausing import PauseAuction
from svx_ledger.domain.ending import CancelAuction
from svx_ledger.domain.kind import Command
from svx_ledger.ledger import Sequenced
from tests.world import _Cast, _play

from .served import Served, served

NEAR = 300
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


def bids_soon(one: Served, bidder: Actor, auction_id: str) -> bool:
    """Ask it anew: nothing is known from a moment before."""
    asked = ClosingSoon(one.exchange, NEAR)
    try:
        return asyncio.run(asked.bids_in(bidder.organisation or "", auction_id))
    finally:
        asked.close()


@pytest.mark.parametrize(
    ("after_close", "expected"),
    [
        (-timedelta(seconds=NEAR) - INSTANT, False),
        (-timedelta(seconds=NEAR), True),
        (-INSTANT, True),
        (timedelta(0), False),
        (INSTANT, False),
        (timedelta(days=1), False),
    ],
)
def test_an_open_auction_closes_soon_until_the_instant_of_its_close(
    small: Served, after_close: timedelta, *, expected: bool
) -> None:
    small.clock.advance_to(small.auction.closes_at + after_close)

    assert bids_soon(small, small.auction.bidders[0], small.auction.auction_id) is expected
    assert not bids_soon(small, small.auction.buyer, small.auction.auction_id)
    assert not bids_soon(small, small.auction.bidders[0], "auction-none0001")


@pytest.mark.parametrize("ending", [PauseAuction, CancelAuction])
def test_nobody_bids_soon_in_an_auction_that_takes_no_bids(
    small: Served, ending: Callable[..., Command]
) -> None:
    auction = small.auction
    small.clock.advance_to(auction.closes_at - timedelta(seconds=60))
    assert bids_soon(small, auction.bidders[0], auction.auction_id)

    command = ending(auction_id=auction.auction_id, reason="A fault (fictional)")
    assert isinstance(small.exchange.execute(command, auction.buyer), Sequenced)

    assert not bids_soon(small, auction.bidders[0], auction.auction_id)


def test_nobody_bids_soon_in_an_auction_that_is_not_open_yet(small: Served) -> None:
    cast = _Cast("soon", bidders=1, needs=1)
    now = small.clock.wall()
    opens_at = now + timedelta(seconds=10)
    _play(small.exchange, cast.registered())
    _play(small.exchange, cast.asked(now))
    _play(small.exchange, cast.bought(now))
    _play(small.exchange, cast.announced(opens_at, opens_at + timedelta(seconds=60)))
    _play(small.exchange, cast.invited())

    assert not bids_soon(small, cast.bidders[0], cast.auction)

    small.clock.advance_to(opens_at)
    _play(small.exchange, [(cast.buyer, OpenAuction(auction_id=cast.auction))])
    assert bids_soon(small, cast.bidders[0], cast.auction)
