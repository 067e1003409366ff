"""All traffic once more: the same requests, in any order, to the same server."""

import asyncio
import json
import ssl
from collections.abc import Iterable
from random import Random
from typing import Any, Final

import httpx2

from .traffic import STREAM, Sent, Traffic

AT_ONCE: Final = 16


async def send_again(
    traffic: Traffic, url: str, *, times: int, seed: int, revoked: str
) -> list[str]:
    """Send everything again, shuffled each time; return what was answered otherwise.

    A command is answered as it was at last: an answer that was lost is the one that its
    repetition got. Of a read the answer may be another by now, but there is one. Whatever was
    sent with the key that was `revoked` meanwhile is refused.
    """
    first = told_at_last(traffic.sent)
    found: list[str] = []
    places = asyncio.Semaphore(AT_ONCE)
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with httpx2.AsyncClient(base_url=url, verify=context, limits=limits) as client:

        async def one(sent: Sent) -> None:
            async with places:
                said = await _said(client, sent)
            if sent.header("authorization") == f"Bearer {revoked}":
                if said[0] != 401:
                    found.append(f"{sent.method} {sent.path} with a revoked key: {said[0]}")
            elif sent.command is None:
                if said[0] >= 500:
                    found.append(f"{sent.method} {sent.path}: {said[0]}")
            elif said != first[sent.command]:
                found.append(f"{sent.path} {sent.command[1]}: {first[sent.command]} {said}")

        for turn in range(times):
            shuffled = list(traffic.sent)
            Random(seed + turn).shuffle(shuffled)
            await asyncio.gather(*map(one, shuffled))
    return found


def told_at_last(sent: Iterable[Sent]) -> dict[tuple[str, str], tuple[int, Any]]:
    """Return the final answer to each command; asserts that there is one, and only one."""
    told: dict[tuple[str, str], tuple[int, Any]] = {}
    for one in sent:
        if one.command is None or one.answer is None or one.status is None:
            continue
        if one.status in (429, 502, 503, 504):
            continue
        said = one.status, _plain(one.answer)
        assert told.setdefault(one.command, said) == said, (one.path, said)
    asked = {one.command for one in sent if one.command is not None}
    assert told.keys() == asked
    return told


async def _said(client: httpx2.AsyncClient, sent: Sent) -> tuple[int, Any]:
    request = client.build_request(
        sent.method, sent.path, headers=sent.headers, content=sent.body, timeout=30.0
    )
    response = await client.send(request, stream=True)
    try:
        if response.headers.get("content-type", "").startswith(STREAM):
            return response.status_code, None
        return response.status_code, _plain(await response.aread())
    finally:
        await response.aclose()


def _plain(answer: bytes) -> Any:
    return json.loads(answer) if answer else None
