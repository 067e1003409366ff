"""Several processes: each reads the whole log, and decides the commands that fall to it.

A command falls to the process that its first stream is given to; what its deciders read of
other streams is folded from the rows that went by. So nobody waits for anybody, and each
process knows who holds which key from the events it saw. This process takes a share itself.
"""

import multiprocessing
import signal
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.store import NotRead, Store

from .grouping import groups
from .share import Kept, Share, seldom_collected

Again = Callable[[], Store]


def falls_to(row: RawRow, *, process: int, of: int) -> bool:
    """Whether the command that begins with a row is this process's."""
    return zlib.crc32(row[1].encode("utf-8", "replace")) % of == process


@dataclass(frozen=True, slots=True)
class Task:
    """What every process of an audit is told: the store, how far, and the audit's key."""

    again: Again
    key: bytes
    until: int
    most: int
    processes: int

    def share(self, store: Store, process: int) -> Share:
        """Return the share of one of the processes, 0 being whoever started the others."""
        owns = partial(falls_to, process=process, of=self.processes)
        return Share(store, self.key, owns=owns, most=self.most)


class Others:
    """The other processes, at work from now on. Close it whatever happens."""

    def __init__(self, task: Task) -> None:
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


def _work(pipe: Connection, task: Task, process: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    said: object
    try:
        with closing(task.again()) as store, seldom_collected():
            share = task.share(store, process)
            for group in groups(store.rows(limit=task.until)):
                share.take(group)
            said = share.done()
    except Exception as failure:  # noqa: BLE001 - raised where it is waited for
        said = failure
    pipe.send(said)
