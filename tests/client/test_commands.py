"""Commands through the client, in process, on the real application."""

import asyncio
from dataclasses import asdict, replace
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route

from svx_ledger.api.commands import over_http
from svx_ledger.api.vocabulary import creates, path_of, path_to_new
from svx_ledger.api.written import MOST_POSITION
from svx_ledger.client import AsyncClient, Done, Refused
from svx_ledger.client.beside import beside
from svx_ledger.client.call import Patience
from svx_ledger.client.giving import giving, giving_new
from svx_ledger.domain.auction.closing import CloseAuction
from svx_ledger.domain.auction.inviting import AcceptInvitation
from svx_ledger.domain.book import AddLogKey, OpenLedger, RevokeLogKey, StartEpoch
from svx_ledger.domain.kind import Command, fields_of
from svx_ledger.domain.project import RegisterProject
from svx_ledger.eventlog.canonical import read_message
from svx_ledger.eventlog.commands import command_from
from svx_ledger.ledger import Sequenced
from tests.api.served import Served
from tests.golden.areas.published import CHECKPOINT, FIRST_KEY, KEY_OF_EPOCH_2
from tests.strategies import values_of
from tests.world import PLACE

from .conftest import LEAD, Registrar

PATIENCE = Patience(10, 30)
FIELDS: dict[str, Any] = {
    "organisation_id": LEAD.organisation,
    "title": "Chess club",
    "summary": "Once a week",
    "place": PLACE,
}


def ask(one: Served, key: str | None, method: str, *arguments: Any, **named: Any) -> Any:
    """Ask the application in process."""

    async def run() -> Any:
        transport = httpx2.ASGITransport(app=one.app)
        url = "https://ledger.example"
        async with AsyncClient(url, key, transport=transport) as client:
            return await getattr(client, method)(*arguments, **named)

    return asyncio.run(run())


def test_done_says_what_the_ledger_says(registrar: Registrar) -> None:
    command, one = registrar.command(), registrar.one
    done = ask(one, registrar.key, "execute", command, idempotency_key="said")
    answer = one.exchange.execute(command, LEAD, "said")

    assert isinstance(answer, Sequenced)
    assert done == Done(
        command_id="said",
        position=answer.first_position,
        last_position=answer.last_position,
        stream=command.project_id,
        version=1,
        recorded_at=answer.recorded_at,
        events=done.events,
    )
    assert [(e.stream, e.type) for e in done.events] == [
        (command.project_id, "project-registered.v1")
    ]
    assert done.events[0].data["place"] == {
        name: value for name, value in asdict(PLACE).items() if value is not None
    }


def test_a_thing_that_the_ledger_names_has_one_name_for_one_key(registrar: Registrar) -> None:
    one = registrar.one
    first = ask(one, registrar.key, "execute_new", RegisterProject, **FIELDS)
    again = ask(
        one,
        registrar.key,
        "execute_new",
        RegisterProject,
        idempotency_key=first.command_id,
        **FIELDS,
    )
    other = ask(one, registrar.key, "execute_new", RegisterProject, **FIELDS)

    assert first == again
    assert first.stream.startswith("project-")
    assert other.stream != first.stream


def test_what_makes_no_thing_is_not_given_on_a_new_one(registrar: Registrar) -> None:
    bid = over_http()["SubmitBid"]
    with pytest.raises(ValueError, match="makes nothing that the ledger names"):
        ask(registrar.one, registrar.key, "execute_new", bid)


def test_the_ledger_names_what_it_has_an_address_for(registrar: Registrar) -> None:
    offered = {
        route.path
        for route in registrar.one.app.routes
        if isinstance(route, Route) and "POST" in (route.methods or ())
    }
    for name, cls in over_http().items():
        with pytest.raises((ValueError, TypeError)) as told:  # TypeError: there are no fields
            giving_new(cls, {}, beside("one", None, None), PATIENCE)

        has_address = path_to_new(name) in offered
        assert has_address is creates(cls)
        assert has_address is (told.type is TypeError), name
    assert not creates(over_http()["IssueApiKey"])


@pytest.mark.parametrize(
    "command",
    [
        OpenLedger(ledger_id="ledger-0000", origin="x.example/x", clock="real"),
        AddLogKey(ledger_id="ledger-0000", verifier_key=FIRST_KEY),
        RevokeLogKey(ledger_id="ledger-0000", verifier_key=FIRST_KEY, reason="Lost"),
        StartEpoch(
            ledger_id="ledger-0000",
            epoch=2,
            checkpoint=CHECKPOINT,
            verifier_key=KEY_OF_EPOCH_2,
            reason="Restored",
        ),
        CloseAuction(auction_id="auction-0000", closed_at=None),  # type: ignore[arg-type]
    ],
    ids=["the opening", "a log's key", "its end", "another epoch", "the clock's"],
)
def test_some_commands_are_not_given_over_http(registrar: Registrar, command: Command) -> None:
    with pytest.raises(ValueError, match="not given over HTTP"):
        ask(registrar.one, registrar.key, "execute", command)


def test_a_rejected_bid_is_refused_and_says_where_it_is_on_record(auctioned: Served) -> None:
    bidder = auctioned.auction.bidders[0]
    bid = auctioned.auction.bid(0, pounds=500)
    key = auctioned.key(bidder)
    ask(auctioned, key, "execute", bid)
    head = auctioned.head()
    with pytest.raises(Refused) as told:
        ask(auctioned, key, "execute", bid, idempotency_key="again")

    assert told.value.rule == "bid-below-increment"
    assert told.value.is_settled
    assert told.value.recorded is not None
    assert told.value.recorded.position == head + 1 == auctioned.head()
    (event,) = auctioned.exchange.recorded(head + 1, head + 1)
    assert told.value.recorded.recorded_at == event.recorded_at


def test_an_expected_version(auctioned: Served) -> None:
    bidder = auctioned.auction.bidders[0]
    bid, key = auctioned.auction.bid(0, pounds=500), auctioned.key(bidder)
    with pytest.raises(Refused) as told:
        ask(auctioned, key, "execute", bid, expected_version=1)
    version = max(row.version for row in auctioned.exchange.store.stream(bid.auction_id))
    done = ask(auctioned, key, "execute", bid, expected_version=version)

    assert (told.value.rule, told.value.problem.status) == ("version-mismatch", 412)
    assert done.version > version


def test_a_version_that_was_stale_stays_so_under_its_key(auctioned: Served) -> None:
    bidder = auctioned.auction.bidders[0]
    bid, key = auctioned.auction.bid(0, pounds=500), auctioned.key(bidder)
    version = max(row.version for row in auctioned.exchange.store.stream(bid.auction_id))
    for expected in (1, version):  # read again, and repeated under the same key
        with pytest.raises(Refused) as told:
            ask(auctioned, key, "execute", bid, expected_version=expected, idempotency_key="b")

        assert told.value.rule == "version-mismatch"
        assert told.value.is_settled
        assert "a new Idempotency-Key" in told.value.problem.remedy
    done = ask(auctioned, key, "execute", bid, expected_version=version, idempotency_key="c")

    assert done.version > version


def test_a_fact_that_names_several_things_is_a_tuple(auctioned: Served) -> None:
    bidder = auctioned.auction.bidders[0]
    assert bidder.organisation is not None
    again = AcceptInvitation(
        auction_id=auctioned.auction.auction_id, supplier_id=bidder.organisation
    )
    with pytest.raises(Refused) as told:
        ask(auctioned, auctioned.key(bidder), "execute", again)

    assert told.value.rule == "wrong-state"
    assert isinstance(told.value.facts["expected"], tuple)
    assert isinstance(told.value.facts["state"], str)


def test_a_key_that_was_used_for_something_else(registrar: Registrar) -> None:
    one = registrar.one
    ask(one, registrar.key, "execute", registrar.command(), idempotency_key="once")
    with pytest.raises(Refused) as told:
        ask(one, registrar.key, "execute", registrar.command(), idempotency_key="once")

    assert told.value.rule == "command-id-reused"


def test_who_enters_it_for_whom_is_said(registrar: Registrar) -> None:
    call = giving(registrar.command(), beside("one", 7, "organisation-w001comm"), PATIENCE)

    assert call.request.headers["Svx-On-Behalf-Of"] == "organisation-w001comm"
    assert call.request.headers["If-Match"] == '"7"'
    assert call.request.headers["Idempotency-Key"] == "one"


NO_KEYS = (
    *("", "x" * 129, "x\r\nY: 1", "x\n", " x", "clock:x", "é"),
    *("my key/1", "a b", "a/b", "(abc)", "_x", "-x", ".", ".."),
)
KEYS = ("x", "7", "x" * 128, "our-bid_1.2~3:4", "Clock:x")


def malformed(registrar: Registrar) -> list[tuple[Command, dict[str, Any], str]]:
    command = registrar.command()
    return [
        (replace(command, title=""), {}, "bad-length"),
        (replace(command, title="a\u202eb"), {}, "bad-text"),
        (replace(command, project_id="project-UP/../x"), {}, "bad-name"),
        *((command, {"idempotency_key": key}, "bad-idempotency-key") for key in NO_KEYS),
        (command, {"expected_version": -1}, "bad-header"),
        (command, {"expected_version": 2**53}, "bad-header"),
        (command, {"expected_version": True}, "bad-header"),
        (command, {"on_behalf_of": "project-w001"}, "bad-header"),
        (command, {"on_behalf_of": "organisation-x\r\nY: 1"}, "bad-header"),
    ]


def test_what_breaks_its_form_is_refused_and_not_sent(registrar: Registrar) -> None:
    for command, beside_it, rule in malformed(registrar):
        with pytest.raises(Refused) as told:
            ask(Nobody(), None, "execute", command, **beside_it)  # type: ignore[arg-type]

        assert told.value.rule == rule, (command, beside_it)
        assert told.value.problem.status == 422


def test_what_the_exchange_takes_for_no_key_is_refused_as_it_would_be(
    registrar: Registrar,
) -> None:
    one = registrar.one
    for key in ("my key/1", "(abc)", "_x", "a b", "clock:x", "x" * 129):
        with pytest.raises(Refused) as here:
            ask(Nobody(), None, "execute", registrar.command(), idempotency_key=key)  # type: ignore[arg-type]

        async def there(key: str = key) -> httpx2.Response:
            async with one.client(registrar.key) as client:
                path = path_of("RegisterProject", "project-0000")
                return await client.post(path, json={}, headers={"Idempotency-Key": key})

        answer = asyncio.run(there())
        problem = here.value.problem
        said = {"status": problem.status, "title": problem.title, "remedy": problem.remedy}
        assert answer.json() == {"type": f"/problems/{here.value.rule}", **said}
        assert not here.value.is_settled
    for key in KEYS:
        with pytest.raises(Refused) as turned_away:  # the key is taken, and the command is not
            ask(one, None, "execute", registrar.command(), idempotency_key=key)

        assert turned_away.value.rule == "not-authenticated"


@pytest.mark.parametrize("key", NO_KEYS)
def test_nothing_became_of_what_is_no_key(key: str) -> None:
    with pytest.raises(Refused) as told:
        ask(Nobody(), None, "outcome", key)  # type: ignore[arg-type]

    assert told.value.rule == "bad-idempotency-key"


class Nobody:
    """In the place of a ledger: an application that must not be asked."""

    async def app(self, *_: object) -> None:
        raise AssertionError("it was sent")


def test_form_is_refused_as_the_ledger_would(registrar: Registrar) -> None:
    faulty = replace(registrar.command(), title="")
    with pytest.raises(Refused) as here:
        ask(registrar.one, registrar.key, "execute", faulty)
    data = {
        **FIELDS,
        "title": "",
        "place": {"police_force": "E23000001", "local_authority": "E09000001"},
    }

    async def there() -> httpx2.Response:
        async with registrar.one.client(registrar.key) as client:
            path = f"/projects/{faulty.project_id}/register"
            return await client.post(path, json=data, headers={"Idempotency-Key": "form"})

    answer = asyncio.run(there()).json()
    assert answer["type"] == f"/problems/{here.value.rule}"
    assert answer["title"] == here.value.problem.title
    assert answer["remedy"] == here.value.problem.remedy
    assert answer["detail"] == here.value.problem.detail == "text of 1 to 200 characters"
    assert answer["errors"] == [fault._asdict() for fault in here.value.problem.errors]


def test_a_version_may_be_as_great_as_the_exchange_takes() -> None:
    headers = beside("key", MOST_POSITION, None).headers()

    assert headers["If-Match"] == f'"{MOST_POSITION}"'


def test_a_made_key_is_new_each_time() -> None:
    keys = {beside(None, None, None).key for _ in range(1000)}

    assert len(keys) == 1000
    assert {len(key) for key in keys} == {32}


@given(st.data())
def test_every_command_arrives_as_it_was_given(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from([*over_http().values()]))
    command: Command = data.draw(values_of(cls))
    request = giving(command, beside(None, None, None), PATIENCE).request
    target = fields_of(cls)[0]
    body = read_message(request.content or b"")

    assert request.path == path_of(cls.__name__, command.target())
    assert command_from(cls.__name__, {target: command.target(), **body}) == command
