"""One auction that everybody wants: 32 callers, 2,000 bids, and nothing slips.

Also what makes the log worth proving: the same commands at the same times are the same bytes,
whichever store keeps them.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import leaf_of
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import Ledger, SimulatedClock
from svx_ledger.proofs.tree.compact_range import root_over
from tests.world import OpenedAuction, begin, open_auction

from .checker import check
from .crowd import Crowd
from .history import Ask, Call, contents, told

CALLERS = 32
BIDS = 2_000
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A new store."""
    with closing(open_store(url)) as store:
        store.create()
        yield store


def bids(auction: OpenedAuction, bidder: int) -> Iterator[Ask]:
    """One caller's part of all bids, each higher than the one before."""
    own = BIDS // CALLERS + (bidder < BIDS % CALLERS)
    for n in range(1, own + 1):
        yield Ask(
            command=auction.bid(bidder, pounds=n),
            actor=auction.bidders[bidder],
            command_id=f"bid-{bidder}-{n}",
        )


def assert_flawless(calls: list[Call], url: str, known: int) -> None:
    """Every bid accepted, once, in an order that everybody's answers agree with."""
    assert [c.said for c in calls] == ["sequenced"] * BIDS
    assert sorted(c.first_position or 0 for c in calls) == list(
        range(known + 1, known + BIDS + 1)
    )
    assert check(calls, contents(url), known=known) == []


def test_2000_bids_of_32_threads_on_one_auction(url: str, store: Store) -> None:
    with Ledger(store) as ledger:
        begin(ledger)
        auction = open_auction(ledger, bidders=CALLERS, needs=2)
        known = store.head().position
        with Crowd(ledger, [bids(auction, bidder) for bidder in range(CALLERS)]) as crowd:
            crowd.join()

    assert_flawless(crowd.calls, url, known)


def test_2000_bids_of_32_tasks_on_one_auction(url: str, store: Store) -> None:
    with Ledger(store) as ledger:
        begin(ledger)
        auction = open_auction(ledger, bidders=CALLERS, needs=2)
        known = store.head().position

        async def caller(bidder: int) -> list[Call]:
            calls = []
            for ask in bids(auction, bidder):
                invoked_at = time.monotonic()
                answer = await ledger.submit(ask.command, ask.actor, ask.command_id)
                calls.append(told(ask, invoked_at, answer))
            return calls

        async def everybody() -> list[list[Call]]:
            return await asyncio.gather(*map(caller, range(CALLERS)))

        calls = [call for calls in asyncio.run(everybody()) for call in calls]

    assert_flawless(calls, url, known)


def play(url: str, seed: int) -> tuple[list[bytes], bytes]:
    """Play commands and a clock that follow from a seed; return all records and the root."""
    random, salts, clock = Random(seed), count(1), SimulatedClock(START)
    with closing(open_store(url)) as store:
        store.create()
        with Ledger(store, clock=clock, salts=lambda: next(salts).to_bytes(16)) as ledger:
            begin(ledger)
            auction = open_auction(ledger, bidders=4, needs=3)
            for n in range(200):
                clock.advance_to(clock.wall() + timedelta(seconds=random.uniform(0, 40)))
                bidder = random.randrange(4)
                command = auction.bid(bidder, pounds=random.randint(1, 500))
                ledger.execute(command, auction.bidders[bidder], f"bid-{n}")
        records = [row.record for row in store.rows()]
    return records, root_over(leaf_of(record) for record in records)


def test_the_same_commands_and_times_are_the_same_bytes_on_both_stores(
    tmp_path: Path, postgres_url: str
) -> None:
    here = play(f"sqlite:///{tmp_path / 'ledger.db'}", seed=7)
    there = play(postgres_url, seed=7)
    other = play(f"sqlite:///{tmp_path / 'other.db'}", seed=8)

    assert here == there
    assert here[1] != other[1]
    played = b"".join(here[0])
    for what in (b"bid-accepted.v1", b"bid-rejected.v1", b"auction-closed.v1"):
        assert what in played
