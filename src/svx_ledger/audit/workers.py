"""Several processes: each reads the whole log, and decides the commands that fall to it.

A command falls to the process that the procurement of its first stream is given to; what its
deciders read of other streams is folded from the rows that went by. So nobody waits for
anybody, and each process knows who holds which key from the events it saw. This process takes
a share itself.
"""

import gc
import multiprocessing
import signal
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from svx_ledger.domain.values import exactly
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import NotRead, Store

from .grouping import groups
from .kept import Kept
from .leverage import Report
from .share import Share

Again = Callable[[], Store]


def falls_to(procurement: str, *, process: int, of: int) -> bool:
    """Whether the commands on the streams of a procurement are this process's."""
    return zlib.crc32(procurement.encode("utf-8", "replace")) % of == process


@dataclass(frozen=True, slots=True)
class Task:
    """What every process of an audit is told: the store, how far, and the audit's key."""

    again: Again | None
    key: bytes
    until: int
    most: int
    processes: int
    reports: bool = True
    """Whether the leverage report is made from the log, and not given."""

    def share(self, store: Store, process: int) -> Share:
        """Return the share of one of the processes, 0 being whoever started the others."""
        owns = partial(falls_to, process=process, of=self.processes)
        return Share(
            store,
            self.key,
            owns=owns if self.processes > 1 else None,
            most=self.most,
            report=Report(store, self.until) if self.reports else None,
        )

    def done(self, share: Share, rows: Iterable[Row]) -> Kept:
        """Return what a share brings home from these rows of the log."""
        with seldom_collected():
            for group in groups(rows):
                share.take(group)
            share.finish()
        return share.done()


class Others:
    """The other processes, at work from now on. Close it whatever happens."""

    def __init__(self, task: Task) -> None:
        if task.again is None:
            raise ValueError("several processes need a way to open the store again")
        context = multiprocessing.get_context("spawn")
        self._running = []
        for process in range(1, task.processes):
            here, there = context.Pipe(duplex=False)
            work = context.Process(target=_work, args=(there, task, process), daemon=True)
            work.start()
            there.close()
            self._running.append((work, here))

    def kept(self) -> list[Kept]:
        """Wait for what each brings home. Raises NotRead, or what went wrong there."""
        brought: list[Kept] = []
        for _, pipe in self._running:
            try:
                said = pipe.recv()
            except EOFError:
                raise NotRead("a process of the audit ended before it was done") from None
            if isinstance(said, BaseException):
                raise said
            brought.append(said)
        return brought

    def close(self) -> None:
        """End those that are still at work."""
        for work, pipe in self._running:
            pipe.close()
            if work.is_alive():
                work.terminate()
            work.join()


@exactly()
def _work(pipe: Connection, task: Task, process: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    said: object
    assert task.again is not None
    try:
        with closing(task.again()) as store:
            share = task.share(store, process)
            said = task.done(share, store.rows(limit=task.until))
    except Exception as failure:  # noqa: BLE001 - raised where it is waited for
        said = failure
    pipe.send(said)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let Python look for cycles of garbage seldom: an audit makes many objects and none."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
