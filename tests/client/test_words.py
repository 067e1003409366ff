"""The exact word for every fault, and that the log has the command once or not at all."""

import asyncio
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import orjson
import pytest

from svx_ledger.client import AsyncClient, Done, NotDone, Refused, Unknown
from tests.api.served import Served

from .conftest import Registrar
from .faulty import CutAsked, CutTold, Dribble, Fate, Hang, Late, Say, Through, faulty
from .hurried import hurried
from .setting import Either, Sort, written

Fates = tuple[Fate, ...]
ATTEMPTS = 3


def problem(name: str, status: int, command_id: str | None = None, wait: str = "0") -> Say:
    """A problem of the exchange, as somebody saw it who sat between."""
    said = {"type": f"/problems/{name}", "status": status, "title": "Said."}
    said |= {"command_id": command_id} if command_id else {}
    headers = (("Content-Type", "application/problem+json"), ("Retry-After", wait))
    return Say(status, orjson.dumps(said), headers)


def given(
    registrar: Registrar, sort: Sort, key: str, fates: Fates
) -> tuple[Any, int, list[Any]]:
    """Give a command through these faults: the word, the events on the log, what was asked."""
    with faulty(registrar.one.app, fates) as server:
        timeout = 0.25 if any(isinstance(fate, Hang) for fate in fates) else 5.0
        client = Either(sort, server.url, registrar.key, timeout=timeout, retry_for=20)
        word: Any
        try:
            word = client.ask("execute", registrar.command(), idempotency_key=key)
        except (Refused, NotDone, Unknown) as told:
            word = told
        server.settle()
        return word, written(registrar.one, key), server.asked


HEALED: dict[str, Fates] = {
    "nothing": (Through(),),
    "cut before the request": (CutAsked(0), Through()),
    "cut in the request": (CutAsked(60), Through()),
    "cut before the answer, after the commit": (CutTold(0), Through()),
    "cut in the head of the answer": (CutTold(40), Through()),
    "cut in the body of the answer": (CutTold(900), Through()),
    "cut again and again": (CutTold(0), CutTold(9), CutAsked(9), CutTold(950), Through()),
    "no answer, and it was not reached": (Hang(reaches=False), Through()),
    "no answer after the commit": (Hang(reaches=True), Through()),
    "held on the way": (Late(0.2), Through()),
    "busy": (problem("busy", 503), Through()),
    "too many": (problem("too-many-requests", 429), Through()),
    "not written": (problem("not-written", 503), Through()),
    "too slow": (problem("too-slow", 408), problem("too-slow", 408), Through()),
    "too slow after the commit": (CutTold(0), problem("too-slow", 408), Through()),
    "too slow for somebody in between": (Say(408), Through()),
    "said to be unknown": (CutTold(0), problem("outcome-unknown", 503), Through()),
    "a proxy without its server": (Say(502), Say(504), Say(503), Through()),
    "somebody else's page": (
        Say(200, b"<p>Sign in", (("Content-Type", "text/html"),)),
        Through(),
    ),
    "an answer to something else": (
        Say(
            200,
            b'{"state":"sequenced","command_id":"x"}',
            (("Content-Type", "application/json"),),
        ),
        Through(),
    ),
    "a whole answer to another command": (
        Say(
            200,
            orjson.dumps(
                {
                    "state": "sequenced",
                    "command_id": "another",
                    "position": 1,
                    "last_position": 1,
                    "stream": "project-another",
                    "version": 1,
                    "recorded_at": "2026-06-01T09:00:00.000000Z",
                    "events": [],
                }
            ),
            (("Content-Type", "application/json"),),
        ),
        Through(),
    ),
    "a fault after the commit": (CutTold(0), problem("fault", 500), Through()),
}


@pytest.mark.parametrize("fates", HEALED.values(), ids=HEALED.keys())
def test_what_another_attempt_heals_is_done_once(
    registrar: Registrar, sort: Sort, new_id: Callable[[], str], fates: Fates
) -> None:
    key = new_id()
    with hurried(6):
        word, events, asked = given(registrar, sort, key, fates)

    assert isinstance(word, Done), word
    assert events == 1
    assert word.command_id == key
    assert {headers["idempotency-key"] for _, _, headers in asked} == {key}


WITHOUT: dict[str, tuple[Fates, type[Exception], int]] = {
    # What is said where no attempt gets through, and how many events are on the log then.
    "never reached, as it says": ((problem("busy", 503),) * ATTEMPTS, NotDone, 0),
    "not written, as it says": ((problem("not-written", 503),) * ATTEMPTS, NotDone, 0),
    "never reached, as a limit says": ((Say(429),) * ATTEMPTS, NotDone, 0),
    "too slow, as it says": ((problem("too-slow", 408),) * ATTEMPTS, NotDone, 0),
    "a 408 of nobody knows whom": ((Say(408),) * ATTEMPTS, Unknown, 0),
    "carried out, and then too slow": (
        (CutTold(0), *(problem("too-slow", 408),) * ATTEMPTS),
        Unknown,
        1,
    ),
    "a fault of the program": ((problem("command-failed", 500),), NotDone, 0),
    "a proxy alone": ((Say(502),) * ATTEMPTS, Unknown, 0),
    "a 503 of nobody knows whom": ((Say(503),) * ATTEMPTS, Unknown, 0),
    "cut in the request": ((CutAsked(30),) * ATTEMPTS, Unknown, 0),
    "silence": ((Hang(reaches=False),) * ATTEMPTS, Unknown, 0),
    "the answer is always lost": ((CutTold(0),) * ATTEMPTS, Unknown, 1),
    "carried out, and then not reached": (
        (CutTold(0), *(problem("busy", 503),) * ATTEMPTS),
        Unknown,
        1,
    ),
    "carried out, and then not written": (
        (Hang(reaches=True), *(problem("not-written", 503),) * ATTEMPTS),
        Unknown,
        1,
    ),
    "carried out, and then a fault": ((CutTold(0), problem("command-failed", 500)), Unknown, 1),
    "held, and the key is revoked": (
        (Late(0.1), problem("not-authenticated", 401)),
        Unknown,
        1,
    ),
    "held, and sent elsewhere": ((Late(0.1), Say(307, b"", (("Location", "/x"),))), Unknown, 1),
    "turned away at once": ((problem("not-authenticated", 401),), Refused, 0),
    "sent elsewhere at once": ((Say(308, b"", (("Location", "/x"),)),), Refused, 0),
    "a wall in between": ((Say(403, b"<p>No"),), Refused, 0),
}


@pytest.mark.parametrize("case", WITHOUT.values(), ids=WITHOUT.keys())
def test_the_word_where_no_answer_comes(
    registrar: Registrar,
    sort: Sort,
    new_id: Callable[[], str],
    case: tuple[Fates, type[Exception], int],
) -> None:
    fates, word, events = case
    key = new_id()
    with hurried(ATTEMPTS):
        told, on_log, asked = given(registrar, sort, key, fates)

    assert type(told) is word, told
    assert isinstance(told, Refused | NotDone | Unknown)
    assert told.idempotency_key == key
    assert on_log == events
    assert len(asked) <= len(fates), "and no attempt more"


def test_nothing_listens(sort: Sort, registrar: Registrar) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = Either(sort, url, registrar.key, retry_for=0.3)
        with pytest.raises(NotDone) as told:
            client.ask("execute", registrar.command())

    assert "no connection" in str(told.value)


def test_one_attempt_is_one_whatever_is_said_of_a_next(
    sort: Sort, registrar: Registrar
) -> None:
    busy = Say(429, b"", (("Retry-After", "1"),))
    with faulty(registrar.one.app, [busy]) as server:
        client = Either(sort, server.url, registrar.key, retry_for=0)
        with pytest.raises(NotDone) as told:
            client.ask("execute", registrar.command())

    assert told.value.retry_after == 1
    assert len(server.asked) == 1


def test_an_unknown_command_can_be_given_again(
    registrar: Registrar, sort: Sort, new_id: Callable[[], str]
) -> None:
    command, key = registrar.command(), new_id()
    with faulty(registrar.one.app, [CutTold(0)]) as server:
        client = Either(sort, server.url, registrar.key, retry_for=0)
        with pytest.raises(Unknown) as told:
            client.ask("execute", command, idempotency_key=key)
        done = client.ask("execute", command, idempotency_key=told.value.idempotency_key)
        again = client.ask("execute", command, idempotency_key=key)

    assert done == again
    assert written(registrar.one, key) == 1


def test_a_key_is_made_and_is_that_of_every_attempt(registrar: Registrar, sort: Sort) -> None:
    with faulty(registrar.one.app, [CutTold(0), CutAsked(0), Through()]) as server:
        done = Either(sort, server.url, registrar.key).ask("execute", registrar.command())

    assert {h["idempotency-key"] for _, _, h in server.asked} == {done.command_id}
    assert len(server.asked) == 2
    assert written(registrar.one, done.command_id) == 1


def test_a_refusal_after_a_cut_is_a_refusal_for_ever(
    registrar: Registrar, sort: Sort, new_id: Callable[[], str]
) -> None:
    command, key = registrar.command(), new_id()
    with faulty(registrar.one.app, [Through(), CutTold(0), Through()]) as server:
        client = Either(sort, server.url, registrar.key)
        client.ask("execute", command)
        with pytest.raises(Refused) as told:
            client.ask("execute", command, idempotency_key=key)

    assert told.value.rule == "already-exists"
    assert told.value.is_settled
    assert written(registrar.one, key) == 0


def test_what_was_refused_is_not_carried_out_by_an_attempt_that_comes_late(
    auctioned: Served, sort: Sort
) -> None:
    first, second = auctioned.auction.bidders
    bid = auctioned.auction.bid(0, pounds=500)
    version = max(row.version for row in auctioned.exchange.store.stream(bid.auction_id))
    with faulty(auctioned.app, [Late(0.5)]) as server:
        client = Either(sort, server.url, auctioned.key(first))
        with pytest.raises(Refused) as told:
            client.ask("execute", bid, idempotency_key="late", expected_version=version + 1)
        other = auctioned.auction.bid(1, pounds=500)
        auctioned.exchange.execute(other, second)  # now it is the version that was expected
        server.settle()

    assert told.value.rule == "version-mismatch"
    assert told.value.is_settled
    assert len(server.asked) == 2
    assert written(auctioned, "late") == 0


def test_nothing_is_tried_twice_that_was_refused(registrar: Registrar, sort: Sort) -> None:
    with faulty(registrar.one.app) as server:
        client = Either(sort, server.url)
        with pytest.raises(Refused) as told:
            client.ask("execute", registrar.command())

    assert (told.value.rule, told.value.problem.status) == ("not-authenticated", 401)
    assert not told.value.is_settled
    assert len(server.asked) == 1


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_one_waits_for_as_long_as_is_asked(
    registrar: Registrar, sort: Sort, *, as_date: bool
) -> None:
    wait = format_datetime(datetime.now(UTC), usegmt=True) if as_date else "1"
    with faulty(registrar.one.app, [problem("busy", 503, wait=wait)]) as server:
        began = time.monotonic()
        Either(sort, server.url, registrar.key).ask("execute", registrar.command())

    assert (time.monotonic() - began >= 1) is not as_date  # that instant has passed


def test_one_does_not_wait_for_longer_than_one_tries(registrar: Registrar, sort: Sort) -> None:
    with faulty(registrar.one.app, [problem("busy", 503, wait="9")]) as server:
        began = time.monotonic()
        with pytest.raises(NotDone) as told:
            Either(sort, server.url, registrar.key).ask("execute", registrar.command())

    assert told.value.retry_after == 9
    assert time.monotonic() - began < 1


def test_a_call_ends_in_time_where_no_answer_comes(registrar: Registrar, sort: Sort) -> None:
    for timeout in (0.2, 20):
        with faulty(registrar.one.app, [Hang(reaches=False)] * 99) as server:
            began = time.monotonic()
            client = Either(sort, server.url, registrar.key, timeout=timeout, retry_for=0.5)
            with pytest.raises(Unknown):
                client.ask("execute", registrar.command())

        assert time.monotonic() - began < 1.2
        assert len(server.asked) <= (2 if timeout < 1 else 1)


def test_a_call_ends_in_time_where_the_answer_dribbles(
    registrar: Registrar, sort: Sort
) -> None:
    with faulty(registrar.one.app, [Dribble(0.002)] * 9) as server:
        began = time.monotonic()
        client = Either(sort, server.url, registrar.key, timeout=0.2, retry_for=0.8)
        with pytest.raises(Unknown):
            client.ask("execute", registrar.command())

    # The blocking client sees to the time only once the head of an answer is there.
    assert time.monotonic() - began < (1.5 if sort == "awaited" else 6)


def test_a_cancelled_call_is_cancelled(registrar: Registrar) -> None:
    async def run(url: str) -> None:
        async with AsyncClient(url, registrar.key) as client:
            asking = asyncio.create_task(client.execute(registrar.command()))
            await asyncio.sleep(0.1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

    with faulty(registrar.one.app, [Hang(reaches=True)]) as server:
        asyncio.run(run(server.url))

        assert len(server.asked) == 1
