"""The proxies of `deploy/` before a real service: what comes through them, and what not."""

import itertools
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger import open_ledger
from svx_ledger.api.refusals import BODY_TOO_LARGE, TOO_MANY_REQUESTS
from svx_ledger.client import Client, Done, NotAnswered, NotDone, Unknown
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.ledger import Sequenced
from tests.api.keys import key_for
from tests.api.published import sign_with_key
from tests.service import Service, service
from tests.world import OPERATOR, OpenedAuction, begin, open_auction, registration

from .fronts import SECONDS, Front, front, installed

ANONYMOUS = 40
"""Requests a minute that the service lets an address ask without a key."""
BODY = 64 * 1024
EXCHANGE = "organisation-exchange"
OF_EACH = {"date", "connection", "keep-alive", "server", "alt-svc", "x-request-id", "via"}
"""Headers in which two answers to the same may differ, or two connections."""

_pounds = itertools.count(1_000, 1_000)
_names = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The service behind the proxies, and who may ask it."""

    service: Service
    auction: OpenedAuction
    bidder: str
    operator: str
    published: Path

    def bid(self) -> Any:
        """A bid that beats all before it."""
        return self.auction.bid(0, pounds=next(_pounds))

    def direct(self, key: str | None = None) -> httpx2.Client:
        """Return a client of the service itself."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx2.Client(base_url=self.service.url, headers=headers, timeout=SECONDS)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp("behind")
    url = f"sqlite:///{folder / 'ledger.db'}"
    with open_ledger(url, create=True) as ledger:
        begin(ledger)
        auction = open_auction(ledger)
        sign_with_key(ledger)
        for command in (
            registration(EXCHANGE, side="operator"),
            VerifyOrganisation(organisation_id=EXCHANGE, basis="known"),
        ):
            assert isinstance(ledger.execute(command, OPERATOR), Sequenced)
        bidder = key_for(ledger, auction.bidders[0])
        person = Actor(id="person-ops", role="operator", organisation=EXCHANGE)
        operator = key_for(ledger, person)
    published = folder / "root" / "log"
    published.parent.mkdir()
    options = ("--proxy", "127.0.0.1", "--publish", str(published))
    with service(folder, url, *options, settings={"anonymous_requests": ANONYMOUS}) as one:
        yield Behind(
            service=one,
            auction=auction,
            bidder=bidder,
            operator=operator,
            published=published,
        )


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, behind: Behind, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    name: str = request.param
    if installed(name) is None:
        pytest.skip(f"{name} is not installed (Debian's package `{name}`)")
    folder = tmp_path_factory.mktemp(name)
    with front(
        name, folder, service=behind.service.port, published=behind.published
    ) as running:
        yield running


def until(holds: Callable[[], Any]) -> Any:
    """Wait until something holds, and return it."""
    ends = time.monotonic() + SECONDS
    while not (found := holds()):
        assert time.monotonic() < ends
        time.sleep(0.05)
    return found


def lines_until(lines: Iterator[str], text: str) -> list[str]:
    """Return the lines of a stream, as they come, up to one with a text."""
    found = []
    for line in lines:
        found.append(line)
        if text in line:
            return found
    raise AssertionError(f"the stream ended before {text}: {found}")


def kept(answer: httpx2.Response) -> dict[str, str]:
    """Return the headers that are the service's own, without counts that go on."""
    return {
        name: "" if name.startswith("ratelimit-") else value
        for name, value in answer.headers.items()
        if name not in OF_EACH
    }


def test_a_command_is_carried_out_once(behind: Behind, proxy: Front) -> None:
    bid, key = behind.bid(), f"proxied-{next(_names)}"
    with (
        Client(proxy.url, behind.bidder, transport=proxy.transport()) as client,
        Client(behind.service.url, behind.bidder) as direct,
    ):
        done = client.execute(bid, idempotency_key=key)

        assert [event.type for event in done.events] == ["bid-accepted.v1"]
        assert client.execute(bid, idempotency_key=key) == done
        assert direct.execute(bid, idempotency_key=key) == done


@pytest.mark.parametrize(
    "asked",
    [
        ("GET", "/auctions/{}", {}, 200),
        ("HEAD", "/auctions/{}", {}, 200),
        ("GET", "/needs", {"If-None-Match": "ETAG"}, 304),
        ("GET", "/events?limit=2", {"Accept-Encoding": "gzip, br"}, 200),
        ("GET", "/nowhere", {}, 404),
        ("GET", "/auctions/auction-none", {}, 404),
        ("DELETE", "/auctions/{}", {}, 405),
        ("GET", "/auctions/{}", {"Accept": "image/png"}, 406),
        ("GET", "/needs?limit=none", {}, 422),
        ("POST", "/auctions/{}/bid", {"Idempotency-Key": "typeless"}, 415),
        ("GET", "/needs", {"Authorization": "Bearer svx_none"}, 401),
    ],
)
def test_answers_come_through_as_they_are(
    behind: Behind, proxy: Front, asked: tuple[str, str, dict[str, str], int]
) -> None:
    method, path, headers, status = asked
    address = path.format(behind.auction.auction_id)
    with behind.direct(behind.bidder) as direct, proxy.client(behind.bidder) as proxied:
        if headers.get("If-None-Match") == "ETAG":
            headers = {"If-None-Match": direct.get(address).headers["etag"]}
        ours = direct.request(method, address, headers=headers)
        theirs = proxied.request(method, address, headers=headers)

    assert (theirs.status_code, ours.status_code) == (status, status)
    assert theirs.content.split(b'"now"')[0] == ours.content.split(b'"now"')[0]
    assert kept(theirs) == kept(ours)


def test_streams_are_live_and_go_on_where_they_were(behind: Behind, proxy: Front) -> None:
    bidder = behind.auction.bidders[0].organisation
    board = f"/auctions/{behind.auction.auction_id}/boards/{bidder}"
    accept = {"Accept": "text/event-stream"}
    with (
        proxy.client(behind.bidder) as client,
        Client(proxy.url, behind.bidder, transport=proxy.transport()) as bidding,
        client.stream("GET", "/events", headers=accept) as feed,
        client.stream("GET", board, headers=accept) as shown,
    ):
        events, boards = feed.iter_lines(), shown.iter_lines()
        lines_until(boards, "data: ")
        first, second = (bidding.execute(behind.bid()) for _ in range(2))
        told = lines_until(events, f"id: {second.position}")
        assert f"id: {first.position}" in told
        lines_until(boards, f"id: {second.position}")
        again = accept | {"Last-Event-ID": str(first.position)}
        with client.stream("GET", "/events", headers=again) as resumed:
            told = lines_until(resumed.iter_lines(), f"id: {second.position}")

    assert f"id: {first.position}" not in told[2:]  # which stands in the opening alone


def test_who_leaves_a_stream_leaves_it_behind_the_proxy_too(
    behind: Behind, proxy: Front
) -> None:
    def watchers() -> float:
        with behind.direct(behind.operator) as direct:
            lines = direct.get("/metrics").text.splitlines()
        (line,) = (line for line in lines if line.startswith("svx_watchers "))
        return float(line.partition(" ")[2])

    until(lambda: watchers() == 0)
    with (
        proxy.client() as client,
        client.stream("GET", "/events", headers={"Accept": "text/event-stream"}) as feed,
    ):
        lines = feed.iter_lines()
        assert next(lines).startswith("retry:")
        assert watchers() == 1
    until(lambda: watchers() == 0)


def padded(size: int) -> bytes:
    """Return a body of so many bytes, which is no command."""
    return b'{"lines":"' + b"x" * (size - 12) + b'"}'


def test_a_body_has_64_kib_and_no_more(behind: Behind, proxy: Front) -> None:
    path = f"/auctions/{behind.auction.auction_id}/bid"

    def sent(body: bytes | Iterator[bytes]) -> httpx2.Response:
        headers = {"Content-Type": "application/json", "Idempotency-Key": "too-long"}
        with proxy.client(behind.bidder) as client:
            return client.post(path, content=body, headers=headers)

    assert sent(padded(BODY)).json()["type"] == "/problems/missing-field"
    for size in (BODY + 1, BODY + 100_000):
        answer = sent(padded(size))
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == BODY_TOO_LARGE.plain()
    of_no_length = sent(iter([padded(BODY), b" "])).status_code
    assert of_no_length in ({413} if proxy.name == "nginx" else {413, 502})


def test_a_body_that_comes_in_parts_is_one_command(behind: Behind, proxy: Front) -> None:
    path = f"/auctions/{behind.auction.auction_id}/bid"
    body = json.dumps(
        {
            "supplier_id": behind.auction.bidders[0].organisation,
            "lines": [
                {
                    "need_id": behind.auction.need_ids[0],
                    "unit": "£",
                    "quantity": str(next(_pounds)),
                }
            ],
        }
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": f"parted-{next(_names)}",
        "Content-Length": str(len(body)),
    }

    def parts() -> Iterator[bytes]:
        for byte in range(0, len(body), 16):
            yield body[byte : byte + 16]
            time.sleep(0.01)

    with proxy.client(behind.bidder) as client:
        answer = client.post(path, content=parts(), headers=headers)
    assert answer.status_code == 200, answer.text


def test_an_address_counts_as_the_proxy_sees_it(proxy: Front) -> None:
    here, other = f"127.0.1.{1 + len(proxy.name)}", f"127.0.2.{1 + len(proxy.name)}"
    forged = ({"X-Forwarded-For": f"198.51.100.{n}"} for n in itertools.count(1))
    with proxy.client(address=here) as client:
        answers = [client.get("/needs", headers=next(forged)) for _ in range(ANONYMOUS + 1)]
    with proxy.client(address=other) as client:
        elsewhere = client.get("/needs")

    assert [answer.status_code for answer in answers] == [200] * ANONYMOUS + [429]
    assert answers[-1].json()["type"] == "/problems/too-many-requests"
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert elsewhere.status_code == 200
    assert elsewhere.headers["ratelimit-remaining"] == str(ANONYMOUS - 1)


def test_only_a_proxy_that_was_named_says_who_asks(behind: Behind) -> None:
    transport = httpx2.HTTPTransport(local_address="127.0.3.1")  # which --proxy does not name
    with httpx2.Client(base_url=behind.service.url, transport=transport) as client:
        left = [
            client.get("/needs", headers={"X-Forwarded-For": f"198.51.100.{n}"}).headers[
                "ratelimit-remaining"
            ]
            for n in range(2)
        ]

    assert left == [str(ANONYMOUS - 1), str(ANONYMOUS - 2)]


def test_numbers_are_not_for_everybody(behind: Behind, proxy: Front) -> None:
    with proxy.client(behind.operator) as client:
        assert client.get("/metrics").status_code == 404


def test_the_published_log_comes_from_the_folder(behind: Behind, proxy: Front) -> None:
    with behind.direct() as direct:
        size = until(
            lambda: direct.get("/ready").json().get("publication", {}).get("published")
        )
        tile = f"/log/tile/entries/000.p/{size}" if size < 256 else "/log/tile/entries/000"
        file = behind.published.parent / tile[1:]
        until(file.is_file)
        with proxy.client() as client:
            for path in (tile, "/log/checkpoint"):
                for method in ("GET", "HEAD"):
                    theirs = client.request(method, path)
                    ours = direct.request(method, path)
                    assert theirs.status_code == 200
                    assert "ratelimit-limit" not in theirs.headers  # the service was not asked
                    for name in ("content-type", "cache-control", "x-content-type-options"):
                        assert theirs.headers[name] == ours.headers[name], name
                    for name in ("access-control-allow-origin", "cross-origin-resource-policy"):
                        assert theirs.headers[name] == ours.headers[name], name
                    assert theirs.content == ours.content
            same = {"If-None-Match": client.get(tile).headers["etag"]}
            assert client.get(tile, headers=same).status_code == 304
            content = file.read_bytes()
            file.unlink()
            asked = client.get(tile)
            assert (asked.content, "ratelimit-limit" in asked.headers) == (content, True)
            file.write_bytes(content)
            assert client.get("/log/tile/none").json()["type"].startswith("/problems/")
            assert client.get("/log/../../ledger.db").status_code in {400, 404}
            assert client.get("/log/tile/%2e%2e/%2e%2e/%2e%2e/ledger.db").status_code in {
                400,
                404,
            }


def test_http_2_is_spoken(behind: Behind, proxy: Front) -> None:
    context = ssl.create_default_context(cadata="".join(_certificates(proxy)))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", proxy.port)) as line,
        context.wrap_socket(line, server_hostname="127.0.0.1") as secured,
    ):
        assert secured.selected_alpn_protocol() == "h2"
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed: nothing asked by HTTP/2")
    said = subprocess.run(
        [curl, "-sk", "--http2", "-w", "%{http_version} %{http_code}", f"{proxy.url}/health"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout == '{"alive":true}2 200'
    accept = ["-H", "Accept: text/event-stream"]
    with subprocess.Popen(
        [curl, "-skN", "--http2", *accept, f"{proxy.url}/events"],
        stdout=subprocess.PIPE,
        text=True,
    ) as streamed:
        assert streamed.stdout is not None
        assert streamed.stdout.readline().startswith("retry:")
        with Client(proxy.url, behind.bidder, transport=proxy.transport()) as bidding:
            done = bidding.execute(behind.bid())
        lines_until(streamed.stdout, f"id: {done.position}")
        streamed.terminate()


def _certificates(proxy: Front) -> list[str]:
    return [
        ssl.DER_cert_to_PEM_cert(one) for one in proxy.trusted.get_ca_certs(binary_form=True)
    ]


def test_nginx_turns_a_flood_away_and_says_that_nothing_was_done(
    behind: Behind, proxy: Front
) -> None:
    if proxy.name != "nginx":
        pytest.skip("only nginx has limits of its own")
    address = "127.0.4.1"
    with (
        proxy.client(address=address) as client,
        Client(
            proxy.url, behind.bidder, retry_for=0, transport=proxy.transport(address)
        ) as bidding,
    ):

        def floods() -> httpx2.Response:
            for _ in range(2_000):
                if (answer := client.get("/health")).status_code != 200:
                    return answer
            raise AssertionError("all were let through")

        def turned_away() -> bool:
            floods()
            try:
                bidding.execute(behind.bid())
            except NotDone:
                return True
            return False

        answer = floods()
        assert answer.status_code == 429
        assert answer.json() == TOO_MANY_REQUESTS.plain()
        assert int(answer.headers["retry-after"]) >= 1
        assert until(turned_away)


def test_nginx_turns_a_stream_too_many_away_without_leaving_a_doubt(
    behind: Behind, proxy: Front
) -> None:
    if proxy.name != "nginx":
        pytest.skip("only nginx has limits of its own")
    accept = {"Accept": "text/event-stream"}
    with ExitStack() as opened:
        ours = [
            opened.enter_context(proxy.client(key, "127.0.5.1"))
            for key in (None, behind.bidder)
        ]
        for client in ours * 30:
            answer = opened.enter_context(client.stream("GET", "/events", headers=accept))
            assert answer.status_code == 200
        answer = ours[1].get("/events", headers=accept)

    assert answer.status_code == 429
    assert answer.json()["type"] == "/problems/too-many-requests"


def test_nothing_is_lost_or_done_twice_when_the_service_is_started_anew(
    behind: Behind, proxy: Front
) -> None:
    with Client(proxy.url, behind.bidder, transport=proxy.transport()) as patient:
        before = patient.execute(behind.bid())
        bid, key = behind.bid(), f"restarted-{next(_names)}"
        seen: list[int] = []

        def follow() -> None:
            for event in patient.stream_events(before.position):
                seen.append(event["position"])
                if event["position"] > before.position:
                    return

        following = threading.Thread(target=follow, daemon=True)
        following.start()
        assert behind.service.stop() == 0
        with Client(
            proxy.url, behind.bidder, retry_for=0, transport=proxy.transport()
        ) as hasty:
            with pytest.raises(Unknown):  # a proxy cannot say how far a request came
                hasty.execute(bid, idempotency_key=key)
            with pytest.raises(NotAnswered):
                hasty.get("/needs")
        found: list[Done] = []
        giving = threading.Thread(
            target=lambda: found.append(patient.execute(bid, idempotency_key=key)), daemon=True
        )
        giving.start()
        behind.service.start()
        giving.join(SECONDS)
        following.join(SECONDS)
        (done,) = found
        assert patient.execute(bid, idempotency_key=key) == done
    assert seen == [done.position]
