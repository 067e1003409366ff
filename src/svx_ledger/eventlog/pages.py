"""Reading many rows without holding a snapshot, a lock or much memory: page after page."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from .raw_rows import HIGHEST, LOWEST
from .record import Row

T = TypeVar("T")
K = TypeVar("K")

PAGE_ROWS = 1_000
"""At 60 KiB a record at most, a page stays below 60 MiB; at the usual 600 bytes, 600 kB."""


def by_position(
    page: Callable[[int, int], list[Row]], after: int, limit: int | None
) -> Iterator[Row]:
    """Yield rows by position; `page(first, count)` reads those from a position on."""
    first = max(after + 1, LOWEST)
    while first <= HIGHEST and (limit is None or limit > 0):
        count = PAGE_ROWS if limit is None else min(limit, PAGE_ROWS)
        rows = page(first, count)
        yield from rows
        if len(rows) < count:
            return
        first = rows[-1].position + 1
        limit = None if limit is None else limit - count


def by_version(page: Callable[[int, int], list[Row]], after: int) -> Iterator[Row]:
    """Yield one stream's rows by version; `page(after, count)` reads the next ones."""
    while True:
        rows = page(after, PAGE_ROWS)
        yield from rows
        if len(rows) < PAGE_ROWS:
            return
        after = rows[-1].version


def by_key(
    page: Callable[[K, int], list[T]], key_of: Callable[[T], K], first: K
) -> Iterator[T]:
    """Yield rows by their key; `page(key, count)` reads in order from a key on.

    A page starts at the key that the one before ended with, so no key has to come before the
    first one that there may be.
    """
    rows = page(first, PAGE_ROWS)
    yield from rows
    while len(rows) == PAGE_ROWS:
        key = key_of(rows[-1])
        rows = page(key, PAGE_ROWS)
        yield from (row for row in rows if key_of(row) != key)


def held_keys(
    page: Callable[[str, int], list[tuple[str, str | None]]], prefix: str
) -> dict[str, str]:
    """Return key → stream of the held keys with a prefix.

    `page(first, count)` reads keys in order from `first` on, with their last stream. A page
    starts at the key that the one before ended with, so no key needs a successor.
    """
    held: dict[str, str] = {}
    first = prefix
    while True:
        keys = page(first, PAGE_ROWS)
        for key, stream in keys:
            if not key.startswith(prefix):
                return held
            if stream is not None:
                held[key] = stream
        if len(keys) < PAGE_ROWS:
            return held
        first = keys[-1][0]
