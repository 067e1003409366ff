"""The two worlds again: nothing else that can be asked for tells them apart either.

Positions and times are the same in both, as is how many records are hidden: that stays visible.
"""

import asyncio
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import orjson
import pytest

from svx_ledger.api.reads import lists
from svx_ledger.api.vocabulary import path_of
from tests.api.served import Served

from .two_worlds import MINE, OF_MINE, OF_NOBODY, OF_YOURS, VIEWERS, YOURS

SUPPLIERS = (MINE, YOURS)
PARTICIPATIONS = (OF_MINE, OF_YOURS, OF_NOBODY)
OTHERS = {**VIEWERS, "operator": "operator:/person-operator"}
SAID = ("etag", "svx-position", "link", "cache-control", "content-type")
Answer = tuple[int, object, Mapping[str, str | None]]


def addresses(head: int) -> Iterator[str]:
    """Give what is asked, of suppliers, of what they take part in, and of all records."""
    for stream in (*SUPPLIERS, *PARTICIPATIONS):
        yield f"/streams/{stream}"
        for how in ("", "?position=1", f"?position={head}"):
            yield f"/streams/{stream}/replay{how}"
        yield f"/auctions/{stream}/replay"
        yield f"/trail?thing={stream}"
    for n, supplier in enumerate(SUPPLIERS):
        yield f"/organisations/{supplier}"
        yield f"/trail?organisation={supplier}"
        yield f"/trail?person=person-w001-bidder00{n}"
    yield from (one.path for one in lists.READS)
    yield from ("/procurements/procurement-w001", "/needs/need-w001n000")
    yield "/trail?type=participation-began.v1"
    yield "/trail?thing=auction-w001"
    yield "/trail?limit=1000"
    yield from (f"/events/{position}" for position in range(1, head + 1))


def read(answer: Any) -> Answer:
    """Return all that an answer says, but for leaves: there is a random salt in each."""
    headers = {name: answer.headers.get(name) for name in SAID}
    said = orjson.loads(answer.content)
    if without_leaves(said):
        headers.pop("etag")  # it has a digest of them
    return answer.status_code, said, headers


def without_leaves(said: Any) -> int:
    """Take the leaves out of an answer; return how many there were."""
    if isinstance(said, list):
        return sum(map(without_leaves, said))
    if not isinstance(said, dict):
        return 0
    own = said.pop("head", None) is not None
    return own + sum(map(without_leaves, said.values()))


async def answers(one: Served, viewer: str | None) -> dict[str, Answer]:
    """Return what every address is answered."""
    async with one.client(viewer) as client:
        return {asked: read(await client.get(asked)) for asked in addresses(one.head())}


@pytest.mark.parametrize("who", OTHERS)
def test_nothing_that_is_read_tells_the_worlds_apart(
    worlds: tuple[Served, Served], who: str
) -> None:
    one, other = (asyncio.run(answers(world, OTHERS[who])) for world in worlds)

    for asked, said in one.items():
        assert said == other[asked], asked
    for supplier in SUPPLIERS:
        status, thing, headers = one[f"/streams/{supplier}"]
        assert isinstance(thing, dict)
        assert status == 200
        assert [event["version"] for event in thing["events"]] == [1, 2, 3]
        assert str(headers["etag"]).startswith('"3-')


@pytest.mark.parametrize("who", OTHERS)
def test_participations_are_answered_for_as_if_there_were_none(
    worlds: tuple[Served, Served], who: str
) -> None:
    for world in worlds:
        found = asyncio.run(answers(world, OTHERS[who]))
        for asked, said in found.items():
            if OF_MINE in asked or OF_YOURS in asked:
                nowhere = asked.replace(OF_MINE, OF_NOBODY).replace(OF_YOURS, OF_NOBODY)
                assert said == found[nowhere], asked
                assert said[0] == (200 if asked.startswith("/trail") else 404)


def test_the_supplier_itself_reads_them(worlds: tuple[Served, Served]) -> None:
    async def read_own(one: Served) -> tuple[int, str | None, Any]:
        async with one.client(f"supplier.bidder:{MINE}/person-w001-bidder000") as client:
            answer = await client.get(f"/streams/{OF_MINE}")
            return answer.status_code, answer.headers.get("etag"), answer.json()

    (status, tag, thing), (elsewhere, *_) = (asyncio.run(read_own(world)) for world in worlds)

    assert (status, str(tag)[:3], elsewhere) == (200, '"1-', 404)
    assert thing["state"] == {"auctions": {"auction-w001": "organisation-w001auth"}}


def test_no_version_that_somebody_meets_tells_the_worlds_apart(
    worlds: tuple[Served, Served],
) -> None:
    """Somebody else writes to the supplier's stream: what fits, and what the answer says."""

    async def acts(one: Served) -> list[tuple[int, Any]]:
        found: list[tuple[int, Any]] = []
        async with one.client("operator:/person-operator") as client:
            for supplier, version in product(SUPPLIERS, ("1", "2", "4", "5", "3")):
                answer = await client.post(
                    path_of("SuspendOrganisation", supplier),
                    json={"reason": "Under inquiry (fictional)"},
                    headers={
                        "If-Match": f'"{version}"',
                        "Idempotency-Key": f"suspend-{supplier}-{version}",
                    },
                )
                found.append((answer.status_code, answer.json()))
        return found

    one, other = (asyncio.run(acts(world)) for world in worlds)

    assert one == other
    assert [status for status, _ in one] == [412, 412, 412, 412, 200] * 2
    assert [said["version"] for status, said in one if status == 200] == [4, 4]
