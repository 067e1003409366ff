"""One thing of each kind, read at the address that its commands are given at."""

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest

from svx_ledger.api.addressed import ADDRESSED, BY_STATE, DRAWN
from svx_ledger.api.commands import over_http
from svx_ledger.api.policy import POLICIES
from svx_ledger.api.reads.catalogue import READS
from svx_ledger.api.vocabulary import path_of
from svx_ledger.domain.kind import fields_of
from svx_ledger.domain.vocabulary import KINDS
from tests.api.played import play_into
from tests.api.served import served
from tests.cli.conftest import Example

from .conftest import reader_of
from .reading import Reader

SUPPLIER: Final = "supplier.signatory:organisation-harle/person-eye"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A ledger with things of every kind."""
    url = f"sqlite:///{tmp_path_factory.mktemp('states')}/told.db"
    play_into(url)
    with reader_of(url) as reader:
        yield reader


def things(told: Reader) -> dict[str, list[str]]:
    """Return the names of all things of each kind."""
    found: dict[str, list[str]] = {kind: [] for kind in BY_STATE}
    for row in told.app.state.serving.exchange.store.rows():
        kind = row.stream.rpartition("-")[0]
        if row.version == 1 and kind in found:
            found[kind].append(row.stream)
    return found


def address_of(stream: str) -> str:
    """Return where a thing is read, by its name."""
    one = BY_STATE[stream.rpartition("-")[0]]
    return one.path.replace("{" + one.field + "}", stream)


def test_what_has_commands_can_be_read_where_they_are_given() -> None:
    places = {read.path for read in READS.values()}

    assert set(ADDRESSED) == set(KINDS) - {"participations"}  # which no command is given on
    assert set(BY_STATE) | DRAWN == set(ADDRESSED)
    for name, cls in over_http().items():
        field = fields_of(cls)[0]
        assert path_of(name, "{" + field + "}").rpartition("/")[0] in places
    assert all(POLICIES[kind] is POLICIES["stream"] for kind in BY_STATE)


def test_a_thing_is_what_its_stream_says_without_its_events(told: Reader) -> None:
    for kind, names in things(told).items():
        assert names, kind
        for stream in names:
            for who in (None, SUPPLIER, "operator:/person-eye"):
                reader = told.as_(who)
                answer = reader.get(address_of(stream))
                whole = reader.ok(f"/streams/{stream}")
                del whole["events"]

                assert answer.status_code == 200
                assert answer.json() == whole | {"history": f"/streams/{stream}"}
                assert answer.headers["etag"].startswith(f'"{whole["version"]}-')


def test_what_is_hidden_is_absent_and_named(told: Reader) -> None:
    address = "/access/access-ofharle"
    own, other = told.as_(SUPPLIER).ok(address), told.as_(None).ok(address)

    assert own["state"]["person_id"] == "person-harle-signatory"
    assert own["withheld"] == []
    assert other["state"] == {}
    assert {"person_id", "role"} <= {*other["withheld"]}
    procurement = told.as_(None).ok("/procurements/procurement-recovery")
    assert "title" in procurement["state"]
    assert "interests" not in procurement["state"]
    assert "interests" in procurement["withheld"]


def test_an_observed_procurement_is_one_too(told: Reader) -> None:
    assert set(told.ok("/procurements/procurement-elsewhere")["state"]) == {
        *("ocid", "notices", "awards"),
    }


@pytest.mark.parametrize("kind", BY_STATE)
def test_what_is_not_there_and_what_is_no_such_thing_are_told_alike(
    told: Reader, kind: str
) -> None:
    path, field = BY_STATE[kind].path, BY_STATE[kind].field
    strange = "%00'%ff", "nowhere", "register", f"{kind}-NOWHERE", f"{kind}-x", "a" * 500
    names = (f"{kind}-nowhere", "auction-recovery", "participations-harle", *strange)
    answers = [told.get(path.replace("{" + field + "}", name)) for name in names]

    assert {answer.status_code for answer in answers} == {404}
    first = answers[0].json()
    assert all(answer.json() == first for answer in answers)
    assert first["facts"] == {"kind": kind}


def test_it_is_sent_again_only_when_it_has_changed(
    at_the_end: Reader, example: Example
) -> None:
    deal = example.deal
    again = {}
    for address in (f"/contracts/{deal.contract}", f"/procurements/{deal.procurement}"):
        tag = at_the_end.get(address).headers["etag"]
        again[address] = at_the_end.get(address, {"If-None-Match": tag}).status_code
        assert at_the_end.get(address, {"If-None-Match": '"0"'}).status_code == 200

    assert set(again.values()) == {304}


def test_what_another_was_shown_does_not_stand_for_what_one_is_shown(told: Reader) -> None:
    """Of one version there is one body for each, and its tag is of no use to the other."""
    for address, who in (
        ("/access/access-ofharle", SUPPLIER),
        ("/procurements/procurement-recovery", "authority.buyer:organisation-marchshire/p-eye"),
    ):
        public, named = told.as_(None), told.as_(who)
        shown, hidden = named.get(address), public.get(address)
        tags = [answer.headers["etag"] for answer in (shown, hidden)]

        assert shown.json()["version"] == hidden.json()["version"]
        assert shown.json()["state"] != hidden.json()["state"]
        assert tags[0] != tags[1]
        for reader, (mine, theirs) in ((named, tags), (public, tags[::-1])):
            assert reader.get(address, {"If-None-Match": mine}).status_code == 304
            assert reader.get(address, {"If-None-Match": theirs}).status_code == 200


def test_its_version_is_what_a_command_asks_for(tmp_path: Path) -> None:
    with served(tmp_path) as one:
        address = f"/procurements/{one.auction.procurement_id}"
        command = path_of("ReviewConflicts", one.auction.procurement_id)
        body = {"occasion": "declaration", "findings": [], "suppliers": []}

        async def ask() -> tuple[Any, ...]:
            async with one.client(one.key(one.auction.buyer)) as client:
                read = await client.get(address)
                tag = {"If-Match": read.headers["etag"]}
                done = await client.post(
                    command, json=body, headers=tag | {"Idempotency-Key": "review-1"}
                )
                again = await client.post(
                    command, json=body, headers=tag | {"Idempotency-Key": "review-2"}
                )
                return read, done, again, await client.get(address)

        read, done, again, after = asyncio.run(ask())

    assert (done.status_code, again.status_code) == (200, 412), (done.text, again.text)
    version = done.json()["version"]
    assert after.json()["version"] == version > read.json()["version"]
    assert done.headers["etag"] == f'"{version}"'
    assert after.headers["etag"].startswith(f'"{version}-')
