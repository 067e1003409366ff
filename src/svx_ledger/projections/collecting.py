"""Making many rows at once without the garbage collector looking through them all the while."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off the collection of circles for the time of a batch: rows are in none.

    Reference counts free what a batch leaves, as ever. Threads that overlap here put it off
    for as long as the first of them is within.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
