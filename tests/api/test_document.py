"""The OpenAPI document: whole, valid, and true of what the routes answer."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import orjson
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.routing import APIRoute
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from svx_ledger import open_ledger
from svx_ledger.api.application import create_application
from svx_ledger.api.commands import over_http
from svx_ledger.api.document.choices import is_open
from svx_ledger.api.document.describing import who_may
from svx_ledger.api.document.hoisting import hoisted
from svx_ledger.api.document.openapi import openapi_of
from svx_ledger.api.document.sharing import share_parameters
from svx_ledger.api.policy import POLICIES
from svx_ledger.api.refusals import EDGE
from svx_ledger.api.routing import Operation
from svx_ledger.domain.actor import Role
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import SimulatedClock

from .document_names import LIST, names_in
from .keys import bearer, key_for
from .known_words import with_known_words
from .matrix import read_cell, reader
from .played import play_into
from .served import served
from .story import ENDS_AT

PROBLEM = "application/problem+json"
READERS: tuple[Role, ...] = (
    "public",
    "authority.approver",
    "supplier.signatory",
    "community.lead",
    "evaluator",
    "auditor",
    "operator",
)
"""One of each side: they are answered differently."""


class Telling:
    """An application over the whole story, and its document."""

    def __init__(self, exchange: Exchange, app: FastAPI) -> None:
        self.exchange = exchange
        self.app = app
        self.document = openapi_of(app)
        self._known = with_known_words(self.document)["components"]["schemas"]
        self.operations: list[Operation] = app.state.operations

    def each(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Give the path, the method and the description of every operation."""
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation

    def resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        """Return what a part of the document says, or refers to."""
        pointer = part.get("$ref")
        if pointer is None:
            return part
        _, _, kind, name = pointer.split("/")
        found: dict[str, Any] = self.document["components"][kind][name]
        return found

    def wrong(self, operation: Operation, answer: httpx2.Response) -> str | None:
        """Say what in an answer is not as documented."""
        described = self.document["paths"][operation.path][operation.method.lower()]
        status = str(answer.status_code)
        if status not in described["responses"]:
            return f"status {status} is not documented"
        told = self.resolved(described["responses"][status])
        for name in told.get("headers", {}):
            if name not in ("Link", "Retry-After") and name.lower() not in answer.headers:
                return f"no header {name}"
        media = answer.headers["content-type"].partition(";")[0]
        if media not in told["content"]:
            return f"{media} is not documented"
        if not media.endswith("json"):
            return None
        components = {"components": {"schemas": self._known}}
        schema = with_known_words(told["content"][media]["schema"]) | components
        checks = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        return (
            "; ".join(str(error)[:300] for error in checks.iter_errors(answer.json())) or None
        )

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx2.AsyncClient]:
        """Yield a client, in process."""
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app), base_url="http://ledger.example"
        ) as client:
            yield client


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telling]:
    url = f"sqlite:///{tmp_path_factory.mktemp('document')}/told.db"
    play_into(url)
    with open_ledger(url, clock=SimulatedClock(ENDS_AT)) as exchange:
        app = create_application(exchange)
        yield Telling(exchange, app)
        app.state.serving.close()


def test_the_document_is_openapi(telling: Telling) -> None:
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(telling.document)] == []
    assert telling.document["openapi"] == "3.1.0"
    assert orjson.loads(orjson.dumps(telling.document)) == telling.document


def test_a_tool_of_others_reads_every_operation(telling: Telling) -> None:
    read = schemathesis.openapi.from_dict(telling.document)

    labels = {one.ok().label for one in read.get_all_operations() if isinstance(one, Ok)}
    assert labels == {f"{method.upper()} {path}" for path, method, _ in telling.each()}


def test_every_route_is_in_the_document_and_nothing_else(telling: Telling) -> None:
    routes = {
        (route.path_format, method.lower())
        for route in telling.app.routes
        if isinstance(route, APIRoute)
        for method in (route.methods or set()) - {"HEAD"}
    }

    assert len(routes) == len(telling.app.routes)
    assert routes == {(path, method) for path, method, _ in telling.each()}


def test_every_policy_is_told(telling: Telling) -> None:
    named = {op["operationId"]: op["x-svx-policy"] for _, _, op in telling.each()}
    ids = {op.name: op.id for op in telling.operations if not op.names_new}
    told = {
        ids[name]: {"roles": sorted(p.roles), "whose": p.whose, "if_match": p.if_match}
        for name, p in POLICIES.items()
    }
    news = {op.id: told[op.name] for op in telling.operations if op.names_new}

    assert named == told | news | {"GetDocumentationStyle": told["GetDocumentation"]}


def test_operations_have_names_of_their_own_and_tags_that_are_explained(
    telling: Telling,
) -> None:
    operations = [operation for _, _, operation in telling.each()]
    explained = {tag["name"] for tag in telling.document["tags"] if tag["description"]}

    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert {tag for operation in operations for tag in operation["tags"]} == explained
    assert all(operation["summary"] and operation["description"] for operation in operations)


def test_every_reference_resolves_and_nothing_is_there_for_nobody(telling: Telling) -> None:
    text = orjson.dumps(telling.document).decode()
    pointed = set(re.findall(r'"\$ref":"([^"]+)"', text))
    there = {
        f"#/components/{kind}/{name}"
        for kind, parts in telling.document["components"].items()
        for name in parts
        if kind != "securitySchemes"
    }

    assert pointed == there


def test_only_what_everybody_may_ask_needs_no_key(telling: Telling) -> None:
    assert telling.document["security"] == [{"key": []}]
    for _, _, operation in telling.each():
        policy = operation["x-svx-policy"]
        expected: list[dict[str, list[str]]] = (
            [{}] if policy["whose"] == "any" else [{}, {"key": []}]
        )

        assert operation.get("security") == (expected if "public" in policy["roles"] else None)


def test_every_command_has_its_body_and_its_headers(telling: Telling) -> None:
    commands = [found for found in telling.each() if found[1] == "post"]
    for path, _, operation in commands:
        name = operation["operationId"].removesuffix("New")
        given = [telling.resolved(p) for p in operation["parameters"]]
        headers = {p["name"]: p["required"] for p in given if p["in"] == "header"}
        body = operation["requestBody"]["content"]["application/json"]["schema"]

        assert body == {"$ref": f"#/components/schemas/{name}"}
        assert headers.pop("Idempotency-Key")
        assert headers.pop("If-Match") == POLICIES[name].if_match
        assert headers.pop("X-Request-Id") is False
        assert [*headers] == (["Svx-On-Behalf-Of"] if POLICIES[name].entered else [])
        assert [p["name"] for p in given if p["in"] == "path"] == re.findall(r"{(\w+)}", path)
        assert ("428" in operation["responses"]) == POLICIES[name].if_match
    assert {op["operationId"].removesuffix("New") for _, _, op in commands} == {*over_http()}


@pytest.mark.parametrize("role", READERS)
def test_every_read_answers_as_documented(telling: Telling, role: Role) -> None:
    viewer = reader(role)
    key = bearer(key_for(telling.exchange, viewer)) if viewer else {}
    values = {"award_id": "award-lighting", "name": "not-yours"}

    async def ask() -> list[str]:
        found = []
        async with telling.client() as client:
            for operation in telling.operations:
                if operation.command:
                    continue
                cell = read_cell(operation, viewer, **values)
                for media in operation.media:
                    if media == "text/event-stream":
                        continue
                    headers = key | {"Accept": media}
                    answer = await client.get(cell.path, headers=headers, params=cell.query)
                    if wrong := telling.wrong(operation, answer):
                        found.append(f"{operation.name}, {media}: {wrong}")
        return found

    assert asyncio.run(ask()) == []


def test_no_form_that_is_to_be_had_is_told_where_one_is_asked_for(telling: Telling) -> None:
    """And nowhere else: a file is given in the one form that it has, whatever Accept says."""
    keys = {
        role: bearer(key_for(telling.exchange, actor)) if (actor := reader(role)) else {}
        for role in READERS
    }
    reads = [operation for operation in telling.operations if not operation.command]

    async def ask() -> set[str]:
        found = set()
        async with telling.client() as client:
            for one in reads:
                role = next(role for role in READERS if role in one.policy.roles)
                cell = read_cell(one, reader(role), name="not-yours")
                sent = keys[role] | {"Accept": "image/png"}
                answer = await client.get(cell.path, headers=sent, params=cell.query)
                if answer.status_code == 406:
                    found.add(one.name)
        return found

    told = {
        one.name
        for one in reads
        if "406" in telling.document["paths"][one.path]["get"]["responses"]
    }
    heedless = {"openapi", "documentation", "documentation-style", "metrics", "health", "ready"}

    assert asyncio.run(ask()) == told
    assert {one.name for one in reads} - told == heedless | {"log-checkpoint", "log-tile"}


def test_what_is_not_guarded_refuses_no_parameter(telling: Telling) -> None:
    unguarded = [operation for operation in telling.operations if operation.unguarded]

    async def ask() -> list[int]:
        async with telling.client() as client:
            return [(await client.get(f"{op.path}?x=1")).status_code for op in unguarded]

    assert [op.name for op in unguarded] == ["health", "ready"]
    assert 422 not in asyncio.run(ask())
    for operation in unguarded:
        assert "422" not in telling.document["paths"][operation.path]["get"]["responses"]


def test_every_status_that_says_when_to_try_again_is_told_to(telling: Telling) -> None:
    responses = telling.document["components"]["responses"]
    asking = {one.status for one in EDGE if "Retry-After" in one.remedy}

    assert asking == {409, 429, 503}
    assert asking == {
        int(name.removeprefix("Problem"))
        for name, told in responses.items()
        if name.startswith("Problem") and "Retry-After" in told["headers"]
    }


def test_an_answer_of_another_form_would_be_noticed(telling: Telling) -> None:
    (operation,) = (op for op in telling.operations if op.name == "auctions")
    usual = dict.fromkeys(("x-request-id", "svx-position", "etag", "cache-control"), "1")
    limits = {f"ratelimit-{name}": "1" for name in ("limit", "remaining", "reset")}

    def wrong(status: int, plain: object, headers: dict[str, str]) -> str | None:
        return telling.wrong(operation, httpx2.Response(status, json=plain, headers=headers))

    assert wrong(200, {"items": []}, usual | limits) is None
    assert wrong(200, {"items": [{"phase": 1}]}, usual | limits) is not None
    assert wrong(200, {"items": []}, limits) == "no header X-Request-Id"
    assert wrong(418, {}, usual) == "status 418 is not documented"


def _forms(part: Any, schemas: dict[str, Any]) -> set[str]:
    """The names of all forms that a part of the document refers to, and that these do."""
    found: set[str] = set()
    left = [orjson.dumps(part).decode()]
    while left:
        for name in re.findall(r'"#/components/schemas/(\w+)"', left.pop()):
            if name not in found:
                found.add(name)
                left.append(orjson.dumps(schemas[name]).decode())
    return found


def test_words_may_come_in_answers_but_for_those_that_are_all_there_can_be(
    telling: Telling,
) -> None:
    """A program made of the document takes what a form takes: a new state would break it."""
    schemas = telling.document["components"]["schemas"]
    answers = [telling.document["components"]["responses"]]
    answers += [operation["responses"] for _, _, operation in telling.each()]
    choices = {name for name, one in schemas.items() if "enum" in one}
    closed = set()
    for name in _forms(answers, schemas) - choices:
        rest = orjson.dumps(_without_open(schemas[name])).decode()
        closed |= {one for one in choices if f'schemas/{one}"' in rest}
        assert '"enum"' not in rest, name

    assert closed == {"ClockKind", "DifferenceKind", "OutcomeState"}


def _without_open(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_open(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    return {} if is_open(part) else {name: _without_open(one) for name, one in part.items()}


def test_a_word_that_nobody_knows_fits_the_form_of_an_answer_and_none_of_a_request(
    telling: Telling,
) -> None:
    schemas = telling.document["components"]["schemas"]

    def fits(schema: dict[str, Any], value: object) -> bool:
        whole = schema | {"components": {"schemas": schemas}}
        return bool(jsonschema_rs.Draft202012Validator(whole).is_valid(value))

    answered = schemas["ListedNeed"]["properties"]["state"]
    taken = schemas["GrantAccess"]["properties"]["role"]
    assert answered == {
        "anyOf": [{"$ref": "#/components/schemas/NeedState"}, {"type": "string"}]
    }
    assert fits(answered, "paused")
    assert not fits(with_known_words(answered), "paused")
    assert fits(with_known_words(answered), "open")
    assert not fits(answered, 1)
    assert fits(taken, "auditor")
    assert not fits(taken, "poet")


def test_what_became_of_a_command_is_as_documented(telling: Telling, tmp_path: Path) -> None:
    with served(tmp_path) as one:
        bidder, need = one.auction.bidders[0], one.auction.need_ids[0]
        key = bearer(one.key(bidder))
        lines = [{"need_id": need, "unit": "£", "quantity": "500"}]
        body = {"supplier_id": bidder.organisation, "lines": lines}
        path = f"/auctions/{one.auction.auction_id}/bid"
        tries: list[tuple[int, dict[str, str], dict[str, Any]]] = [
            (200, key | {"Idempotency-Key": "first"}, body),
            (409, key | {"Idempotency-Key": "second"}, body),
            (422, key | {"Idempotency-Key": "first"}, body | {"lines": lines * 2}),
            (422, key | {"Idempotency-Key": "third"}, body | {"lines": []}),
            (412, key | {"Idempotency-Key": "fourth", "If-Match": '"1"'}, body),
            (400, key, body),
            (401, {}, body),
        ]

        async def ask() -> list[tuple[int, str | None]]:
            async with one.client() as client:
                found = []
                for _, headers, sent in tries:
                    answer = await client.post(path, headers=headers, json=sent)
                    found.append((answer.status_code, telling.wrong(operation, answer)))
                return found

        operation = next(op for op in telling.operations if op.name == "SubmitBid")
        assert asyncio.run(ask()) == [(status, None) for status, _, _ in tries]


def test_the_document_is_made_once_and_sent_again_only_if_it_changed(
    telling: Telling,
) -> None:
    async def ask() -> tuple[httpx2.Response, httpx2.Response]:
        async with telling.client() as client:
            first = await client.get("/openapi.json")
            known = {"If-None-Match": first.headers["etag"]}
            return first, await client.get("/openapi.json", headers=known)

    first, second = asyncio.run(ask())

    assert first.json() == telling.document
    assert openapi_of(telling.app) is telling.document
    assert (second.status_code, second.content) == (304, b"")


def test_who_may_is_said_in_a_sentence() -> None:
    assert who_may(POLICIES["health"]) == "For: everybody."
    assert who_may(POLICIES["awards"]) == "For: everybody; each is shown what they may see."
    assert who_may(POLICIES["SubmitBid"]) == (
        "For: supplier on what is their own organisation's."
    )
    assert who_may(POLICIES["ProposeNeed"]) == (
        "For: community on what is their own organisation's; the operator for the community "
        "organisation of Svx-On-Behalf-Of."
    )
    assert who_may(POLICIES["RevokeKey"]) == (
        "For: whoever acts for it on what is their own organisation's; operator on anybody's."
    )


def test_two_schemas_of_one_name_are_refused() -> None:
    schemas: dict[str, Any] = {}
    hoisted({"title": "Lot", "type": "object"}, schemas)

    with pytest.raises(RuntimeError, match="called Lot"):
        hoisted({"type": "array", "$defs": {"Lot": {"type": "string"}}}, schemas)


def test_a_tag_that_nobody_explained_is_there_all_the_same(telling: Telling) -> None:
    app = FastAPI()
    app.state.operations = [replace(telling.operations[-1], tag="new")]

    assert openapi_of(app)["tags"] == [{"name": "new"}]


def test_components_have_plain_names(telling: Telling) -> None:
    schemas = [*telling.document["components"]["schemas"]]

    assert [name for name in schemas if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []
    assert [name for name in schemas if name.endswith(("Row", "Rows", "Page", "_"))] == []
    assert len({name.lower() for name in schemas}) == len(schemas)


def test_no_answer_is_of_several_shapes_by_what_was_asked(telling: Telling) -> None:
    for path, _, operation in telling.each():
        for media, told in telling.resolved(operation["responses"]["200"])["content"].items():
            if media == "application/json":
                assert "anyOf" not in telling.resolved(told["schema"]), path


def test_what_programs_call_things_is_what_the_list_has(telling: Telling) -> None:
    """A change of a name breaks programs: `tests.api.document_names` says how to make one."""
    assert names_in(telling.document) == LIST.read_text(encoding="utf-8")


def test_what_operations_share_is_told_once(telling: Telling) -> None:
    """Of a parameter that is told in two ways the first is shared, and the others are not."""
    given = [one for _, _, op in telling.each() for one in op["parameters"]]
    inline = Counter(orjson.dumps(one) for one in given if "$ref" not in one)
    shared = [*telling.document["components"]["parameters"].values()]
    known = {(one["name"], one["in"]) for one in shared}

    for told, times in inline.items():
        one = orjson.loads(told)
        assert one not in shared
        assert times == 1 or (one["name"], one["in"]) in known
    for _, method, operation in telling.each():
        if method == "post":
            done = {"$ref": "#/components/responses/CommandDone"}
            assert operation["responses"]["200"] == done


def test_the_first_of_two_ways_is_shared() -> None:
    def taking(*said: str) -> dict[str, Any]:
        told = [{"name": "by", "in": "query", "description": one} for one in said]
        return {"get": {"parameters": told}}

    paths = {"/a": taking("x"), "/b": taking("y"), "/c": taking("y"), "/d": taking("x")}
    paths["/e"] = taking("z")
    shared = share_parameters(paths)

    reference = {"$ref": "#/components/parameters/By"}
    assert shared == {"By": {"name": "by", "in": "query", "description": "x"}}
    assert [paths[path]["get"]["parameters"][0] == reference for path in paths] == [
        *(True, False, False, True, False)
    ]
