"""What one asker may have: nobody's slow or many reads keep the others from theirs."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger.api.admission.shares import ASKER, Asker
from svx_ledger.api.negotiating import JSON
from svx_ledger.api.reads.catalogue import READS
from svx_ledger.api.reads.rendering import Rendered
from svx_ledger.api.refusals import Declined
from svx_ledger.api.serving import Config, Serving
from svx_ledger.api.workers.heavy import Heavy
from svx_ledger.api.workers.readers import MOST_WAITING, Readers

from .keys import bearer
from .served import Served, served

ANSWER = Rendered(b"{}", JSON, 1, "tag")
SHORT = ("my-bids", "receipts", "feedback", "owed", "asked", "promised", "waiting", "disputes")


class Held:
    """Work that goes on until it is let go; counts how much goes on at once, and by whom."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, *_: Any) -> Rendered:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.go.wait(20)
        with self._lock:
            self.now -= 1
        return ANSWER


@pytest.fixture
def held() -> Iterator[Held]:
    one = Held()
    yield one
    one.go.set()


@pytest.fixture
def heavy(held: Held, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heavy]:
    monkeypatch.setattr(Heavy, "_ask", held)
    one = Heavy("sqlite:///none.db", 2, 10.0)
    yield one
    held.go.set()
    one.close()


async def told(asking: Any, name: str, *, keyed: bool) -> str:
    ASKER.set(Asker(name, keyed))  # each in a task: a context of its own
    try:
        await asking
    except Declined as declined:
        return declined.problem.name
    return "answered"


def asks(heavy: Heavy, name: str, *, keyed: bool = False) -> "asyncio.Task[str]":
    job: Any = None
    return asyncio.create_task(told(heavy.rendered(job), name, keyed=keyed))


async def gone_through(held: Held, tasks: "list[asyncio.Task[str]]") -> Counter[str]:
    await asyncio.sleep(0.2)
    held.go.set()
    return Counter(await asyncio.gather(*tasks))


def test_an_address_has_one_worked_on_and_one_waiting(heavy: Heavy, held: Held) -> None:
    async def run() -> None:
        said = await gone_through(held, [asks(heavy, "192.0.2.1") for _ in range(20)])
        assert (said, held.most) == ({"answered": 2, "busy": 18}, 1)

    asyncio.run(run())


def test_a_key_has_two_worked_on_and_two_waiting(heavy: Heavy, held: Held) -> None:
    async def run() -> None:
        mine = [asks(heavy, "api-key-1", keyed=True) for _ in range(6)]
        said = await gone_through(held, mine)
        assert (said, held.most) == ({"answered": 4, "busy": 2}, 2)

    asyncio.run(run())


def test_a_crowd_of_addresses_leaves_a_process_and_half_the_places(
    heavy: Heavy, held: Held
) -> None:
    async def run() -> None:
        crowd = [asks(heavy, f"192.0.2.{number}") for number in range(40)]
        await asyncio.sleep(0.2)
        assert held.now == 1
        mine = [asks(heavy, f"api-key-{number}", keyed=True) for number in range(8)]
        await asyncio.sleep(0.2)
        assert held.now == 2
        held.go.set()
        assert Counter(await asyncio.gather(*crowd)) == {"answered": 8, "busy": 32}
        assert Counter(await asyncio.gather(*mine)) == {"answered": 8}
        assert not heavy._turns._lines

    asyncio.run(run())


def test_who_waits_for_a_turn_too_long_is_told(heavy: Heavy, held: Held) -> None:
    async def run() -> None:
        first = asks(heavy, "192.0.2.1")
        await asyncio.sleep(0.05)
        heavy._seconds = 0.1
        second = asks(heavy, "192.0.2.1")
        assert await second == "busy"
        held.go.set()
        assert await first == "answered"
        heavy._seconds = 5.0
        assert await asks(heavy, "192.0.2.1") == "answered"

    asyncio.run(run())


def test_what_is_ones_own_is_answered_by_the_readers() -> None:
    assert not any(READS[f"report-{verb}"].takes_long for verb in SHORT)


@pytest.mark.parametrize(("keyed", "most"), [(False, 16), (True, 32)])
def test_nobody_has_all_readers(held: Held, keyed: bool, most: int) -> None:  # noqa: FBT001
    readers = Readers(lambda: 0)

    async def run() -> None:
        def ask(name: str, *, own: bool = False) -> "asyncio.Task[str]":
            return asyncio.create_task(told(readers.do(held, own=own), name, keyed=keyed))

        mine = [ask("one") for _ in range(40)]
        crowd = [ask(f"other-{number}") for number in range(MOST_WAITING)]
        await asyncio.sleep(0.2)
        mine_own = ask("one", own=True)
        await asyncio.sleep(0.2)
        assert held.now == (5 if keyed else 3)  # of all readers, and one of one's own
        held.go.set()
        assert Counter(await asyncio.gather(*mine))["answered"] == most
        let_in = Counter(await asyncio.gather(*crowd))["answered"]
        assert let_in == (MOST_WAITING if keyed else MOST_WAITING // 2) - most
        assert await mine_own == "answered"

    asyncio.run(run())
    readers.close()


def test_those_who_ask_for_the_head_together_share_a_look() -> None:
    looks: list[float] = []
    head = 7

    def look() -> int:
        looks.append(time.monotonic())
        found = head
        time.sleep(0.1)
        return found

    readers = Readers(look)

    async def run() -> None:
        nonlocal head
        first = [asyncio.create_task(readers.head()) for _ in range(50)]
        await asyncio.sleep(0.05)
        head = 8  # written while the first look goes on
        late = [asyncio.create_task(readers.head()) for _ in range(50)]
        assert set(await asyncio.gather(*first)) == {7}
        assert set(await asyncio.gather(*late)) == {8}

    for _ in range(2):  # in another event loop too
        head = 7
        asyncio.run(run())
    readers.close()
    assert len(looks) == 4


def test_a_supplier_reads_its_own_while_one_address_asks_for_all(
    tmp_path: Path, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over HTTP: slow reads apart and slow readers, all held by two addresses."""
    monkeypatch.setattr(Heavy, "_ask", held)

    async def run(here: Served) -> None:
        serving: Serving = here.app.state.serving
        supplier = here.auction.bidders[0]

        def client(address: str, key: str | None = None) -> httpx2.AsyncClient:
            return httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=here.app, client=(address, 1)),
                base_url="http://ledger.example",
                headers=bearer(key) if key else {},
            )

        board = f"/auctions/{here.auction.auction_id}/boards/{supplier.organisation}"
        async with (
            client("192.0.2.1") as crowd,
            client("192.0.2.2", here.key(supplier)) as mine,
        ):
            asked = [asyncio.create_task(crowd.get("/leverage")) for _ in range(20)]
            await asyncio.sleep(0.2)
            for path in ("/reports/my-bids", board):
                assert (await mine.get(path)).status_code == 200
            blocked = [
                asyncio.create_task(told(serving.in_reader(held), f"k{n}", keyed=True))
                for n in range(4)
            ]
            await asyncio.sleep(0.2)
            for path in (board, f"{board}?wait_for=1"):
                assert (await mine.get(path)).status_code == 200
            assert (await mine.get("/outcomes/none-such")).status_code == 404
            assert (await crowd.get("/events?after=99999")).status_code == 503
            held.go.set()
            said = await asyncio.gather(*asked)
            assert Counter(one.status_code for one in said) == {200: 2, 503: 18}
            assert {one.headers["Retry-After"] for one in said if one.is_error} == {"1"}
            assert set(await asyncio.gather(*blocked)) == {"answered"}

    with served(tmp_path, config=Config()) as here:
        asyncio.run(asyncio.wait_for(run(here), 15))
