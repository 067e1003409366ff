"""The client for programs with an event loop of asyncio."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from svx_ledger.domain.kind import Command

from .address import Parameter
from .async_sender import AsyncSender, chunks
from .beside import beside
from .call import Call
from .core import Core
from .following import Following
from .outcomes import Done
from .reading import Json, Pages, Table
from .wire import closed_meanwhile

T = TypeVar("T")


class AsyncClient:
    """As `Client`, with the same methods to be awaited, or iterated with `async for`.

    A call that is cancelled may be carried out all the same: give the command again under the
    same key. Whoever leaves an iteration before its end closes it: `contextlib.aclosing`.
    """

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        *,
        timeout: float = 10.0,
        retry_for: float = 30.0,
        allow_http: bool = False,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._core = Core(base_url, timeout=timeout, retry_for=retry_for, allow_http=allow_http)
        self._sender = AsyncSender(self._core, key, transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._core.base!r})"

    async def aclose(self) -> None:
        """Close the connections, and end the live streams: with NotAnswered."""
        await self._sender.close()

    async def execute(
        self,
        command: Command,
        *,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
        on_behalf_of: str | None = None,
        wait_published: bool = False,
    ) -> Done:
        """As `Client.execute`."""
        given = beside(
            idempotency_key, expected_version, on_behalf_of, wait_published=wait_published
        )
        return await self._perform(self._core.execute(command, given))

    async def execute_new(
        self,
        command_cls: type[Command],
        *,
        idempotency_key: str | None = None,
        on_behalf_of: str | None = None,
        wait_published: bool = False,
        **fields: Any,
    ) -> Done:
        """As `Client.execute_new`."""
        given = beside(idempotency_key, None, on_behalf_of, wait_published=wait_published)
        return await self._perform(self._core.execute_new(command_cls, fields, given))

    async def get(self, path: str, /, **parameters: Parameter) -> Json:
        """As `Client.get`."""
        return await self._perform(self._core.get(path, parameters))

    async def table(self, path: str, /, **parameters: Parameter) -> Table:
        """As `Client.table`."""
        return await self._perform(self._core.table(path, parameters))

    def pages(self, path: str, /, **parameters: Parameter) -> AsyncGenerator[Json, None]:
        """As `Client.pages`."""
        return self._each(self._core.pages(path, parameters))

    def events(self, after: int = 0, **parameters: Parameter) -> AsyncGenerator[Json, None]:
        """As `Client.events`."""
        return self._each(self._core.events(after, parameters))

    async def outcome(self, command_id: str, *, on_behalf_of: str | None = None) -> Json:
        """As `Client.outcome`."""
        return await self._perform(self._core.outcome(command_id, on_behalf_of))

    async def receipt(self, position: int) -> bytes:
        """As `Client.receipt`."""
        return await self._perform(self._core.receipt(position))

    async def board(self, auction_id: str, supplier_id: str | None = None) -> Json:
        """As `Client.board`."""
        return await self._perform(self._core.board(auction_id, supplier_id))

    async def leverage(self, **parameters: Parameter) -> Json:
        """As `Client.leverage`."""
        return await self._perform(self._core.get("/leverage", parameters))

    def stream_events(
        self, after: int | None = None, **parameters: Parameter
    ) -> AsyncGenerator[Json, None]:
        """As `Client.stream_events`."""
        return self._follow(self._core.stream_events(after, parameters))

    def watch(
        self, auction_id: str, supplier_id: str | None = None
    ) -> AsyncGenerator[Json, None]:
        """As `Client.watch`."""
        return self._follow(self._core.watch(auction_id, supplier_id))

    async def _perform(self, call: Call[T]) -> T:
        async for attempt in call.attempts():
            with attempt:
                return call.judge(await self._sender.send(call.request, call.until()))
        raise AssertionError("the last attempt returns or raises")

    async def _each(self, pages: Pages) -> AsyncGenerator[Json, None]:
        while (call := pages.call()) is not None:
            for item in pages.items(await self._perform(call)):
                yield item

    async def _follow(self, following: Following) -> AsyncGenerator[Json, None]:
        while not following.ended:
            response = await self._connected(following)
            if response is None:
                return
            try:
                async with aclosing(chunks(response)) as coming:
                    async for chunk in coming:
                        for item in following.fed(chunk):
                            if self._sender.is_closed():
                                raise closed_meanwhile()
                            yield item
                        if following.ended:
                            return
            finally:
                await response.aclose()
            if self._sender.is_closed():
                raise closed_meanwhile()
            await asyncio.sleep(following.pause())

    async def _connected(self, following: Following) -> httpx2.Response | None:
        """Open a connection of a live stream; None where the stream is at its end."""
        call = following.connecting()
        async for attempt in call.attempts():
            with attempt:
                response, reply = await self._sender.begin(call.request, call.until())
                call.judge(reply)
                return response
        raise AssertionError("the last attempt returns or raises")
