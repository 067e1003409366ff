"""A process that bids, at a rate or as fast as it can, and notes when each bid was answered.

It may publish as well, as `serve` does with one worker. Each time is of the clock that all
processes of a machine share.
"""

import asyncio
import sys
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from benchmarks.callers import loop_factory
from benchmarks.scene import Bidder, bidder
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, Sequenced
from svx_ledger.publishing.composing import open_publisher

from .lag import CALLERS, Times


class _Bidding:
    """Bids that are due one after another, by whichever bidder has its turn, until a time."""

    def __init__(self, ledger: Ledger, seconds: float, interval: float) -> None:
        began = monotonic()
        self._ledger = ledger
        self._until = began + seconds
        self._due = (began + number * interval for number in count())
        self._answered: Times = []

    async def run(self) -> Times:
        """Let all bid; return at which positions, and when each was told so."""
        async with asyncio.TaskGroup() as group:
            for number in range(CALLERS):
                group.create_task(self._bid(bidder(0, number)))
        return self._answered

    async def _bid(self, one: Bidder) -> None:
        for number in count(1):
            if (wait := next(self._due) - monotonic()) > 0:
                await asyncio.sleep(wait)
            if monotonic() >= self._until:
                return
            answer = await self._ledger.submit(one.bids(number, 1)[0], one.actor)
            assert isinstance(answer, Sequenced), answer
            self._answered.append((answer.last_position, monotonic()))


def _main() -> None:
    task: dict[str, Any] = orjson.loads(sys.argv[1])
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(task["address"])))
        ledger = stack.enter_context(Ledger(store))
        if task["publish"] is not None:
            publisher = stack.enter_context(
                open_publisher(
                    store,
                    task["address"],
                    directory=Path(task["publish"]),
                    keys=task["settings"]["log_key"],
                    mark=task["settings"]["mark"],
                    policy=task["settings"]["policy"],
                )
            )
            for _ in publisher.once():
                pass
            publisher.start()
            stack.callback(publisher.stop)
            ledger.listen(publisher.hint)
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            answered = runner.run(_Bidding(ledger, task["seconds"], task["interval"]).run())
        part = Path(task["file"]).with_suffix(".part")
        part.write_bytes(orjson.dumps(answered))
        part.rename(task["file"])
        sys.stdin.read()  # publishes until it is told that enough was seen


if __name__ == "__main__":
    _main()
