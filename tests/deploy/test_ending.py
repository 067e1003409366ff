"""A service that is told to end while much is going on: nothing that was answered is lost."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from svx_ledger import open_ledger
from svx_ledger.client import Client, Done, NotDone, Refused, Unknown
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.ledger import Sequenced
from tests.api.keys import key_for
from tests.service import Service, service
from tests.world import OPERATOR, begin, registration

STREAMS = 100
CALLERS = 8
EXCHANGE = "organisation-exchange"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger can be made, on both stores."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


def begun(url: str) -> str:
    with open_ledger(url, create=True) as ledger:
        begin(ledger)
        for command in (
            registration(EXCHANGE, side="operator"),
            VerifyOrganisation(organisation_id=EXCHANGE, basis="known"),
        ):
            assert isinstance(ledger.execute(command, OPERATOR), Sequenced)
        return key_for(ledger, Actor(id="person-1", role="operator", organisation=EXCHANGE))


class Caller:
    """Gives commands, one after another, until one is not answered by `Done`."""

    def __init__(self, number: int, served: Service, key: str) -> None:
        self.said: dict[str, Done | NotDone | Unknown | Refused] = {}
        self.busy = threading.Event()
        self._number = number
        self._client = Client(served.url, key, retry_for=0)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def wait(self) -> None:
        """Wait until it was not answered any more."""
        self._thread.join()

    def _run(self) -> None:
        with self._client as client:
            for n in range(100_000):
                key = f"{self._number}-{n}"
                command = registration(f"organisation-c{self._number}n{n:05d}")
                try:
                    self.said[key] = client.execute(command, idempotency_key=key)
                except (NotDone, Unknown, Refused) as word:
                    self.said[key] = word
                    return
                finally:
                    self.busy.set()


@contextmanager
def streams(served: Service, key: str) -> Iterator[list[socket.socket]]:
    """Have many live streams, each of which has begun."""
    with ExitStack() as opened:
        lines = []
        for n in range(STREAMS):
            line = socket.create_connection(("127.0.0.1", served.port), timeout=60)
            lines.append(opened.enter_context(line))
            who = f"Authorization: Bearer {key}\r\n" if n % 2 else ""
            asked = f"GET /events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n{who}\r\n"
            line.sendall(asked.encode())
        for line in lines:
            told = b""
            while b"retry: " not in told:
                told += line.recv(4096)
            assert told.startswith(b"HTTP/1.1 200 ")
        yield lines


def rest_of(line: socket.socket) -> bytes:
    """Return what comes on a connection until it ends."""
    told = b""
    while part := line.recv(65_536):
        told += part
    return told


def test_what_was_answered_is_on_the_log_and_streams_end_whole(
    tmp_path: Path, url: str
) -> None:
    key = begun(url)
    with service(tmp_path, url) as served, streams(served, key) as lines:
        callers = [Caller(number, served, key) for number in range(CALLERS)]
        for caller in callers:
            caller.busy.wait()
        code = served.stop()
        for caller in callers:
            caller.wait()
        ends = {rest_of(line)[-5:] for line in lines}

    assert code == 0
    assert ends == {b"0\r\n\r\n"}  # the last chunk of a body that is complete
    with open_ledger(url) as ledger:
        head = ledger.store.head().position
        at = {event.command.id: event.position for event in ledger.recorded(1, head)}
    said = {name: word for caller in callers for name, word in caller.said.items()}
    answered = {name: word.position for name, word in said.items() if isinstance(word, Done)}
    assert len(answered) >= CALLERS
    assert answered.items() <= at.items()
    assert not [word for word in said.values() if isinstance(word, Refused)]
    assert not [name for name, word in said.items() if isinstance(word, NotDone) and name in at]
    in_doubt = {name for name, word in said.items() if isinstance(word, Unknown)}
    assert {name for name in at if "-" in name and name in said} <= answered.keys() | in_doubt
