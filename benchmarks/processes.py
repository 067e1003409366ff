"""Two processes of the ledger on one PostgreSQL database, bidding in one auction.

The processes start the clock together and bid for a fixed time, so that their shares of it
show whether the lock is handed round fairly.
"""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep, time
from typing import Any

import orjson

from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger

from .callers import Callers
from .measure import Sample
from .scene import bidder


def together(
    address: str, callers: list[range], *, start: float, seconds: float, first_bid: int
) -> Sample:
    """Run a process for each range of suppliers; return what they did between them.

    `start` is how many seconds a process may take to import, connect and read the auction.
    """
    at = time() + start
    with TemporaryDirectory(prefix="svx-bench-") as folder:
        files = [Path(folder) / str(own.start) for own in callers]
        children = []
        for own, file in zip(callers, files, strict=True):
            task = {
                "file": str(file),
                "address": address,
                "first": own.start,
                "stop": own.stop,
                "at": at,
                "seconds": seconds,
                "first_bid": first_bid,
            }
            command = [
                sys.executable,
                "-m",
                "benchmarks.processes",
                orjson.dumps(task).decode(),
            ]
            children.append(subprocess.Popen(command))
        codes = [child.wait(start + seconds + 60) for child in children]
        if any(codes):
            raise RuntimeError("a bidding process failed; its trace is above")
        done = [orjson.loads(file.read_bytes()) for file in files]
    return Sample(
        count=sum(part["count"] for part in done),
        seconds=max(part["seconds"] for part in done),
        waits=[wait for part in done for wait in part["waits"]],
        shares=tuple(part["count"] for part in done),
    )


def _bid(task: dict[str, Any]) -> Sample:
    bidders = [bidder(0, number) for number in range(task["first"], task["stop"])]
    with closing(open_store(task["address"])) as store, Ledger(store) as ledger:
        callers = Callers(ledger, bidders, first_bid=task["first_bid"])
        callers.from_event_loop(1)  # connects, and reads the auction
        sleep(max(0.0, task["at"] - time()))
        return callers.for_seconds(task["seconds"])


def _main() -> None:
    task = orjson.loads(sys.argv[1])
    sample = _bid(task)
    done = {"count": sample.count, "seconds": sample.seconds, "waits": sample.waits}
    Path(task["file"]).write_bytes(orjson.dumps(done))


if __name__ == "__main__":
    _main()
