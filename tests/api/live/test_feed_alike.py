"""Two ledgers that differ only in who takes part: nobody who may not know tells them apart.

What is traceless is not even named by its stream. So what is asked of a stream's feed is
answered the same, byte by byte, whether or not the last on it is traceless: its pages, where
they end, and its messages, with the ids between them.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.api.admission.principals import Principal
from svx_ledger.api.feed import pages as feed_pages
from svx_ledger.api.live import followers, hub
from svx_ledger.api.serving import Config
from tests import world
from tests.api.reads.reading import AsNamed
from tests.api.served import Served, served

from .streamed import reading

MINE, YOURS, RIVAL = (f"organisation-w001s{n:03d}" for n in range(3))
"""The first takes part in one world, the second in the other, the third in both."""
VIEWERS = {
    "public": None,
    "rival": f"supplier.bidder:{RIVAL}/person-w001-bidder002",
    "observer": "authority.observer:organisation-w001auth/person-eye",
    "auditor": "auditor:organisation-w001eval/person-eye",
}
KINDS = (None, "participation-began.v1", "organisation-verified.v1")
MANY = 10**6


class Bearing(AsNamed):
    """The same as keys are presented."""

    async def of(self, authorization: str | None) -> Principal:
        """Return who a header names."""
        return await super().of(authorization and authorization.removeprefix("Bearer "))


@contextmanager
def where(takes_part: int, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve a ledger on which one supplier is invited beside the rival."""

    class Cast(world._Cast):
        def invited(self) -> Iterator[world.Step]:
            among = copy(self)
            among.suppliers = (self.suppliers[takes_part], self.suppliers[2])
            among.bidders = (self.bidders[takes_part], self.bidders[2])
            return super(Cast, among).invited()

    folder.mkdir()
    config = Config(
        heavy_processes=0,
        requests=MANY,
        anonymous_requests=MANY,
        at_once=MANY,
        watchers_each=20,
    )
    with ExitStack() as stack:
        with patch.context() as patched:
            patched.setattr(world, "_Cast", Cast)
            one = stack.enter_context(served(folder, bidders=3, config=config))
        one.app.state.serving.principals = Bearing()
        yield one


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    folder, patch = tmp_path_factory.mktemp("alike"), pytest.MonkeyPatch()
    with where(0, folder / "one", patch) as one, where(1, folder / "other", patch) as other:
        yield one, other


def queries(head: int) -> Iterator[dict[str, str]]:
    """Give what is asked of the feed."""
    for stream, kind, limit, after in product((None, MINE, YOURS), KINDS, "12", (0, head - 8)):
        given = {"stream": stream, "type": kind, "limit": limit, "after": str(after)}
        yield {name: value for name, value in given.items() if value is not None}


async def pages(one: Served, viewer: str | None) -> dict[str, tuple[object, ...]]:
    """Return what every query is answered."""
    found: dict[str, tuple[object, ...]] = {}
    async with one.client(viewer) as client:
        for query in queries(one.head()):
            answer = await client.get("/events", params=query)
            assert answer.status_code == 200, (query, answer.text)
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


def test_whoever_may_know_is_told(worlds: tuple[Served, Served]) -> None:
    buyer = "authority.buyer:organisation-w001auth/person-w001-buyer"
    asked = f"/events?stream={MINE}&type=participation-began.v1&limit=1"

    async def told(one: Served, viewer: str | None) -> list[Any]:
        async with one.client(viewer) as client:
            found: list[Any] = (await client.get(asked)).json()["items"]
            return found

    assert [len(asyncio.run(told(world, buyer))) for world in worlds] == [1, 0]
    assert [len(asyncio.run(told(world, None))) for world in worlds] == [0, 0]
