"""Several processes for the parts of a long check, which are taken back in their order.

Each is a fresh interpreter. Ctrl-C is for whoever started them; whatever ends that, ends them.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Final, TypeVar

T = TypeVar("T")
Part = TypeVar("Part")

_AHEAD: Final = 2
"""Parts for each process that are being done, or done and not yet taken."""


def in_processes(
    processes: int,
    work: Callable[[Part], T],
    parts: Iterable[Part],
    begin: Callable[[], None] | None = None,
) -> Iterator[T]:
    """What `work` makes of each part, in their order, however many there are.

    `work`, the parts and `begin`, which each process calls first, are pickled. What `work`
    raises for the first part that it raises for is raised; BrokenProcessPool where a process
    was ended from outside.
    """
    pool = ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_begin, initargs=(begin,)
    )
    given: deque[Future[T]] = deque()
    try:
        for part in parts:
            given.append(pool.submit(work, part))
            if len(given) > _AHEAD * processes:
                yield given.popleft().result()
        while given:
            yield given.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[[], None] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
