"""Clients who each keep a connection open and wait for one answer before the next bid.

Requests are bytes that were made before; of an answer only its status and length are read:
what a client costs is the server's time on a machine with two cores.
"""

import asyncio
from itertools import count
from time import perf_counter

from benchmarks.measure import Sample
from benchmarks.scene import Bidder
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.shapes import shape_of

from .keys import key_text

_ids = count(1)


def requests(number: int, bidder: Bidder, first: int, each: int) -> list[bytes]:
    """Return so many bids of a bidder, from number `first`, as HTTP requests."""
    made = []
    for bid in bidder.bids(first, each):
        plain = shape_of(type(bid)).encode(bid)
        del plain["auction_id"]
        body = canonical(plain)
        head = (
            f"POST /auctions/{bidder.auction}/bid HTTP/1.1\r\nHost: ledger.example\r\n"
            f"Authorization: Bearer {key_text(number)}\r\nIdempotency-Key: {next(_ids)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def all_at_once(port: int, given: list[list[bytes]]) -> Sample:
    """Let each client send its requests one after the other; return how long all took."""
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in given]
    waits: list[float] = []
    began = perf_counter()
    await asyncio.gather(
        *(
            _one(*connection, requests, waits)
            for connection, requests in zip(connections, given, strict=True)
        )
    )
    seconds = perf_counter() - began
    for _, writer in connections:
        writer.close()
    return Sample(len(waits), seconds, waits)


async def _one(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    given: list[bytes],
    waits: list[float],
) -> None:
    for request in given:
        asked = perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{head.decode()}{body.decode()}")
        waits.append(perf_counter() - asked)
