"""A stream as its reader has it, without a socket: one that may stop to take anything."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from fastapi import FastAPI

PATIENCE_SECONDS = 10.0


class Message(NamedTuple):
    """One server-sent event."""

    id: str
    event: str
    data: dict[str, Any]


class Reader:
    """The other end of one request."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.comments = 0
        self.is_over = False
        self.is_cut = False
        self.takes = asyncio.Event()
        self.takes.set()
        self._left = asyncio.Event()
        self._asked = False
        self._arrived = asyncio.Event()
        self._rest = b""
        self._messages: list[Message] = []

    async def receive(self) -> dict[str, Any]:
        """Give the application the request, and later that nobody is there any more."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        """Take what the application sends, unless nothing is taken just now."""
        await self.takes.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            self._take(message.get("body", b""))
            self.is_over = not message.get("more_body", False)
        self._arrived.set()

    def _take(self, data: bytes) -> None:
        self.body += data
        if not self.headers.get("content-type", "").startswith("text/event-stream"):
            return
        *whole, self._rest = (self._rest + data).split(b"\n\n")
        for block in whole:
            lines = dict(line.split(b": ", 1) for line in block.split(b"\n"))
            if b"data" in lines:
                number, event = lines[b"id"].decode(), lines[b"event"].decode()
                self._messages.append(Message(number, event, orjson.loads(lines[b"data"])))
            self.comments += b"" in lines

    async def next(self, seconds: float = PATIENCE_SECONDS) -> Message:
        """Return the next message. Raises TimeoutError, and EOFError at the end."""
        async with asyncio.timeout(seconds):
            while not self._messages:
                if self.is_over:
                    raise EOFError
                self._arrived.clear()
                await self._arrived.wait()
        return self._messages.pop(0)

    async def take(self, count: int) -> list[Message]:
        """Return so many messages."""
        return [await self.next() for _ in range(count)]

    async def reaches(self, position: int) -> None:
        """Wait until a position was told of; what came until then is there to be taken."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while f"id: {position}\n".encode() not in self.body:
                self._arrived.clear()
                await self._arrived.wait()

    async def nothing(self, seconds: float = 0.4) -> bool:
        """Whether no message comes for a while."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False

    async def over(self, seconds: float = PATIENCE_SECONDS) -> list[Message]:
        """Return what comes until the stream ends."""
        messages = []
        try:
            while True:
                messages.append(await self.next(seconds))
        except EOFError:
            return messages

    def leave(self) -> None:
        """Go away."""
        self._left.set()

    def cut(self) -> None:
        """Take note that the connection was cut."""
        self.is_cut = True


def watching(app: FastAPI) -> int:
    """How many streams there are."""
    return len(app.state.serving.live._gate.watchers)


@asynccontextmanager
async def reading(
    app: FastAPI,
    path: str,
    key: str | None = None,
    *,
    last: object = None,
    address: str = "198.51.100.7",
    accept: str = "text/event-stream",
    method: str = "GET",
    **query: object,
) -> AsyncIterator[Reader]:
    """Ask for a stream, or for anything else, and go away at the end."""
    reader = Reader()
    headers = {"host": "ledger.example", "accept": accept}
    headers |= {"authorization": f"Bearer {key}"} if key else {}
    headers |= {} if last is None else {"last-event-id": str(last)}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": urlencode(query).encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (address, 50_000),
        "server": ("ledger.example", 80),
        "state": {},
        "extensions": {"svx.abort": reader.cut},
    }
    answering = asyncio.create_task(app(scope, reader.receive, reader.send))
    try:
        await _until_status(reader, answering)
        yield reader
    finally:
        reader.takes.set()
        reader.leave()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await answering


async def _until_status(reader: Reader, answering: asyncio.Task[None]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not reader.status and not answering.done():
            reader._arrived.clear()
            await reader._arrived.wait()
