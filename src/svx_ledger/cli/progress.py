"""A bar on standard error, for a person who has waited for more than a second."""

import sys
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TypeVar

from .output import on_terminal

T = TypeVar("T")

PATIENCE_SECONDS = 1.0


def watched(
    items: Iterable[T], total: int | None = None, doing: str = "reading"
) -> Iterator[T]:
    """Pass items on; show how far that is once it takes long and somebody is watching."""
    if not on_terminal(sys.stderr):
        yield from items
        return
    began, passed = monotonic(), 0
    waiting = iter(items)
    for item in waiting:
        yield item
        passed += 1
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
            progress.advance(bar)
