"""A whole auction over HTTP, by many who bid at once: what they were told is on record."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import pytest

from svx_ledger.audit.counterfactual import Counterfactual, counterfactual
from svx_ledger.eventlog.open import open_store
from tests.faults.checker import check
from tests.faults.history import contents
from tests.service import Service

from .again import send_again
from .bidding import Board
from .caller import PATIENCE
from .line import Cut
from .model import Model, Place, first_unexplained, places
from .playing import Played, play
from .reading import audited, events_of, projected


class Size(NamedTuple):
    """Which store serves the auction, for how many and how long; and whether it is killed."""

    store: str
    bidders: int = 30
    open_for: float = 5.0
    killed: bool = False


SLOW = "a command took over 50 ms"
LONG = (pytest.mark.faults, pytest.mark.timeout(900))


SIZES: list[Any] = [
    pytest.param(Size("sqlite"), id="sqlite"),
    pytest.param(Size("postgres"), id="postgres"),
    pytest.param(Size("sqlite", 60, 30.0, killed=True), id="sqlite-killed", marks=LONG),
    pytest.param(Size("postgres", 60, 30.0, killed=True), id="postgres-killed", marks=LONG),
]


@pytest.fixture(scope="module", params=SIZES)
def done(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """An auction that was played, on one process or on two; its server still runs."""
    size: Size = request.param
    options = ("--workers", "2") if size.store == "postgres" else ()
    with ExitStack() as stack:
        for open_for in (size.open_for, 6 * size.open_for):
            folder = tmp_path_factory.mktemp("e2e")
            url = f"sqlite:///{folder}/ledger.db"
            if size.store == "postgres":
                url = request.getfixturevalue("postgres_server").create_database(folder.name)
            playing = play(
                folder,
                url,
                *options,
                bidders=size.bidders,
                open_for=open_for,
                disturb=kill if size.killed else None,
            )
            played = stack.enter_context(playing)
            if sum(played.cuts.values()) == size.bidders:
                break  # else this machine was too busy for all of it, and is given more time
        yield played


async def kill(running: Service) -> None:
    """Kill the server and start it again; of two workers the first, which is replaced."""
    workers = running.workers()
    if workers == [running.pid]:
        running.kill()
        await asyncio.to_thread(running.start)
    else:
        os.kill(workers[0], signal.SIGKILL)


def test_every_word_is_true_of_the_log(done: Played) -> None:
    """Lost, duplicated, falsely refused, unasked for: of all that there is nothing."""
    found = check(
        done.calls, contents(done.ledger), known=done.known, most_seconds=PATIENCE + 5
    )

    assert found == []
    assert Counter(call.said for call in done.calls)["other"] == 0


def test_it_went_through_all_that_it_is_to_go_through(done: Played) -> None:
    model = told(done)
    rejected = Counter(bid.rule for _, bid in model.rejected)
    bidders = len(done.seen)
    assert done.cuts == {Cut.ASKED: bidders // 3, Cut.TOLD: bidders - bidders // 3}
    assert sum(seen.unknown for seen in done.seen) == bidders // 3
    assert sum(seen.same for seen in done.seen) > bidders // 2
    assert model.pauses == 1
    assert model.extensions
    assert rejected["auction-closed"] >= bidders  # after the end each bids once more
    assert rejected["bid-below-increment"]
    assert len(model.standing) == bidders
    assert sum(1 for at, _ in model.rejected if at == model.closes_at) == 0


def test_the_close_moved_as_the_terms_say_and_no_bid_counts_after_it(done: Played) -> None:
    model = told(done)  # asserts it event by event

    assert model.closes_at is not None
    assert all(at < model.closes_at for at, _ in model.accepted)
    late = {"auction-closed"}
    assert {bid.rule for at, bid in model.rejected if at >= model.closes_at} == late


def test_boards_over_http_are_those_of_the_log_and_of_the_audit(done: Played) -> None:
    model, auction = told(done), done.bought.auction
    final = {name: timeless(board) for name, board in done.final.items()}
    assert final == {name: timeless(board) for name, board in projected(done).items()}

    public = done.final[auction]
    order = [place["supplier_id"] for place in public["ranking"]]
    assert order == model.order
    with closing(open_store(done.ledger)) as store:
        audits = counterfactual(store, auction)
    assert isinstance(audits, Counterfactual)
    assert audits.hypothetical == audits.actual
    derived = [[bid.supplier_id, bid.bid_no, bid.value_pence] for bid in audits.actual.ranking]
    assert derived == [
        [place["supplier_id"], place["bid_no"], place["value_pence"]]
        for place in public["ranking"]
    ]
    assert audits.actual.closes_at == datetime.fromisoformat(public["closes_at"])


def test_an_audit_of_the_whole_ledger_finds_nothing(done: Played) -> None:
    code, said = audited(done.ledger)

    assert (code, said["clean"], said["findings"]) == (0, True, 0)


def test_each_bidder_was_shown_places_that_it_had_one_after_the_other(done: Played) -> None:
    events = events_of(done.ledger, done.bought.auction)
    for seen in done.seen:
        shown = [place_of(board) for board in seen.boards]
        assert first_unexplained(shown, places(events, seen.one.supplier)) is None
        phases = [phase for phase, _ in groupby(board["phase"] for board in seen.boards)]
        assert phases[-1] == "ranked"
        assert is_part_of(phases, ["open", "paused", "open", "closed", "ranked"])
        own = [board for board in seen.boards if board["phase"] != "ranked"]
        assert all("value_pence" not in board for board in own)
        assert timeless(seen.boards[-1]) == timeless(done.final[seen.one.supplier])
        assert len(set(shown)) > 3  # it did follow


def test_the_public_was_shown_nothing_of_the_bids_before_the_end(done: Played) -> None:
    before = [board for board in done.public if board["phase"] != "ranked"]
    assert before
    for board in before:
        hidden = ("bids", "bidders", "ranking", "participants", "extensions", "rejections")
        assert board.keys().isdisjoint(hidden)
    counted_on = {"bids", "rejections", "scores"}  # late bids came, and the scores came out
    shown, final = timeless(done.public[-1]), timeless(done.final[done.bought.auction])
    assert {n: v for n, v in final.items() if n not in counted_on} == {
        n: v for n, v in shown.items() if n not in counted_on
    }


def test_who_followed_the_feed_was_sent_every_event_once(done: Played) -> None:
    assert done.followed == list(range(1, len(done.followed) + 1))
    with closing(open_store(done.ledger)) as store:
        assert len(done.followed) == store.head().position


def test_all_traffic_again_changes_nothing(done: Played) -> None:
    before = contents(done.ledger)

    otherwise = asyncio.run(
        send_again(done.traffic, done.service.url, times=2, seed=1, revoked=done.revoked)
    )

    assert otherwise == []
    assert contents(done.ledger) == before


def test_the_server_had_nothing_to_complain_of(done: Played) -> None:
    said = [line["event"] for line in done.service.lines if line["level"] != "info"]
    starts = sum(line["event"] == "serving" for line in done.service.lines)
    said = [event for event in said if event != SLOW]  # says how busy the machine is
    assert set(said) <= {"a worker ended"}
    assert len(said) + starts - 1 == done.killed


def told(done: Played) -> Model:
    """Return the auction as its events make it."""
    model = Model()
    for one in events_of(done.ledger, done.bought.auction):
        model.take(one.event, one.recorded_at)
    return model


def place_of(board: Board) -> Place:
    """Return what an own board says of its bidder's place."""
    closes_at = datetime.fromisoformat(board["closes_at"])
    return Place(board.get("rank"), board.get("bid_no"), closes_at)


def timeless(board: Board) -> Board:
    """Return a board without the time at which it was shown."""
    return {name: value for name, value in board.items() if name != "now"}


def is_part_of(some: list[str], all_of_them: list[str]) -> bool:
    """Whether these come in this order, and some perhaps not at all."""
    left = iter(all_of_them)
    return all(one in left for one in some)
