"""HTTP on a connection: what a caller may leave open, and for how long.

The server behind this waits for ever for a request that somebody began and never ends, however
long it gets. Who does that is cut off. It also keeps as many connections as anybody opens, and
each for as long as one would do for a proxy: who is none has it for a few seconds, and the
process as many as it has room for.
"""

import asyncio
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from svx_ledger.api.live.connection import Connection

from .connections import Connections

MOST_HEADER_BYTES: Final = 32 * 2**10
HEADER_SECONDS: Final = 10.0
"""Within which a request has come up to its body, counted from its first byte; of the first
request of a connection, from its beginning."""
KEEP_ALIVE_SECONDS: Final = 10
"""For which a connection may be quiet between two requests: longer than the five seconds after
which clients let theirs go, or both would close one at the moment of a request."""
PROXY_KEEP_ALIVE_SECONDS: Final = 75
"""Longer than a proxy keeps its connections, so that it is never the one who is surprised."""


class Config(uvicorn.Config):
    """What the server is told, with the connections that there may be."""

    open: Connections


class TooLong(Exception):
    """The headers of a request are more than any request needs."""


class Protocol(Connection):
    """One connection."""

    _begun_bytes = 0
    _header_bytes = 0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request, where there is room for one more."""
        super().connection_made(transport)
        assert isinstance(self.config, Config)
        self._open = self.config.open
        host = self.client[0] if self.client else ""
        if not self._open.enter(self, host):
            transport.close()
            return
        trusted = self._open.trusts(host)
        self.timeout_keep_alive = PROXY_KEEP_ALIVE_SECONDS if trusted else KEEP_ALIVE_SECONDS
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._done()
        self._open.leave(self)
        super().connection_lost(exc)

    def cut(self) -> None:
        """End a connection on which nobody waits for an answer, in favour of another."""
        self._done()
        if self.transport.is_closing() or self.transport.get_write_buffer_size():
            self.transport.abort()  # it does not take what it was sent
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Take in what came, unless it is more than any request needs before its body."""
        super().data_received(data)
        if self._waiting is not None:
            self._begun_bytes += len(data)
            if self._begun_bytes > MOST_HEADER_BYTES:
                self._end()

    def on_message_begin(self) -> None:
        """Begin to wait for the headers of a request."""
        super().on_message_begin()
        self._header_bytes = 0
        if self._waiting is None:
            self._wait()

    def on_url(self, url: bytes) -> None:
        """Take in a part of the address. Raises TooLong."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header, before the body or after it. Raises TooLong."""
        self._count(name, value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Go on with a request that has all its headers."""
        self._done()
        self._open.busy(self)
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request, if it came already."""
        if not self.pipeline:
            self._open.idle(self)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Say that this is no request, unless it is one that has no end."""
        if self._header_bytes > MOST_HEADER_BYTES:
            self._end()
        else:
            super().send_400_response(msg)

    def _unsupported_upgrade_warning(self) -> None:
        """Note nothing: anybody may ask, and is answered as if they had not."""

    def _count(self, *parts: bytes) -> None:
        self._header_bytes += sum(len(part) + 2 for part in parts)
        if self._header_bytes > MOST_HEADER_BYTES:
            raise TooLong

    def _wait(self) -> None:
        self._begun_bytes = 0
        self._waiting = self.loop.call_later(HEADER_SECONDS, self._over)

    def _done(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _over(self) -> None:
        self._waiting = None
        working: RequestResponseCycle | None = self.cycle
        if working is not None and not working.response_complete:
            self._wait()  # it was sent before the answer to the one before: read on after it
        else:
            self._end()

    def _end(self) -> None:
        self._done()
        if not self.transport.is_closing():
            self.transport.close()
