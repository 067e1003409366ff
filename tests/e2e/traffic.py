"""Every request that went out, byte for byte, with what came back; and all of it once more."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

import httpx2

STREAM: Final = "text/event-stream"


@dataclass(slots=True, kw_only=True)
class Sent:
    """One request, and its answer as far as one came."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    status: int | None = None
    answer: bytes | None = None
    """The whole body; None where it was cut off, and of a live stream."""

    def header(self, name: str) -> str | None:
        """Return what a header of the request says."""
        return next((value for given, value in self.headers if given.lower() == name), None)

    @property
    def command(self) -> tuple[str, str] | None:
        """Whose command it is, by the key, and the command's id; None for a read."""
        named = self.header("idempotency-key")
        return None if named is None else (self.header("authorization") or "", named)


@dataclass(slots=True)
class Traffic:
    """All that was sent, in order."""

    sent: list[Sent] = field(default_factory=list)

    def transport(self) -> httpx2.AsyncBaseTransport:
        """Return a way out on which everything is noted."""
        return _Noting(self.sent)


class _Noting(httpx2.AsyncBaseTransport):
    def __init__(self, into: list[Sent]) -> None:
        self._into = into
        self._out = httpx2.AsyncHTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = Sent(
            method=request.method,
            path=request.url.raw_path.decode("ascii"),
            headers=[(n, v) for n, v in request.headers.multi_items() if n != "host"],
            body=request.content,
        )
        self._into.append(sent)
        response = await self._out.handle_async_request(request)
        sent.status = response.status_code
        if not response.headers.get("content-type", "").startswith(STREAM):
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = _Noted(response.stream, sent)
        return response

    async def aclose(self) -> None:
        await self._out.aclose()


class _Noted(httpx2.AsyncByteStream):
    """A body that is noted once the whole of it has come."""

    def __init__(self, stream: httpx2.AsyncByteStream, sent: Sent) -> None:
        self._stream = stream
        self._sent = sent

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body = bytearray()
        async for part in self._stream:
            body += part
            yield part
        self._sent.answer = bytes(body)

    async def aclose(self) -> None:
        await self._stream.aclose()
