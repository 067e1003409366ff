"""Watchers of a stream: connections that note when which bytes came, and nothing else.

What they are told is read once all is over, so that a watcher costs the server's machine as
little as it can.
"""

import asyncio
import re
from time import monotonic
from typing import Any

_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)
_AT_ONCE = 50


class _Watcher(asyncio.Protocol):
    def __init__(self, request: bytes) -> None:
        self._request = request
        self.came: list[tuple[float, bytes]] = []
        self.begun = asyncio.get_running_loop().create_future()
        self.transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note what came, and when."""
        self.came.append((monotonic(), data))
        if not self.begun.done() and b"event: " in data:
            self.begun.set_result(None)

    def times(self) -> list[tuple[int, float]]:
        """Return which positions were told, and when."""
        return [(int(found), at) for at, data in self.came for found in _ID.findall(data)]


class Watchers:
    """Many connections to one stream."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port = port
        self._request = request
        self._all: list[_Watcher] = []

    async def connect(self, count: int) -> None:
        """Connect them all, and wait until each was sent something."""
        loop = asyncio.get_running_loop()
        for first in range(0, count, _AT_ONCE):
            size = min(_AT_ONCE, count - first)
            pairs = await asyncio.gather(
                *(
                    loop.create_connection(
                        lambda: _Watcher(self._request), "127.0.0.1", self._port
                    )
                    for _ in range(size)
                )
            )
            self._all += [protocol for _, protocol in pairs]
            async with asyncio.timeout(30):
                await asyncio.gather(*(protocol.begun for _, protocol in pairs))

    def close(self) -> None:
        """Go away."""
        for watcher in self._all:
            if watcher.transport is not None:
                watcher.transport.close()

    def message(self) -> bytes:
        """Return the last thing that one of them was sent."""
        told = b"".join(data for _, data in self._all[0].came)
        return told[told.rindex(b"id: ") :]

    def waits(self, acts: list[tuple[int, float]]) -> list[float]:
        """Return how long after each act each of them was told of it, or of a later one."""
        waits = []
        for watcher in self._all:
            told = iter(watcher.times())
            position, at = next(told)
            for act, done in acts:
                while position < act:
                    position, at = next(told)  # StopIteration: somebody was not told
                waits.append(at - done)
        return waits
