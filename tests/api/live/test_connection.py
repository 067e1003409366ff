"""A real server: what it holds for a reader that takes nothing, and how it ends."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import uvicorn

from svx_ledger.api.admission.principals import PUBLIC
from svx_ledger.api.live.connection import UNSENT_BYTES, Connection
from svx_ledger.api.live.streaming import Streaming
from svx_ledger.api.live.watchers import Watcher, Who
from svx_ledger.eventlog.canonical import MAX_MESSAGE_BYTES
from tests.projections.stored.setting import until

from .conftest import Serve


@contextmanager
def listening(app: Any) -> Iterator[tuple[str, int]]:
    """Serve an application on a port of this machine."""
    config = uvicorn.Config(
        app,
        http=Connection,
        loop="uvloop",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    with closing(socket.create_server(("127.0.0.1", 0))) as bound:
        thread = threading.Thread(target=server.run, args=([bound],))
        thread.start()
        try:
            until(lambda: server.started)
            yield bound.getsockname()
        finally:
            server.should_exit = True
            thread.join()


class Endless(Watcher):
    """Has always something to send."""

    sent = 0

    async def _take(self) -> bytes:
        self.sent += 1024
        await asyncio.sleep(0)
        return b"x" * 1024


class One:
    """An application with one stream, which is let go when it takes nothing for a while."""

    def __init__(self) -> None:
        self.watcher: Endless | None = None
        self.left = threading.Event()

    def leave(self, _: Watcher) -> None:
        """Note that the stream is over."""
        self.left.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.watcher = Endless(Who(PUBLIC, None, "somebody"))
        answering = asyncio.create_task(
            Streaming(self, self.watcher, 0)(scope, receive, send)  # type: ignore[arg-type]
        )
        while not self.left.is_set():
            await asyncio.sleep(0.05)
            since = self.watcher.sending_since
            if since is not None and asyncio.get_running_loop().time() - since > 0.5:
                self.watcher.let_go()
        await answering


def test_a_connection_that_takes_nothing_is_cut_and_holds_little(
    caplog: Any,
) -> None:
    app = One()
    with listening(app) as address, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        reader.connect(address)
        reader.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

        assert app.left.wait(20)
        assert app.watcher is not None
        assert app.watcher.sent < 4 * UNSENT_BYTES
        time.sleep(0.2)
        received = 0
        try:
            while chunk := reader.recv(65_536):
                received += len(chunk)
        except ConnectionResetError:
            pass
        assert received <= app.watcher.sent + 2_000
    assert caplog.records == []


class Quiet(Watcher):
    """Has never anything to send."""

    async def _take(self) -> bytes:
        return b""


def test_whoever_sends_a_body_without_end_has_no_stream() -> None:
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        if taken > 4 * MAX_MESSAGE_BYTES:
            await asyncio.Event().wait()
        taken += 16_384
        return {"type": "http.request", "body": b"x" * 16_384, "more_body": True}

    async def send(_: Any) -> None:
        pass

    async def run() -> None:
        stream = Streaming(One(), Quiet(Who(PUBLIC, None, "somebody")), 0)  # type: ignore[arg-type]
        await asyncio.wait_for(stream({}, receive, send), 5)

    asyncio.run(run())

    assert MAX_MESSAGE_BYTES < taken <= 2 * MAX_MESSAGE_BYTES


def test_a_server_that_is_told_to_end_does_not_wait_for_its_streams(serve: Serve) -> None:
    served = serve()
    with listening(served.app) as address:
        readers = [socket.create_connection(address, timeout=20) for _ in range(3)]
        for reader in readers:
            reader.sendall(
                b"GET /events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
            )
            assert reader.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        served.app.state.serving.ending.begin()
        began = time.monotonic()
        for reader in readers:
            with closing(reader):
                while reader.recv(65_536):
                    pass
    assert time.monotonic() - began < 4  # what the server would wait for at most is five
