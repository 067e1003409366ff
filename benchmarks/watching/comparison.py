"""The comparison: a served ledger and a bare server, and the same watchers of each."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import IO

import orjson

from benchmarks import scene
from benchmarks.callers import loop_factory
from benchmarks.measure import Sample, in_turn
from benchmarks.places import Place
from benchmarks.report import Line
from benchmarks.scale import Scale
from svx_ledger.eventlog.open import open_store

from .watchers import Watchers

WATCHERS = 1_000
RATE = 10.0
"""Bids in a second: each changes the board, which says how many bid."""
BIDS = 100
GOAL_MS = 250.0
SETTLE_SECONDS = 1.0


def live(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """Bids at a steady rate, and how soon each of the watchers of the board is told.

    On PostgreSQL also those of another process than the one that takes the bids.
    """
    watchers, bids = (WATCHERS, BIDS) if scale.rounds else (20, 5)
    rounds = min(scale.rounds, 3)
    if place.name == "PostgreSQL":
        with _apart(place, auctions=1 + rounds, suppliers=bids) as worker:
            apart = in_turn(
                f"live, {place.name}, two workers",
                {"apart": lambda: worker.run(watchers, bids)},
                rounds,
            )["apart"]
        yield _line(place, f"the same to {watchers:,} of another process, p99", apart, GOAL_MS)
    with _served(place, auctions=1 + rounds, suppliers=bids) as served:
        size = len(served.message())
        task = {"size": size, "rate": RATE}
        with _process("benchmarks.watching.bare", task) as bare:
            done = in_turn(
                f"live, {place.name}",
                {
                    "ledger": lambda: served.run(watchers, bids),
                    "bare": lambda: bare.run(watchers, bids),
                },
                rounds,
            )
    yield _line(place, f"accepted bid to {watchers:,} watchers, p99", done["ledger"], GOAL_MS)
    yield _line(place, f"{size:,} bytes to them from a bare server, p99", done["bare"], None)


def _line(place: Place, what: str, sample: Sample, goal: float | None) -> Line:
    return Line(
        name="live",
        store=place.name,
        what=what,
        measured=sample.rate,
        beside="",
        against=0.0,
        value=sample.wait(0.99) * 1000,
        unit="ms",
        goal=goal,
        p50_ms=sample.wait(0.50) * 1000,
        p99_ms=sample.wait(0.99) * 1000,
    )


class _Side:
    """A process that serves, and is told to make news."""

    def __init__(self, told: IO[str], says: IO[str]) -> None:
        self._told = told
        self._says = says
        self._port: int = orjson.loads(says.readline())
        self._rounds = 0

    def watched_at(self, other: "_Side") -> None:
        """Let watchers connect to another process than the one that makes the news."""
        self._port = other._port

    def message(self) -> bytes:
        """Return what a watcher is sent."""

        async def one() -> bytes:
            watchers = Watchers(self._port, _request(0))
            await watchers.connect(1)
            await asyncio.sleep(SETTLE_SECONDS)
            watchers.close()
            return watchers.message()

        return asyncio.run(one())

    def run(self, watchers: int, news: int) -> Sample:
        """Let so many watch so much news; return how long each waited for each."""
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(self._run(watchers, news))

    async def _run(self, count: int, news: int) -> Sample:
        watchers = Watchers(self._port, _request(self._rounds))
        await watchers.connect(count)
        self._told.write(f"[{self._rounds},{news}]\n")
        self._told.flush()
        self._rounds += 1
        done = orjson.loads(await asyncio.to_thread(self._says.readline))
        await asyncio.sleep(SETTLE_SECONDS)
        watchers.close()
        waits = watchers.waits([(position, at) for position, at in done])
        return Sample(len(waits), done[-1][1] - done[0][1], waits)


def _request(auction: int) -> bytes:
    """Return the request for the live board of an auction: another one in each round."""
    board = f"/auctions/{scene.auction_name(auction)}"
    return f"GET {board} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode()


@contextmanager
def _served(place: Place, auctions: int, suppliers: int) -> Iterator[_Side]:
    with _worker(_seeded(place, auctions, suppliers), follows=True) as side:
        yield side


@contextmanager
def _apart(place: Place, auctions: int, suppliers: int) -> Iterator[_Side]:
    """Have two workers: one takes the bids and keeps the views, the other one is watched."""
    address = _seeded(place, auctions, suppliers)
    with _worker(address, follows=True) as bidding, _worker(address, follows=False) as watched:
        bidding.watched_at(watched)
        yield bidding


def _seeded(place: Place, auctions: int, suppliers: int) -> str:
    address = place.address()
    store = open_store(address)
    scene.seed(store, auctions=auctions, suppliers=suppliers)
    store.close()
    return address


def _worker(address: str, *, follows: bool) -> AbstractContextManager[_Side]:
    task = {"address": address, "rate": RATE, "follows": follows}
    return _process("benchmarks.watching.server", task)


@contextmanager
def _process(module: str, task: Mapping[str, object]) -> Iterator[_Side]:
    with subprocess.Popen(
        [sys.executable, "-m", module, orjson.dumps(task).decode()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield _Side(process.stdin, process.stdout)
            process.stdin.close()
            if process.wait(30):
                raise RuntimeError("a server failed; its trace is above")
        finally:
            process.kill()
