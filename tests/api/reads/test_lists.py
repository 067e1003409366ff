"""Lists of things by their names, over HTTP: whose keys, who may act, and the rest."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.api.reads.lists import READS
from svx_ledger.domain.api_key import ApiKey
from tests.api.served import Served, served
from tests.cli.conftest import Example

from .reading import Reader

PATHS = sorted(read.path for read in READS)
PAGE = Path(__file__).parents[3] / "docs" / "api" / "README.md"


def test_the_page_has_every_list_and_what_narrows_it() -> None:
    said = PAGE.read_text(encoding="utf-8").partition("| list | narrowed by |")[2]
    said = said.partition("\n\n")[0]
    rows = re.findall(r"^\| `GET (/[a-z-]+)`[^|]*\| (.*) \|$", said, re.MULTILINE)
    narrowed = {path: re.findall(r"`(\w+)`", filters) for path, filters in rows}

    assert narrowed == {read.path: [one.name for one in read.parameters] for read in READS}


async def asked(one: Served, key: str | None, *addresses: str) -> list[Any]:
    async with one.client(key) as client:
        return [(await client.get(address)).json()["items"] for address in addresses]


def test_whoever_has_a_key_finds_it_and_no_secret(tmp_path: Path) -> None:
    with served(tmp_path) as one:
        first, second = one.auction.bidders[:2]
        mine, other = one.key(first), one.key(second)
        name = f"api-key-{mine.split('_')[1]}"
        state = one.exchange.state(ApiKey, name)
        assert state is not None

        async def ask() -> tuple[Any, ...]:
            async with one.client(mine) as client:
                return (await client.get("/api-keys")), (
                    await client.get("/api-keys?format=csv")
                )

        answers = asyncio.run(ask())
        (listed, access) = asyncio.run(asked(one, mine, "/api-keys", "/access"))
        (theirs,) = asyncio.run(asked(one, other, "/api-keys"))
        whose = f"/api-keys?organisation={first.organisation}"
        assert asyncio.run(asked(one, other, whose)) == [[]]
        assert asyncio.run(asked(one, None, "/api-keys", "/access")) == [[], []]

    (key,) = listed
    assert (key["api_key_id"], key["state"], key["person_id"]) == (name, "in-force", first.id)
    assert {one["access_id"] for one in access} == {key["access_id"]}
    assert {one["organisation_id"] for one in theirs} == {second.organisation}
    for answer in answers:
        assert name in answer.text
        assert state.secret_sha256 not in answer.text
        assert mine.split("_")[2] not in answer.text


def test_an_observer_of_an_authority_is_shown_no_access_and_no_key(tmp_path: Path) -> None:
    with served(tmp_path) as one:
        buyer = one.auction.buyer
        observer = replace(buyer, id="person-observer", role="authority.observer")
        keys = one.key(buyer), one.key(observer)
        seen = [asyncio.run(asked(one, key, "/access", "/api-keys")) for key in keys]

    assert all(seen[0])
    assert seen[1] == [[], []]


def test_keys_are_found_by_their_state(tmp_path: Path) -> None:
    with served(tmp_path) as one:
        key = one.key(one.auction.buyer)
        states = ("in-force", "revoked", "expired")
        addresses = [f"/api-keys?state={state}" for state in states]
        found = asyncio.run(asked(one, key, *addresses))

    assert [len(items) for items in found] == [1, 0, 0]


def test_a_table_that_is_saved_has_a_name_and_begins_with_its_header(
    at_the_end: Reader,
) -> None:
    operator = at_the_end.as_("operator:/person-eye")
    table = operator.get("/needs", {"Accept": "text/csv"})

    assert table.headers["content-disposition"] == 'inline; filename="needs.csv"'
    assert table.content.startswith(b"need_id,")
    assert "content-disposition" not in operator.get("/needs").headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("limit", [1, 2])
def test_pages_sum_to_the_whole(at_the_end: Reader, path: str, limit: int) -> None:
    operator = at_the_end.as_("operator:/person-eye")
    whole = operator.items(path)

    assert operator.items(path, limit) == whole
    csv = operator.get(path, {"Accept": "text/csv"})
    assert len(csv.text.splitlines()) == len(whole) + 1
    if len(whole) > 1:
        link = operator.get(path, limit=1).headers["link"]
        following = operator.get(link[1 : link.index(">")])
        assert following.json()["items"] == whole[1:2]


def test_things_are_found_by_what_they_belong_to(at_the_end: Reader, example: Example) -> None:
    deal = example.deal
    (contract,) = at_the_end.items("/contracts", supplier=deal.winner, state="entered")
    pledges = at_the_end.items("/pledges", contract=deal.contract)

    assert (contract["contract_id"], contract["authority_id"]) == (
        deal.contract,
        deal.authority,
    )
    assert at_the_end.items("/contracts", supplier=deal.rival) == []
    assert at_the_end.items("/contracts", state="terminated") == []
    assert len(pledges) > 1
    assert at_the_end.items("/pledges", supplier=deal.winner, state="committed") == pledges
    assert at_the_end.items("/pledges", community=deal.winner) == []
    assert at_the_end.items("/procurements", authority=deal.authority) != []
    assert at_the_end.items("/procurements", authority=deal.winner) == []
    assert at_the_end.items("/projects", community=deal.community) != []
    assert at_the_end.items("/proxy-sets", state="superseded") == []
    for page in at_the_end.items("/organisations", side="supplier"):
        assert at_the_end.ok(f"/organisations/{page['organisation_id']}")


@pytest.mark.parametrize(
    ("address", "pointer"),
    [
        ("/contracts?state=open", "/query/state"),
        ("/pledges?supplier=somebody", "/query/supplier"),
        ("/organisations?side=nobody", "/query/side"),
        ("/api-keys?organisation=access-8f3k", "/query/organisation"),
        ("/projects?state=open", "/query"),
        ("/access?limit=0", "/query/limit"),
    ],
)
def test_a_filter_of_another_form_is_pointed_at(
    at_the_end: Reader, address: str, pointer: str
) -> None:
    answer = at_the_end.get(address)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
