"""A small share of every fault; `make faults` runs them hundreds of times."""

import itertools
from collections.abc import Iterator
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from svx_ledger.eventlog.sqlite_writer import SQLiteWriter

from . import viewing
from .catalogue import FAULTS, Fault
from .places import PostgresPlace, SQLitePlace, postgres_place, sqlite_place
from .tally import History, Plan, Tally

A_FEW = {
    "kill-9": 4,
    "immediate-stop": 2,
    "killed-backend": 2,
    "black-hole": 1,
    "two-processes": 1,
    "kill-one-of-two": 1,
    "views-rebuilt": 2,
    "rebuild-killed": 2,
    "publisher": 2,
    "tampered-sqlite": 600,
    "tampered-postgres": 40,
    "http": 2,
    "contract-held": 1,
}
"""How often the costly ones happen here; the others happen five times."""


@pytest.fixture(scope="module")
def sqlite() -> Iterator[SQLitePlace]:
    """A folder for ledgers, with a template."""
    with sqlite_place() as place:
        yield place


@pytest.fixture(scope="module")
def postgres(postgres_programs: object) -> Iterator[PostgresPlace]:
    """A server of its own, since faults stop and kill it."""
    del postgres_programs  # asked for first: it skips or fails
    with postgres_place() as place:
        yield place


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_no_answer_is_wrong(
    fault: Fault, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewing, "MEASURED_SECONDS", 0.2)  # how fast bids were is not asserted
    times = next((n for name, n in A_FEW.items() if fault.name.startswith(name)), 5)

    tally = fault.run(request.getfixturevalue(fault.store), Plan(times, Random(7)))

    if tally.note and not tally.count:
        pytest.skip(tally.note)
    assert tally.findings == []
    assert tally.count == times


def test_a_store_that_forgets_is_found_out(sqlite: SQLitePlace) -> None:
    """The loops can fail: here a commit is dropped and called done."""
    append, appends = SQLiteWriter.append, itertools.count(1)

    def forgetful(writer: SQLiteWriter, *batch: Any, **beside: Any) -> None:
        if next(appends) == 5:
            writer.abandon()
        else:
            append(writer, *batch, **beside)

    tally = Tally(fault="a forgetful store", store="sqlite")
    with patch.object(SQLiteWriter, "append", forgetful):
        History(sqlite, tally).disturb(lambda crowd: crowd.wait_for(400))

    assert tally.found("lost") > 0
    assert not tally.passed
