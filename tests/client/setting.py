"""A small ledger behind the application, and how both clients are asked the same."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from svx_ledger.client import AsyncClient, Client
from tests.api.served import Served

T = TypeVar("T")
Sort = Literal["blocking", "awaited"]
SORTS: tuple[Sort, Sort] = ("blocking", "awaited")


class Either:
    """A client of either sort, each of whose calls is asked for by its name, and waited for."""

    def __init__(self, sort: Sort, url: str, key: str | None = None, **settings: Any) -> None:
        self.sort, self.url, self.key = sort, url, key
        self.settings: dict[str, Any] = {"timeout": 2.0, "retry_for": 5.0} | settings

    def ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        """Make a client, call one method, close it."""
        if self.sort == "blocking":
            with Client(self.url, self.key, **self.settings) as client:
                return getattr(client, method)(*arguments, **named)

        async def ask(client: AsyncClient) -> Any:
            return await getattr(client, method)(*arguments, **named)

        return self._awaited(ask)

    def list(self, method: str, *arguments: Any, most: int = 1000, **named: Any) -> list[Any]:
        """Return the first items of an iteration."""
        items: list[Any] = []
        if self.sort == "blocking":
            with Client(self.url, self.key, **self.settings) as client:
                going_on = getattr(client, method)(*arguments, **named)
                for item in going_on:
                    items.append(item)
                    if len(items) == most:
                        break
                going_on.close()
            return items

        async def ask(client: AsyncClient) -> Any:
            going_on = getattr(client, method)(*arguments, **named)
            async for item in going_on:
                items.append(item)
                if len(items) == most:
                    break
            await going_on.aclose()
            return items

        return self._awaited(ask)

    def _awaited(self, ask: Callable[[AsyncClient], Awaitable[T]]) -> T:
        async def run() -> T:
            async with AsyncClient(self.url, self.key, **self.settings) as client:
                return await ask(client)

        return asyncio.run(run())


def written(one: Served, command_id: str) -> int:
    """Return how many events are on the log under a command id."""
    events = one.exchange.recorded(1, one.head())
    return sum(event.command.id == command_id for event in events)
