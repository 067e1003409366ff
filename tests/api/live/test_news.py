"""How the hub learns of news, of its own process and of others, with and without a follower."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from svx_ledger import open_ledger
from svx_ledger.api.live import hub
from svx_ledger.api.serving import Config
from svx_ledger.ledger import Sequenced
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
