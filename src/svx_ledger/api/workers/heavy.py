"""Reads that take long, apart from this process: its event loop and readers stay free.

The work holds the interpreter's lock for seconds on a large ledger. A few worker processes do
it, each with views and a log of its own, opened by the ledger's address; they are started when
they are first needed. One that takes too long is ended, and one that ended is started again.
"""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from svx_ledger.api.admission.shares import Places, Share, Turns
from svx_ledger.api.problems import Problem
from svx_ledger.api.refusals import BUSY, FAULT, TOOK_TOO_LONG, Declined
from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import NotRead, StoreError

if TYPE_CHECKING:
    from svx_ledger.api.reads.rendering import Job, Rendered

MOST_WAITING: Final = 16
"""Those that are worked on among them."""
WORKED_ON: Final = Share(address=1, key=2)
ASKED: Final = Share(address=2, key=4)
"""Those that wait for their turn among them."""
_START: Final = "from svx_ledger.api.workers.heavy import work; work({})"
_NICER: Final = 5
"""Whoever bids on the same machine gets three times as much of a core that both want."""


class Heavy:
    """The worker processes of one serving process; close them."""

    def __init__(self, url: str, processes: int, seconds: float) -> None:
        self._url = url
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="svx-heavy")
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: list[_Worker] = []
        self._places = Places(ASKED)
        self._turns = Turns(WORKED_ON, processes)
        self._is_closed = False

    def close(self) -> None:
        """End them, whatever they are doing: they only read."""
        with self._lock:
            self._is_closed = True
            workers, self._all = self._all, []
        for worker in workers:
            worker.end()
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def rendered(self, job: "Job") -> "Rendered":
        """Have a read answered.

        Raises Declined, StoreError, Unreadable, and NotRead where the process was lost.
        """
        until = monotonic() + self._seconds
        with self._places.one(MOST_WAITING):
            async with self._turns.one(self._seconds):
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, self._ask, job, until)

    def _ask(self, job: "Job", until: float) -> "Rendered":
        if monotonic() >= until:
            raise Declined(BUSY)
        worker = self._taken()
        try:
            answer = worker.ask(job, until)
        except BaseException:
            worker.end()
            with self._lock:
                if worker in self._all:
                    self._all.remove(worker)
            raise
        with self._lock:
            self._idle.append(worker)
        if isinstance(answer, Problem):
            raise Declined(answer)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _taken(self) -> "_Worker":
        """Return a worker that does nothing; there is one for each thread.

        Raises NotRead, and Declined where none can be started.
        """
        with self._lock:
            if self._is_closed:
                raise NotRead("this server is closing")
            while self._idle:
                worker = self._idle.pop()
                if worker.lives:
                    return worker
                self._all.remove(worker)
            try:
                worker = _Worker(self._url)
            except OSError:  # no more files or processes are to be had just now
                raise Declined(BUSY) from None
            self._all.append(worker)
            return worker


class _Worker:
    """One process, and the pipe to it."""

    def __init__(self, url: str) -> None:
        ours, theirs = Pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter and module
                [sys.executable, "-P", "-c", _START.format(theirs.fileno())],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(p or "." for p in sys.path)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                process_group=0,  # Ctrl-C is for the parent, which ends them
            )
            ours.send(url)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._pipe: Any = ours

    @property
    def lives(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def ask(self, job: "Job", until: float) -> "Rendered | Problem | Exception":
        """Have a job done in time. Raises Declined, and NotRead where the process ended."""
        try:
            self._pipe.send(job)
            if not self._pipe.poll(max(0.0, until - monotonic())):
                raise Declined(TOOK_TOO_LONG)
            answer: Rendered | Problem | Exception = self._pipe.recv()
        except (EOFError, OSError):
            raise NotRead("the process that worked on this was lost; ask again") from None
        return answer

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()


def work(descriptor: int) -> None:
    """Answer reads until there are no more: what a worker process does."""
    from svx_ledger.api.reads.rendering import run

    os.nice(_NICER)
    pipe: Any = Connection(descriptor)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent has ended
        url = pipe.recv()
        answer = _answering(url, run)
        while True:
            pipe.send(answer(pipe.recv()))


def _answering(url: str, run: Callable[..., "Rendered"]) -> Callable[["Job"], Any]:
    """Return what answers a job over the views at an address, which are opened once."""
    from svx_ledger.projections.stored.opening import open_ledger_views

    views: Any = None

    def answer(job: "Job") -> "Rendered | Problem | Exception":
        nonlocal views
        try:
            views = views or open_ledger_views(url)
            return run(job, views, views.keeper.store)
        except Declined as declined:
            return declined.problem
        except (StoreError, Unreadable) as failure:
            return failure  # told, and logged, as where the parent itself meets it
        except Exception as fault:  # noqa: BLE001 - the parent's caller learns that there is one
            _tell(fault)
            return FAULT

    return answer


def _tell(fault: Exception) -> None:
    """Say on standard error where a fault arose, without any value."""
    where = fault.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "nowhere"
    sys.stderr.write(f"svx_ledger: {type(fault).__name__} at {place}, in a read\n")
