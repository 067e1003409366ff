"""Requests put straight to an application, byte for byte: no client mends what is sent."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import orjson

from svx_ledger.api.responses import PROBLEM_TYPE
from svx_ledger.api.routing import Operation

MARK: Final = "Wq7Zx"
"""Stands in what is sent and is in nothing that the story or the program says."""
STREAMED: Final = 4
"""Messages after which whoever reads a stream goes away."""
STREAM_SECONDS: Final = 0.03
"""The same where fewer come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as bytes: its body in `parts`, as they come, and whether it `ends`."""

    what: str
    """Which sort it is, for whoever reads of a fault."""
    method: str = "POST"
    path: bytes
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    parts: tuple[bytes, ...] = ()
    ends: bool = True
    operation: Operation | None = None
    """What it is addressed to, where that is known."""
    patience: float = STREAM_SECONDS
    """For how long whoever reads a stream waits for `STREAMED` messages of it."""

    def __str__(self) -> str:
        """Show it, as far as one wants to see."""
        told = [f"{k!r}: {v[:80]!r}" for k, v in self.headers if k != b"authorization"]
        body = b"".join(self.parts)
        where = f"{self.path[:120]!r}?{self.query[:200]!r}"
        return f"{self.what}: {self.method} {where} {{{', '.join(told)}}} {body[:300]!r}"


@dataclass(slots=True)
class Told:
    """An answer as it was sent, with the processor time that it took."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    cpu: float = 0.0

    def header(self, name: str) -> str | None:
        """Return a header; None where there is none."""
        raw = name.lower().encode()
        return next((v.decode("latin-1") for k, v in self.headers if k.lower() == raw), None)

    @property
    def media(self) -> str:
        """Its content type, without parameters."""
        return (self.header("content-type") or "").partition(";")[0]

    @property
    def problem(self) -> str | None:
        """The name of the problem that it is, if it is one."""
        if self.media != PROBLEM_TYPE:
            return None
        return str(orjson.loads(self.body)["type"]).removeprefix("/problems/")


async def ask(app: Any, sent: Sent) -> Told:
    """Put a request to an application."""
    told, parts, gone = Told(), list(sent.parts or (b"",)), asyncio.Event()
    messages = 0

    async def receive() -> dict[str, Any]:
        if parts:
            body = parts.pop(0)
            more = bool(parts) or not sent.ends
            return {"type": "http.request", "body": body, "more_body": more}
        if sent.ends:
            with suppress(TimeoutError):
                await asyncio.wait_for(gone.wait(), sent.patience)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal messages
        if message["type"] == "http.response.start":
            assert told.status == 0, "two answers to one request"
            told.status, told.headers = message["status"], list(message["headers"])
            return
        messages += 1
        told.body += message.get("body", b"")
        if messages >= STREAMED:
            gone.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "http",
        "path": unquote(sent.path.decode("latin-1")),  # as the server behind this does
        "raw_path": sent.path,
        "query_string": sent.query,
        "root_path": "",
        "headers": list(sent.headers),
        "client": ("192.0.2.1", 40_000),
        "server": ("ledger.example", 80),
        "state": {},
    }
    began = time.process_time()
    await app(scope, receive, send)
    told.cpu = time.process_time() - began
    return told
