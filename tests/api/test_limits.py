"""Who is let in when everybody comes at once: quotas, places, and those kept for bidders."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from fastapi import Request

from svx_ledger.api.admission.addresses import counted_as
from svx_ledger.api.admission.limits import Limits, address_of
from svx_ledger.api.admission.principals import Principal
from svx_ledger.api.refusals import NOT_AUTHENTICATED, Declined
from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.record import Row, Unreadable

BIDDER = Actor(id="person-1", role="supplier.bidder", organisation="organisation-one1")
KEY = "Bearer svx_0123456789abcdef_" + "a" * 64


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
