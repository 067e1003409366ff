"""Headers that an address has on every answer, whatever becomes of the request."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest

from svx_ledger.api.routing import Operation
from svx_ledger.api.serving import Config
from svx_ledger.eventlog.store import NotRead

from .matrix import QUERIES, VALUES
from .served import Served, served

STANDING = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
ANYBODYS = re.compile(r"/log|/log/.*|/proofs/.*")
NOWHERE = ("/nowhere", "/log/nowhere", "/logs", "/login", "/proofs", "/proofs/x", "/x/log/y")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, config=Config(anonymous_requests=10**9)) as one:
        yield one


def asked(one: Served, method: str, path: str, **sent: Any) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        async with one.client() as client:
            return await client.request(method, path, **sent)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "failure", [(ZeroDivisionError("a fault"), 500), (NotRead("silent"), 503)], ids=str
)
@pytest.mark.parametrize(
    "at", [("/auctions", "same-origin"), ("/log/checkpoint", "cross-origin")]
)
def test_an_answer_of_a_failure_has_the_headers_of_every_other(
    small: Served,
    monkeypatch: pytest.MonkeyPatch,
    failure: tuple[Exception, int],
    at: tuple[str, str],
) -> None:
    (raised, status), (path, resource) = failure, at

    async def fail(*_: object, **__: object) -> NoReturn:
        raise raised

    monkeypatch.setattr(small.app.state.serving, "in_reader", fail)
    monkeypatch.setattr(small.app.state.serving.limits, "let_in", fail)

    answer = asked(small, "GET", path)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in STANDING} == STANDING
    assert answer.headers["Cross-Origin-Resource-Policy"] == resource
    assert answer.headers["X-Request-Id"]


def test_what_the_end_of_the_process_cuts_short_has_the_headers_too(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[asyncio.Event] = []
    sent: list[Any] = []

    async def for_ever(*_: object, **__: object) -> NoReturn:
        begun[0].set()
        while True:
            await asyncio.Event().wait()

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    async def cut_short() -> None:
        begun.append(asyncio.Event())
        scope = {"type": "http", "method": "GET", "path": "/auctions"}
        request = small.app(scope | {"query_string": b"", "headers": []}, receive, send)
        asking = asyncio.create_task(request)
        await begun[0].wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    monkeypatch.setattr(small.app.state.serving.limits, "let_in", for_ever)
    asyncio.run(cut_short())

    headers = httpx2.Headers(sent[0]["headers"])
    assert sent[0]["status"] == 503
    assert {name: headers.get(name) for name in STANDING} == STANDING


def test_a_page_of_somebody_elses_reads_what_is_published_and_nothing_else(
    small: Served,
) -> None:
    operations: list[Operation] = small.app.state.operations
    asks: list[tuple[str, str, Mapping[str, str] | None]] = [
        (
            one.method,
            one.path.format_map(VALUES | {"stream": "auction-w001"}),
            QUERIES.get(one.name),
        )
        for one in operations
    ]
    asks += [("GET", path, None) for path in NOWHERE]
    asks += [("OPTIONS", path, None) for path in ("/me", "/auctions")]
    origin = {"Origin": "https://elsewhere.example"}

    for method, path, query in asks:
        answer = asked(small, method, path, params=query, headers=origin)

        is_anybodys = ANYBODYS.fullmatch(path) is not None
        allowed = answer.headers.get("Access-Control-Allow-Origin")
        assert allowed == ("*" if is_anybodys else None), (method, path)
        resource = "cross-origin" if is_anybodys else "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == resource, (method, path)
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert {path for _, path, _ in asks if ANYBODYS.fullmatch(path)} > {"/log", "/log/keys"}
