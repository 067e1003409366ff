"""A log is folded into nets: the rows of the plain fold, whatever the batches and processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.record import Row, Unreadable, leaf_of, read_record
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.folding import folded
from svx_ledger.projections.folding_workers import WorkerLost
from svx_ledger.projections.memory import OutOfStep, Tables, Views
from svx_ledger.projections.net import Mark, Net
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Patch, Put, Remove
from tests.golden import Golden, golden

from .deal import worked_example

DEAL = worked_example()
LOG: Sequence[Row] = DEAL.play.log
WHOLE = DEAL.play.views()


class Listed:
    """Rows in memory, as a connection to a log; can be pickled."""

    def __init__(self, log: Sequence[Row], *, sleeps: float = 0) -> None:
        self._log = log
        self._sleeps = sleeps

    def read(self, after: int, until: int) -> Sequence[RawRow]:
        """Return the rows of a range."""
        time.sleep(self._sleeps)
        return [row for row in self._log if after < row.position <= until]

    def first_from(self, position: int) -> int | None:
        """Return the first position from this one on."""
        return next((row.position for row in self._log if row.position >= position), None)

    def close(self) -> None:
        """There is nothing to close."""


class Dying(Listed):
    """The same, read by a process that dies at a position, unless it is this one."""

    def __init__(self, parent: int, log: Sequence[Row], dies: int) -> None:
        super().__init__(log)
        self._dies = dies if os.getpid() != parent else 0

    def read(self, after: int, until: int) -> Sequence[RawRow]:
        """Return the rows of a range, or die."""
        if after < self._dies <= until:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(after, until)


def as_it_is(net: Net) -> Net:
    return net


def apply(net: Net, tables: Tables) -> None:
    for part in net.parts():
        removes = [key for key in part.removes if tables.get(part.table, *key)]
        tables.apply(Remove(part.table, key) for key in removes)
        tables.apply(Put(part.table, row) for row in part.rows().values())
        tables.apply(Patch(part.table, key, given) for key, given in part.patches.items())


def fold(
    log: Sequence[Row] = LOG,
    *,
    after: Mark | None = None,
    until: int | None = None,
    into: Tables | None = None,
    projections: Sequence[Projection] = PROJECTIONS,
    **how: Any,
) -> tuple[Tables, list[Mark]]:
    tables, marks = into or Tables(), []
    end = len(log) if until is None else until
    source = partial(Listed, log)
    how |= {"projections": projections, "finish": as_it_is}
    for net, mark in folded(source, after=after, until=end, **how):
        apply(net, tables)
        marks.append(mark)
    return tables, marks


def mark_of(row: Row) -> Mark:
    return Mark(row.position, leaf_of(row.record), read_record(row).recorded_at)


@given(st.integers(1, len(LOG) + 1), st.integers(0, len(LOG)))
@settings(max_examples=30)
def test_any_batch_and_any_beginning_give_the_same_rows(batch: int, first: int) -> None:
    tables, marks = fold(until=first, batch=batch)
    after = marks[-1] if marks else None
    _, more = fold(after=after, into=tables, batch=batch)
    marks += more

    assert tables == WHOLE.tables
    assert marks == [mark_of(LOG[mark.position - 1]) for mark in marks]
    assert marks[-1].position == len(LOG)


def test_two_processes_give_the_same_nets_in_the_same_order() -> None:
    tables, marks = fold(batch=7, processes=2)

    assert tables == WHOLE.tables
    assert [mark.position for mark in marks] == [*range(7, len(LOG), 7), len(LOG)]


def test_what_follows_a_mark_is_folded_by_processes_too() -> None:
    tables, marks = fold(until=20)
    fold(after=marks[-1], into=tables, batch=3, processes=3)

    assert tables == WHOLE.tables


def test_nothing_new_is_no_batch() -> None:
    assert fold(after=mark_of(LOG[-1])) == (Tables(), [])
    assert fold(until=0) == (Tables(), [])


@pytest.mark.parametrize("one", list(golden()), ids=lambda one: one.type)
def test_every_golden_event_is_folded_as_the_plain_fold_does(one: Golden) -> None:
    alone = one.row._replace(
        position=1,
        record=one.record.replace(b'"position":%d,' % one.row.position, b'"position":1,'),
    )
    recorded = read_record(alone)
    plain = Net(change for each in PROJECTIONS for change in each.project(recorded))

    source = partial(Listed, [alone])
    how: Any = {"projections": PROJECTIONS, "finish": as_it_is}
    nets = list(folded(source, after=None, until=1, **how))

    assert nets == [(nets[0][0], mark_of(alone))]
    assert _said(nets[0][0]) == _said(plain)


def _said(net: Net) -> str:
    return repr([(p.table.name, p.rows(), p.patches, p.removes) for p in net.parts()])


def spoiled(position: int) -> list[Row]:
    log = list(LOG)
    row = log[position - 1]
    record = row.record.replace(row.type.encode(), b"unheard-of.v1")
    log[position - 1] = row._replace(type="unheard-of.v1", record=record)
    return log


GAP = [*LOG[:24], *LOG[25:]]


@pytest.mark.parametrize(
    ("log", "error", "last", "processes"),
    [
        (spoiled(1), pytest.raises(Unreadable, match="position 1: "), 0, 1),
        (spoiled(21), pytest.raises(Unreadable, match="position 21: "), 20, 1),
        (spoiled(30), pytest.raises(Unreadable, match="position 30: "), 29, 1),
        (spoiled(30), pytest.raises(Unreadable, match=r"30: .*unknown-type"), 29, 2),
        (GAP, pytest.raises(OutOfStep, match="26 came after 24"), 24, 1),
        (GAP, pytest.raises(OutOfStep, match="26 came after 24"), 24, 2),
        ([*LOG[:29], *LOG[30:]], pytest.raises(OutOfStep, match="30 is missing"), 29, 1),
        (LOG[:30], pytest.raises(OutOfStep, match="position 31 is missing"), 30, 1),
        (LOG[:25], pytest.raises(OutOfStep, match="position 26 is missing"), 25, 1),
    ],
)
def test_a_fault_ends_the_fold_after_what_was_good(
    log: Sequence[Row], error: Any, last: int, processes: int
) -> None:
    tables, marks = Tables(), [0]
    nets = folded(
        partial(Listed, log),
        after=None,
        until=len(LOG),
        projections=PROJECTIONS,
        finish=as_it_is,
        batch=10,
        processes=processes,
    )
    with error:
        for net, mark in nets:
            apply(net, tables)
            marks.append(mark.position)

    assert marks[-1] == last
    expected = Views(DEAL.play)
    expected.refresh(last)
    assert tables == expected.tables


def test_a_log_that_is_not_the_marked_one_is_refused() -> None:
    mark = mark_of(LOG[9])
    with pytest.raises(OutOfStep, match="position 10 of the log is not what it was"):
        fold(after=mark._replace(leaf=bytes(32)))
    with pytest.raises(OutOfStep, match="position 10 of the log is not what it was"):
        fold(LOG[:9], after=mark, until=9)


def test_a_step_that_fails_says_so_itself() -> None:
    broken = Projection("broken")
    kind = type(read_record(LOG[4]).event)

    @broken.on(kind)
    def _fail(at: object, event: object) -> list[Any]:
        raise ZeroDivisionError(at, event)

    with pytest.raises(ZeroDivisionError):
        fold(projections=[broken])


def children() -> set[int]:
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for each in found for pid in each.read_text().split()}


def test_a_worker_that_is_killed_ends_the_fold_with_its_own_error() -> None:
    before = children()
    source = partial(Dying, os.getpid(), LOG, 40)
    nets = folded(
        source,
        after=None,
        until=len(LOG),
        projections=PROJECTIONS,
        finish=as_it_is,
        batch=10,
        processes=2,
    )
    seen = []
    with pytest.raises(WorkerLost, match="ended by signal 9"):  # noqa: PT012
        for _, mark in nets:
            seen.append(mark.position)

    assert seen == [10, 20, 30][: len(seen)]
    assert children() == before


def test_a_worker_imports_nothing_from_the_folder_that_somebody_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)

    tables, _ = fold(batch=len(LOG) // 2, processes=2)

    assert tables == WHOLE.tables


def test_a_fold_that_is_given_up_leaves_no_process_behind() -> None:
    before = children()
    nets = folded(
        partial(Listed, LOG),
        after=None,
        until=len(LOG),
        projections=PROJECTIONS,
        finish=as_it_is,
        batch=5,
        processes=2,
    )
    next(nets)
    assert len(children() - before) == 2
    nets.close()

    assert children() == before


FOLLOWING = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
from functools import partial
from tests.projections.test_folding import LOG, PROJECTIONS, Listed, as_it_is, folded
for net, mark in folded(partial(Listed, LOG, sleeps=0.2), after=None, until=len(LOG),
                        projections=PROJECTIONS, finish=as_it_is, batch=2, processes=2):
    print(mark.position, flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent(how: signal.Signals) -> None:
    following = [sys.executable, "-c", textwrap.dedent(FOLLOWING)]
    path = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(following, stdout=PIPE, stderr=PIPE, text=True, env=path) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        assert parent.stdout.readline() == "2\n"
        task = Path(f"/proc/{parent.pid}/task/{parent.pid}")
        workers = [int(pid) for pid in (task / "children").read_text().split()]
        assert len(workers) == 2
        parent.send_signal(how)
        assert parent.wait(10) == -how
        said = parent.stderr.read()

    assert _until(lambda: not any(map(_runs, workers)))
    assert said.count("Traceback") == (how == signal.SIGINT)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
    return done()
