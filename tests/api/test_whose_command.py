"""To whom a command's id belongs, and what it is given on, at the second address too."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from svx_ledger.api.vocabulary import path_to_new
from svx_ledger.domain.actor import Actor

from .served import Served, served
from .test_commands import offer, post


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


def offered(one: Served, supplier: Actor, **headers: str) -> httpx2.Response:
    path, key = path_to_new("OfferResource"), one.key(supplier)
    return post(one, offer(supplier), key=key, path=path, headers=headers)


def test_what_two_people_make_under_the_same_key_are_two_things(small: Served) -> None:
    answers = [offered(small, bidder) for bidder in small.auction.bidders]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["stream"] for answer in answers] == [
        "resource-offer-yzzscvq37f4knx3c",
        "resource-offer-d0grj0s9h3bn7kzr",
    ]


def test_on_behalf_of_ones_own_organisation_is_the_same_person(small: Served) -> None:
    bidder = small.auction.bidders[0]
    own = {"Svx-On-Behalf-Of": str(bidder.organisation)}
    key = small.key(bidder)
    first = post(small, key=key)
    head = small.head()

    again = post(small, key=key, headers=own)

    assert first.status_code == 200
    assert again.content == first.content
    assert small.head() == head


@pytest.mark.parametrize(
    ("etag", "expected"),
    [
        ('"3"', (412, "/problems/version-mismatch")),
        ("x", (422, "/problems/bad-header")),
        ('"x"', (422, "/problems/bad-header")),
    ],
)
def test_a_version_is_looked_at_where_the_ledger_names_the_new_thing(
    small: Served, etag: str, expected: tuple[int, str]
) -> None:
    bidder = small.auction.bidders[0]
    small.key(bidder)
    before = [row for row in small.exchange.store.rows() if "resource-offer" in row.stream]

    answer = offered(small, bidder, **{"If-Match": etag})

    assert (answer.status_code, answer.json()["type"]) == expected
    after = [row for row in small.exchange.store.rows() if "resource-offer" in row.stream]
    assert after == before == []
