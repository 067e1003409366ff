"""What problems say of what was sent, and where their remedies lead."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest

from svx_ledger.api.problems import problem_of_refusal
from svx_ledger.eventlog.malformed import UNKNOWN_FIELD

from .served import Served, served
from .test_commands import bid, post

CANARY = "canary"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("problems")) as small:
        yield small


def get(one: Served, path: str) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        async with one.client() as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_a_name_that_was_understood_is_among_the_facts(one: Served) -> None:
    body = bid(one)
    body["lines"][0]["need_id"] = f"need-{CANARY}"
    said = post(one, body, idempotency="no-such-need").json()

    assert said["type"] == "/problems/need-not-listed"
    assert said["facts"] == {"need": f"need-{CANARY}"}
    assert said["command_id"] == "no-such-need"


def test_what_breaks_its_form_is_not_repeated(one: Served) -> None:
    unfit = (
        {"need_id": f"{CANARY}!"},
        {"unit": f"\u202e{CANARY}"},
        {"quantity": CANARY},
        {"rate": [CANARY]},
        {CANARY: CANARY},
    )
    for number, fields in enumerate(unfit):
        body = bid(one)
        body["lines"][0] |= fields
        answer = post(one, body, idempotency=f"unfit-{number}")

        assert answer.status_code == 422, fields
        assert CANARY not in answer.text
        assert answer.json()["errors"][0]["pointer"].startswith("/lines/0")


def test_an_unknown_field_is_told_the_others_in_words(one: Served) -> None:
    body = bid(one)
    body["lines"][0]["need"] = "need-abcd"
    said = post(one, body, idempotency="unknown").json()

    told = "one of these fields: need_id, unit, quantity, rate"
    assert said["detail"] == told
    assert said["errors"] == [{"pointer": "/lines/0", "detail": told}]
    assert said["facts"] == {"known": ["need_id", "unit", "quantity", "rate"]}


def test_a_command_without_fields_takes_an_empty_object() -> None:
    plain = problem_of_refusal(UNKNOWN_FIELD.refuse(pointer="", known="")).plain()

    assert plain["errors"] == [{"pointer": "", "detail": "no field: an empty object"}]


def test_it_is_said_which_fields_may_be_left_out(one: Served) -> None:
    without = {"supplier_id": one.auction.bidders[0].organisation}
    wrong = without | {"lines": [1]}
    an_object = "an object of these fields: need_id, unit, quantity, rate; rate may be left out"

    for number, (body, pointer, told) in enumerate(
        (
            (without, "/lines", f"a list of 1 to 190, each {an_object}"),
            (wrong, "/lines/0", an_object),
        )
    ):
        said = post(one, body, idempotency=f"lacking-{number}").json()
        assert said["errors"] == [{"pointer": pointer, "detail": told}]


def test_a_position_that_is_not_there_is_called_a_position(one: Served) -> None:
    remedy = get(one, "/events/99999").json()["remedy"]

    assert remedy.startswith("Check the position")


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [("Last-Event-ID", "/events", "abc"), ("If-Match", "", "abc")],
)
def test_the_remedy_names_the_header_that_was_wrong(
    one: Served, name: str, path: str, value: str
) -> None:
    bidder = one.auction.bidders[0]

    async def ask() -> httpx2.Response:
        async with one.client(one.key(bidder)) as client:
            if path:
                streamed = {"Accept": "text/event-stream", name: value}
                return await client.get(path, headers=streamed)
            sent = {"Idempotency-Key": "a-bid", name: value}
            line = {"need_id": one.auction.need_ids[0], "unit": "£", "quantity": "7"}
            return await client.post(
                f"/auctions/{one.auction.auction_id}/bid",
                headers=sent,
                json={"supplier_id": bidder.organisation, "lines": [line]},
            )

    said = asyncio.run(ask()).json()

    assert said["type"] == "/problems/bad-header"
    others = {"Last-Event-ID", "If-Match"} - {name}
    assert said["remedy"].startswith(f"Mend {name}")
    assert not any(other in said["remedy"] for other in others)


@pytest.mark.parametrize("where", ["caller", "question"])
def test_a_cursor_of_another_caller_or_question_is_told_what_it_goes_with(
    one: Served, where: str
) -> None:
    async def ask() -> httpx2.Response:
        async with one.client() as public, one.client(one.key(one.auction.buyer)) as buyer:
            first = await public.get("/organisations?limit=1")
            query = {"limit": "1", "cursor": first.json()["next"]}
            if where == "question":
                return await public.get("/organisations", params=query | {"side": "supplier"})
            return await buyer.get("/organisations", params=query)

    answer = asyncio.run(ask())

    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert "the same question and the same caller" in fault["detail"]


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/problems/nothing", "/problems"),
        ("/events/99999", "/events"),
        ("/auctions/auction-none", "/events"),
    ],
)
def test_what_is_not_there_is_looked_for_where_it_would_be(
    one: Served, path: str, there: str
) -> None:
    answer = get(one, path)

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-thing")
    assert f"GET {there}" in answer.json()["remedy"]


def test_a_part_of_leverage_is_looked_for_among_the_parts(one: Served) -> None:
    answer = get(one, "/leverage/explain?figure=confirmed.gross.D1&by=measure&part=none")

    assert answer.status_code == 404
    assert "GET /leverage/parts" in answer.json()["remedy"]


def test_who_has_no_version_is_told_where_it_is_read(one: Served) -> None:
    key, path = one.key(one.auction.buyer), "/procurements/procurement-none/review-conflicts"
    required = post(one, {}, key=key, path=path, idempotency="required")
    unfit = post(one, headers={"If-Match": "7"}, idempotency="unfit")

    assert (required.status_code, unfit.status_code) == (428, 422)
    for answer in (required, unfit):
        assert "own address where that has `version`" in answer.json()["remedy"]
        assert "GET /streams/{name}" in answer.json()["remedy"]


def test_a_key_is_named_by_whoever_makes_it(one: Served) -> None:
    answer = post(one, {}, path="/api-keys/issue", idempotency="nameless")

    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/wrong-method")
    assert "POST /api-keys/{api_key_id}/issue" in answer.json()["remedy"]
