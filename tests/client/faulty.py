"""A small server that lets requests through to the application, or does them harm on the way.

It speaks just enough HTTP/1.1 for the client, in a thread of its own. What happens to each
request is told beforehand, in order; what nothing is told of is let through.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2

App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Through:
    """Let through, and answered."""


@dataclass(frozen=True, slots=True)
class Say:
    """Answered by somebody in between; the application does not hear of it."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CutAsked:
    """The connection is cut when this many bytes of the request have come."""

    at: int = 0


@dataclass(frozen=True, slots=True)
class CutTold:
    """Let through; the connection is cut after this many bytes of the answer."""

    at: int = 0


@dataclass(frozen=True, slots=True)
class Hang:
    """Never answered; let through all the same, or not."""

    reaches: bool


@dataclass(frozen=True, slots=True)
class Late:
    """Cut at once, and let through later: it was held by something in between."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Dribble:
    """Let through; the answer comes a byte at a time, this many seconds apart."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stream:
    """A live stream of these chunks, which ends after them, or `stays` open.

    `position` is where it says that it begins.
    """

    chunks: tuple[bytes, ...]
    stays: bool = False
    position: int | None = None


Fate = Through | Say | CutAsked | CutTold | Hang | Late | Dribble | Stream


@dataclass(slots=True)
class Faulty:
    """The server while it runs. `asked` are the requests whose heads it has seen."""

    url: str
    fates: deque[Fate]
    app: App | None
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    later: set[asyncio.Task[Any]] = field(default_factory=set)
    loop: asyncio.AbstractEventLoop | None = None

    def settle(self) -> None:
        """Wait until all that was held has come through."""

        async def wait() -> None:
            while self.later:
                await asyncio.wait(self.later)

        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(wait(), self.loop).result(10)


@contextmanager
def faulty(app: App | None = None, fates: Iterable[Fate] = ()) -> Iterator[Faulty]:
    """Run a server in a thread, until the end of the `with`."""
    state = Faulty(url="", fates=deque(fates), app=app)
    started, stop = threading.Event(), asyncio.Event()

    async def run() -> None:
        state.loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[None]] = set()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            try:
                with suppress(OSError, asyncio.IncompleteReadError):
                    while await _one(state, reader, writer):
                        pass
            finally:
                tasks.discard(task)
                writer.transport.abort()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        state.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        await stop.wait()
        server.close()
        for task in [*tasks, *state.later]:
            task.cancel()
        await asyncio.gather(*tasks, *state.later, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield state
    finally:
        assert state.loop is not None
        state.loop.call_soon_threadsafe(stop.set)
        thread.join(10)


async def _one(
    state: Faulty, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Deal with one request; return whether another one may come on the connection."""
    first = await reader.readexactly(1)
    fate = state.fates.popleft() if state.fates else Through()
    if isinstance(fate, CutAsked):
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.readexactly(fate.at), 0.05)
        return False
    head = first + await reader.readuntil(b"\r\n\r\n")
    method, path, headers = _head(head)
    state.asked.append((method, path, headers))
    body = await reader.readexactly(int(headers.get("content-length", "0")))

    async def reach() -> bytes:
        assert state.app is not None
        transport = httpx2.ASGITransport(app=state.app)
        async with httpx2.AsyncClient(transport=transport, base_url=state.url) as inner:
            given = {n: v for n, v in headers.items() if n not in ("host", "connection")}
            answer = await inner.request(method, path, headers=given, content=body)
        return _raw(answer.status_code, answer.headers.multi_items(), answer.content)

    match fate:
        case Say():
            writer.write(_raw(fate.status, fate.headers, fate.body))
            await writer.drain()
            return True
        case Late():

            async def held() -> None:
                await asyncio.sleep(fate.seconds)
                await reach()

            task = asyncio.create_task(held())
            state.later.add(task)
            task.add_done_callback(state.later.discard)
            return False
        case Hang():
            if fate.reaches:
                await reach()
            await reader.read()  # until the client leaves
            return False
        case CutTold():
            writer.write((await reach())[: fate.at])
            await writer.drain()
            await asyncio.sleep(0.01)  # what was written arrives before the cut
            return False
        case Dribble():
            for byte in await reach():
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(fate.seconds)
            return True
        case Stream():
            await _streamed(fate, reader, writer)
            return False
        case Through():
            writer.write(await reach())
            await writer.drain()
            return True


async def _streamed(
    fate: Stream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    begins = "" if fate.position is None else f"Svx-Position: {fate.position}\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{begins}\r\n"
    writer.write(head.encode())
    for chunk in fate.chunks:
        writer.write(chunk)
        await writer.drain()
        await asyncio.sleep(0.01)
    if fate.stays:
        await reader.read()


def _head(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    return method, path, {name.lower(): value.strip() for name, _, value in pairs}


def _raw(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers if name != "content-length"]
    head = "\r\n".join([f"HTTP/1.1 {status} Said", *lines, f"Content-Length: {len(body)}"])
    return head.encode("latin-1") + b"\r\n\r\n" + body
