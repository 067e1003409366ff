"""Headers that are sent on several lines: a list is read as one, of a value none counts."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest

from .served import Served, served
from .test_commands import bid


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("headers")) as small:
        yield small


def get(one: Served, path: str, *lines: tuple[str, str]) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        async with one.client() as client:
            return await client.get(path, headers=[*lines])

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ["/auctions", "/problems"])
def test_a_tag_that_is_at_hand_may_stand_on_any_line(one: Served, path: str) -> None:
    tag = get(one, path).headers["ETag"]
    same = get(one, path, ("If-None-Match", '"other"'), ("If-None-Match", tag))
    other = get(one, path, ("If-None-Match", '"other"'), ("If-None-Match", '"third"'))

    assert (same.status_code, other.status_code) == (304, 200)


@pytest.mark.parametrize(
    ("path", "media"), [("/auctions", "text/csv"), ("/problems", "text/html")]
)
def test_a_form_may_be_asked_for_on_any_line(one: Served, path: str, media: str) -> None:
    answer = get(one, path, ("Accept", "image/png"), ("Accept", media))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(media)


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("Idempotency-Key", ("twice-1", "twice-2"), "bad-idempotency-key"),
        ("Idempotency-Key", ("twice-1", "twice-1"), "bad-idempotency-key"),
        ("If-Match", ('"1"', '"999"'), "bad-header"),
        ("Svx-On-Behalf-Of", ("organisation-abcd", "organisation-efgh"), "bad-header"),
    ],
)
def test_where_one_value_is_taken_neither_of_two_counts(
    one: Served, name: str, values: tuple[str, str], problem: str
) -> None:
    key = one.key(one.auction.bidders[0])
    before, usual = one.head(), {"Idempotency-Key": "twice-0"}
    lines = [line for line in usual.items() if line[0] != name]

    async def ask() -> httpx2.Response:
        async with one.client(key) as client:
            path = f"/auctions/{one.auction.auction_id}/bid"
            sent = [*lines, *((name, value) for value in values)]
            return await client.post(path, headers=sent, json=bid(one))

    answer = asyncio.run(ask())

    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}")
    assert one.head() == before


def test_of_two_keys_neither_lets_anybody_in(one: Served) -> None:
    keys = [f"Bearer {one.key(bidder)}" for bidder in one.auction.bidders]
    either = [get(one, "/me", ("Authorization", key)).status_code for key in keys]
    both = get(one, "/me", *(("Authorization", key) for key in keys))

    assert either == [200, 200]
    assert (both.status_code, both.json()["type"]) == (401, "/problems/not-authenticated")
