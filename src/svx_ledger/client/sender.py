"""How the client that waits sends a request, once, and hears its answer."""

import time
from collections.abc import Iterator
from contextlib import closing

import httpx2

from .asked import Reply, Request
from .core import Core
from .following import SILENCE_SECONDS
from .open_streams import OpenStreams
from .wire import (
    CLOSED,
    CLOSED_MEANWHILE,
    CUT,
    FAILURES,
    TOO_LATE,
    Left,
    LeftThenSilence,
    built,
    heard,
    is_stream,
    lost,
    settings,
)


class Sender:
    """The connections to one exchange, with a key. Safe from any thread.

    `streams` has the live streams that are open.
    """

    def __init__(
        self, core: Core, key: str | None, transport: httpx2.BaseTransport | None
    ) -> None:
        self._base = core.base
        self._http = httpx2.Client(transport=transport, **settings(core, key))
        self.streams = OpenStreams()

    def is_closed(self) -> bool:
        """Whether nothing is sent any more."""
        return self.streams.ended

    def close(self) -> None:
        """Close the connections, and end the live streams."""
        self.streams.end()
        self._http.close()

    def send(self, request: Request, until: float) -> Reply:
        """Send a request once, and read the whole answer."""
        if self.is_closed():
            return CLOSED
        try:
            with closing(self._sent(request, Left(until, self.is_closed))) as response:
                return _read(response, until)
        except FAILURES as failure:
            return lost(failure, closed=self.is_closed())

    def begin(self, request: Request, until: float) -> tuple[httpx2.Response | None, Reply]:
        """Return the answer of a live stream, open; or None, and the whole of another one."""
        if self.is_closed():
            return None, CLOSED
        seconds = LeftThenSilence(until, self.is_closed, SILENCE_SECONDS)
        reply: Reply
        try:
            response = self._sent(request, seconds)
            if self.is_closed():
                response.close()
                return None, CLOSED_MEANWHILE
            if is_stream(response):
                seconds.connected = True
                return response, heard(response)
            with closing(response):
                reply = _read(response, until)
        except FAILURES as failure:
            reply = lost(failure, closed=self.is_closed())
        return None, reply

    def _sent(self, request: Request, seconds: Left) -> httpx2.Response:
        return self._http.send(built(self._http, self._base, request, seconds), stream=True)


def chunks(response: httpx2.Response) -> Iterator[bytes]:
    """Give what comes on a live stream, until it is cut or falls silent."""
    try:
        yield from response.iter_bytes()
    except CUT:
        return


def _read(response: httpx2.Response, until: float) -> Reply:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if time.monotonic() > until:
            return TOO_LATE
    return heard(response, bytes(body))
