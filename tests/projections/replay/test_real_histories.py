"""Real bid histories: the same winners by replay, by live projection and by rebuild.

The whole of them by `SVX_REAL_HISTORIES=all`; else every tenth auction.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from svx_ledger import open_ledger, open_views
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Store
from svx_ledger.intake.bid_history import Bid, History
from svx_ledger.intake.bid_rows import read_history
from svx_ledger.intake.replay import STARTS_AT, replay
from svx_ledger.intake.replay_setting import Setting
from svx_ledger.intake.rows import rows
from svx_ledger.intake.tally import Tally
from svx_ledger.ledger import SimulatedClock
from svx_ledger.projections.auction_rows import AUCTION, BID, EXTENSION, REJECTION
from svx_ledger.projections.board import Board, Place, board
from svx_ledger.projections.following import Follower
from svx_ledger.projections.memory import Views
from svx_ledger.projections.replay import AuctionHistory, auction_at, could_see
from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.projections.table import Rows
from tests.intake.conftest import watch

WORLD_BANK = "worldbank_bids.csv"
WHOLE = os.environ.get("SVX_REAL_HISTORIES") == "all"
EVERY = 1 if WHOLE else 10


class Result(NamedTuple):
    """What an auction came to."""

    winner: str | None
    pence: int | None
    bids: int | None
    rejections: int | None
    bidders: int | None


@dataclass(frozen=True)
class Played:
    """A history, played into a ledger while its stored views were followed."""

    address: str
    history: History
    setting: Setting
    tally: Tally
    store: Store

    @property
    def auctions(self) -> dict[str, str]:
        """Each auction of the history by the name it has on the ledger."""
        return {lot: self.setting.auction(lot) for lot in self.history.lots}


def play(history: History, folder: Path, tally: Tally) -> Iterator[Played]:
    """Play a history into a ledger of its own."""
    address, clock = f"sqlite:///{folder}/ledger.db", SimulatedClock(history.begins_at)
    with open_ledger(address, clock=clock, create=True) as ledger, followed(address):
        replay(ledger, clock, history, tally=tally, watch=watch)
    with closing(open_store(address)) as store:
        yield Played(address, history, Setting(history), tally, store)


@contextmanager
def followed(address: str) -> Iterator[None]:
    """Keep the stored views of a ledger up to date meanwhile."""
    with closing(open_keeper(address)) as keeper:
        follower = Follower(keeper)
        follower.start()
        try:
            yield
        finally:
            follower.stop()


def sampled(history: History, every: int) -> History:
    """Keep every so manyth auction, with all its bids."""
    lots = {key: lot for n, (key, lot) in enumerate(history.lots.items()) if n % every == 0}
    return History(lots=lots, bids=[bid for bid in history.bids if bid.lot in lots])


@pytest.fixture(scope="module")
def ebay(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The ascending auctions of the eBay teaching data."""
    file = test_data / "auctions" / "ebay_3-5-7_day_bids.csv"
    if not file.is_file():
        pytest.skip(f"SVX_TEST_DATA has no {file.name}")
    tally = Tally()
    history = sampled(read_history([file], STARTS_AT, tally), EVERY)
    yield from play(history, tmp_path_factory.mktemp("ebay"), tally)


@pytest.fixture(scope="module")
def world_bank(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The sealed bids for contracts of the World Bank."""
    file = test_data / "auctions" / WORLD_BANK
    if not file.is_file():
        pytest.skip(f"SVX_TEST_DATA has no {file.name}")
    tally = Tally()
    history = sampled(read_history([file], STARTS_AT, tally), 1 if WHOLE else 25)
    yield from play(history, tmp_path_factory.mktemp("world-bank"), tally)


def by_replay(played: Played, auction_id: str) -> Result:
    """What a replay of the auction's own stream says at the end of the log."""
    then = auction_at(played.store, auction_id)
    return result(then.board, then.standing)


def by_views(tables: Rows, now: datetime, auction_id: str) -> Result:
    """What the rows of the projections say."""
    shown = board(tables, auction_id, now)
    assert shown is not None
    return result(shown, shown.ranking)


def result(shown: Board, places: tuple[Place, ...] | None) -> Result:
    """What a board and an order come to."""
    first = [(place.supplier_id, place.value_pence) for place in places or ()][:1]
    winner, pence = first[0] if first else (None, None)
    return Result(winner, pence, shown.bids, shown.rejections, shown.bidders)


def by_hand(bids: list[Bid], played: Played) -> tuple[str | None, int | None]:
    """The highest bid, and of equal ones the earliest, which is the file's first.

    Of sealed bids the first of each bidder counts.
    """
    if not bids:
        return None, None
    if played.history.lots[bids[0].lot].sealed:
        bids = first_of_each(bids)
    best = max(bids, key=lambda bid: bid.pounds)  # the first of the highest
    return played.setting.suppliers[best.bidder], int(best.pounds * 100)


def first_of_each(bids: list[Bid]) -> list[Bid]:
    """The first bid of each bidder, in their order."""
    first: dict[str, Bid] = {}
    for bid in bids:
        first.setdefault(bid.bidder, bid)
    return list(first.values())


def assert_agreed(played: Played) -> None:
    """Replay, live projection and rebuild come to the same, and to what the bids come to.

    Live are the views that a follower kept while the bids came, and views in memory that take
    in batches; rebuilt those of a fresh generation, folded by two processes, and fresh ones.
    """
    live, random = Views(played.store), Random(11)
    while live.position < played.store.head().position:
        live.refresh(random.randint(1, 2_000))
    rebuilt = Views(played.store)
    rebuilt.refresh()
    now = rebuilt.recorded_at

    assert now is not None
    assert live.tables == rebuilt.tables
    for again in (False, True):
        if again:
            with closing(open_keeper(played.address)) as keeper:
                assert [*keeper.build(processes=2)][-1] == rebuilt.position
        with open_views(played.address) as views, views.view() as view:
            assert view.position == rebuilt.position
            for auction_id in played.auctions.values():
                stored = by_views(view.rows, now, auction_id)
                assert stored == by_views(rebuilt.tables, now, auction_id)
    ties = 0
    for lot, auction_id in played.auctions.items():
        found = by_replay(played, auction_id)
        made = [bid for bid in played.history.bids if bid.lot == lot]

        assert found == by_views(live.tables, now, auction_id)
        assert found == by_views(rebuilt.tables, now, auction_id)
        assert found[:2] == by_hand(made, played)
        assert found.bids == len(made)
        best = auction_at(played.store, auction_id).standing or ()
        ties += len(best) > 1 and best[0].value_pence == best[1].value_pence
    counts = Counter[str]()
    for row in rebuilt.tables.all(REJECTION):
        counts[row.rule] += 1
    assert played.tally.more["bids"] == {
        "accepted": len(rebuilt.tables.all(BID)),
        "rejected_by_rule": dict(sorted(counts.items())),
    }
    assert played.tally.more["ties_decided_by_time"] == ties
    assert len(rebuilt.tables.all(AUCTION)) == len(played.auctions)


def test_ebay_has_the_same_winners_by_replay_live_and_rebuilt(ebay: Played) -> None:
    assert_agreed(ebay)
    assert len(ebay.auctions) == (299 if WHOLE else 30)
    rebuilt = Views(ebay.store)
    rebuilt.refresh()

    assert rebuilt.tables.all(EXTENSION) == []  # their own rules had no soft close


def test_ebay_after_any_bid_the_leader_is_the_highest_so_far(ebay: Played) -> None:
    lots = [lot for n, lot in enumerate(ebay.history.lots) if n % 10 == 0]
    compared = 0
    for lot in lots:
        made = [bid for bid in ebay.history.bids if bid.lot == lot]
        for step in AuctionHistory(ebay.store, ebay.auctions[lot]).steps():
            if not step.after.board.bids:
                continue
            winner, pence = by_hand(made[: step.after.board.bids], ebay)
            compared += 1

            assert step.after.standing is not None
            assert step.after.leader == winner
            assert step.after.standing[0].value_pence == pence
    assert compared > 40


def test_sealed_bids_have_the_same_winners_by_replay_live_and_rebuilt(
    world_bank: Played,
) -> None:
    assert_agreed(world_bank)
    auction_id = next(iter(world_bank.auctions.values()))
    bidding = auction_at(world_bank.store, auction_id, at=STARTS_AT, sight=could_see(None))

    assert bidding.board.mode == "single"
    assert bidding.standing is None


def test_what_of_the_sealed_bids_is_taken_and_how_often_their_award_is_our_leader(
    test_data: Path,
) -> None:
    file = test_data / "auctions" / WORLD_BANK
    if not file.is_file():
        pytest.skip(f"SVX_TEST_DATA has no {file.name}")
    tally = Tally()
    history = read_history([file], STARTS_AT, tally)
    statuses = {row.pointer(): row.cells["status"] for row in rows(file)}
    reasons = Counter(remark.reason for remark in tally.rejected)
    by_lot: dict[str, list[Bid]] = {}
    for bid in history.bids:
        by_lot.setdefault(bid.lot, []).append(bid)
    comparable = highest = lowest = 0
    for bids in by_lot.values():
        counted = first_of_each(bids)
        awarded = [bid for bid in counted if statuses[bid.pointer] == "Awarded"]
        if len(counted) < 2 or len(awarded) != 1:
            continue
        comparable += 1
        highest += max(counted, key=lambda bid: bid.pounds) is awarded[0]
        lowest += min(counted, key=lambda bid: bid.pounds) is awarded[0]

    assert (tally.read, len(history.bids), len(history.lots)) == (6665, 4539, 1281)
    assert reasons == {
        "no evaluated price": 1971,
        "not one amount in one currency, as in `USD 653,690.00`": 96,
        "empty": 29,  # a row of its contract alone
        "nothing, or a trillion or more": 25,
        "parts of a hundredth": 5,
    }
    assert tally.read == len(history.bids) + len(tally.rejected)
    assert (comparable, highest, lowest) == (792, 31, 656)  # the award went to the cheapest
