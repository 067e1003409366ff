"""The server: one process that listens, or several on one socket, and how they end.

Told to end, a process takes no more connections, lets streams end, answers what it was asked,
and is gone within ten seconds.
"""

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from svx_ledger.api.health.metrics import FOLDER
from svx_ledger.settings import CONNECTIONS, CONNECTIONS_EACH

from .connections import Connections, most_within, raise_file_limit
from .logs import Log
from .protocol import Config, Protocol
from .starting import VARIABLE, Start

GRACE_SECONDS: Final = 8
START_SECONDS: Final = 60
HUNG_SECONDS: Final = 15
"""A worker that says nothing for so long is killed, and replaced."""
APPLICATION: Final = "svx_ledger.api.application:application"


class Room(NamedTuple):
    """How many connections a process has at most: in all, and of one address.

    As many as its files allow are fewer. 0 of one address is as many as there are in all.
    """

    most: int = CONNECTIONS
    most_each: int = CONNECTIONS_EACH


USUAL: Final = Room()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(1)  # a port that somebody listens on is told at once
    except BaseException:
        bound.close()
        raise
    bound.set_inheritable(True)
    return bound


def run_one(
    app: FastAPI,
    bound: socket.socket,
    proxy: Sequence[str],
    started: Callable[[], None],
    *,
    room: Room = USUAL,
) -> bool:
    """Serve until told to end; return whether it had begun to."""
    server = _Server(_config(app, proxy, room), started)

    def end() -> None:
        server.should_exit = True

    with _signalled(end):
        server.run([bound])
    return server.started


def run_many(
    start: Start,
    bound: socket.socket,
    proxy: Sequence[str],
    *,
    workers: int,
    log: Log,
    started: Callable[[], None],
    room: Room = USUAL,
) -> bool:
    """Serve with several processes until told to end; return whether they could start.

    One that dies is replaced.
    """
    folder = tempfile.mkdtemp(prefix="svx-metrics-")
    os.environ |= {VARIABLE: start.to_text(), FOLDER: folder}
    config = _config(APPLICATION, proxy, room, factory=True, workers=workers)
    early: list[bool] = []
    try:
        with _signalled(lambda: early.append(True)):
            parent = _Parent(config, [bound])
            parent.log, parent.started = log, started
            if not early:
                parent.run()
            return all(one.exitcode != STARTUP_FAILURE for one in parent.processes)
    finally:
        for name in (VARIABLE, FOLDER):
            os.environ.pop(name, None)
        bound.close()
        shutil.rmtree(folder, ignore_errors=True)


def _config(
    app: FastAPI | str, proxy: Sequence[str], room: Room = USUAL, **more: Any
) -> Config:
    config = Config(
        app,
        loop="uvloop",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxy),
        forwarded_allow_ips=list(proxy),
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=HUNG_SECONDS,
        **more,
    )
    most = min(room.most, most_within(raise_file_limit()))  # which workers inherit
    config.open = Connections(most, room.most_each, proxy)
    return config


class _Server(uvicorn.Server):
    """Says when it has begun."""

    def __init__(self, config: uvicorn.Config, told: Callable[[], None]) -> None:
        super().__init__(config)
        self._told = told

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self.started:
            self._told()


class _Parent(Multiprocess):
    """Keeps the workers alive, and says when all of them have begun."""

    log: Log
    started: Callable[[], None]

    def init_processes(self) -> None:
        """Start the workers, and wait for them unless this is told to end."""
        super().init_processes()
        for process in self.processes:
            for _ in range(2 * START_SECONDS):
                self.handle_signals()
                if self.should_exit.is_set() or not process.process.is_alive():
                    return
                if process.wait_until_ready(0.5, self.should_exit):
                    break
        self.started()

    def keep_subprocess_alive(self) -> None:
        """Replace those that ended."""
        before = list(self.processes)
        super().keep_subprocess_alive()
        for old, new in zip(before, self.processes, strict=True):
            if new is not old or (self.should_exit.is_set() and not old.process.is_alive()):
                fields = {"process": old.pid, "code": old.exitcode}
                self.log.line("warning", "a worker ended", fields)


@contextmanager
def _signalled(end: Callable[[], None]) -> Iterator[None]:
    """Call this when told to end before the server listens for signals itself.

    One that was told raises the signal again once it has ended: that is no fault.
    """
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: end()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
