"""Two ledgers that differ only in who takes part: nobody who may not know tells them apart.

What is traceless is not even named by its stream. So what is asked of a stream's feed is
answered the same, byte by byte, whether or not there is such a stream: its pages, where they
end, and its messages, with the ids between them.
"""

import asyncio
from collections.abc import Iterator
from itertools import product

import pytest

from svx_ledger.api.feed import pages as feed_pages
from svx_ledger.api.live import followers, hub
from tests.api.served import Served

from .streamed import reading
from .two_worlds import MINE, OF_MINE, OF_NOBODY, OF_YOURS, VIEWERS, YOURS

PARTICIPATIONS = (OF_MINE, OF_YOURS, OF_NOBODY)
STREAMS = (None, MINE, YOURS, *PARTICIPATIONS)
KINDS = (None, "participation-began.v1", "organisation-verified.v1", "key-registered.v1")


def queries(head: int) -> Iterator[dict[str, str]]:
    """Give what is asked of the feed."""
    for stream, kind, limit, after in product(STREAMS, KINDS, "12", (0, head - 8)):
        given = {"stream": stream, "type": kind, "limit": limit, "after": str(after)}
        yield {name: value for name, value in given.items() if value is not None}


async def pages(one: Served, viewer: str | None) -> dict[str, tuple[object, ...]]:
    """Return what every query is answered."""
    found: dict[str, tuple[object, ...]] = {}
    async with one.client(viewer) as client:
        for query in queries(one.head()):
            answer = await client.get("/events", params=query)
            known = query.get("stream") not in PARTICIPATIONS
            assert answer.status_code == (200 if known else 404), (query, answer.text)
            said = ("link", "svx-position")
            found[str(query)] = (answer.content, *map(answer.headers.get, said))
    return found


async def messages(one: Served) -> list[list[bytes]]:
    """Return what each viewer is sent of each stream from its beginning on, with all ids."""

    async def of(viewer: str | None, stream: str) -> list[bytes]:
        async with reading(one.app, "/events", viewer, after=0, stream=stream) as reader:
            await reader.reaches(one.head())
            _retry, *said = reader.body.split(b"\n")
            return said

    asked = product(VIEWERS.values(), (MINE, YOURS))
    return await asyncio.gather(*(of(viewer, stream) for viewer, stream in asked))


def test_pages_tell_no_worlds_apart(worlds: tuple[Served, Served]) -> None:
    for name, viewer in VIEWERS.items():
        one, other = (asyncio.run(pages(world, viewer)) for world in worlds)
        for query, said in one.items():
            assert said == other[query], (name, query)


def test_no_page_ends_at_what_may_not_be_known(
    worlds: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_pages, "MOST_READ", 2)
    monkeypatch.setattr(feed_pages, "MOST_PASSED", 2)
    one, other = (asyncio.run(pages(world, None)) for world in worlds)
    for query, said in one.items():
        assert said == other[query], query


def test_streams_tell_no_worlds_apart(
    worlds: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "PAGE_EVENTS", 1)
    monkeypatch.setattr(hub, "SWEEP_SECONDS", 0.1)
    monkeypatch.setattr(hub, "HEARTBEAT_SECONDS", 0.05)
    one, other = (asyncio.run(messages(world)) for world in worlds)

    assert one == other


def test_the_supplier_itself_is_told_and_nobody_else(worlds: tuple[Served, Served]) -> None:
    itself = f"supplier.bidder:{MINE}/person-w001-bidder000"
    buyer = "authority.buyer:organisation-w001auth/person-w001-buyer"
    asked = f"/events?stream={OF_MINE}&type=participation-began.v1&limit=1"

    async def told(one: Served, viewer: str | None) -> int | None:
        async with one.client(viewer) as client:
            answer = await client.get(asked)
            return len(answer.json()["items"]) if answer.status_code == 200 else None

    assert [asyncio.run(told(world, itself)) for world in worlds] == [1, None]
    for viewer in (*VIEWERS.values(), buyer):
        assert [asyncio.run(told(world, viewer)) for world in worlds] == [None, None]


def test_nobody_follows_what_another_takes_part_in(worlds: tuple[Served, Served]) -> None:
    async def status(one: Served, viewer: str | None, stream: str) -> int:
        follows = {"accept": "text/event-stream"}
        async with one.client(viewer) as client:
            answer = await client.get("/events", params={"stream": stream}, headers=follows)
            return answer.status_code

    for world, viewer, stream in product(worlds, VIEWERS.values(), PARTICIPATIONS):
        assert asyncio.run(status(world, viewer, stream)) == 404
