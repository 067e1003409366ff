"""A client that is closed while a connection is being opened, or while a stream is silent."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import httpx2
import pytest

from svx_ledger.client import AsyncClient, Client, NotAnswered, NotDone, NotFulfilled
from svx_ledger.client.following import Following

from .conftest import Registrar
from .faulty import Fate, Faulty, Say, Stream, faulty
from .setting import Sort
from .test_live import AT_ONCE, event

ENOUGH = 10.0
"""Seconds until a test gives up."""


class Held:
    """A lookup of names that begins, and does not end before it may."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()


@contextmanager
def held_lookup() -> Iterator[Held]:
    held, real = Held(), socket.getaddrinfo

    def held_back(*arguments: Any, **named: Any) -> Any:
        held.begun.set()
        assert held.let_go.wait(ENOUGH)
        return real(*arguments, **named)

    with patch.object(socket, "getaddrinfo", held_back):
        try:
            yield held
        finally:
            held.let_go.set()


def under_way_when_closed(sort: Sort, server: Faulty, method: str, *given: Any) -> Any:
    """Call; close while the name is being looked up, then let it be found; return the word."""
    url = server.url.replace("127.0.0.1", "localhost")
    with held_lookup() as held:
        if sort == "awaited":
            return asyncio.run(_awaited(url, held, method, given))
        client, said = Client(url), []

        def call() -> None:
            try:
                went = getattr(client, method)(*given)
                said.append(next(went) if method == "stream_events" else went)
            except NotFulfilled as word:
                said.append(word)

        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        assert held.begun.wait(ENOUGH)
        client.close()
        held.let_go.set()
        thread.join(ENOUGH)
        (word,) = said
        return word


async def _awaited(url: str, held: Held, method: str, given: Any) -> Any:
    client = AsyncClient(url)

    async def call() -> Any:
        try:
            went = getattr(client, method)(*given)
            return await (anext(went) if method == "stream_events" else went)
        except NotFulfilled as word:
            return word

    task = asyncio.create_task(call())
    assert await asyncio.to_thread(held.begun.wait, ENOUGH)
    await client.aclose()
    held.let_go.set()
    return await asyncio.wait_for(task, ENOUGH)


def paths_seen(server: Faulty) -> list[str]:
    """Return what was asked for, once the server has seen all that came before."""
    assert httpx2.get(f"{server.url}/last").status_code == 204
    return [path for _, path, _ in server.asked]


def test_no_stream_is_asked_for_behind_the_close(sort: Sort) -> None:
    with faulty(fates=[Say(204)] * 2) as server:
        word = under_way_when_closed(sort, server, "stream_events", 0)
        assert paths_seen(server) == ["/last"]

    assert isinstance(word, NotAnswered)
    assert "closed" in word.reason


def test_no_command_is_sent_behind_the_close(registrar: Registrar, sort: Sort) -> None:
    with faulty(fates=[Say(204)] * 2) as server:
        word = under_way_when_closed(sort, server, "execute", registrar.command())
        assert paths_seen(server) == ["/last"]

    assert isinstance(word, NotDone)
    assert "closed" in word.reason
    assert not word.repeatable


def read_until_the_close(sort: Sort, fates: list[Fate]) -> tuple[list[int], str]:
    """Read a stream; once its first event has come, close its client from elsewhere.

    Return the events that came, and why no more did.
    """
    seen: list[int] = []
    with faulty(fates=fates) as server, patch.object(Following, "pause", _no_pause):
        if sort == "awaited":
            return seen, asyncio.run(_read(server, seen))
        client, came, why = Client(server.url), threading.Event(), []

        def read() -> None:
            try:
                for item in client.stream_events(0):
                    seen.append(item["position"])
                    came.set()
            except NotAnswered as told:
                why.append(told.reason)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        assert came.wait(ENOUGH)
        client.close()
        thread.join(ENOUGH)
        (reason,) = why
        return seen, reason


async def _read(server: Faulty, seen: list[int]) -> str:
    client, came = AsyncClient(server.url), asyncio.Event()

    async def read() -> None:
        async for item in client.stream_events(0):
            seen.append(item["position"])
            came.set()

    task = asyncio.create_task(read())
    await asyncio.wait_for(came.wait(), ENOUGH)
    await client.aclose()
    with pytest.raises(NotAnswered) as told:
        await asyncio.wait_for(task, ENOUGH)
    return told.value.reason


def _no_pause(_: Following) -> float:
    raise AssertionError("a stream that is closed does not wait for a next connection")


def test_a_silent_stream_ends_with_its_client(sort: Sort) -> None:
    seen, why = read_until_the_close(sort, [Stream((AT_ONCE, event(1)), stays=True)])

    assert seen == [1]
    assert why == "the client was closed"


def test_a_pause_between_connections_ends_with_the_client() -> None:
    paused, why = threading.Event(), []

    def long_pause(_: Following) -> float:
        paused.set()
        return 60.0

    with (
        faulty(fates=[Stream((event(1),))]) as server,
        patch.object(Following, "pause", long_pause),
    ):
        client = Client(server.url)

        def read() -> None:
            with pytest.raises(NotAnswered) as told:
                list(client.stream_events(0))
            why.append(told.value.reason)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        assert paused.wait(ENOUGH)
        client.close()
        thread.join(ENOUGH)

    assert why == ["the client is closed"]


def test_what_came_with_the_last_event_is_not_passed_on_behind_the_close(sort: Sort) -> None:
    both = Stream((event(1) + event(2),), stays=True)
    read = _next_two if sort == "blocking" else _next_two_awaited
    with faulty(fates=[both]) as server, pytest.raises(NotAnswered, match="was closed"):
        read(server)


def _next_two(server: Faulty) -> None:
    client = Client(server.url)
    stream = client.stream_events(0)
    assert next(stream)["position"] == 1
    client.close()
    next(stream)


def _next_two_awaited(server: Faulty) -> None:
    async def read() -> None:
        client = AsyncClient(server.url)
        stream = client.stream_events(0)
        assert (await anext(stream))["position"] == 1
        await client.aclose()
        await anext(stream)

    asyncio.run(read())
