"""`serve`: a real process that listens, answers, and ends when it is told to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx2
import psycopg
import pytest

from svx_ledger import open_ledger, open_views
from svx_ledger.api.process.starting import Start
from svx_ledger.api.serving import Config
from svx_ledger.cli import projector
from svx_ledger.cli.failing import Exit
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Sequenced
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.following import Follower
from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.settings import BadSettings, read_serve_settings
from tests.api.keys import key_for
from tests.service import SECONDS, is_worker, service
from tests.world import OPERATOR, begin, registration

from .conftest import Example, Run, played, to_the_bids

EXCHANGE = "organisation-exchange"
PERSON = Actor(id="person-served", role="operator", organisation=EXCHANGE)


def begun(url: str) -> str:
    """Begin a ledger, and return the operator's key to it."""
    with open_ledger(url, create=True) as ledger:
        begin(ledger)
        for command in (
            registration(EXCHANGE, side="operator"),
            VerifyOrganisation(organisation_id=EXCHANGE, basis="known"),
        ):
            assert isinstance(ledger.execute(command, OPERATOR), Sequenced)
        return key_for(ledger, PERSON)


def register(client: httpx2.Client, name: str) -> httpx2.Response:
    body = {
        "name": f"{name} (fictional)",
        "side": "supplier",
        "identifiers": [{"scheme": "GB-COH", "id": name}],
    }
    return client.post(
        f"/organisations/organisation-{name.lower()}/register",
        json=body,
        headers={"Idempotency-Key": f"register-{name}"},
    )


def test_one_process_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    key = begun(url)
    with service(tmp_path, url) as served:
        with httpx2.Client(
            base_url=served.url, headers={"Authorization": f"Bearer {key}"}
        ) as client:
            assert client.get("/health").json() == {"alive": True}
            assert client.get("/ready").status_code == 200
            done = register(client, "ABC1")
            assert done.status_code == 200, done.text
            assert 'svx_commands_total{outcome="done"} 1.0' in client.get("/metrics").text
            assert "server" not in done.headers
            assert is_followed(url)
        assert served.stop() == 0
        lines = served.lines
    assert [line["event"] for line in lines] == ["serving", *["request"] * 4, "stopped"]
    assert lines[3]["route"] == "/organisations/{organisation_id}/register"
    assert lines[3]["key"].startswith("api-key-")
    assert key.rpartition("_")[2] not in str(lines)
    with open_ledger(url) as ledger:
        assert ledger.store.head().position == done.json()["position"]


def test_two_workers_on_postgres(tmp_path: Path, postgres_url: str) -> None:
    key = begun(postgres_url)
    limits = {"requests": 1001, "anonymous_requests": 41}
    with service(tmp_path, postgres_url, "--workers", "2", settings=limits) as served:
        with httpx2.Client(
            base_url=served.url,
            headers={"Authorization": f"Bearer {key}", "Connection": "close"},
        ) as client:
            assert client.get("/needs").headers["ratelimit-limit"] == "500"
            assert httpx2.get(f"{served.url}/needs").headers["ratelimit-limit"] == "20"
            positions = [register(client, f"ABC{n}").json()["position"] for n in range(20)]
            assert positions == sorted(positions)
            text = client.get("/metrics").text  # of both, whichever is asked
            assert 'svx_commands_total{outcome="done"} 20.0' in text
            assert client.get("/ready").json()["position"] == positions[-1]
            folders = list(tmp_path.glob("svx-metrics-*"))
            assert len(folders) == 1
            assert len(list(folders[0].glob("counter_*.db"))) == 2
            assert is_followed(postgres_url)
            workers = served.workers()
            assert len(workers) == 2
            os.kill(workers[0], signal.SIGKILL)
            served.heard("a worker ended")
            assert register(client, "XYZ1").status_code == 200
        assert served.stop() == 0
    assert not folders[0].exists()
    assert not any(map(is_worker, workers))


def is_followed(url: str) -> bool:
    """Whether somebody keeps the views, at the latest in a while."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with open_views(url) as views:
            found = views.keeper.current()
        if found is not None and found.heartbeat is not None:
            return True
        time.sleep(0.05)
    return False


def test_workers_end_with_their_parent(tmp_path: Path, postgres_url: str) -> None:
    begun(postgres_url)
    with service(tmp_path, postgres_url, "--workers", "2", "--role", "api") as served:
        workers = served.workers()
        served.kill()
        until = time.monotonic() + SECONDS
        while any(map(is_worker, workers)):
            assert time.monotonic() < until
            time.sleep(0.05)
    assert len(workers) == 2


def test_what_was_asked_is_answered_before_the_end(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    key = begun(url)
    with service(tmp_path, url) as served:
        body = (
            b'{"name":"A (fictional)","side":"supplier",'
            b'"identifiers":[{"scheme":"GB-COH","id":"A1"}]}'
        )
        with socket.create_connection(("127.0.0.1", served.port)) as line:
            line.sendall(
                b"POST /organisations/organisation-abcd/register HTTP/1.1\r\nHost: x\r\n"
                b"Authorization: Bearer " + key.encode() + b"\r\nIdempotency-Key: late-one\r\n"
                b"Content-Type: application/json\r\nContent-Length: "
                + str(len(body)).encode()
                + b"\r\n\r\n"
                + body[:10]
            )
            time.sleep(0.3)
            os.kill(served.pid, signal.SIGTERM)
            time.sleep(0.3)
            line.sendall(body[10:])
            answer = line.recv(100_000)
        assert answer.startswith(b"HTTP/1.1 200 OK"), answer
        assert served.wait() == 0


@pytest.mark.parametrize("path", ["/events", "/auctions/{auction_id}"])
def test_streams_end_when_the_process_is_told_to(
    tmp_path: Path, bidding: Example, path: str
) -> None:
    with service(tmp_path, bidding.url) as served:
        url = served.url + path.format(auction_id=bidding.deal.auction)
        headers = {"Accept": "text/event-stream", "Last-Event-ID": "1"}
        with httpx2.stream("GET", url, headers=headers, timeout=60) as streamed:
            assert streamed.headers["content-type"].startswith("text/event-stream")
            parts = streamed.iter_bytes()
            next(parts)
            began = time.monotonic()
            os.kill(served.pid, signal.SIGTERM)
            for _ in parts:
                pass
        assert served.wait() == 0
        assert time.monotonic() - began < 8  # after which the server would cancel them
        assert not [line for line in served.lines if line["level"] == "error"]
        assert served.heard("stream")["route"] == path


def test_the_demo_is_served_to_be_read(tmp_path: Path, example: Example) -> None:
    with service(tmp_path, example.url) as served:
        said = "this ledger's time is simulated: it is served to be read, not written to"
        assert served.heard(said)["level"] == "info"
        assert httpx2.get(f"{served.url}/ready").json()["ready"]
        assert served.stop() == 0


def test_deadlines_are_decided_while_nobody_asks(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    played(url, to_the_bids, kept="real")
    with closing(open_store(url)) as store:
        before = store.head().position
        with service(tmp_path, url) as served:
            until = time.monotonic() + SECONDS
            while store.head().position == before:
                assert time.monotonic() < until
                time.sleep(0.05)
            assert served.stop() == 0


@pytest.mark.parametrize(
    ("ledger", "code"),
    [("sqlite:///none.db", 3), ("postgresql://nobody@127.0.0.1:1/none", 1)],
)
def test_a_worker_that_cannot_open_the_ledger_says_why(
    tmp_path: Path, ledger: str, code: int
) -> None:
    start = Start(ledger=ledger, config=Config(), log="json")
    program = "from svx_ledger.api.application import application; application()"
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"SVX_SERVING": start.to_text()},
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert said.returncode == code  # 3: the parent ends; 1: it tries again
    line = json.loads(said.stderr)
    assert (line["level"], line["event"]) == ("error", "not started")
    assert line["reason"]


def test_a_projector_keeps_views_and_tells_how_it_is_and_no_more(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    key = begun(url)
    with service(tmp_path, url, "--role", "projector") as running:
        with httpx2.Client(base_url=running.url) as client:
            assert client.get("/health").json() == {"alive": True}
            assert is_followed(url)
            ready = client.get("/ready")
            assert ready.status_code == 200, ready.text
            assert ready.json()["checks"]["follower"]["ok"]
            assert client.get("/metrics").status_code == 401
            text = client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).text
            assert "svx_ready 1.0" in text
            assert "svx_views_lag_events 0.0" in text
            assert client.get("/events").status_code == 404
            assert client.get("/docs").status_code == 404
            assert register(client, "ABC1").status_code == 404
        assert running.stop() == 0
    assert [line["role"] for line in running.lines if line["event"] == "serving"] == [
        "projector"
    ]


def test_a_projector_that_does_not_keep_views_is_not_ready(postgres_url: str) -> None:
    begun(postgres_url)
    with closing(open_keeper(postgres_url)) as keeper:
        follower = Follower(keeper)
        follower.start()
        until = time.monotonic() + SECONDS
        while not projector.check(follower).ok:
            assert time.monotonic() < until
            time.sleep(0.02)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("ALTER SCHEMA svx_views RENAME TO svx_views_elsewhere")
            other.execute("ALTER TABLE stored_events RENAME TO stored_elsewhere")
        while projector.check(follower).ok:
            assert time.monotonic() < until
            time.sleep(0.02)
        follower.stop()
        assert not projector.check(follower).ok


def test_a_projector_ends_when_another_program_keeps_the_views(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    begun(url)
    with service(tmp_path, url, "--role", "projector") as running:
        assert is_followed(url)
        with (
            closing(open_keeper(url, PROJECTIONS[:-1])) as other,
            closing(other.build()) as all_,
        ):
            for _ in all_:
                pass
        assert running.wait() == 0
        assert running.heard("another program's views are served now")["level"] == "warning"


def test_a_projector_listens_beside_the_api(opened: Run) -> None:
    with socket.create_server(("127.0.0.1", 8001)):
        said = opened("serve", "--role", "projector")

    assert said.code == Exit.USAGE
    assert "127.0.0.1 port 8001: Address already in use" in said.err


def test_several_workers_need_postgresql(opened: Run) -> None:
    said = opened("serve", "--workers", "2")

    assert said.code == Exit.USAGE
    assert "PostgreSQL" in said.err


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "192.0.2.7", "::"],  # noqa: S104 - that is refused
)
def test_keys_do_not_travel_unencrypted(opened: Run, host: str) -> None:
    said = opened("serve", "--host", host)

    assert said.code == Exit.USAGE
    assert "unencrypted" in said.err


@pytest.mark.parametrize("proxy", [",", " ", ", ,"])
def test_a_proxy_that_is_empty_does_not_stand_for_tls(
    opened: Run, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("SVX_SERVE_PROXY", proxy)
    with socket.create_server(("127.0.0.1", 0)) as other:  # at the latest it would end here
        port = str(other.getsockname()[1])
        said = opened("serve", "--host", "0.0.0.0", "--port", port)  # noqa: S104 - refused

    assert said.code == Exit.USAGE
    assert "proxy (environment) names no proxy" in said.err


@pytest.mark.parametrize("host", ["nonsense", "ledger.example", "127.0.0.1:8000"])
def test_a_host_that_is_no_address_is_said_to_be_none(opened: Run, host: str) -> None:
    said = opened("serve", "--host", host)

    assert said.code == Exit.USAGE
    assert f"{host!r} is not an address" in said.err


def test_a_port_in_use_is_said(opened: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = opened("serve", "--port", str(port))

    assert said.code == Exit.USAGE
    assert f"127.0.0.1 port {port}: Address already in use" in said.err


def test_an_address_that_is_not_this_machines_is_said(opened: Run) -> None:
    said = opened("serve", "--host", "192.0.2.1", "--behind-tls")

    assert said.code == Exit.USAGE
    assert "Listen on an address of this machine" in said.err


def test_a_key_file_that_is_none_is_said(
    opened: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_LOG_KEY", str(tmp_path))
    said = opened("publish", "--once", "--to", str(tmp_path / "log"))

    assert said.code == Exit.UNEXPECTED
    assert "Name the file, not its folder" in said.err


def test_without_a_ledger_there_is_nothing_to_serve(svx: Run) -> None:
    assert svx("serve", "--port", "0").code == Exit.NOT_FOUND


@pytest.mark.parametrize(
    "options",
    [
        ("--port", "65536"),
        ("--port", "http"),
        ("--workers", "0"),
        ("--role", "some"),
        ("--log", "xml"),
        ("--proxy", "proxy.example"),
    ],
)
def test_a_wrong_option_is_said(opened: Run, options: tuple[str, str]) -> None:
    said = opened("serve", *options)

    assert said.code == Exit.USAGE
    assert options[0].removeprefix("--") in said.err


def test_settings_of_serve_have_their_places(tmp_path: Path) -> None:
    file = tmp_path / "svx.toml"
    file.write_text(
        '[serve]\nport = 8001\nworkers = 3\nbehind_tls = true\nlog = "text"', encoding="utf-8"
    )
    environment = {"SVX_SERVE_PORT": "8002", "SVX_SERVE_WORKERS": "2", "SVX_SERVE_LOG": ""}
    found = read_serve_settings({"port": "8003"}, environment, file)

    assert (found.port, found.workers, found.behind_tls, found.log) == (8003, 2, True, "text")
    assert found.sources["port"] == "argument"
    assert found.sources["workers"] == "environment"
    assert found.sources["log"] == str(file)
    assert found.sources["host"] == "default"
    for wrong in ("[serve]\nprot = 1", "serve = 1", "[serve]\nport = 1.5"):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(BadSettings):
            read_serve_settings({}, {}, file)


def test_what_a_worker_is_told_is_what_it_reads() -> None:
    start = Start(
        ledger="postgresql://u:p@h/d", config=Config(read_only=True, requests=7), log="text"
    )

    assert Start.from_text(start.to_text()) == start
