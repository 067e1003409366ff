"""Headers that are sent on several lines: a list is read as one, of a value none counts."""

import asyncio
import json
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


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("Content-Type", "application/json", "text/plain"),
        ("Content-Type", "application/json; charset=utf-8", "text/plain"),
        ("Content-Type", "application/json", "application/json"),
        ("Content-Encoding", "identity", "gzip"),
    ],
)
def test_a_body_has_one_type_and_one_coding(
    one: Served, name: str, value: str, other: str
) -> None:
    key = one.key(one.auction.bidders[0])
    body = json.dumps(bid(one) | {"unheard_of": True})
    usual = {"Idempotency-Key": "typed", "Content-Type": "application/json"}
    lines = [line for line in usual.items() if line[0] != name]

    async def ask(*values: str) -> httpx2.Response:
        async with one.client(key) as client:
            path = f"/auctions/{one.auction.auction_id}/bid"
            sent = [*lines, *((name, value) for value in values)]
            return await client.post(path, headers=sent, content=body)

    once, twice = asyncio.run(ask(value)), asyncio.run(ask(value, other))

    assert (once.status_code, once.json()["type"]) == (422, "/problems/unknown-field")
    assert (twice.status_code, twice.json()["type"]) == (415, "/problems/wrong-media-type")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        *((("0",), 200), (("0", "0"), 422), (("0", "1"), 422), (("0", "end"), 422)),
        *(((str(most),), status) for most, status in ((2**53 - 1, 503), (2**53, 422))),
    ],
)
@pytest.mark.parametrize("path", ["/events", "/auctions/{}"])
def test_a_stream_goes_on_after_one_id(
    one: Served, path: str, values: tuple[str, ...], status: int
) -> None:
    answer = stream(one, path, *values)

    assert answer.status_code == status
    if status == 422:
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_end_that_was_seen_is_one_id(one: Served) -> None:
    over, twice = (stream(one, "/auctions/{}", *("end",) * times) for times in (1, 2))

    assert (over.status_code, twice.status_code) == (200, 422)


def stream(one: Served, path: str, *seen: str) -> httpx2.Response:
    """Ask for the head of a stream, after what was seen of it."""

    async def ask() -> httpx2.Response:
        async with one.client() as client:
            sent = [("Accept", "text/event-stream"), *(("Last-Event-ID", at) for at in seen)]
            return await client.head(path.format(one.auction.auction_id), headers=sent)

    return asyncio.run(ask())


def test_a_version_that_no_thing_can_have_is_of_another_form(one: Served) -> None:
    key, said = one.key(one.auction.bidders[0]), []

    async def ask(version: int) -> httpx2.Response:
        async with one.client(key) as client:
            path = f"/auctions/{one.auction.auction_id}/bid"
            sent = {"Idempotency-Key": f"at-{version}", "If-Match": f'"{version}"'}
            return await client.post(path, headers=sent, json=bid(one))

    for version in (2**53 - 1, 2**53):
        answer = asyncio.run(ask(version))
        said.append((answer.status_code, answer.json()["type"]))

    assert said == [(412, "/problems/version-mismatch"), (422, "/problems/bad-header")]


def test_of_two_keys_neither_lets_anybody_in(one: Served) -> None:
    keys = [f"Bearer {one.key(bidder)}" for bidder in one.auction.bidders]
    either = [get(one, "/me", ("Authorization", key)).status_code for key in keys]
    both = get(one, "/me", *(("Authorization", key) for key in keys))

    assert either == [200, 200]
    assert (both.status_code, both.json()["type"]) == (401, "/problems/not-authenticated")
