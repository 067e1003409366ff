"""The witness over HTTP: one route, and bounds on what it reads."""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from .answering import Answer, Witness
from .request import BODY_BYTES

BODY_SECONDS: Final = 10.0
"""Within which a request has come whole."""


def create_application(witness: Witness, note: Callable[[Answer], None]) -> Starlette:
    """Return the application; `note` hears every answer of the witness."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _bounded(request)
        except TimeoutError:
            return Response("the request did not come in time\n", 408)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(f"a request has {BODY_BYTES} bytes at most\n", 413)
        answer = await run_in_threadpool(witness.add_checkpoint, body)
        note(answer)
        headers = {"Content-Type": answer.media_type, "Cache-Control": "no-store"}
        return Response(answer.body, answer.status, headers)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


async def _bounded(request: Request) -> bytes | None:
    """Return the body, counted as it comes; None once it is longer than any request is."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return bytes(body)
