"""Who is let in when everybody comes at once: quotas, places, and those kept for bidders."""

import asyncio
import itertools
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import Request
from fastapi.responses import StreamingResponse
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.api.admission.addresses import counted_as
from svx_ledger.api.admission.limits import Limits, address_of
from svx_ledger.api.admission.per_minute import MOST_NAMES, PerMinute
from svx_ledger.api.admission.principals import Principal
from svx_ledger.api.refusals import NOT_AUTHENTICATED, Declined
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.eventlog.record import Row, Unreadable
from tests.world import open_auction

from .served import Served, served

BIDDER = Actor(id="person-1", role="supplier.bidder", organisation="organisation-one1")
KEY = "Bearer svx_0123456789abcdef_" + "a" * 64


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def per_minute(most: int) -> tuple[PerMinute, Clock]:
    clock = Clock()
    return PerMinute(most, clock), clock


def test_so_many_a_minute_and_not_one_more() -> None:
    limit, _ = per_minute(5)

    assert [limit.hit("a").allowed for _ in range(6)] == [True] * 5 + [False]
    assert limit.hit("b").allowed
    assert [limit.hit("b").remaining for _ in range(4)] == [3, 2, 1, 0]


def test_a_window_slides() -> None:
    limit, clock = per_minute(10)
    clock.now = 1_000_000 // 60 * 60 + 59.0
    assert all(limit.hit("a").allowed for _ in range(10))
    clock.now += 2  # a second into the next minute: nearly all of the last one count still
    assert not limit.hit("a").allowed
    clock.now += 29
    assert sum(limit.hit("a").allowed for _ in range(10)) == 5


@given(
    most=st.integers(1, 40),
    gaps=st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=80),
)
def test_who_waits_as_long_as_is_said_is_let_in(most: int, gaps: list[float]) -> None:
    limit, clock = per_minute(most)
    for gap in gaps:
        clock.now += gap
        left = limit.hit("a")
        if not left.allowed:
            assert left.headers()["Retry-After"] == str(left.seconds)
            clock.now += left.seconds
            assert limit.test("a").allowed


@given(st.lists(st.floats(0, 10, allow_nan=False), min_size=50, max_size=300))
def test_no_minute_has_twice_as_many(gaps: list[float]) -> None:
    limit, clock = per_minute(10)
    at = []
    for gap in gaps:
        clock.now += gap
        if limit.hit("a").allowed:
            at.append(clock.now)
    for begin in at:
        assert len([one for one in at if begin <= one < begin + 60]) <= 20


def test_names_are_bounded_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svx_ledger.api.admission.per_minute.MOST_NAMES", 3)
    clock = Clock()
    limit = PerMinute(2, clock)
    for name in ("a", "b", "c"):
        assert limit.hit(name).allowed
    assert [limit.hit(name).allowed for name in ("d", "e", "f")] == [True, True, False]
    assert limit.hit("a").allowed
    clock.now += 120
    assert limit.hit("f").allowed
    assert [*limit._counts] == ["f"]
    assert MOST_NAMES == 100_000


class Asked:
    """A request as the limits see it."""

    def __init__(self, address: str = "192.0.2.1", authorization: str | None = None) -> None:
        headers = [(b"authorization", authorization.encode())] if authorization else []
        self.scope: dict[str, Any] = {
            "type": "http",
            "headers": headers,
            "client": (address, 1),
            "path_params": {"auction_id": "auction-near"},
            "state": {},
        }
        self.request = Request(self.scope)

    def leave(self) -> None:
        self.scope["state"]["leave"]()


class Known:
    """Knows one key."""

    asked = 0

    async def of(self, authorization: str | None) -> Principal:
        self.asked += 1
        await asyncio.sleep(0)
        if authorization == KEY:
            return Principal(actor=BIDDER, api_key_id="api-key-1")
        raise Declined(NOT_AUTHENTICATED)


async def near(supplier: str, auction: str) -> bool:
    return (supplier, auction) == (BIDDER.organisation, "auction-near")


def limits(**given: int) -> Limits:
    chosen = {"requests": 1000, "anonymous_requests": 1000, "at_once": 16} | given
    return Limits(**chosen, may_bid_soon=near)


async def let_in(limits: Limits, asked: Asked, operation: str = "auctions") -> str:
    try:
        await limits.let_in(asked.request, operation, Known())
    except Declined as declined:
        return declined.problem.name
    return "in"


WRONG = KEY.replace("a" * 64, "b" * 64)


def test_keys_that_open_nothing_count_for_their_address_apart() -> None:
    async def run() -> None:
        door = limits(anonymous_requests=3)
        said = [await let_in(door, Asked(authorization=WRONG)) for _ in range(4)]
        assert said == ["not-authenticated"] * 3 + ["too-many-requests"]
        assert await let_in(door, Asked()) == "in"
        assert await let_in(door, Asked("192.0.2.2", KEY)) == "in"
        assert await let_in(door, Asked(authorization=KEY)) == "in"  # it opened something

    asyncio.run(run())


def test_a_new_key_does_not_pay_for_what_its_address_read() -> None:
    async def run() -> None:
        door = limits(anonymous_requests=3)
        said = [await let_in(door, Asked()) for _ in range(4)]
        assert said == ["in"] * 3 + ["too-many-requests"]
        assert await let_in(door, Asked(authorization=KEY)) == "in"

    asyncio.run(run())


def test_a_key_that_cannot_be_read_is_not_asked_for_for_ever() -> None:
    class Damaged(Known):
        async def of(self, _: str | None) -> Principal:
            self.asked += 1
            raise Unreadable(
                Row(7, "api-key-1", 1, "api-key-issued.v1", b"{"), "it is no record"
            )

    async def run() -> None:
        door, damaged = limits(anonymous_requests=3), Damaged()
        for _ in range(3):
            with pytest.raises(Unreadable):
                await door.let_in(Asked(authorization=KEY).request, "me", damaged)
        for _ in range(2):
            with pytest.raises(Declined, match="too-many-requests"):
                await door.let_in(Asked(authorization=KEY).request, "me", damaged)
        assert damaged.asked == 3

    asyncio.run(run())


def test_the_secret_of_a_known_key_is_not_guessed_at_for_ever() -> None:
    async def run() -> None:
        door = limits(anonymous_requests=3, at_once=64)
        assert await let_in(door, Asked(authorization=KEY)) == "in"
        said = [await let_in(door, Asked(authorization=WRONG)) for _ in range(5)]
        assert said == ["not-authenticated"] * 3 + ["too-many-requests"] * 2
        assert await let_in(door, Asked(authorization=KEY)) == "in"
        other = Asked("192.0.2.2", WRONG)
        assert await let_in(door, other) == "not-authenticated"

    asyncio.run(run())


def test_a_crowd_of_addresses_takes_no_count_from_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svx_ledger.api.admission.per_minute.MOST_NAMES", 3)

    class All(Known):
        async def of(self, authorization: str | None) -> Principal:
            return Principal(actor=BIDDER, api_key_id=(authorization or "")[:30])

    async def run() -> None:
        door = limits(requests=1, anonymous_requests=1, at_once=64)
        for number in range(8):
            await let_in(door, Asked(f"192.0.2.{number}"))
        for number in range(3):
            await door.let_in(Asked(authorization=_stranger(number)).request, "me", All())

    asyncio.run(run())


def _stranger(number: int) -> str:
    return f"Bearer svx_{number:016d}_" + "b" * 64


class Slow(Known):
    """Takes its time, and counts how many it is asked about at once."""

    now = most = 0

    async def of(self, authorization: str | None) -> Principal:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        self.now -= 1
        return await super().of(authorization)


def test_keys_that_were_never_seen_stand_in_a_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svx_ledger.api.admission.limits.QUEUES", 1)
    monkeypatch.setattr("svx_ledger.api.admission.limits.FEW_STRANGERS", 2)

    async def run() -> None:
        door, slow = limits(), Slow()

        async def ask(number: int) -> str:
            asked = Asked(f"192.0.2.{number}", _stranger(number))
            try:
                await door.let_in(asked.request, "auctions", slow)
            except Declined as declined:
                return declined.problem.name
            return "in"

        said = await asyncio.gather(*(ask(n) for n in range(20)))
        assert Counter(said) == {"not-authenticated": 16, "busy": 4}
        assert slow.most == 2
        monkeypatch.setattr("svx_ledger.api.admission.limits.QUEUE_SECONDS", 0.015)
        assert Counter(await asyncio.gather(*map(ask, range(6))))["busy"] >= 2

    asyncio.run(run())


def test_a_first_wave_of_keys_waits_and_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svx_ledger.api.admission.limits.FEW_STRANGERS", 1)

    class Sleepy(Known):
        async def of(self, authorization: str | None) -> Principal:
            await asyncio.sleep(0.4)
            return Principal(actor=BIDDER, api_key_id=(authorization or "")[:30])

    async def run() -> None:
        door, sleepy = limits(at_once=15), Sleepy()  # one look-up at a time
        wave = (Asked(authorization=_stranger(number)) for number in range(8))
        await asyncio.gather(*(door.let_in(one.request, "me", sleepy) for one in wave))

    asyncio.run(run())


def test_of_many_invented_keys_few_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svx_ledger.api.admission.limits.FEW_STRANGERS", 1)

    async def run() -> None:
        door, known = limits(anonymous_requests=3, at_once=15), Known()
        assert await let_in(door, Asked(authorization=KEY)) == "in"

        async def ask(number: int) -> str:
            try:
                await door.let_in(Asked(authorization=_stranger(number)).request, "me", known)
            except Declined as declined:
                return declined.problem.name
            return "in"

        said = Counter(await asyncio.gather(*map(ask, range(50))))
        assert said == {"not-authenticated": 3, "too-many-requests": 47}
        assert known.asked == 3

    asyncio.run(run())


def test_a_quarter_of_the_places_is_for_bidders_near_the_close() -> None:
    async def run() -> None:
        door = limits()  # 16 places: 12, of which nobody has more than 3, and 4
        others = [Asked(f"192.0.2.{n // 3}") for n in range(12)]
        assert [await let_in(door, one) for one in others] == ["in"] * 12
        assert door.working == 12
        bid = Asked(authorization=KEY)
        assert await let_in(door, Asked("198.51.100.1")) == "busy"
        assert await let_in(door, bid, "auctions") == "busy"
        assert await let_in(door, bid, "SubmitBid") == "in"
        assert await let_in(door, Asked(authorization=KEY), "SubmitBid") == "busy"  # has one
        elsewhere = Asked(authorization=KEY)
        elsewhere.scope["path_params"] = {"auction_id": "auction-other"}
        bid.leave()
        assert await let_in(door, elsewhere, "SubmitBid") == "busy"
        for one in others:
            one.leave()
        assert door.working == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("x" * 100, "x" * 64),
        ("", ""),
    ],
)
def test_an_address_is_counted_as_its_network(host: str, counted: str) -> None:
    assert counted_as(host) == counted


def test_hosts_of_one_network_share_one_count() -> None:
    async def run() -> None:
        door = limits(anonymous_requests=3, at_once=64)
        hosts = ("2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8::4")
        said = [await let_in(door, Asked(host)) for host in hosts]
        assert said == ["in"] * 3 + ["too-many-requests"]
        assert await let_in(door, Asked("2001:db8:0:1::1")) == "in"
        assert await let_in(door, Asked("192.0.2.1")) == "in"
        assert await let_in(door, Asked("::ffff:192.0.2.1")) == "in"
        assert await let_in(door, Asked("192.0.2.1")) == "in"
        assert await let_in(door, Asked("::ffff:192.0.2.1")) == "too-many-requests"

    asyncio.run(run())


def bidder_of(supplier: int) -> str:
    return _stranger(supplier).replace("b" * 64, "a" * 64)


class Bidders(Known):
    """Knows a bidder of each of many suppliers."""

    async def of(self, authorization: str | None) -> Principal:
        number = (authorization or "")[11:27]
        supplier = Actor(
            id="person-1", role="supplier.bidder", organisation=f"organisation-{number}"
        )
        return Principal(actor=supplier, api_key_id=f"api-key-{number}")


@pytest.mark.parametrize(
    ("places", "suppliers", "bids", "let"), [(16, 8, 8, 4), (64, 1, 8, 4), (64, 2, 12, 8)]
)
def test_of_bids_that_wait_together_no_more_are_let_in_than_places_are_kept(
    places: int, suppliers: int, bids: int, let: int
) -> None:
    """All of them found a place free before it was known whether they may bid soon."""

    async def run() -> None:
        released, waiting = asyncio.Event(), 0

        async def soon(_: str, __: str) -> bool:
            nonlocal waiting
            waiting += 1
            await released.wait()
            return True

        door = Limits(requests=1000, anonymous_requests=1000, at_once=places, may_bid_soon=soon)
        ordinary = places * 3 // 4
        for number in range(ordinary):
            asked = Asked(f"192.0.2.{number // (ordinary // 4)}")
            assert await let_in(door, asked) == "in"

        async def bid(number: int) -> str:
            asked = Asked(authorization=bidder_of(number % suppliers))
            try:
                await door.let_in(asked.request, "SubmitBid", Bidders())
            except Declined as declined:
                return declined.problem.name
            return "in"

        bidding = [asyncio.create_task(bid(number)) for number in range(bids)]
        while waiting < bids:  # noqa: ASYNC110 - until all of them have asked
            await asyncio.sleep(0)
        released.set()
        said = Counter(await asyncio.gather(*bidding))
        assert said == {"in": let, "busy": bids - let}
        assert door.working == ordinary + let <= places

    asyncio.run(run())


def test_nobody_has_more_than_a_quarter_of_the_other_places() -> None:
    async def run() -> None:
        door = limits()
        asked = [Asked() for _ in range(4)]
        assert [await let_in(door, one) for one in asked] == ["in"] * 3 + ["busy"]
        asked[0].leave()
        assert await let_in(door, Asked()) == "in"
        assert await let_in(door, Asked("2001:db8::1")) == "in"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("testclient", "x" * 100, False),
    ],
)
def test_addresses(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert (address_of(Asked(one).request) == address_of(Asked(other).request)) is same


def test_a_key_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    async def run(here: Served) -> None:
        key = here.key(here.auction.bidders[0])
        async with here.client(key) as client:
            path = f"/auctions/{here.auction.auction_id}/bid"
            said = [await client.post(path) for _ in range(4)]
        assert [one.status_code for one in said] == [400, 400, 400, 429]
        assert [one.headers["RateLimit-Remaining"] for one in said] == ["2", "1", "0", "0"]
        assert {one.headers["RateLimit-Limit"] for one in said} == {"3"}
        assert said[3].json()["type"] == "/problems/too-many-requests"
        assert 1 <= int(said[3].headers["Retry-After"]) <= 80
        async with here.client(here.key(here.auction.bidders[1])) as other:
            assert (await other.post(path)).status_code == 400
            assert (await other.get("/health")).status_code == 200
        serving = here.app.state.serving
        assert serving.limits.working == 0

    with served(tmp_path, config=Config(requests=3)) as here:
        asyncio.run(run(here))


def test_a_stream_is_not_worked_on_once_it_has_begun(tmp_path: Path) -> None:
    async def run(here: Served) -> None:
        serving = here.app.state.serving
        seen: list[int] = []
        end = asyncio.Event()

        async def stream(request: Request) -> StreamingResponse:
            await serving.limits.let_in(request, "events", serving.principals)
            seen.append(serving.limits.working)

            async def parts() -> Any:
                yield b": one\n\n"
                seen.append(serving.limits.working)
                await end.wait()

            return StreamingResponse(parts(), media_type="text/event-stream")

        here.app.add_route("/stream-for-a-test", stream)
        async with here.client() as client:
            asking = asyncio.create_task(client.get("/stream-for-a-test"))
            while len(seen) < 2:  # noqa: ASYNC110 - it is the route that is waited for
                await asyncio.sleep(0.01)
            assert _watchers(here) == 1
            end.set()
            assert (await asking).status_code == 200
        assert seen == [1, 0]
        assert (serving.limits.working, _watchers(here)) == (0, 0)

    with served(tmp_path) as here:
        asyncio.run(run(here))


def _watchers(here: Served) -> float:
    text = here.app.state.serving.metrics.exposition([]).decode()
    (line,) = [one for one in text.splitlines() if one.startswith("svx_watchers ")]
    return float(line.split()[1])


def test_a_body_that_does_not_come_gives_its_place_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("svx_ledger.api.commands.request.BODY_SECONDS", 0.05)

    async def run(here: Served) -> None:
        async def body() -> Any:
            yield b"{"
            await asyncio.sleep(5)

        key = here.key(here.auction.bidders[0])
        sent: list[dict[str, Any]] = []
        parts = iter([{"type": "http.request", "body": b"{", "more_body": True}])

        async def receive() -> dict[str, Any]:
            for part in parts:
                return part
            await asyncio.sleep(30)
            raise AssertionError

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/auctions/{here.auction.auction_id}/bid",
            "raw_path": b"",
            "query_string": b"",
            "headers": [
                (b"authorization", f"Bearer {key}".encode()),
                (b"content-type", b"application/json"),
                (b"idempotency-key", b"slow-one"),
            ],
            "client": ("192.0.2.1", 1),
            "server": ("x", 80),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
        }
        await here.app(scope, receive, send)
        assert sent[0]["status"] == 408
        assert (b"connection", b"close") in sent[0]["headers"]
        assert here.app.state.serving.limits.working == 0

    with served(tmp_path) as here:
        asyncio.run(run(here))


def test_in_the_last_minute_every_bid_gets_through_a_flood(tmp_path: Path) -> None:
    """Ten times as many requests as there are places, by other keys and by the public."""
    places, bids = 16, 10

    async def run(here: Served) -> None:
        other = open_auction(here.exchange, "flood", bidders=8, open_for=timedelta(days=1))
        keys = [here.key(bidder) for bidder in other.bidders]
        mine = [here.key(bidder) for bidder in here.auction.bidders]
        here.clock.advance_to(here.auction.closes_at - timedelta(seconds=60))
        ended = asyncio.Event()
        flood: Counter[int] = Counter()
        pounds = itertools.count(1_000, 7)

        async def flooding(key: str | None, number: int) -> None:
            async with here.client(key) as client:
                for turn in itertools.count():
                    if ended.is_set():
                        return
                    bid = other.bid(number % 8, pounds=next(pounds))
                    said = await _post(client, bid, f"flood-{number}-{turn}")
                    flood[said.status_code] += 1
                    await asyncio.sleep(0.1)  # a tenth of what it is told to wait

        async def bidding(number: int) -> list[httpx2.Response]:
            said = []
            async with here.client(mine[number]) as client:
                for turn in range(bids):
                    bid = here.auction.bid(number, pounds=10_000 + 10 * turn + 5 * number)
                    said.append(await _post(client, bid, f"mine-{number}-{turn}"))
            return said

        flooders = [
            asyncio.create_task(flooding(None if n % 3 == 0 else keys[n % 8], n))
            for n in range(10 * places)
        ]
        while flood[503] < 100:  # noqa: ASYNC110 - until it is full
            await asyncio.sleep(0.01)
        before = flood[503]
        answers = await asyncio.gather(bidding(0), bidding(1))
        ended.set()
        await asyncio.gather(*flooders)

        refused = [one.text for each in answers for one in each if one.status_code == 503]
        assert refused == []
        assert flood[503] > before  # it was full all the while
        log = {row.position: row for row in here.exchange.store.rows()}
        for number, each in enumerate(answers):
            stands = 0
            for one in each:
                told = one.json()
                if one.status_code == 200:
                    assert log[told["position"]].stream == here.auction.auction_id
                    assert told["events"][0]["data"]["supplier_id"].endswith(f"s{number:03d}")
                    stands += 1
                else:
                    assert log[told["recorded"]["position"]].stream == here.auction.auction_id
            assert stands == bids

    config = Config(at_once=places, requests=1_000_000, anonymous_requests=1_000_000)
    with served(tmp_path, config=config) as here:
        asyncio.run(run(here))


async def _post(client: httpx2.AsyncClient, bid: SubmitBid, key: str) -> httpx2.Response:
    lines = [
        {"need_id": line.need_id, "unit": line.unit, "quantity": str(line.quantity)}
        for line in bid.lines
    ]
    return await client.post(
        f"/auctions/{bid.auction_id}/bid",
        json={"supplier_id": bid.supplier_id, "lines": lines},
        headers={"Idempotency-Key": key},
    )
