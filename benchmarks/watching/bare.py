"""A bare server: it writes the same bytes to every connection, and does nothing else."""

import asyncio
import sys
from time import monotonic
from typing import Any

import orjson
import uvloop

_FIRST = b"HTTP/1.1 200 OK\r\n\r\nid: 0\nevent: first\n\n"


class _Sent(asyncio.Protocol):
    def __init__(self, connected: set[asyncio.Transport]) -> None:
        self._connected = connected

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport

    def data_received(self, data: bytes) -> None:
        del data  # whatever it asks for
        self._connected.add(self._transport)
        self._transport.write(_FIRST)

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self._connected.discard(self._transport)


async def _serve(size: int, rate: float) -> None:
    loop = asyncio.get_running_loop()
    connected: set[asyncio.Transport] = set()
    server = await loop.create_server(lambda: _Sent(connected), "127.0.0.1", 0)
    _say(server.sockets[0].getsockname()[1])
    while line := await asyncio.to_thread(sys.stdin.readline):
        _, count = orjson.loads(line)
        began, sent = monotonic(), []
        for n in range(1, count + 1):
            await asyncio.sleep(max(0.0, began + n / rate - monotonic()))
            sent.append((n, monotonic()))
            message = b"id: %d\n" % n
            message += b"x" * (size - len(message))
            for transport in connected:
                transport.write(message)
        _say(sent)


def _say(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    task = orjson.loads(sys.argv[1])
    uvloop.run(_serve(task["size"], task["rate"]))
