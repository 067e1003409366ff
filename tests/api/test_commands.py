"""Commands over HTTP: what each answer says, and that it is true of the log."""

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger.api.commands import name_of_new, over_http
from svx_ledger.api.serving import Config
from svx_ledger.api.vocabulary import VERBS, creates, path_of, path_to_new
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import fields_of
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.eventlog.store import NotWritten, OutcomeUnknown
from svx_ledger.ledger import CommandFailed
from tests.world import OPERATOR, registration

from .served import Served, served


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with served(tmp_path, url=url) as one:
        yield one


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


def bid(one: Served, pounds: int = 500) -> dict[str, Any]:
    supplier = one.auction.bidders[0].organisation
    need = one.auction.need_ids[0]
    lines = [{"need_id": need, "unit": "£", "quantity": str(Decimal(pounds))}]
    return {"supplier_id": supplier, "lines": lines}


def post(
    one: Served,
    body: Any = None,
    *,
    key: str | None = "new",
    path: str | None = None,
    idempotency: str | None = "first",
    **sent: Any,
) -> httpx2.Response:
    """Give a command and return the answer; by default the first bidder's bid."""
    if key == "new":
        key = one.key(one.auction.bidders[0])
    headers = sent.pop("headers", {})
    headers |= {"Idempotency-Key": idempotency} if idempotency is not None else {}

    async def ask() -> httpx2.Response:
        async with one.client(key) as client:
            to = path or f"/auctions/{one.auction.auction_id}/bid"
            given = sent or {"json": bid(one) if body is None else body}
            return await client.post(to, headers=headers, **given)

    return asyncio.run(ask())


BESIDE_THE_STORE = {"OpenLedger", "AddLogKey", "RevokeLogKey", "StartEpoch"}
"""Given by who keeps the ledger, with the command line: no API key opens them."""


def test_every_command_that_is_not_given_beside_the_store_has_an_address() -> None:
    paths = [path_of(name, "x") for name in over_http()]

    assert set(over_http()) == set(VERBS) - BESIDE_THE_STORE
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("act", ["add-log-key", "revoke-log-key", "start-epoch"])
def test_no_log_key_and_no_epoch_has_an_address(small: Served, act: str) -> None:
    (first,) = small.exchange.store.rows(limit=1)
    known, beside = (
        post(small, {}, path=f"/ledgers/{first.stream}/{verb}")
        for verb in ("record-outage", act)
    )

    assert known.status_code == 403
    assert (beside.status_code, beside.json()["type"]) == (404, "/problems/no-such-path")


def test_what_makes_a_thing_has_a_second_address() -> None:
    makers = {name for name, cls in over_http().items() if creates(cls)}

    assert {"RegisterOrganisation", "DraftAuction"} <= makers
    assert not makers & {"SubmitBid", "ApproveFreeze", "IssueApiKey"}
    assert all(path_to_new(name).count("/") == 2 for name in makers)


def test_done_says_where_it_is_on_record(ledger: Served) -> None:
    answer = post(ledger)

    said = answer.json()
    head = ledger.head()
    assert answer.status_code == 200
    assert said["state"] == "sequenced"
    assert (said["position"], said["last_position"]) == (head, head)
    assert said["events"][0]["type"] == "bid-accepted.v1"
    assert said["events"][0]["data"]["value_pence"] == 50_000
    assert answer.headers["ETag"] == f'"{said["version"]}"'
    assert answer.headers["Location"] == f"/events/{head}"


def test_the_request_id_is_in_the_envelope(ledger: Served) -> None:
    answer = post(ledger, headers={"X-Request-Id": "request-0123456789"})

    (row,) = ledger.exchange.store.rows(after=answer.json()["position"] - 1)
    assert answer.headers["X-Request-Id"] == "request-0123456789"
    assert b'"request":"request-0123456789"' in row.record
    assert b'"received_at":"' in row.record


def test_the_same_key_gives_the_first_answer_and_writes_nothing(ledger: Served) -> None:
    key = ledger.key(ledger.auction.bidders[0])
    first = post(ledger, key=key)
    head = ledger.head()
    again = post(ledger, key=key)

    assert again.content == first.content
    assert ledger.head() == head


def test_a_refusal_is_repeated_too(small: Served) -> None:
    key = small.key(small.auction.buyer)
    path = f"/auctions/{small.auction.auction_id}/open"
    first = post(small, {}, key=key, path=path)
    head = small.head()
    again = post(small, {}, key=key, path=path)

    assert (first.status_code, first.json()["type"]) == (409, "/problems/wrong-state")
    assert again.content == first.content
    assert small.head() == head


def test_the_same_instant_in_another_spelling_is_the_same_command(small: Served) -> None:
    exchange = "organisation-exchange"
    operator = Actor(id="person-ops", role="operator", organisation=exchange)
    small.exchange.execute(registration(exchange, side="operator"), OPERATOR)
    verify = VerifyOrganisation(organisation_id=exchange, basis="Known.")
    small.exchange.execute(verify, OPERATOR)
    (genesis,) = small.exchange.store.rows(limit=1)
    path = path_of("ResumeLedger", genesis.stream)
    key, ends = small.key(operator), "2026-01-01T10:00:00.500000Z"
    times = ("2026-01-01T09:00:00Z", "2026-01-01T10:00:00+01:00", "2026-01-01T09:00:01Z")
    first, again, other = (
        post(small, {"not_accepting_from": at, "accepting_again_at": ends}, key=key, path=path)
        for at in times
    )

    assert first.status_code == 200, first.text
    assert again.content == first.content
    (event,) = first.json()["events"]
    assert event["data"]["not_accepting_from"] == "2026-01-01T09:00:00.000000Z"
    assert other.json()["type"] == "/problems/command-id-reused"


def test_the_key_of_another_command_is_refused(small: Served) -> None:
    key = small.key(small.auction.bidders[0])
    post(small, key=key)
    head = small.head()
    other = post(small, bid(small, 700), key=key)

    assert (other.status_code, other.json()["type"]) == (422, "/problems/command-id-reused")
    assert small.head() == head


def test_a_rejected_bid_is_a_refusal_that_is_on_record(small: Served) -> None:
    key = small.key(small.auction.bidders[0])
    post(small, key=key)
    same = post(small, key=key, idempotency="second")

    said = same.json()
    assert (same.status_code, said["type"]) == (409, "/problems/bid-below-increment")
    assert said["recorded"]["position"] == small.head()
    assert said["facts"]["least_pence"] == 50_100


def test_a_stale_version_is_refused(small: Served) -> None:
    version = post(small).json()["version"]
    stale = post(small, bid(small, 700), idempotency="b", headers={"If-Match": '"1"'})
    right = post(small, bid(small, 700), idempotency="c", headers={"If-Match": f'"{version}"'})
    version = right.json()["version"]
    read = {
        "If-Match": f'"{version}-{16 * "0"}"'
    }  # as a read has it, which others see otherwise
    digested = post(small, bid(small, 900), idempotency="d", headers=read)
    late = post(small, bid(small, 950), idempotency="e", headers=read)

    assert (digested.status_code, late.status_code) == (200, 412)
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/version-mismatch")
    assert right.status_code == 200


def test_a_stale_version_stays_the_answer_under_its_key_and_says_to_take_a_new_one(
    small: Served,
) -> None:
    version = post(small).json()["version"]
    again, right = bid(small, 700), {"If-Match": f'"{version}"'}
    stale = post(small, again, idempotency="b", headers={"If-Match": '"1"'})
    repeated = post(small, again, idempotency="b", headers=right)
    anew = post(small, again, idempotency="c", headers=right)

    assert stale.status_code == repeated.status_code == 412
    assert repeated.content == stale.content
    assert "a new Idempotency-Key" in repeated.json()["remedy"]
    assert anew.status_code == 200


DIGESTED = (
    '"1-"',
    '"1-0"',
    '"1-000000000000000G"',
    '"-0123456789abcdef"',
    "1-0123456789abcdef",
)


@pytest.mark.parametrize(
    "etag", ["1", 'W/"1"', '"01"', '"-1"', "*", '"1", "2"', '"1', "", *DIGESTED]
)
def test_an_etag_has_one_form(small: Served, etag: str) -> None:
    answer = post(small, headers={"If-Match": etag})

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-header")


def test_a_command_without_a_key_of_its_own_is_not_looked_at(small: Served) -> None:
    answer = post(small, idempotency=None)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/idempotency-key-required"


@pytest.mark.parametrize(
    "idempotency", ["", "clock:x", "a" * 129, "tab\there", "a/b", "a?b", ".."]
)
def test_an_idempotency_key_has_a_form(small: Served, idempotency: str) -> None:
    answer = post(small, idempotency=idempotency)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-idempotency-key")


def offer(supplier: Actor) -> dict[str, Any]:
    return {
        "supplier_id": supplier.organisation,
        "measure": "cash",
        "unit": "£",
        "quantity": "100",
        "places": [
            {"police_force": "E23000001", "local_authority": "E09000001", "name": "Riverside"}
        ],
        "available_from": "2026-06-01",
        "available_to": "2026-12-01",
    }


def test_what_a_command_makes_is_named_by_the_key(small: Served) -> None:
    lead = small.auction.bidders[1]
    body, key = offer(lead), small.key(lead)
    path = path_to_new("OfferResource")
    first = post(small, body, key=key, path=path)
    again = post(small, body, key=key, path=path)
    other = post(small, body, key=key, path=path, idempotency="other")

    assert first.json()["stream"] == name_of_new("resource-offer", lead.principal, "first")
    assert again.content == first.content
    assert other.json()["stream"] != first.json()["stream"]


def test_the_thing_stands_in_the_address_alone(small: Served) -> None:
    answer = post(small, bid(small) | {"auction_id": small.auction.auction_id})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/auction_id"


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b'{"a":1,"a":2}', "application/json", (422, "duplicate-key")),
        (b"[1]", "application/json", (422, "bad-json")),
        (b"", "application/json", (422, "bad-json")),
        (b'{"supplier_id":1.5,"lines":[]}', "application/json", (422, "wrong-type")),
        (b'{"a":1.5}', "application/json", (422, "unknown-field")),
        (b'{"a":NaN}', "application/json", (422, "unknown-field")),
        (b'{"a":"\\ud800"}', "application/json", (422, "bad-text")),
        (b'{"a":' + b"[" * 20 + b"]" * 20 + b"}", "application/json", (422, "too-deep")),
        (b'"' + b"x" * 70_000 + b'"', "application/json", (413, "too-large")),
        (b"{}", "text/plain", (415, "wrong-media-type")),
        (b"{}", "", (415, "wrong-media-type")),
        (b"{}", "application/json; charset=utf-8", (422, "missing-field")),
    ],
)
def test_a_body_is_hostile_until_it_is_read(
    small: Served, content: bytes, kind: str, expected: tuple[int, str]
) -> None:
    status, problem = expected
    head = small.head()
    answer = post(small, content=content, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert small.head() <= head + 4  # the key of whoever asked; nothing else
    assert content[:40] not in answer.content or len(content) < 3


def test_a_compressed_body_is_not_taken(small: Served) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = post(small, content=b"{}", headers=headers)

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (NotWritten("before the commit"), (503, "not-written", True)),
        (OutcomeUnknown("the reply was lost"), (503, "outcome-unknown", True)),
        (CommandFailed("KeyError"), (500, "command-failed", False)),
    ],
)
def test_what_is_known_about_a_write_is_said(
    small: Served,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    expected: tuple[int, str, bool],
) -> None:
    status, problem, retry = expected
    key = small.key(small.auction.bidders[0])

    async def submit(*_: Any, **__: Any) -> None:
        raise failure

    monkeypatch.setattr(small.exchange, "submit", submit)
    answer = post(small, key=key)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert answer.json()["command_id"] == "first"
    assert ("Retry-After" in answer.headers) == retry


def test_nothing_is_written_to_what_is_served_to_be_read(tmp_path: Path) -> None:
    with served(tmp_path, config=Config(read_only=True)) as one:
        key = one.key(one.auction.bidders[0])
        head = one.head()
        answer = post(one, key=key)

        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-clock")
        assert one.head() == head


def test_an_unforeseen_fault_tells_nothing(
    small: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = small.key(small.auction.bidders[0])

    async def submit(*_: Any, **__: Any) -> None:
        message = "the amount is 1234567 pence"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(small.exchange, "submit", submit)
    answer = post(small, key=key)

    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/fault")
    assert "1234567" not in answer.text + caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "problem"),
    [
        ("POST", "/auctions/{}/bid", "not-written"),
        ("POST, submitted", "/auctions/{}/bid", "outcome-unknown"),
        ("GET", "/needs", "not-read"),
    ],
)
def test_what_the_end_of_the_process_cuts_short_says_what_was_done(
    small: Served, monkeypatch: pytest.MonkeyPatch, *, method: str, path: str, problem: str
) -> None:
    key = small.key(small.auction.bidders[0])
    sent: list[Any] = []

    async def for_ever(*_: Any, **__: Any) -> Any:
        await asyncio.sleep(60)

    async def receive() -> Any:
        if method == "POST":  # a body that has not come
            await for_ever()
        return {"type": "http.request", "body": json.dumps(bid(small)).encode()}

    async def send(message: Any) -> None:
        sent.append(message)

    async def cut_short() -> None:
        headers = {"content-type": "application/json", "idempotency-key": "cut-short"}
        headers["authorization"] = f"Bearer {key}"
        scope = {
            "type": "http",
            "method": method[:4].rstrip(","),
            "path": path.format(small.auction.auction_id),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        asked = asyncio.create_task(small.app(scope, receive, send))
        await asyncio.sleep(0.5)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    monkeypatch.setattr(small.exchange, "submit", for_ever)
    monkeypatch.setattr(small.app.state.serving, "read", for_ever)
    monkeypatch.setattr(small.app.state.serving, "in_reader", for_ever)
    asyncio.run(cut_short())

    start, body = sent
    assert start["status"] == 503
    said = json.loads(body["body"])
    assert said["type"] == f"/problems/{problem}"
    if method != "GET":
        assert said["command_id"] == "cut-short"


def test_a_key_hands_on_no_more_than_it_has(small: Served) -> None:
    bidder = small.auction.bidders[0]
    few = small.key(bidder, "read", "act:IssueApiKey")
    (access,) = small.exchange.store.held(f"access:{bidder.organisation}/").values()
    body = {
        "access_id": access,
        "secret_sha256": "0" * 64,
        "expires_at": "2026-06-20T00:00:00.000000Z",
    }
    path = path_of("IssueApiKey", "api-key-another")
    more = post(small, body | {"scopes": ["act"]}, key=few, path=path)
    longer = {"scopes": ["read"], "expires_at": "2026-08-20T00:00:00.000000Z"}
    after = post(small, body | longer, key=few, path=path, idempotency="c")
    same = post(small, body | {"scopes": ["read"]}, key=few, path=path, idempotency="b")

    assert (after.status_code, after.json()["type"]) == (403, "/problems/scope-not-allowed")
    assert (more.status_code, more.json()["type"]) == (403, "/problems/scope-not-allowed")
    assert same.status_code == 200


def test_every_target_is_the_first_field() -> None:
    for name, cls in over_http().items():
        assert "{" + fields_of(cls)[0] + "}" in path_of(name, "{" + fields_of(cls)[0] + "}")
