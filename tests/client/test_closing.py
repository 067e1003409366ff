"""A client that is closed, before a call or in the middle of it: what is said has its word."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from svx_ledger.client import AsyncClient, Client, NotAnswered, NotDone, Unknown

from .conftest import Registrar
from .hurried import hurried
from .setting import Sort

URL = "https://exchange.example"
KEY = "closing"
Handler = Callable[[httpx2.Request], httpx2.Response]


class Closing:
    """A client of either sort, which is closed before, or while its request is under way."""

    def __init__(self, sort: Sort, then: Handler, *, before: bool = False) -> None:
        self.sort, self.then, self.before, self.asked = sort, then, before, 0

    def ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        return asyncio.run(self._ask(method, arguments, named))

    async def _ask(self, method: str, arguments: Any, named: Any) -> Any:
        if self.sort == "blocking":

            def close_and_answer(request: httpx2.Request) -> httpx2.Response:
                self.asked += 1
                client.close()
                return self.then(request)

            client = Client(URL, transport=httpx2.MockTransport(close_and_answer))
            if self.before:
                client.close()
            said = getattr(client, method)(*arguments, **named)
            return list(said) if method == "stream_events" else said

        async def close_and_be_answered(request: httpx2.Request) -> httpx2.Response:
            self.asked += 1
            await awaited.aclose()
            return self.then(request)

        awaited = AsyncClient(URL, transport=httpx2.MockTransport(close_and_be_answered))
        if self.before:
            await awaited.aclose()
        going_on = getattr(awaited, method)(*arguments, **named)
        if method == "stream_events":
            return [item async for item in going_on]
        return await going_on


def cut(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadError("cut", request=request)


def never_sent(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("no way", request=request)


def refused_by_the_library(_: httpx2.Request) -> httpx2.Response:
    raise RuntimeError("Cannot send a request, as the client has been closed.")


def bad_gateway(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(502)


def busy(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(503, json={"type": "/problems/busy", "status": 503})


@pytest.mark.parametrize(
    ("then", "word"),
    [
        (cut, Unknown),
        (refused_by_the_library, Unknown),
        (bad_gateway, Unknown),
        (never_sent, NotDone),
    ],
)
def test_a_command_that_was_under_way_keeps_its_doubt_and_its_key(
    registrar: Registrar, sort: Sort, then: Handler, word: type[NotDone | Unknown]
) -> None:
    closing = Closing(sort, then)
    with hurried(3), pytest.raises((NotDone, Unknown)) as told:
        closing.ask("execute", registrar.command(), idempotency_key=KEY)

    assert type(told.value) is word
    assert "closed" in told.value.reason
    assert told.value.idempotency_key == KEY
    assert not told.value.repeatable
    assert closing.asked == 1


@pytest.mark.parametrize("before", [True, False])
def test_nothing_was_written_by_a_client_that_is_closed(
    registrar: Registrar, sort: Sort, *, before: bool
) -> None:
    closing = Closing(sort, busy, before=before)
    with hurried(3), pytest.raises(NotDone, match="closed"):
        closing.ask("execute", registrar.command())

    assert closing.asked == (0 if before else 1)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("method", ["get", "stream_events"])
def test_a_read_is_not_answered(sort: Sort, method: str, *, before: bool) -> None:
    arguments = ["/me"] if method == "get" else [0]
    closing = Closing(sort, cut, before=before)
    with hurried(3), pytest.raises(NotAnswered, match="closed"):
        closing.ask(method, *arguments)

    assert closing.asked == (0 if before else 1)


def test_a_stream_that_opens_all_the_same_is_closed_unread(sort: Sort) -> None:
    data = b'id: 1\nevent: event\ndata: {"position":1}\n\n'
    answer = httpx2.Response(200, headers={"Content-Type": "text/event-stream"}, content=data)
    closing = Closing(sort, lambda _: answer)
    with hurried(3), pytest.raises(NotAnswered, match="was closed"):
        closing.ask("stream_events", 0)

    assert answer.is_closed
    assert closing.asked == 1


def test_an_error_of_the_program_is_not_hidden(sort: Sort) -> None:
    def fault(_: httpx2.Request) -> httpx2.Response:
        raise RuntimeError("a fault of a transport")

    async def ask() -> None:
        mock = httpx2.MockTransport(fault)
        if sort == "blocking":
            Client(URL, transport=mock).get("/me")
        else:
            await AsyncClient(URL, transport=mock).get("/me")

    with pytest.raises(RuntimeError, match="a fault of a transport"):
        asyncio.run(ask())
