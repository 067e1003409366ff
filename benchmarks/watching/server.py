"""A process that serves a ledger, and bids on it at a steady rate when it is told to.

It keeps the views up to date if it `follows`; a worker of several leaves that to others.

Told an auction and a number on standard input it gives so many bids, each of another supplier,
and writes when each was accepted, by the clock that all processes of a machine share.
"""

import asyncio
import sys
from time import monotonic, sleep
from typing import Any

import orjson
import uvicorn
import uvloop
from fastapi import FastAPI

from benchmarks.scene import bidder
from svx_ledger import open_ledger
from svx_ledger.api.application import create_application
from svx_ledger.api.live.connection import Connection
from svx_ledger.api.serving import Config
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import Sequenced

NO_LIMIT = 10**9


def main() -> None:
    """Serve until standard input ends; say on standard output which port."""
    task: dict[str, Any] = orjson.loads(sys.argv[1])
    with open_ledger(task["address"]) as exchange:
        config = Config(
            requests=NO_LIMIT,
            anonymous_requests=NO_LIMIT,
            at_once=NO_LIMIT,
            watchers=NO_LIMIT,
            watchers_each=NO_LIMIT,
            heavy_processes=0,
            follow=task["follows"],
        )
        app = create_application(exchange, config)
        uvicorn_config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=0,
            http=Connection,
            access_log=False,
            log_level="error",
            timeout_graceful_shutdown=1,
        )
        uvloop.run(_serve(app, uvicorn_config, exchange, task["rate"]))


async def _serve(app: FastAPI, config: uvicorn.Config, exchange: Exchange, rate: float) -> None:
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    while not server.started:  # noqa: ASYNC110 - it has no event for that
        await asyncio.sleep(0.01)
    _say(listening.getsockname()[1])
    while line := await asyncio.to_thread(sys.stdin.readline):
        auction, count = orjson.loads(line)
        _say(await asyncio.to_thread(_bid, exchange, auction, count, rate))
    app.state.serving.ending.begin()
    server.should_exit = True
    await serving


def _bid(exchange: Exchange, auction: int, count: int, rate: float) -> list[tuple[int, float]]:
    accepted = []
    began = monotonic()
    for number in range(count):
        sleep(max(0.0, began + number / rate - monotonic()))
        one = bidder(auction, number)
        answer = exchange.execute(one.bids(1, 1)[0], one.actor)
        assert isinstance(answer, Sequenced)
        accepted.append((answer.first_position, monotonic()))
    return accepted


def _say(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
