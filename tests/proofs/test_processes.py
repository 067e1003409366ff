"""Several processes: what comes back, in which order, and how they end."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from subprocess import PIPE

import pytest

from svx_ledger.proofs.checks.processes import ProcessEnded, in_processes

_told: ContextVar[int] = ContextVar("_told")


class Unfit(Exception):
    """What a part may come to."""


def times(number: int) -> int:
    return number * _told.get()


def slow_at_first(number: int) -> int:
    time.sleep(0 if number else 0.3)
    return number


def unfit_from(first: int, number: int) -> int:
    time.sleep(0 if number > first else 0.3)
    if number >= first:
        raise Unfit(number)
    return number


def tell(number: int) -> None:
    _told.set(number)


def end(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL if number == 3 else 0)


def sleep(_: int) -> int:
    time.sleep(0.2)
    return os.getpid()


def test_each_process_is_told_once_and_parts_come_back_in_order() -> None:
    assert list(in_processes(2, times, range(20), partial(tell, 3))) == [*range(0, 60, 3)]
    assert list(in_processes(2, slow_at_first, range(6))) == [*range(6)]


def test_parts_are_taken_as_they_are_wanted() -> None:
    taken = []

    def parts() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    done = in_processes(2, slow_at_first, parts())
    assert next(done) == 0
    done.close()

    assert len(taken) < 10


def test_what_the_first_bad_part_raises_is_raised() -> None:
    done = in_processes(2, partial(unfit_from, 4), range(50))

    assert [next(done) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(Unfit, match=r"^4$"):
        next(done)


def test_a_process_that_is_ended_is_no_result() -> None:
    with pytest.raises(ProcessEnded):
        list(in_processes(2, end, range(9)))


SLEEPING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
from tests.proofs.test_processes import in_processes, sleep
for pid in in_processes(2, sleep, range(1000)):
    print(pid, flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_they_end_with_whoever_started_them(how: signal.Signals) -> None:
    started = [sys.executable, "-c", textwrap.dedent(SLEEPING)]
    path = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        started, stdout=PIPE, stderr=PIPE, text=True, env=path, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        workers = {int(parent.stdout.readline()) for _ in range(4)}
        if how == signal.SIGINT:
            os.killpg(parent.pid, how)  # a terminal tells all of them
        else:
            parent.send_signal(how)
        assert parent.wait(20) == -how
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
