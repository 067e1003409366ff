"""Processes that fold ranges of a log beside each other, handed out and taken back in order.

Each is a fresh interpreter with a connection of its own to the log, and a pipe to the process
that started it, whose end is its end: none outlives its parent, however that ends. A worker
that meets a fault says only so; the parent folds that range itself and meets it too.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Generic, Protocol, TypeVar

from svx_ledger.eventlog.store import NotRead

from .collecting import uncollected
from .net import Mark

AHEAD = 2
"""Ranges that a worker has to do or has done: one is taken from it while it does the next."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_Range = tuple[int, int]
_START = "from svx_ledger.projections.folding_workers import work; work({})"
_BATCHES_BETWEEN_COLLECTIONS = 20
_NICER = 5
"""Whoever bids on the same machine gets three times as much of a core that both want."""


class WorkerLost(NotRead):
    """A process that was folding the log has ended. Nothing is damaged: fold again."""


class Folds(Protocol[T_co]):
    """What is done with a range."""

    def once(self, start: int, stop: int) -> tuple[T_co, Mark]:
        """Fold a range of positions. Raises whatever is wrong with it."""

    def close(self) -> None:
        """Close what it reads."""


class Workers(Generic[T]):
    """So many worker processes; close them."""

    def __init__(self, make: Callable[[], Folds[T]], processes: int) -> None:
        """Start them. `make` is pickled, and called in each."""
        self._workers: list[tuple[subprocess.Popen[bytes], Any]] = []
        try:
            for _ in range(processes):
                self._workers.append(_started())
            given = pickle.dumps(make)
            for number in range(processes):
                self._send(number, given)
        except BaseException:
            self.close()
            raise

    def folded(self, ranges: Sequence[_Range]) -> Iterator[tuple[T, Mark] | None]:
        """Yield what each range does, in their order; None for one that has a fault.

        Raises WorkerLost.
        """
        workers = len(self._workers)
        for number, given in enumerate(ranges[: AHEAD * workers]):
            self._send(number % workers, pickle.dumps(given))
        for number in range(len(ranges)):
            answer = self._take(number % workers)
            following = number + AHEAD * workers
            if following < len(ranges):
                self._send(number % workers, pickle.dumps(ranges[following]))
            if answer:
                with uncollected():
                    arrived: tuple[T, Mark] = pickle.loads(answer)  # noqa: S301 - our worker's
                yield arrived
            else:
                yield None

    def close(self) -> None:
        """End them, whatever they are doing: they only read."""
        for process, pipe in self._workers:
            pipe.close()
            process.kill()
        for process, _ in self._workers:
            process.wait()
        self._workers.clear()

    def _send(self, number: int, message: bytes) -> None:
        process, pipe = self._workers[number]
        try:
            pipe.send_bytes(message)
        except OSError:
            raise _lost(process) from None

    def _take(self, number: int) -> bytes:
        process, pipe = self._workers[number]
        try:
            answer: bytes = pipe.recv_bytes()
        except (EOFError, OSError):
            raise _lost(process) from None
        return answer


def work(descriptor: int) -> None:
    """Fold ranges until there are no more: what a worker process does."""
    os.nice(_NICER)
    pipe = Connection(descriptor)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent has ended
        make: Callable[[], Folds[Any]] = pickle.loads(pipe.recv_bytes())  # noqa: S301 - our parent's
        gc.freeze()
        gc.disable()  # what one batch makes is gone with it, and is hardly ever in a circle
        _serve(pipe, make)


def _serve(pipe: Any, make: Callable[[], Folds[Any]]) -> None:
    folds: Folds[Any] | None = None
    done = 0
    while True:
        start, stop = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from our parent
        try:
            folds = folds or make()
            answer = pickle.dumps(folds.once(start, stop))
        except Exception:  # noqa: BLE001 - the parent meets it too, and raises it there
            answer = b""
            if folds is not None:
                folds.close()
                folds = None
        pipe.send_bytes(answer)
        done += 1
        if done % _BATCHES_BETWEEN_COLLECTIONS == 0:
            gc.collect()


def _started() -> tuple[subprocess.Popen[bytes], Any]:
    ours, theirs = Pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - this interpreter, and our own module
            [sys.executable, "-P", "-c", _START.format(theirs.fileno())],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            process_group=0,  # Ctrl-C is for the parent, which ends them
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


def _lost(process: subprocess.Popen[bytes]) -> WorkerLost:
    code = process.wait()
    how = f"by signal {-code}" if code < 0 else f"with code {code}"
    return WorkerLost(f"a process that was folding the log was ended {how}; fold it again")
