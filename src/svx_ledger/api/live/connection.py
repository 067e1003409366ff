"""What the server has to know of connections, so that one that takes nothing can be let go.

What the server's own protocol is made of (`api.process.protocol`). Without it such a stream
ends as well, but what was still to be sent on it stays in memory for as long as the other side
likes.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .streaming import ABORT

UNSENT_BYTES: Final = 128 * 1024
"""What the system holds at most of what was written and could not be sent yet."""
UNANSWERED_MS: Final = 30_000
"""After how long without any answer to what was sent the system gives a connection up."""
_OPTIONS: Final = (
    ("TCP_NOTSENT_LOWAT", UNSENT_BYTES),
    ("TCP_USER_TIMEOUT", UNANSWERED_MS),
)


class Connection(HttpToolsProtocol):
    """One connection of the server, which a stream can cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Bound what a connection holds that takes nothing."""
        super().connection_made(transport)
        connected: Any = transport.get_extra_info("socket")
        for name, value in _OPTIONS:
            option = getattr(socket, name, None)
            if connected is not None and option is not None:
                with suppress(OSError):  # a socket of another family
                    connected.setsockopt(socket.IPPROTO_TCP, option, value)

    def on_message_begin(self) -> None:
        """Hand on how the connection is cut."""
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {ABORT: self.transport.abort}
