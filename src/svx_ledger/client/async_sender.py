"""How the client with an event loop sends a request, once, and hears its answer."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2

from .asked import Reply, Request
from .core import Core
from .following import SILENCE_SECONDS
from .wire import (
    CLOSED,
    CLOSED_MEANWHILE,
    CUT,
    FAILURES,
    Left,
    LeftThenSilence,
    built,
    heard,
    is_stream,
    lost,
    settings,
)

_GRACE_SECONDS = 0.1
"""After which an attempt is given up whatever it does; before, each of its steps is."""


class AsyncSender:
    """The connections to one exchange, with a key."""

    def __init__(
        self, core: Core, key: str | None, transport: httpx2.AsyncBaseTransport | None
    ) -> None:
        self._base = core.base
        self._http = httpx2.AsyncClient(transport=transport, **settings(core, key))

    def is_closed(self) -> bool:
        """Whether nothing is sent any more."""
        return self._http.is_closed

    async def close(self) -> None:
        """Close the connections, and end the live streams."""
        await self._http.aclose()

    async def send(self, request: Request, until: float) -> Reply:
        """Send a request once, and read the whole answer."""
        if self.is_closed():
            return CLOSED
        try:
            async with _ended_by(until):
                response = await self._sent(request, Left(until, self.is_closed))
                async with aclosing(response):
                    return await _read(response)
        except FAILURES as failure:
            return lost(failure, closed=self.is_closed())

    async def begin(
        self, request: Request, until: float
    ) -> tuple[httpx2.Response | None, Reply]:
        """Return the answer of a live stream, open; or None, and the whole of another one."""
        if self.is_closed():
            return None, CLOSED
        seconds = LeftThenSilence(until, self.is_closed, SILENCE_SECONDS)
        reply: Reply
        try:
            async with _ended_by(until):
                response = await self._sent(request, seconds)
                if self.is_closed():
                    await response.aclose()
                    return None, CLOSED_MEANWHILE
                if is_stream(response):
                    seconds.connected = True
                    return response, heard(response)
                async with aclosing(response):
                    reply = await _read(response)
        except FAILURES as failure:
            reply = lost(failure, closed=self.is_closed())
        return None, reply

    async def _sent(self, request: Request, seconds: Left) -> httpx2.Response:
        request_of_library = built(self._http, self._base, request, seconds)
        return await self._http.send(request_of_library, stream=True)


async def chunks(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """Give what comes on a live stream, until it is cut or falls silent."""
    try:
        async for chunk in response.aiter_bytes():
            yield chunk
    except CUT:
        return


def _ended_by(until: float) -> asyncio.Timeout:
    return asyncio.timeout(until - time.monotonic() + _GRACE_SECONDS)


async def _read(response: httpx2.Response) -> Reply:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
    return heard(response, bytes(body))
