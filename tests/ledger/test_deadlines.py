"""Deadlines: decided by the ledger's own time, in log order, whether or not anybody calls."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

import pytest

from svx_ledger.domain.auction.events import AuctionClosed, BidAccepted, BidRejected
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.book import AcceptClockStep, Book
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import read_record
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import ClockRefused, Ledger, Sequenced, SimulatedClock, SystemClock
from svx_ledger.ledger import clock as clock_module
from tests.world import OPERATOR, OpenedAuction, begin, open_auction, registration

from .conftest import START

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def world(store: Store, clock: SimulatedClock) -> Iterator[tuple[Ledger, OpenedAuction]]:
    with Ledger(store, clock=clock) as ledger:
        begin(ledger)
        yield ledger, open_auction(ledger)


def event_of(answer: object) -> object:
    assert isinstance(answer, Sequenced), answer
    return answer.events[0][1]


def types(store: Store, auction: OpenedAuction) -> list[str]:
    return [row.type for row in store.stream(auction.auction_id)]


def test_a_bid_one_microsecond_before_the_close_counts(
    world: tuple[Ledger, OpenedAuction], clock: SimulatedClock
) -> None:
    ledger, auction = world
    clock.advance_to(auction.closes_at - MICROSECOND)

    answer = ledger.execute(auction.bid(0, pounds=5), auction.bidders[0])

    assert isinstance(event_of(answer), BidAccepted)
    assert types(ledger.store, auction)[-2:] == ["bid-accepted.v1", "auction-extended.v1"]


def test_a_bid_at_the_close_finds_the_auction_closed(
    world: tuple[Ledger, OpenedAuction], clock: SimulatedClock
) -> None:
    ledger, auction = world
    clock.advance_to(auction.closes_at)

    answer = ledger.execute(auction.bid(0, pounds=5), auction.bidders[0])

    rejected = event_of(answer)
    assert isinstance(rejected, BidRejected)
    assert rejected.rule == "auction-closed"
    assert types(ledger.store, auction)[-3:] == [
        "auction-closed.v1",
        "bids-ranked.v1",
        "bid-rejected.v1",
    ]


def test_the_close_is_written_once_and_as_of_its_time(
    world: tuple[Ledger, OpenedAuction], clock: SimulatedClock
) -> None:
    ledger, auction = world
    ledger.ticker.tick()
    assert "due:" + auction.auction_id in ledger.store.held("due:")
    clock.advance_to(auction.closes_at + timedelta(hours=3))

    decided = [ledger.ticker.tick(), ledger.ticker.tick()]

    assert decided == [1, 0]
    assert types(ledger.store, auction)[-2:] == ["auction-closed.v1", "bids-ranked.v1"]
    assert ledger.store.held("due:") == {}
    closed = next(
        record.event
        for row in ledger.store.stream(auction.auction_id)
        if isinstance((record := read_record(row)).event, AuctionClosed)
    )
    assert isinstance(closed, AuctionClosed)
    assert closed.closed_at == auction.closes_at


def test_deadlines_are_found_after_a_restart(
    world: tuple[Ledger, OpenedAuction], store_url: str
) -> None:
    ledger, auction = world
    ledger.close()
    late = SimulatedClock(auction.closes_at)

    with closing(open_store(store_url)) as store, Ledger(store, clock=late) as restarted:
        restarted.ticker.look()
        decided = restarted.ticker.tick()
        state = restarted.state(Auction, auction.auction_id)

    assert decided == 1
    assert state is not None
    assert state.phase == "ranked"


def test_the_ticker_runs_by_itself(store: Store) -> None:
    with Ledger(store, clock=SystemClock()) as ledger:
        begin(ledger)
        auction = open_auction(ledger, open_for=timedelta(seconds=1))
        ledger.ticker.start()
        phases: list[str] = []
        while "ranked" not in phases and len(phases) < 200:
            state = ledger.state(Auction, auction.auction_id)
            assert state is not None
            phases.append(state.phase)
            sleep(0.05)

    assert phases[-1] == "ranked"


def test_a_step_of_the_clock_stops_the_writing_until_it_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = timedelta(0)
    real = clock_module.wall_clock
    monkeypatch.setattr(clock_module, "wall_clock", lambda: real() + ahead)
    with closing(open_store(f"sqlite:///{tmp_path / 'ledger.db'}")) as store:
        store.create()
        with Ledger(store) as ledger:
            begin(ledger)
            ahead = timedelta(hours=1)
            with pytest.raises(ClockRefused, match="jumped"):
                ledger.execute(registration("organisation-0001"), OPERATOR, "id-1")
            step = AcceptClockStep(
                ledger_id="ledger-world",
                reason="the time server was corrected",
                clock_at=START,
                last_recorded_at=datetime.now(tz=START.tzinfo),
            )
            accepted = ledger.execute(step, OPERATOR)
            after = ledger.execute(registration("organisation-0001"), OPERATOR, "id-1")
            book = ledger.state(Book, "ledger-world")

    assert isinstance(accepted, Sequenced)
    assert isinstance(after, Sequenced)
    assert after.first_position == accepted.last_position + 1
    assert book is not None
    assert book.steps == 1
