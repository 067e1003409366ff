"""Where the client goes: only where a key is safe, and only below the address it was given."""

import subprocess
import sys
from datetime import datetime

import httpx2
import pytest

from svx_ledger.client import Client, Refused
from svx_ledger.client.address import base_of, path_of, path_with
from svx_ledger.client.asked import Heard

from .faulty import Say, faulty
from .setting import Either, Sort


@pytest.mark.parametrize(
    "address",
    [
        "https://exchange.example",
        "https://exchange.example:8443/svx",
        "http://127.0.0.1:8000",
        "http://127.1.2.3",
        "http://[::1]:8000",
        "http://localhost:8000",
    ],
)
def test_tls_or_this_machine(address: str) -> None:
    assert base_of(address + "/", allow_http=False) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://exchange.example",
        "http://10.0.0.1",
        "http://localhost.exchange.example",
        "http://127.0.0.1.exchange.example",
        "http://0.0.0.0",
    ],
)
def test_elsewhere_without_tls_only_if_that_is_said(address: str) -> None:
    with pytest.raises(ValueError, match="in the clear"):
        base_of(address, allow_http=False)

    assert base_of(address, allow_http=True) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "exchange.example",
        "ftp://exchange.example",
        "https://",
        "https:///x",
        "https://user@exchange.example",
        "https://user:secret@exchange.example",
        "https://exchange.example?x=1",
        "https://exchange.example#x",
        "https://exchange.example?",
        "https://exchange.example/svx#",
        "https://exchange.example:port",
        "https://exchange.example:99999",
        "https://exchange example",
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match=r".") as told:
        Client(address, allow_http=True)

    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "path",
    [
        *("", "me", "//elsewhere.example/me", "https://elsewhere.example"),
        *("/a b", "/a?b=1", "/a#b", "/.", "/..", "/auctions/..", "/a/../b", "/a/./b"),
    ],
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        path_with(path, {})


def test_a_part_of_a_path_is_quoted() -> None:
    assert path_of("outcomes", "a/../b?c#d e") == "/outcomes/a%2F..%2Fb%3Fc%23d%20e"


@pytest.mark.parametrize("step", [".", ".."])
def test_a_step_is_no_name(sort: Sort, step: str) -> None:
    client = Either(sort, "https://exchange.example", transport=Nowhere())
    for ask, method in ((client.ask, "board"), (client.list, "watch")):
        with pytest.raises(ValueError, match="path"):
            ask(method, step)


def test_what_is_too_long_for_an_address_is_said_to_be(sort: Sort) -> None:
    client = Either(sort, "https://exchange.example", transport=Nowhere())
    with pytest.raises(ValueError, match="too long"):
        client.ask("get", "/x", q="a" * 70_000)


class Nowhere(httpx2.AsyncBaseTransport, httpx2.BaseTransport):
    """In the place of a network, which must not be asked."""


@pytest.mark.parametrize("timeout", [float("inf"), 1e11])
def test_one_may_wait_without_an_end(sort: Sort, timeout: float) -> None:
    with faulty(fates=[Say(403)]) as server, pytest.raises(Refused):
        Either(sort, server.url, timeout=timeout, retry_for=float("inf")).ask("get", "/me")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("9" * 50, 1e9),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 1e9),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        *((odd, None) for odd in ("", "soon", "-1", "1.5", "²", "1 Jan 1 0:0:0 +" + "9" * 30)),
    ],
)
def test_how_long_to_wait_is_read_or_passed_over(said: str, seconds: float | None) -> None:
    assert Heard(503, {"retry-after": said}, b"").retry_after == seconds


def test_an_instant_without_an_offset_is_none() -> None:
    with pytest.raises(ValueError, match="offset"):
        path_with("/x", {"at": datetime(2026, 6, 1)})  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("timeout", "retry_for"), [(0, 1), (-1, 1), (1, -1), (float("nan"), 1)]
)
def test_what_is_no_time_to_wait(timeout: float, retry_for: float) -> None:
    with pytest.raises(ValueError, match="timeout"):
        Client("https://exchange.example", timeout=timeout, retry_for=retry_for)


def run(program: str) -> str:
    """What a program of its own prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("missing", ["httpx2", "tenacity"])
def test_without_the_extra_it_is_said_what_to_install(missing: str) -> None:
    said = run(
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from svx_ledger.client import Done, Refused\n"
        "try:\n    from svx_ledger.client import Client\n"
        "except ImportError as told:\n    print(told)"
    )

    assert said == f"Client needs {missing}: pip install 'svx-ledger[client]'\n"


def test_the_outcomes_need_neither_a_library_nor_a_ledger() -> None:
    said = run(
        "import sys, svx_ledger.client\n"
        "print([name for name in ('httpx2', 'tenacity', 'fastapi', 'eventsourcing')"
        " if name in sys.modules])"
    )

    assert said == "[]\n"


def test_the_client_needs_no_server() -> None:
    said = run(
        "import sys\nfrom svx_ledger.client import AsyncClient, Client\n"
        "print([name for name in ('fastapi', 'uvicorn', 'svx_ledger.ledger')"
        " if name in sys.modules])"
    )

    assert said == "[]\n"
