"""What a caller may leave open: a request that is begun and never ends, an answer not read."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from svx_ledger.api import edge
from svx_ledger.api.edge import Edge, Noted
from svx_ledger.api.process import protocol
from svx_ledger.api.process.server import _config, listen

from .served import Served, served


@contextlib.contextmanager
def listening(here: Served, proxies: Sequence[str] = ()) -> Iterator[int]:
    """Run the real server in a thread."""
    bound = listen("127.0.0.1", 0)
    server = uvicorn.Server(_config(here.app, proxies))
    thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with served(tmp_path) as here, listening(here) as found:
        yield found


def is_closed(line: socket.socket, seconds: float) -> bool:
    line.settimeout(seconds)
    try:
        return line.recv(10_000) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


GET = b"GET /health HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize("begun", [b"", b"GET /hea", GET + b"X-Long: "])
def test_a_request_that_never_ends_is_cut(
    port: int, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(protocol, "HEADER_SECONDS", 0.2)
    with connected(port) as line:
        line.sendall(begun)
        assert is_closed(line, 5)


def test_who_asks_for_another_protocol_is_answered_and_writes_nothing_into_the_log(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    asked = (
        GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with connected(port) as line:
        line.sendall(asked)
        assert line.recv(10_000).startswith(b"HTTP/1.1 200 OK")
    assert [one.message for one in caplog.records if one.name.startswith("uvicorn")] == []


def test_headers_that_go_on_for_ever_are_cut(port: int) -> None:
    with connected(port) as line:
        line.sendall(GET + b"X-Long: ")
        with contextlib.suppress(ConnectionError):
            for _ in range(40):
                line.sendall(b"a" * 1_000)
                time.sleep(0.001)
        assert is_closed(line, 5)


@pytest.mark.parametrize(
    "longer",
    [
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 40_000,
        b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 7_000 + b"X: y",
        b"GET /health?" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x",
    ],
)
def test_headers_that_come_in_one_piece_have_the_same_bound(port: int, longer: bytes) -> None:
    with connected(port) as line:
        line.sendall(longer + b"\r\n\r\n")
        assert is_closed(line, 5)
    with connected(port) as line:
        line.sendall(GET + b"X-Long: " + b"a" * 30_000 + b"\r\n\r\n")
        assert line.recv(10_000).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(("proxies", "is_kept"), [([], False), (["127.0.0.1"], True)])
def test_only_a_proxy_keeps_a_connection_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxies: list[str], *, is_kept: bool
) -> None:
    monkeypatch.setattr(protocol, "KEEP_ALIVE_SECONDS", 0.2)
    with served(tmp_path) as here, listening(here, proxies) as port, connected(port) as line:
        line.sendall(GET + b"\r\n")
        assert line.recv(10_000).startswith(b"HTTP/1.1 200 OK")
        assert is_closed(line, 1) != is_kept


def test_whoever_ends_a_request_is_answered_again_and_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEADER_SECONDS", 0.4)
    with connected(port) as line:
        for _ in range(3):
            line.sendall(GET)
            time.sleep(0.05)
            line.sendall(b"\r\n")
            assert line.recv(10_000).startswith(b"HTTP/1.1 200 OK")
            time.sleep(0.5)  # between two requests it may be quiet for longer
        line.sendall(GET)  # and the next one is begun, and not ended
        assert is_closed(line, 5)


def test_an_answer_that_nobody_reads_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "SEND_SECONDS", 0.05)
    noted: list[Noted] = []
    left: list[bool] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        scope["state"]["leave"] = lambda: left.append(True)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(30)

    async def receive() -> Any:
        await asyncio.sleep(30)

    scope: Any = {"type": "http", "method": "GET", "headers": []}
    asyncio.run(Edge(app, noted.append)(scope, receive, send))

    assert left == [True]
    assert [one.status for one in noted] == [200]
