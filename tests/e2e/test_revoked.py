"""A key that was revoked through one process is refused by the next request to every other."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Final, NamedTuple

import pytest

from svx_ledger import open_ledger
from svx_ledger.client import Client, Refused
from svx_ledger.domain.access import RevokeAccess
from svx_ledger.domain.api_key import RevokeApiKey
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.ledger import Sequenced
from tests.api.keys import access_for, key_for
from tests.postgres_server import PostgresServer
from tests.service import Service, service
from tests.world import OPERATOR, begin, registration

from .cast import EXCHANGE, SECOND, person
from .sockets import answered_by

ROUNDS: Final = 10
CONNECTIONS: Final = 12
SUPPLIER: Final = "organisation-revoked1"
FIRST: Final = person("supplier.signatory", SUPPLIER)
LEAVES: Final = person("supplier.bidder", SUPPLIER)
SECONDS: Final = 10.0


class Served(NamedTuple):
    """Two processes that serve a ledger, the operator's key, and keys of two of a supplier."""

    service: Service
    url: str
    operator: str
    keys: list[str]
    of_who_leaves: list[str]


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[Served]:
    url = postgres_server.create_database("e2e_revoked")
    with open_ledger(url, create=True) as ledger:
        begin(ledger)
        for command in (
            registration(EXCHANGE, side="operator"),
            VerifyOrganisation(organisation_id=EXCHANGE, basis="known"),
            registration(SUPPLIER),
            VerifyOrganisation(organisation_id=SUPPLIER, basis="known"),
        ):
            assert isinstance(ledger.execute(command, OPERATOR), Sequenced)
        operator = key_for(ledger, SECOND)
        keys = [key_for(ledger, FIRST) for _ in range(ROUNDS + 1)]
        others = [key_for(ledger, LEAVES) for _ in range(3)]
    folder = tmp_path_factory.mktemp("revoked")
    with service(folder, url, "--workers", "2") as running:
        yield Served(running, url, operator, keys, others)
        assert running.stop() == 0
    postgres_server.drop_database("e2e_revoked")


def test_the_next_request_to_each_process_is_refused(served: Served) -> None:
    port = served.service.port
    with _connections(port) as connections, Client(served.service.url, served.operator) as by:
        processes = _processes(served.service, connections)
        assert len(set(processes.values())) == 2
        for n, key in enumerate(served.keys[:ROUNDS]):
            for connection in processes:
                assert _me(connection, key) == 200
            by.execute(RevokeApiKey(api_key_id=_name(key), reason=f"Lost, the {n}th time"))
            answers = {(pid, _me(one, key)) for one, pid in processes.items()}
            assert answers == {(pid, 401) for pid in set(processes.values())}


def test_the_next_request_after_access_is_revoked_is_refused(served: Served) -> None:
    with open_ledger(served.url) as ledger:
        access_id = access_for(ledger, LEAVES)
    port, keys = served.service.port, served.of_who_leaves
    with _connections(port) as connections, Client(served.service.url, served.operator) as by:
        processes = _processes(served.service, connections)
        assert {_me(one, key) for one in processes for key in keys} == {200}
        by.execute(RevokeAccess(access_id=access_id, reason="Left"))
        answers = {(pid, _me(one, key)) for one, pid in processes.items() for key in keys}
        assert answers == {(pid, 401) for pid in set(processes.values())}


def test_a_command_with_it_is_refused_and_its_live_stream_ends(served: Served) -> None:
    key, port = served.keys[ROUNDS], served.service.port
    with ExitStack() as stack:
        by = stack.enter_context(Client(served.service.url, served.operator))
        streams = [stack.enter_context(closing(_stream(port, key))) for _ in range(4)]
        by.execute(RevokeApiKey(api_key_id=_name(key), reason="Lost"))
        since = time.monotonic()
        for stream in streams:
            stream.read()  # to its end, which is not for an hour otherwise
        assert time.monotonic() - since < 3.0
        late = stack.enter_context(Client(served.service.url, key, retry_for=0))
        with pytest.raises(Refused) as refused:
            late.execute(registration("organisation-toolate1"))
        assert (refused.value.rule, refused.value.problem.status) == ("not-authenticated", 401)
    with open_ledger(served.url) as ledger:
        assert not list(ledger.store.stream("organisation-toolate1"))


Connection = http.client.HTTPConnection


@contextmanager
def _connections(port: int) -> Iterator[list[Connection]]:
    """Give connections that stay, to whichever process takes each."""
    with ExitStack() as stack:
        opened = []
        for _ in range(CONNECTIONS):
            one = stack.enter_context(closing(Connection("127.0.0.1", port, timeout=SECONDS)))
            one.request("GET", "/health")
            assert one.getresponse().read()
            opened.append(one)
        yield opened


def _processes(running: Service, connections: list[Connection]) -> dict[Connection, int]:
    """Return which process answers on each connection."""
    ours = {one.sock.getsockname()[1]: one for one in connections}
    found = answered_by(ours, running.port, running.workers())
    assert found.keys() == ours.keys()
    return {ours[port]: pid for port, pid in found.items()}


def _me(connection: Connection, key: str) -> int:
    before = connection.sock
    connection.request("GET", "/me", headers={"Authorization": f"Bearer {key}"})
    response = connection.getresponse()
    said: dict[str, Any] = json.loads(response.read())
    assert connection.sock is before, "the same connection, so the same process"
    assert (response.status == 200) == (said.get("organisation_id") == SUPPLIER)
    return response.status


def _stream(port: int, key: str) -> http.client.HTTPResponse:
    connection = Connection("127.0.0.1", port, timeout=SECONDS)
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    connection.request("GET", "/events", headers=headers)
    response = connection.getresponse()
    assert response.status == 200
    return response


def _name(key: str) -> str:
    return "api-key-" + key.split("_")[1]
