"""Asking a log for its files a little before they are wanted, several at a time.

Each answer takes a round trip, and a million events are eight thousand files.
"""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

from svx_ledger.proofs.files.published_log import ENTRY_BUNDLE_BYTES, GetFile, PublishedLog
from svx_ledger.proofs.tree.merkle import HASH_BYTES
from svx_ledger.proofs.tree.tiles import TILE_WIDTH, entry_tiles_of

AT_ONCE: Final = 8
"""How many files are asked for at a time; so many are kept waiting at most."""


@contextmanager
def reading_ahead(log: PublishedLog, size: int) -> Generator[PublishedLog]:
    """The same log, for whoever rebuilds its tree of `size` leaves from left to right."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            yield PublishedLog(_Ahead(log.get, pool, _wanted(size)).get)
        finally:
            pool.shutdown(cancel_futures=True)


def _wanted(size: int) -> Iterator[tuple[str, int]]:
    """What will be asked for, in order: each entry bundle, and the hashes of its entries."""
    for bundle in entry_tiles_of(size):
        yield bundle.path, ENTRY_BUNDLE_BYTES
        yield bundle._replace(level=0).path, TILE_WIDTH * HASH_BYTES


class _Ahead:
    """The next files that will be wanted, asked for already."""

    def __init__(
        self, get: GetFile, pool: ThreadPoolExecutor, wanted: Iterator[tuple[str, int]]
    ) -> None:
        self._get = get
        self._pool = pool
        self._wanted = wanted
        self._asked: deque[tuple[str, Future[bytes | None]]] = deque()

    def get(self, name: str, most: int) -> bytes | None:
        """Take a file; one that is not the next in order is asked for now."""
        while len(self._asked) < AT_ONCE and (wanted := next(self._wanted, None)):
            self._asked.append((wanted[0], self._pool.submit(self._get, *wanted)))
        if not self._asked or self._asked[0][0] != name:
            return self._get(name, most)
        return self._asked.popleft()[1].result()
