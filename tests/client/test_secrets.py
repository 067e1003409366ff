"""The key is sent to the exchange, safely, and is to be seen nowhere."""

import copy
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import pytest

from svx_ledger.client import AsyncClient, Client, NotFulfilled, Refused
from svx_ledger.client.wire import Bearer

from .conftest import Registrar
from .faulty import CutAsked, CutTold, Fate, Hang, Say, Stream, faulty
from .setting import Either, Sort
from .test_words import problem

SECRET = "c0ffee" * 10 + "c0de"
KEY = f"svx_canary00_{SECRET}"
FATES: tuple[Fate, ...] = (
    CutAsked(0),
    CutAsked(200),
    CutTold(10),
    Hang(reaches=False),
    Say(200, b"HTTP"),
    Say(307, b"", (("Location", "http://127.0.0.1:9/elsewhere"),)),
    Say(403),
    Say(502),
    problem("busy", 503),
    problem("command-failed", 500),
    Say(200, b"x", (("Content-Encoding", "gzip"), ("Content-Type", "application/json"))),
    Stream((b"retry: 0\n\n",)),
)


def chain(failure: BaseException | None) -> Iterator[BaseException]:
    """A failure, and all that it came from."""
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__


def shown(failure: BaseException) -> str:
    """Everything that a log or a debugger shows of a failure."""
    lines = [*traceback.format_exception(failure), repr(vars(failure)), repr(failure.args)]
    for one in chain(failure):
        lines += [repr(vars(one)), *_locals(one.__traceback__)]
    return "\n".join(lines)


def _locals(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        if "/tests/" not in trace.tb_frame.f_code.co_filename:
            yield from map(repr, trace.tb_frame.f_locals.values())
        trace = trace.tb_next


@pytest.fixture
def logged(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> Callable[[], str]:
    """Return what gives all that was logged and printed."""
    caplog.set_level(logging.DEBUG)

    def seen() -> str:
        printed = capsys.readouterr()
        return repr([*map(vars, caplog.records), printed.out, printed.err])

    return seen


@pytest.mark.parametrize("fate", FATES, ids=lambda fate: repr(fate)[:30])
def test_no_failure_shows_the_key(
    registrar: Registrar, sort: Sort, fate: Fate, logged: Callable[[], str]
) -> None:
    asking: dict[str, Any] = {
        "execute": lambda client: client.ask("execute", registrar.command()),
        "get": lambda client: client.ask("get", "/me"),
        "stream": lambda client: client.list("stream_events"),
    }
    for ask in asking.values():
        with faulty(registrar.one.app, [fate] * 3) as server:
            client = Either(sort, server.url, KEY, timeout=0.2, retry_for=0.2)
            with pytest.raises(NotFulfilled) as told:
                ask(client)
            bearers = {headers.get("authorization") for _, _, headers in server.asked}

        assert bearers <= {f"Bearer {KEY}"}
        assert SECRET not in shown(told.value)
        assert all(isinstance(one, NotFulfilled) for one in chain(told.value))
    assert SECRET not in logged()


def test_a_client_does_not_show_its_key() -> None:
    with Client("https://exchange.example", KEY) as client:
        assert repr(client) == "Client('https://exchange.example')"
        assert SECRET not in repr(vars(client))
        assert SECRET not in repr(vars(client._sender._http))
    assert SECRET not in repr(AsyncClient("https://exchange.example/svx/", KEY))


def test_a_key_is_not_pickled() -> None:
    with pytest.raises(TypeError) as told:
        pickle.dumps(Bearer(KEY))

    assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    "key", ["", "x", KEY + "\r\nX: 1", KEY + "0", KEY.upper(), KEY.replace("0", "\u0660")]
)
def test_what_is_no_key_is_not_repeated(key: str) -> None:
    with pytest.raises(ValueError, match="key is an API key") as told:
        Client("https://exchange.example", key)

    assert SECRET not in str(told.value).lower()


def test_a_redirect_is_not_followed(registrar: Registrar, sort: Sort) -> None:
    with faulty() as elsewhere:
        to = (("Location", f"{elsewhere.url}/me"),)
        for status in (301, 302, 303, 307, 308):
            with faulty(fates=[Say(status, b"", to)]) as server:
                with pytest.raises(Refused) as told:
                    Either(sort, server.url, registrar.key).ask("get", "/me")

                assert (told.value.rule, told.value.problem.status) == ("redirected", status)
        assert elsewhere.asked == []


@pytest.mark.parametrize("proxy", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_without_tls_no_proxy_reads_the_key(
    registrar: Registrar, sort: Sort, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    with faulty() as somebody, faulty(registrar.one.app) as server:
        monkeypatch.setenv(proxy, somebody.url)
        Either(sort, server.url, registrar.key).ask("get", "/me")

        assert somebody.asked == []


def test_failures_can_be_copied_and_pickled(registrar: Registrar) -> None:
    fates = [problem("busy", 503), problem("not-yours", 403)]
    with faulty(registrar.one.app, fates) as server:
        client = Either("blocking", server.url, KEY, retry_for=0)
        for _ in fates:
            with pytest.raises(NotFulfilled) as told:
                client.ask("execute", registrar.command())
            again = pickle.loads(pickle.dumps(told.value))  # noqa: S301 - our own

            assert type(again) is type(told.value)
            assert vars(again) == vars(told.value) == vars(copy.copy(told.value))
            assert str(again) == str(told.value)
