"""How much a body may have, and what becomes of a connection on which more of it may come."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from .served import Served, served
from .test_commands import bid, post

MOST = 65_536


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


def of_length(one: Served, length: int) -> bytes:
    return json.dumps(bid(one)).encode().ljust(length)


async def in_parts(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), 10_000):
        yield body[at : at + 10_000]


def given(one: Served, body: bytes, *, parts: bool) -> httpx2.Response:
    sent = in_parts(body) if parts else body
    return post(one, content=sent, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("parts", [False, True])
def test_a_body_of_as_many_bytes_as_may_be_is_taken(small: Served, *, parts: bool) -> None:
    answer = given(small, of_length(small, MOST), parts=parts)

    assert answer.status_code == 200, answer.text
    assert "Connection" not in answer.headers


@pytest.mark.parametrize("parts", [False, True])
def test_of_a_body_of_one_byte_more_nothing_is_taken_and_the_connection_ends(
    small: Served, *, parts: bool
) -> None:
    small.key(small.auction.bidders[0])
    answer = given(small, of_length(small, MOST + 1), parts=parts)

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert answer.headers["Connection"] == "close"
    rows = small.exchange.store.rows()
    assert not [row for row in rows if row.type.startswith("bid-")]
