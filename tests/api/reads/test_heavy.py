"""What takes long is worked out by other processes, and what becomes of these is said."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator

import pytest

from svx_ledger.api.negotiating import JSON
from svx_ledger.api.reads.rendering import Job, Rendered
from svx_ledger.api.refusals import Declined
from svx_ledger.api.workers import heavy as module
from svx_ledger.api.workers.heavy import Heavy
from svx_ledger.eventlog.store import NotRead
from tests.cli.conftest import Example

from .conftest import reader_of
from .reading import Reader

LINES = Job("report-lines", {}, None, JSON)


@pytest.fixture
def heavy(example: Example) -> Iterator[Heavy]:
    one = Heavy(example.url, 1, 30.0)
    yield one
    one.close()


def answered(heavy: Heavy, *jobs: Job) -> list[Rendered | BaseException]:
    async def ask() -> list[Rendered | BaseException]:
        asked = (heavy.rendered(job) for job in jobs)
        return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(ask())


def test_the_same_is_answered_apart_and_here(example: Example, at_the_end: Reader) -> None:
    with reader_of(example.url, heavy_processes=2) as reader:
        for path, given in (
            ("/leverage", {}),
            ("/leverage/parts", {"by": "measure"}),
            ("/reports/lines", {"limit": 2}),
            ("/reports/late-bids", {"auction": "auction-nowhere"}),
            ("/reports/sample", {"seed": "x", "size": 100_000}),
        ):
            apart, here = reader.get(path, **given), at_the_end.get(path, **given)
            assert (apart.status_code, apart.text) == (here.status_code, here.text)
        csv = reader.get("/awards", format="csv")
        assert csv.text == at_the_end.get("/awards", format="csv").text
        pids = [worker._process.pid for worker in reader.app.state.serving.heavy._all]
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_list_is_looked_through_apart_where_no_index_finds_what_is_wanted(
    example: Example, at_the_end: Reader
) -> None:
    quick: tuple[dict[str, str], ...] = (
        {},
        {"community": example.deal.community},
        {"community": example.deal.community, "state": "committed"},
    )
    with reader_of(example.url, heavy_processes=1) as reader:
        heavy = reader.app.state.serving.heavy
        for given in quick:
            reader.ok("/needs", **given)
            assert not heavy._all, given
        apart = reader.ok("/needs", state="committed")
        assert len(heavy._all) == 1

    assert apart == at_the_end.ok("/needs", state="committed")


def test_a_process_that_ended_is_started_again(heavy: Heavy) -> None:
    (first,) = answered(heavy, LINES)
    (worker,) = heavy._all
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.wait()
    (second,) = answered(heavy, LINES)

    assert isinstance(first, Rendered)
    assert second == first
    assert [one is worker for one in heavy._all] == [False]


def test_a_process_that_ends_at_work_is_told_of(heavy: Heavy) -> None:
    answered(heavy, LINES)
    (worker,) = heavy._all
    os.kill(worker._process.pid, signal.SIGSTOP)

    async def ask() -> None:
        asked = asyncio.create_task(heavy.rendered(LINES))
        await asyncio.sleep(0.2)
        os.kill(worker._process.pid, signal.SIGKILL)
        await asked

    with pytest.raises(NotRead):
        asyncio.run(ask())
    (again,) = answered(heavy, LINES)
    assert isinstance(again, Rendered)


def test_what_takes_too_long_is_given_up_and_does_not_stand_in_the_way(
    example: Example,
) -> None:
    heavy = Heavy(example.url, 1, 5.0)
    try:
        answered(heavy, LINES)
        heavy._seconds = 0.3
        (worker,) = heavy._all
        os.kill(worker._process.pid, signal.SIGSTOP)
        began = time.monotonic()
        (late,) = answered(heavy, LINES)
        heavy._seconds = 20.0
        (again,) = answered(heavy, LINES)
    finally:
        heavy.close()

    assert isinstance(late, Declined)
    assert late.problem.name == "took-too-long"
    assert time.monotonic() - began < 20
    assert isinstance(again, Rendered)


def test_more_than_can_wait_is_turned_away(
    heavy: Heavy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    found = answered(heavy, *[LINES] * 5)

    assert [isinstance(one, Rendered) for one in found] == [True] * 3 + [False] * 2
    assert {one.problem.name for one in found if isinstance(one, Declined)} == {"busy"}


def test_a_fault_is_answered_as_one(heavy: Heavy) -> None:
    (fault,) = answered(heavy, Job("report-nothing", {}, None, JSON))
    (after,) = answered(heavy, LINES)

    assert isinstance(fault, Declined)
    assert fault.problem.name == "fault"
    assert isinstance(after, Rendered)


def test_nothing_is_worked_out_once_it_is_closed(heavy: Heavy) -> None:
    answered(heavy, LINES)
    heavy.close()
    (closed,) = answered(heavy, LINES)

    assert isinstance(closed, NotRead | RuntimeError)
