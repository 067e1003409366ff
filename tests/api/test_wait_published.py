"""`?wait=published`: the answer to a command comes with the receipts of what it did."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger.api.admission import shares
from svx_ledger.api.published import waiting
from svx_ledger.api.published.waiting import Waiting
from svx_ledger.eventlog.store import NotRead
from svx_ledger.projections.memory import OutOfStep
from svx_ledger.proofs.files.receipt import parse_receipt, verify_receipt
from svx_ledger.proofs.tree.merkle import entry_of

from .keys import access_for
from .published import PublishedService, published, publishing, sign_with_key
from .served import served

WAITS = "?wait=published"
keys = count(1)


class Bidder:
    """Bids over HTTP, with a key of its own."""

    def __init__(self, one: PublishedService, client: httpx2.AsyncClient, nth: int) -> None:
        self._client, self._auction = client, one.served.auction
        self._bidder = self._auction.bidders[nth]
        self._headers = {"Authorization": f"Bearer {one.served.key(self._bidder)}"}

    async def bids(self, pounds: int, query: str = WAITS, key: str = "") -> httpx2.Response:
        """Bid, under a new key where none is given."""
        line = {"need_id": self._auction.need_ids[0], "unit": "£", "quantity": str(pounds)}
        return await self._client.post(
            f"/auctions/{self._auction.auction_id}/bid{query}",
            headers={**self._headers, "Idempotency-Key": key or f"bid-{next(keys)}"},
            json={"supplier_id": self._bidder.organisation, "lines": [line]},
        )


@asynccontextmanager
async def bidder(one: PublishedService, nth: int = 0) -> AsyncIterator[Bidder]:
    async with one.served.client() as client:
        yield Bidder(one, client, nth)


def in_vain(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.2) -> None:
    """Let nobody wait for five seconds where nothing will come."""
    defaults = Waiting.until.__defaults__
    assert defaults == (waiting.WAIT_SECONDS,)
    monkeypatch.setattr(Waiting.until, "__defaults__", (seconds,))


def test_a_bid_that_waits_is_answered_with_its_receipt(tmp_path: Path) -> None:
    async def go() -> tuple[httpx2.Response, ...]:
        async with bidder(one) as first:
            told = await first.bids(700, key="my-bid")
            again = await first.bids(700, key="my-bid")
            return told, again, await first.bids(700, query="", key="my-bid")

    with published(tmp_path) as one, publishing(one):
        told, again, plain = asyncio.run(go())

    said = told.json()
    assert (told.status_code, said["state"]) == (200, "published")
    (shown,) = said.pop("receipts")
    receipt = parse_receipt(shown["receipt"].encode())
    assert receipt.extra == shown["record"].encode()
    assert receipt.index + 1 == shown["position"] == said["position"]
    verify_receipt(receipt, entry_of(shown["record"].encode()), one.policy)
    assert again.content == told.content
    assert plain.json() == said | {"state": "sequenced"}


def test_a_bid_that_is_rejected_on_record_has_a_receipt_of_that(tmp_path: Path) -> None:
    async def go() -> httpx2.Response:
        async with bidder(one) as first:
            await first.bids(700)
            return await first.bids(600)

    with published(tmp_path) as one, publishing(one):
        answer = asyncio.run(go())

    recorded = answer.json()["recorded"]
    assert (answer.status_code, recorded["state"]) == (409, "published")
    (shown,) = recorded["receipts"]
    receipt = parse_receipt(shown["receipt"].encode())
    verify_receipt(receipt, entry_of(shown["record"].encode()), one.policy)
    assert "bid-rejected.v1" in shown["record"]


def test_who_waits_in_vain_is_told_where_the_receipt_will_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_vain(monkeypatch)

    async def go() -> tuple[httpx2.Response, ...]:
        async with bidder(one) as first:
            told = await first.bids(700, key="my-bid")
            rejected = await first.bids(600)
            one.publish()
            return told, rejected, await first.bids(700, key="my-bid")

    with published(tmp_path) as one:
        told, rejected, then = asyncio.run(go())

    said = told.json()
    position = said["position"]
    assert (told.status_code, said["state"]) == (202, "sequenced")
    assert "receipts" not in said
    assert told.headers["Location"] == f"/events/{position}/receipt"
    assert told.headers["Retry-After"] == "1"
    assert (rejected.status_code, rejected.json()["recorded"]["state"]) == (409, "sequenced")
    assert (then.status_code, then.json()["state"]) == (200, "published")
    assert [one["position"] for one in then.json()["receipts"]] == [position]


def test_a_refused_command_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_vain(monkeypatch, 60.0)

    async def go() -> tuple[httpx2.Response, ...]:
        async with bidder(one) as first:
            await first.bids(700, query="", key="taken")
            refused = await first.bids(800, key="taken")
            unknown = await first.bids(700, query="?wait=for-ever")
            return refused, unknown, await first.bids(700, query="?wait=published&wait=x")

    with published(tmp_path) as one:
        before = one.served.head()
        answers = asyncio.run(go())
        events = list(one.served.exchange.store.rows(after=before))

    named = [answer.json()["type"].removeprefix("/problems/") for answer in answers]
    assert named == ["command-id-reused", "bad-parameter", "bad-parameter"]
    assert [row.type for row in events if row.type.startswith("bid-")] == ["bid-accepted.v1"]


def test_who_waits_holds_no_place_of_those_who_bid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_vain(monkeypatch, 30.0)
    monkeypatch.setattr(waiting, "MOST_WAITING", 1_000)

    async def go() -> tuple[int, int, list[httpx2.Response]]:
        async with bidder(one) as first:
            limits = one.served.app.state.serving.limits
            waits = [asyncio.create_task(first.bids(700 + 10 * n)) for n in range(20)]
            while one.served.head() < before + 21:  # noqa: ASYNC110 - the ledger tells nobody
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            working = limits.working
            not_done = sum(not task.done() for task in waits)
            one.publish()
            return working, not_done, [await task for task in waits]

    with published(tmp_path) as one:
        before = one.served.head()
        working, not_done, answers = asyncio.run(go())

    assert (working, not_done) == (0, 20)
    assert {answer.status_code for answer in answers} <= {200, 409}


def test_many_who_wait_are_woken_by_one_who_looks() -> None:
    looks: list[int] = []

    def look() -> int:
        looks.append(len(looks))
        return 10 if len(looks) > 3 else 0

    async def go() -> list[bool]:
        waits = Waiting(look)
        found = await asyncio.gather(*(waits.until(n, 5.0) for n in range(1, 11)))
        beyond = await waits.until(11, 0.2)
        waits.close()
        return [*found, beyond]

    found = asyncio.run(go())

    assert found == [True] * 10 + [False]
    assert len(looks) < 10


def test_who_finds_too_many_waiting_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_WAITING", 2)

    async def go() -> list[bool]:
        waits = Waiting(lambda: 0)
        others = [asyncio.create_task(waits.until(1, 30.0)) for _ in range(2)]
        await asyncio.sleep(0)
        found = await asyncio.wait_for(waits.until(1, 30.0), 1.0)
        waits.close()
        return [found, *(await asyncio.gather(*others))]

    assert asyncio.run(go()) == [False, False, False]


def test_one_key_does_not_take_all_places_to_wait_in() -> None:
    async def go() -> tuple[bool, bool]:
        waits = Waiting(lambda: 0)
        shares.ASKER.set(shares.Asker("one", keyed=True))
        crowd = [asyncio.create_task(waits.until(1, 30.0)) for _ in range(waiting.SHARE.key)]
        await asyncio.sleep(0)
        more = asyncio.create_task(waits.until(1, 30.0))
        shares.ASKER.set(shares.Asker("another", keyed=True))
        other = asyncio.create_task(waits.until(1, 30.0))
        await asyncio.sleep(0.01)
        came = more.done(), other.done()
        waits.close()
        await asyncio.gather(*crowd, more, other)
        return came

    assert asyncio.run(go()) == (True, False)


def test_a_look_that_fails_is_followed_by_another() -> None:
    answers: Any = iter([NotRead("not now"), 0, 7])

    def look() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return int(answer)

    async def go() -> bool:
        waits = Waiting(look)
        found = await waits.until(7, 5.0)
        waits.close()
        return found

    assert asyncio.run(go())


@pytest.mark.parametrize("where", ["receipt", "wait", "state"])
@pytest.mark.parametrize(
    "fault",
    [NotRead("not now"), OutOfStep("not in step"), LookupError("no row"), RuntimeError("over")],
)
def test_what_happened_is_told_even_where_its_receipts_cannot_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Exception, where: str
) -> None:
    async def go() -> httpx2.Response:
        async with bidder(one) as first:
            log = one.served.app.state.serving.published

            async def waited(_: int) -> bool:
                if where == "wait":
                    raise fault
                return where == "receipt"

            def broken(*_: object) -> None:
                raise fault

            log.waiting.until = waited
            log.receipt = log.without_receipt = broken
            return await first.bids(700)

    with published(tmp_path) as one:
        answer = asyncio.run(go())

    assert (answer.status_code, answer.json()["state"]) == (202, "sequenced")
    told = [record.getMessage() for record in caplog.records]
    request_id = answer.headers["X-Request-Id"]
    said = f"receipts cannot be read: {type(fault).__name__}, request {request_id}"
    assert said in told


ISSUES = "act:IssueApiKey"


async def issue(one: PublishedService, client: httpx2.AsyncClient) -> httpx2.Response:
    """Issue a key with one that may only do that, and wait; each time with the same words."""
    bidder = one.served.auction.bidders[0]
    at = one.served.clock.wall() + timedelta(days=1)
    return await client.post(
        f"/api-keys/api-key-{'k' * 16}/issue{WAITS}",
        headers={"Idempotency-Key": "the-issue"},
        json={
            "access_id": access_for(one.served.exchange, bidder),
            "secret_sha256": "ab" * 32,
            "scopes": [ISSUES],
            "expires_at": at.isoformat(),
        },
    )


def test_a_key_that_may_not_read_has_a_receipt_at_neither_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_vain(monkeypatch)

    async def go() -> tuple[httpx2.Response, ...]:
        async with one.served.client(one.served.key(bidder, ISSUES)) as client:
            early = await issue(one, client)
            one.publish()
            late = await issue(one, client)
            return early, late, await client.get(f"/events/{late.json()['position']}/receipt")

    async def with_read(position: int) -> int:
        async with one.served.client(one.served.key(bidder, "read", ISSUES)) as client:
            return (await client.get(f"/events/{position}/receipt")).status_code

    with published(tmp_path) as one:
        bidder = one.served.auction.bidders[0]
        early, late, receipt = asyncio.run(go())
        reader = asyncio.run(with_read(late.json()["position"]))

    position = late.json()["position"]
    assert (early.status_code, early.headers["Location"]) == (202, f"/events/{position}")
    assert (late.status_code, late.json()["state"], late.json()["receipts"]) == (
        200,
        "published",
        [],
    )
    assert (receipt.status_code, reader) == (404, 200)


def test_where_the_log_has_no_key_nobody_waits_and_all_addresses_say_so(tmp_path: Path) -> None:
    async def go() -> tuple[httpx2.Response, list[httpx2.Response]]:
        async with one.served.client(one.served.key(bidder)) as client:
            told = await Bidder(one, client, 0).bids(700)
            paths = (
                f"/events/{told.json()['position']}/receipt",
                "/log/checkpoint",
                "/log/tile/0/000",
                "/proofs/inclusion?position=1",
                "/proofs/consistency?old=1",
                "/log",
            )
            return told, [await client.get(path) for path in paths]

    with served(tmp_path) as plain:
        one = PublishedService(served=plain)
        bidder = plain.auction.bidders[0]

        async def never(*_: object) -> bool:
            raise AssertionError

        plain.app.state.serving.published.waiting.until = never
        told, (receipt, *missing, log) = asyncio.run(go())

    assert (told.status_code, told.json()["state"]) == (202, "sequenced")
    assert "Retry-After" not in told.headers
    assert not told.headers["Location"].endswith("/receipt")
    assert receipt.json()["type"] == "/problems/log-without-key"
    assert (receipt.status_code, "Retry-After" in receipt.headers) == (409, False)
    for answer in missing:
        said = "This log is not published: it has no key that could sign it."
        assert (answer.status_code, answer.json()["remedy"]) == (404, said)
    assert log.json().keys() == {"origin", "epoch", "keys", "formats", "documentation"}


def test_a_key_that_comes_later_is_noticed(tmp_path: Path) -> None:
    async def go() -> tuple[list[str], httpx2.Response]:
        async with one.served.client() as client:
            before = (await client.get("/log")).json()
            sign_with_key(one.served.exchange)
            after = (await client.get("/log")).json()
            one.publish()
            return sorted(after.keys() - before.keys()), await client.get("/events/3/receipt")

    with served(tmp_path) as plain:
        one = PublishedService(served=plain)
        more, receipt = asyncio.run(go())

    assert more == ["checkpoint", "consistency", "entries", "inclusion", "receipt", "tiles"]
    assert receipt.status_code == 200


def test_numbers_the_wrong_way_round_are_told_apart_from_what_is_not_published(
    tmp_path: Path,
) -> None:
    async def go() -> list[str]:
        async with one.served.client() as client:
            paths = (
                "/proofs/inclusion?position=4&size=3",
                "/proofs/consistency?old=4&new=3",
                "/proofs/inclusion?position=4&size=99999",
                "/proofs/consistency?old=99998&new=99999",
            )
            return [(await client.get(path)).json()["remedy"] for path in paths]

    with published(tmp_path) as one:
        one.publish()
        remedies = asyncio.run(go())

    assert [said[:10] for said in remedies] == ["The second"] * 2 + ["Ask within"] * 2
    assert all("GET /log/checkpoint" in said for said in remedies[2:])
