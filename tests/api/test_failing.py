"""What whoever asks is told of a failure, and what the log is, by the request's id."""

import asyncio
import io
import json
import logging
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest

from svx_ledger.api.application import create_application
from svx_ledger.api.keys import new_key
from svx_ledger.api.negotiating import JSON
from svx_ledger.api.pages.problems import documented
from svx_ledger.api.problems import FAILURES, FOR_EVERYBODY, FOR_THE_KEEPER, problem_of
from svx_ledger.api.process.logs import set_up
from svx_ledger.api.reads.rendering import Job
from svx_ledger.api.remedies import SAME_ID, TELL
from svx_ledger.api.workers import heavy
from svx_ledger.client import NotDone, NotFulfilled
from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import (
    Forked,
    NoLedger,
    NotRead,
    NotWritten,
    OutcomeUnknown,
    StoreError,
)
from svx_ledger.ledger import ClockRefused, CommandFailed, WrongClock
from svx_ledger.projections.stored.generation import NotKept
from tests.client.running import running
from tests.client.setting import SORTS, Either, Sort, written

from .keys import bearer
from .served import Served, served
from .test_commands import bid, post

PATH = "/srv/somewhere/ledger.db"
ASKED = "asked-for-this"
FREE_TEXT = "<script>alert(1)</script> of Mrs Example"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


@pytest.fixture
def log() -> Iterator[io.BytesIO]:
    """What the process logs; the loggers are left as they were."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    to = io.BytesIO()
    set_up("json", to)
    yield to
    root.handlers[:], root.level = before, level
    logging.captureWarnings(capture=False)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(log: io.BytesIO) -> list[tuple[str, str]]:
    said = [json.loads(line) for line in log.getvalue().splitlines()]
    return [(one["level"], one["event"]) for one in said]


def fails(failure: Exception) -> Any:
    async def fail(*_: object, **__: object) -> NoReturn:
        raise failure

    return fail


def get(small: Served, path: str, **headers: str) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        async with small.client() as client:
            return await client.get(path, headers={"X-Request-Id": ASKED, **headers})

    return asyncio.run(ask())


def test_a_store_that_fails_is_told_of_without_its_files_and_logged_with_them(
    small: Served, monkeypatch: pytest.MonkeyPatch, log: io.BytesIO
) -> None:
    monkeypatch.setattr(
        small.app.state.serving, "in_reader", fails(NotRead(f"{PATH}: SQLITE_CORRUPT"))
    )

    answer = get(small, "/auctions")

    assert answer.status_code == 503
    assert answer.json() == {
        "type": "/problems/not-read",
        "status": 503,
        "title": "The ledger did not answer a read.",
        "remedy": "Try again.",
    }
    assert lines(log) == [("warning", f"NotRead: {PATH}: SQLITE_CORRUPT, request {ASKED}")]


def test_a_record_that_cannot_be_read_is_named_in_the_log_and_nowhere_else(
    small: Served, monkeypatch: pytest.MonkeyPatch, log: io.BytesIO
) -> None:
    row = next(small.exchange.store.rows(after=6, limit=1))
    damage = Unreadable(row, "amount 48613790 is none")
    monkeypatch.setattr(small.app.state.serving, "in_reader", fails(damage))

    answer = get(small, "/auctions")

    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/fault")
    assert row.stream not in answer.text
    assert lines(log) == [("error", f"Unreadable: {row.stream} at position 7, request {ASKED}")]


@pytest.mark.parametrize(
    ("failure", "logged"),
    [
        (NotWritten(f"{PATH}: Permission denied"), f"NotWritten: {PATH}: Permission denied"),
        (Forked(f"{PATH} knows another root"), f"Forked: {PATH} knows another"),
        (NotKept(f"{PATH} is damaged"), f"NotKept: {PATH} is damaged, "),
        (
            CommandFailed("auction-1 at position 7: pence 48613790"),
            "CommandFailed: auction-1 at position 7, ",
        ),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
def test_a_write_that_fails_is_told_of_without_words(
    small: Served, log: io.BytesIO, failure: Exception, logged: str
) -> None:
    small.exchange.submit = fails(failure)  # type: ignore[method-assign]

    answer = post(small, bid(small), idempotency="mine")

    told = answer.json()
    assert answer.status_code in (500, 503)
    assert told["command_id"] == "mine"
    assert "detail" not in told
    assert PATH not in answer.text
    assert "48613790" not in answer.text
    ((_, event),) = lines(log)
    assert event.startswith(logged)
    assert "48613790" not in event


@pytest.mark.parametrize(("failure", "name", "_", "__", "usual"), FAILURES)
def test_only_words_that_name_no_place_are_for_everybody(
    failure: type[Exception], name: str, _: int, __: str, usual: str
) -> None:
    told = problem_of(failure(f"{PATH}: Permission denied"), words=False)
    in_full = problem_of(failure(f"{PATH}: Permission denied"))

    assert told is not None
    assert in_full is not None
    assert told.name == name
    assert in_full.detail == f"{PATH}: Permission denied"
    if failure in FOR_EVERYBODY:
        assert told.detail == in_full.detail
    else:
        assert told.detail == ""
    assert "this user" not in told.remedy
    assert told.remedy == (TELL if failure in FOR_THE_KEEPER else usual.replace(SAME_ID, ""))


@pytest.mark.parametrize(
    "failure", [*(failure for failure, *_ in FAILURES), NoLedger], ids=lambda one: one.__name__
)
def test_no_remedy_sends_whoever_asks_to_words_that_they_do_not_have(
    failure: type[Exception],
) -> None:
    told = problem_of(failure(f"{PATH}: Permission denied"), "mine", words=False)

    assert told is not None
    assert told.remedy
    assert not re.search(r"\blog\b|detail|address|docs/", told.remedy)
    if failure in FOR_THE_KEEPER or failure is NoLedger:
        assert documented()[told.name].remedy == told.remedy == TELL


def test_a_store_that_cannot_be_used_is_a_matter_for_whoever_keeps_the_service(
    small: Served, monkeypatch: pytest.MonkeyPatch, log: io.BytesIO
) -> None:
    monkeypatch.setattr(small.app.state.serving, "in_reader", fails(StoreError(f"{PATH}: no")))

    answer = get(small, "/auctions")

    assert answer.json() == {
        "type": "/problems/store-refused",
        "status": 503,
        "title": "The store cannot be used as it is: nothing was written.",
        "remedy": "Tell whoever keeps the service, with the X-Request-Id of the answer.",
    }
    assert answer.headers["X-Request-Id"] == ASKED
    assert lines(log) == [("warning", f"StoreError: {PATH}: no, request {ASKED}")]


def test_what_the_clock_says_and_where_a_commit_was_lost_everybody_is_told() -> None:
    assert set(FOR_EVERYBODY) == {ClockRefused, WrongClock, OutcomeUnknown}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_idempotency_key_that_nobody_looked_at_is_not_repeated(
    small: Served, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(small.app.state.serving.principals, "of", fails(NotRead("gone")))
    headers = bearer(new_key().text)
    for key in (FREE_TEXT, "a-good-key"):
        if method == "GET":
            answer = get(small, "/me", **headers, **{"Idempotency-Key": key})
        else:
            answer = post(small, {}, key=None, headers=headers, idempotency=key)

        assert answer.status_code == 503
        assert "command_id" not in answer.json()
        assert "Example" not in answer.text


def test_where_a_key_cannot_be_looked_up_a_command_was_not_written_and_a_read_not_read(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = small.key(small.auction.bidders[0])
    monkeypatch.setattr(small.app.state.serving.principals, "of", fails(NotRead("gone")))

    command = post(small, key=key)
    read = get(small, "/me", **bearer(key))

    assert (command.status_code, command.json()["type"]) == (503, "/problems/not-written")
    assert (read.status_code, read.json()["type"]) == (503, "/problems/not-read")


@pytest.mark.parametrize("sort", SORTS)
def test_a_client_whose_key_cannot_be_looked_up_knows_that_nothing_was_done(
    small: Served, monkeypatch: pytest.MonkeyPatch, sort: Sort
) -> None:
    key = small.key(small.auction.bidders[0])
    command = small.auction.bid(0, pounds=500)
    monkeypatch.setattr(small.app.state.serving.principals, "of", fails(NotRead("gone")))

    with running(small.app) as url, pytest.raises(NotFulfilled) as told:
        Either(sort, url, key, retry_for=0.0).ask("execute", command, idempotency_key="mine")

    assert type(told.value) is NotDone
    assert written(small, "mine") == 0


@pytest.mark.parametrize("sort", [NotRead, NotKept, Unreadable])
def test_what_fails_in_a_process_apart_is_told_and_logged_as_here(
    small: Served, log: io.BytesIO, sort: type[Exception]
) -> None:
    """What goes through the pipe is what `_answering` returns, pickled."""
    row = next(small.exchange.store.rows(limit=1))
    failure = (
        Unreadable(row, "pence 48613790") if sort is Unreadable else sort(f"{PATH}: damaged")
    )

    def fail(*_: object) -> NoReturn:
        raise failure

    told = heavy._answering(small.exchange.url, fail)(Job("report-lines", {}, None, JSON))
    across = pickle.loads(pickle.dumps(told))  # noqa: S301 - as the pipe does
    assert (type(across), str(across)) == (sort, str(failure))

    class Answers:
        """A worker that answers so."""

        lives = True

        def ask(self, *_: object) -> object:
            return across

        def end(self) -> None:
            pass

    app = create_application(small.exchange)
    at_work = app.state.serving.heavy
    at_work._all.append(Answers())
    at_work._idle.append(Answers())
    other = Served(exchange=small.exchange, app=app, auction=small.auction, clock=small.clock)
    try:
        answer = get(other, "/reports/lines")
    finally:
        app.state.serving.close()

    named = failure.where if isinstance(failure, Unreadable) else str(failure)
    assert answer.status_code == (500 if sort is Unreadable else 503)
    assert PATH not in answer.text
    assert [event for _, event in lines(log)] == [f"{sort.__name__}: {named}, request {ASKED}"]
