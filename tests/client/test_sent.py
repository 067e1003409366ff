"""Which failures of a connection say that nothing was sent, of all that there are."""

from collections.abc import Iterator

import httpx2
import pytest

from svx_ledger.client import Client, NotDone, Unknown
from svx_ledger.client.wire import lost

from .conftest import Registrar

NOT_SENT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
}


def every(cls: type[httpx2.RequestError]) -> Iterator[type[httpx2.RequestError]]:
    """Give a class of failures, and all that are of its kind."""
    yield cls
    for kind in cls.__subclasses__():
        yield from every(kind)


FAILURES = sorted(set(every(httpx2.RequestError)), key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", FAILURES, ids=lambda cls: cls.__name__)
def test_only_what_never_reached_a_connection_was_not_sent(
    registrar: Registrar, cls: type[httpx2.RequestError]
) -> None:
    not_sent = cls.__name__ in NOT_SENT

    def fails(_: httpx2.Request) -> httpx2.Response:
        raise cls("no more is said")

    transport = httpx2.MockTransport(fails)
    with (
        Client("http://127.0.0.1:1", registrar.key, retry_for=0, transport=transport) as client,
        pytest.raises(NotDone if not_sent else Unknown),
    ):
        client.execute(registrar.command())
    assert lost(cls("no more is said"), closed=False).sent is not not_sent


def test_every_failure_in_the_table_is_one_of_the_library() -> None:
    assert {cls.__name__ for cls in FAILURES} >= NOT_SENT | {"WriteTimeout", "ReadTimeout"}
