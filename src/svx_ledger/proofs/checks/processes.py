"""Several processes for the parts of a long check, which are taken back in their order.

Each is a fresh interpreter with a pipe to whoever started it, which is all that the two share:
none can hold up another by how it ends, and where one end goes, the other finds out. Ctrl-C is
for whoever started them.
"""

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

T = TypeVar("T")
Part = TypeVar("Part")

_AHEAD: Final = 2
"""Parts for each process: one is taken from it while it does the next."""


class ProcessEnded(RuntimeError):
    """Another process was ended from outside before it was done: nothing is known."""


def in_processes(
    processes: int,
    work: Callable[[Part], T],
    parts: Iterable[Part],
    begin: Callable[[], None] | None = None,
) -> Generator[T]:
    """What `work` makes of each part, in their order, however many there are.

    `work`, the parts and `begin`, which each process calls first, are pickled. What `work`
    raises for the first part that it raises for is raised, if it can be pickled too;
    ProcessEnded where a process ended.
    """
    with_pipes = []
    context = get_context("spawn")
    try:
        for _ in range(processes):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(there, work, begin), daemon=True)
            process.start()
            there.close()
            with_pipes.append((process, here))
        free = deque(pipe for _, pipe in with_pipes * _AHEAD)
        busy: deque[Connection] = deque()
        for part in parts:
            if not free:
                yield _taken(busy[0])
                free.append(busy.popleft())
            busy.append(free.popleft())
            _give(busy[-1], part)
        while busy:
            yield _taken(busy.popleft())
    finally:
        for process, pipe in with_pipes:
            pipe.close()
            process.terminate()
        for process, _ in with_pipes:
            process.join()


def _give(pipe: Connection, part: object) -> None:
    try:
        pipe.send(part)
    except OSError:
        raise ProcessEnded(ProcessEnded.__doc__) from None


def _taken(pipe: Connection) -> Any:
    try:
        done, said = pipe.recv()
    except (EOFError, OSError):
        raise ProcessEnded(ProcessEnded.__doc__) from None
    if not done:
        raise said
    return said


def _serve(
    pipe: Connection, work: Callable[[Any], Any], begin: Callable[[], None] | None
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if begin is not None:
        begin()
    with suppress(EOFError, OSError):  # whoever started this has ended, or wants no more
        while True:
            part = pipe.recv()
            try:
                said = (True, work(part))
            except Exception as failure:  # noqa: BLE001 - raised where it is waited for
                said = (False, failure)
            pipe.send(said)
