"""How the hub learns of news, of its own process and of others, with and without a follower."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from benchmarks.watching.comparison import GOAL_MS

from svx_ledger import open_ledger
from svx_ledger.api.live import hub, looking
from svx_ledger.api.serving import Config
from svx_ledger.ledger import Sequenced
from svx_ledger.projections.stored.ledger_views import Behind
from tests.api.served import Served, served
from tests.projections.stored.setting import until

from .streamed import reading


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger that is to be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["follows", "does not follow"])
def one(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Iterator[Served]:
    """A process that serves a ledger."""
    config = Config(heavy_processes=0, follow=request.param == "follows")
    with served(tmp_path, config=config, url=url) as found:
        found.app.state.serving.live.start()
        yield found


def test_what_any_process_writes_is_told_soon(one: Served) -> None:
    auction = one.auction

    async def run() -> None:
        with open_ledger(one.exchange.url, clock=one.clock) as other:
            async with reading(one.app, "/events") as reader:
                for n, ledger in enumerate((one.exchange, other) * 3, start=1):
                    bid = auction.bid(n % 2, pounds=100 * n)
                    began = time.monotonic()
                    answer = await asyncio.to_thread(
                        ledger.execute, bid, auction.bidders[n % 2]
                    )
                    assert isinstance(answer, Sequenced)
                    assert (await reader.next()).id == str(answer.first_position)
                    assert time.monotonic() - began < 2.0  # on a busy machine

    asyncio.run(run())


def test_the_log_is_asked_often_and_only_while_somebody_watches(one: Served) -> None:
    live, asked = one.app.state.serving.live, 0
    find, goes_on = live._find, threading.Event()

    def counted(what: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 5:
            goes_on.set()
        return find(what)

    live._find = counted

    async def run() -> None:
        async with reading(one.app, "/events"):
            assert await asyncio.to_thread(goes_on.wait, 10)  # though nothing comes
        async with asyncio.timeout(10):
            await live._running
        before = asked
        await asyncio.sleep(3 * hub.POLL_SECONDS)
        assert asked == before

    asyncio.run(run())
    between = hub.POLL_SECONDS + hub.TICK_SECONDS
    assert between * 1000 < GOAL_MS  # what is left of it is for drawing and sending


class MovedByOthers:
    """Views that another process moves on, in time or not; notes what is asked of them."""

    def __init__(self, *, in_time: bool) -> None:
        self.asked: list[tuple[int | None, float | None]] = []
        self._in_time = in_time

    @contextmanager
    def view(self, after: int | None = None, timeout: float | None = 5.0) -> Iterator[Any]:
        self.asked.append((after, timeout))
        if after is not None and not self._in_time:
            raise Behind("the views are on their way")
        yield len(self.asked)


def test_views_that_others_are_moving_on_are_waited_for_a_moment() -> None:
    timely, late, own = (MovedByOthers(in_time=way) for way in (True, False, True))
    for views, timeout in ((timely, 2.0), (late, 2.0), (own, 0)):
        with looking._newest(views, 7, timeout):  # type: ignore[arg-type]
            pass

    assert timely.asked == [(7, looking.OTHERS_SECONDS)]
    assert late.asked == [(7, looking.OTHERS_SECONDS), (None, 2.0)]
    assert own.asked == [(None, 0)]  # whose follower says when they have come along


def test_a_follower_keeps_the_views_whoever_watches(url: str, tmp_path: Path) -> None:
    config = Config(heavy_processes=0)
    with served(tmp_path, config=config, url=url) as one:
        one.app.state.serving.live.start()
        keeper = one.exchange.views.keeper
        for n in (1, 2, 3):
            answer = one.exchange.execute(
                one.auction.bid(0, pounds=100 * n), one.auction.bidders[0]
            )
            assert isinstance(answer, Sequenced)

        def is_kept() -> bool:
            found = keeper.served()
            return found is not None and found.position == one.head()

        until(is_kept)


def test_a_hint_of_the_store_comes_before_the_log_is_asked(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 30.0)
    monkeypatch.setattr(hub, "SWEEP_SECONDS", 30.0)
    monkeypatch.setattr("svx_ledger.projections.following.POLL_SECONDS", 30.0)
    with (
        served(tmp_path, config=Config(heavy_processes=0), url=postgres_url) as one,
        open_ledger(postgres_url, clock=one.clock) as other,
        psycopg.connect(postgres_url, autocommit=True) as connection,
    ):
        one.app.state.serving.live.start()

        async def run() -> None:
            async with reading(one.app, "/events", last=one.head()) as reader:
                await asyncio.sleep(1.5)  # it listens by then
                bid = one.auction.bid(0, pounds=100)
                assert isinstance(other.execute(bid, one.auction.bidders[0]), Sequenced)
                connection.execute("NOTIFY svx_ledger")
                assert (await reader.next(5)).id == str(one.head())

        asyncio.run(run())
