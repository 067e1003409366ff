"""The comparison: two servers, one with the append and one without, and the same clients."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import orjson

from benchmarks import scene
from benchmarks.measure import Sample, in_turn
from benchmarks.places import Place
from benchmarks.report import Line, line
from benchmarks.scale import Scale
from svx_ledger.eventlog.open import open_store

from .clients import all_at_once, requests
from .keys import issued

CLIENTS = 128
GOAL = 0.6


def posts(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """POST of bids by 128 clients ÷ the same route without the append."""
    with ExitStack() as stack:
        sides = {
            name: _Side(stack.enter_context(_served(place, appends=name == "appended")))
            for name in ("appended", "not appended")
        }
        each = max(2, scale.bids // CLIENTS)
        done = in_turn(
            f"posts, {place.name}",
            {name: partial(side.run, each) for name, side in sides.items()},
            scale.rounds,
        )
    yield line(
        "posts",
        store=place.name,
        what=f"POST bid, {CLIENTS} clients",
        measured=done["appended"],
        beside="the same route without the append",
        against=done["not appended"],
        goal=GOAL,
    )


class _Side:
    """One server with its clients, whose bids grow from round to round."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._first = 1

    def run(self, each: int) -> Sample:
        """Let every client give so many bids."""
        given = [
            requests(number, scene.bidder(0, number), self._first, each)
            for number in range(CLIENTS)
        ]
        self._first += each
        return asyncio.run(all_at_once(self._port, given))


@contextmanager
def _served(place: Place, *, appends: bool) -> Iterator[int]:
    """Yield the port of a server of a ledger of its own."""
    address = place.address()
    store = open_store(address)
    scene.seed(store, suppliers=CLIENTS, keys=issued)
    store.close()
    task = orjson.dumps({"address": address, "appends": appends}).decode()
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.posting.server", task],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait(30)
