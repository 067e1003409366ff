"""The outermost layer of every request: its id, the headers of its answer, and what is noted.

What is noted names the route by its template and the key by its id: no query, no body, no
amount. A fault that nobody foresaw ends here, as a problem, and is noted by its type and place.
"""

import asyncio
import logging
import re
import secrets
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from svx_ledger.eventlog.store import NotRead, NotWritten, OutcomeUnknown

from .negotiating import EVENT_STREAM
from .problems import Problem, problem_of
from .refusals import FAULT
from .responses import problem_answer

_REQUEST_ID: Final = re.compile(r"(?=[0-9._~-]*[A-Za-z])[A-Za-z0-9._~-]{8,40}", re.ASCII)
"""As long as a UUID, and with a letter: neither a secret nor an amount is taken for one."""
SEND_SECONDS: Final = 30.0
"""For which whoever asked may take in nothing: an answer that nobody reads keeps a place."""
SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""On every answer, unless its route says otherwise."""
PUBLISHED: Final = SECURITY | {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""The same for what is published of the log: it is everybody's, and asked for without a cookie
or a key, so that a verifier that is a page of somebody else's may read it."""

_KIB: Final = 1024
_ENDING: Final = "this server is ending"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One request, as logs and metrics may know it."""

    method: str
    route: str
    status: int
    seconds: float
    request_id: str
    api_key_id: str | None
    received_kib: int
    sent_kib: int
    """Whole KiB, rounded up: a byte count has the digits of a hidden bid in it."""
    stream: bool = False
    """Whether it went on until either side ended it."""


class Gone(Exception):
    """Whoever asked does not read the answer."""


class Edge:
    """ASGI middleware: everything that holds for each request, whatever it asks."""

    def __init__(
        self,
        app: ASGIApp,
        note: Callable[[Noted], None],
        watched: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._app = app
        self._note = note
        self._watched = watched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, and see to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = received = sent = 0
        is_stream = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message

        async def answer(message: Message) -> None:
            nonlocal status, sent, is_stream
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in scope["state"].get("headers", {}).items():
                    headers.setdefault(name, value)
                if is_stream := _streams(scope, headers):
                    leave_place(scope)  # it goes on for an hour, and is not worked on meanwhile
                    self._watched(1)
                for name, value in _standing(scope["path"]).items():
                    headers.setdefault(name, value)
            else:
                sent += len(message.get("body", b""))
            if is_stream:  # sees to that itself
                await send(message)
                return
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await send(message)
            except TimeoutError:
                raise Gone from None

        try:
            await self._app(scope, counted, answer)
        except Gone:
            pass  # the server ends the connection of an answer that was not completed
        except (Exception, asyncio.CancelledError) as fault:  # the caller gets a problem
            problem = _problem_of(fault, scope)
            if status == 0:
                with suppress(Gone):
                    await problem_answer(problem)(scope, receive, answer)
            if isinstance(fault, asyncio.CancelledError):
                raise
        finally:
            leave_place(scope)
            if is_stream:
                self._watched(-1)
            self._note(
                Noted(
                    method=_method(scope),
                    route=getattr(scope.get("route"), "path", "none"),
                    status=status,
                    seconds=time.perf_counter() - began,
                    request_id=request_id,
                    api_key_id=_key_of(scope),
                    received_kib=-(-received // _KIB),
                    sent_kib=-(-sent // _KIB),
                    stream=is_stream,
                )
            )


def _streams(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether a live stream begins, and not only what HEAD is answered of one."""
    of_stream = headers.get("Content-Type", "").startswith(EVENT_STREAM)
    return of_stream and scope["method"] != "HEAD"


def _standing(path: str) -> Mapping[str, str]:
    """Return the headers that an address has on every answer."""
    published = path == "/log" or path.startswith(("/log/", "/proofs/"))
    return PUBLISHED if published else SECURITY


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        given: str = value.decode("latin-1") if name == b"x-request-id" else ""
        if _REQUEST_ID.fullmatch(given):
            return given
    return secrets.token_hex(16)


def _problem_of(fault: BaseException, scope: Scope) -> Problem:
    """Return what is told of a fault that nobody foresaw; note where it arose."""
    state = scope["state"]
    if isinstance(fault, Exception):
        name, request_id = type(fault).__name__, state["request_id"]
        _log.error("%s at %s, request %s", name, _place(fault), request_id)
        return FAULT
    failure: Exception  # this process ends, and waits for the request no longer
    if state.get("submitted"):
        failure = OutcomeUnknown(_ENDING)
    elif scope["method"] in {"GET", "HEAD"}:
        failure = NotRead(_ENDING)
    else:
        failure = NotWritten(_ENDING)
    return problem_of(failure, state.get("command_id")) or FAULT


def _key_of(scope: Scope) -> str | None:
    """Return the name of the key that was presented, once it is known to be one."""
    principal = scope["state"].get("principal")
    return principal.api_key_id if principal else None


def leave_place(scope: Scope) -> None:
    """Give back the place that the request was given, if it has one still."""
    if leave := scope["state"].pop("leave", None):
        leave()


def _method(scope: Scope) -> str:
    """Return the method; what is none is not repeated."""
    method: str = scope["method"]
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return method if method in known else "other"


def _place(fault: Exception) -> str:
    """Return where a fault arose, without any value."""
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
