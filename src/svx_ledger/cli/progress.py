"""A bar on standard error, for a person who has waited for more than a second."""

import sys
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

from .output import on_terminal

T = TypeVar("T")

PATIENCE_SECONDS = 1.0


def watched(
    items: Iterable[T], total: int | None = None, doing: str = "reading"
) -> Iterator[T]:
    """Pass items on; show how far that is once it takes long and somebody is watching."""
    yield from _shown(items, total, doing, lambda passed, _: passed + 1)


def reached(positions: Iterable[int], total: int, doing: str = "reading") -> Iterator[int]:
    """Pass positions on that were reached in leaps; show them as `watched` does."""
    yield from _shown(positions, total, doing, lambda _, position: position)


def _shown(
    items: Iterable[T], total: int | None, doing: str, far: Callable[[int, T], int]
) -> Iterator[T]:
    """Pass items on; `far` says how far that is, from how far it was and the item."""
    if not on_terminal(sys.stderr):
        yield from items
        return
    began, passed = monotonic(), 0
    waiting = iter(items)
    for item in waiting:
        yield item
        passed = far(passed, item)
        if monotonic() - began > PATIENCE_SECONDS:
            break
    else:
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(doing, total=total, completed=passed)
        for item in waiting:
            yield item
            passed = far(passed, item)
            progress.update(bar, completed=passed)
