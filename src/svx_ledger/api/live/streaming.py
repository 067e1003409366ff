"""The answer that goes on: what a watcher is told, for as long as its connection takes it."""

import asyncio
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from fastapi import Response
from starlette.types import Receive, Scope, Send

from svx_ledger.api.negotiating import EVENT_STREAM
from svx_ledger.eventlog.canonical import MAX_MESSAGE_BYTES

from .watchers import Watcher
from .wire import opening

if TYPE_CHECKING:
    from .hub import Hub

RETRY_MS: Final = (1_000, 3_000)
"""After how long a stream that ended is to be asked for again: not by all at once."""
LAST_SECONDS: Final = 5.0
"""How long a connection may take to be told that the stream is over."""
ABORT: Final = "svx.abort"
"""The extension of a scope that ends its connection at once, whatever is still to be sent."""


class Streaming(Response):
    """Server-sent events until either side ends them."""

    media_type = EVENT_STREAM

    def __init__(self, hub: "Hub", watcher: Watcher, position: int) -> None:
        super().__init__(headers=_headers(position))
        del self.headers["content-length"]
        self._hub = hub
        self._watcher = watcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. The connection is the watcher's until this returns."""
        # Of its own, so that a message does not pass through every layer above on its way.
        streaming = asyncio.create_task(self._stream(send))
        gone = asyncio.create_task(_until_gone(receive, self._watcher))
        abort = scope.get("extensions", {}).get(ABORT, lambda: None)

        def let_go() -> None:
            abort()
            streaming.cancel()

        self._watcher.let_go = let_go
        try:
            await asyncio.wait([streaming])
            if not streaming.cancelled() and (fault := streaming.exception()) is not None:
                raise fault
        finally:
            gone.cancel()
            streaming.cancel()
            self._hub.leave(self._watcher)

    async def _stream(self, send: Send) -> None:
        watcher, loop = self._watcher, asyncio.get_running_loop()
        headers = self.raw_headers
        watcher.sending_since = loop.time()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        retry_ms = random.randint(*RETRY_MS)  # noqa: S311 - spreads who comes again
        chunk: bytes | None = opening(retry_ms, watcher.goes_on_after)
        while chunk is not None:
            watcher.sending_since = loop.time()
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            watcher.sent_at, watcher.sending_since = loop.time(), None
            chunk = await watcher.next()
        self._hub.leave(watcher)  # whoever comes again at once finds its place free
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            watcher.let_go()


def unopened(position: int) -> Response:
    """Return what HEAD is answered: the headers of a stream, and no stream."""
    answer = Response(headers=_headers(position), media_type=EVENT_STREAM)
    del answer.headers["content-length"]
    return answer


def _headers(position: int) -> dict[str, str]:
    return {
        "Svx-Position": str(position),
        "X-Accel-Buffering": "no",
        "Connection": "close",  # nothing comes after it
    }


async def _until_gone(receive: Receive, watcher: Watcher) -> None:
    """End the stream when nobody is there any more, or sends more than any request may have."""
    taken = 0
    with suppress(Exception):  # a connection that cannot be read is gone
        while taken <= MAX_MESSAGE_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            taken += len(message.get("body", b""))
    watcher.end()
