"""The way between callers and the server: it passes bytes on, and loses what it is told to.

It understands one thing only: the header that names a command.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import Final

_KEY: Final = re.compile(rb"idempotency-key: ([^\r]+)\r", re.IGNORECASE)
_PART: Final = 1 << 16
_OVERLAP: Final = 256


class Cut(Enum):
    """Where the connection of one request is cut."""

    ASKED = auto()  # before the server sees the request
    TOLD = auto()  # once the server has answered, and before the answer arrives


class Line:
    """Passes connections on to a port of this machine."""

    def __init__(self, port: int) -> None:
        self.url = ""
        self.done: Counter[Cut] = Counter()
        """How often each was done."""
        self._port = port
        self._to_cut: dict[bytes, Cut] = {}
        self._going_on: set[asyncio.Task[None]] = set()

    def cut(self, idempotency_key: str, where: Cut) -> None:
        """Cut the next connection on which a command of this key is given."""
        self._to_cut[idempotency_key.encode()] = where

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, until either side ends it."""
        task = asyncio.current_task()
        assert task is not None
        self._going_on.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):  # nobody listens, or all is over
                await self._pass_on(reader, writer)
        finally:
            writer.transport.abort()
            self._going_on.discard(task)

    async def close(self) -> None:
        """End every connection."""
        for task in self._going_on:
            task.cancel()
        await asyncio.gather(*self._going_on)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        losing = asyncio.Event()
        passing = [
            asyncio.create_task(self._asked(reader, back, losing)),
            asyncio.create_task(self._told(there, writer, losing)),
        ]
        try:
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            back.transport.abort()
            for task in passing:
                task.cancel()
            await asyncio.gather(*passing, return_exceptions=True)

    async def _asked(
        self,
        reader: asyncio.StreamReader,
        server: asyncio.StreamWriter,
        losing: asyncio.Event,
    ) -> None:
        seen = b""
        with suppress(OSError):
            while part := await reader.read(_PART):
                seen = seen[-_OVERLAP:] + part
                named = _KEY.findall(seen)
                where = self._to_cut.pop(named[-1], None) if named else None
                if where is Cut.ASKED:
                    self.done[where] += 1
                    return
                if where is Cut.TOLD:
                    losing.set()
                server.write(part)
                await server.drain()

    async def _told(
        self,
        server: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        losing: asyncio.Event,
    ) -> None:
        with suppress(OSError):
            while part := await server.read(_PART):
                if losing.is_set():
                    self.done[Cut.TOLD] += 1
                    return
                writer.write(part)
                await writer.drain()


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    """Listen, and pass on to a port of this machine."""
    line = Line(port)
    listening = await asyncio.start_server(line.accept, "127.0.0.1", 0)
    line.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        listening.close()
        await line.close()
