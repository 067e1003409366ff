"""A process that writes until it is killed: several callers on one ledger, every call logged.

Children are forked by multiprocessing's fork server, which has imported everything already,
so that hundreds of processes cost little more than the kills.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep
from typing import NamedTuple

from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Clock, Ledger
from tests.world import OpenedAuction

from .crowd import CALLERS, Crowd, asks
from .history import CallLog, Said
from .seccomp import FailingClock

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.child", "svx_ledger.eventlog.sqlite"])
START_SECONDS = 30


class Task(NamedTuple):
    """What a child does: which callers write where, and what is to fail under it."""

    url: str
    log: Path
    world: OpenedAuction
    run: int
    callers: tuple[int, ...] = tuple(range(CALLERS))
    failing: tuple[str, int, int] | None = None
    """System calls that fail in the writing thread: (`sync` or `write`, errno, from which
    batch on)."""


class Child:
    """A running child; `kill` is `kill -9`."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._ours, theirs = _PROCESSES.Pipe()
        self._process = _PROCESSES.Process(target=_main, args=(task, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def wait_until_writing(self) -> None:
        """Return once the child has had its first answers: its callers are in flight."""
        if not self._ours.poll(START_SECONDS) or self._ours.recv() != "writing":
            raise RuntimeError("the child does not write")

    def run_for(self, seconds: float) -> None:
        """Let it write: nobody waits for anything here, the time itself is what varies."""
        sleep(seconds)

    def heard(self, said: Said) -> bool:
        """Wait until one of its callers was told this; False when that does not happen."""
        self._ours.send(said)
        return bool(self._ours.poll(START_SECONDS) and self._ours.recv())

    def stop(self) -> None:
        """Ask it to finish its calls and end, and wait for that."""
        self._ours.send(None)
        self._process.join(START_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it between two of its instructions."""
        if self._process.is_alive() and self._process.pid is not None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.join()
        self._ours.close()


@contextmanager
def child(task: Task) -> Iterator[Child]:
    """A child that writes; killed at the end at the latest."""
    running = Child(task)
    try:
        running.wait_until_writing()
        yield running
    finally:
        running.kill()


def _main(task: Task, parent: Connection) -> None:
    log = CallLog(task.log)
    clock: Clock | None = FailingClock(*task.failing) if task.failing else None
    callers = [asks(task.world, caller, task.run) for caller in task.callers]
    with (
        closing(open_store(task.url)) as store,
        Ledger(store, clock=clock) as ledger,
        Crowd(ledger, callers, log.call) as crowd,
    ):
        crowd.wait_for(1)
        parent.send("writing")
        try:
            while (said := parent.recv()) is not None:
                parent.send(crowd.heard(said))
        except EOFError:  # the parent has gone
            os._exit(1)
    log.close()
