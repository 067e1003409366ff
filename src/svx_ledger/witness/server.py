"""The process of a witness: it listens, answers, and ends when it is told to."""

import asyncio
import signal
import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

GRACE_SECONDS: Final = 5
CONNECTIONS: Final = 256
"""Open at once; whoever comes then is answered 503."""

QUIET_SECONDS: Final = 10.0
"""For about so long a connection may be open without a whole request on it."""


class Connection(H11Protocol):
    """A connection that nobody holds open by saying nothing, or by never ending a request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look whether it is used."""
        super().connection_made(transport)
        self._seen: RequestResponseCycle | None = None
        self.loop.call_later(QUIET_SECONDS, self._look)

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        latest: RequestResponseCycle | None = self.cycle
        if latest is self._seen and (latest is None or latest.response_complete):
            self.transport.close()
            return
        self._seen = latest
        self.loop.call_later(QUIET_SECONDS, self._look)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address. Raises OSError."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family)


def serve(app: Starlette, bound: socket.socket, started: Callable[[], None]) -> bool:
    """Answer until SIGTERM or SIGINT; return whether it had begun to.

    What was asked before is answered, within GRACE_SECONDS.
    """
    server = _Server(
        uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    server.told = started

    def end(*_: object) -> None:
        server.should_exit = True

    # The server raises the signal that ended it once more when it is done: that is no fault.
    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run([bound])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return server.started


class _Server(uvicorn.Server):
    """Says when it has begun."""

    told: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self.started:
            self.told()
