"""Lists that took long and are being read in pages, so that their pages belong together."""

from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import Final

import orjson

from svx_ledger.api.cursors import Listing
from svx_ledger.eventlog.plain import plain_of

from .asking import Listed

SECONDS: Final = 60.0
MOST_LISTS: Final = 4
MOST_ITEMS: Final = 200_000


class Kept:
    """A few lists, each as it was at a log position, for a minute after it was last read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lists: OrderedDict[tuple[bytes, int], tuple[float, Listed]] = OrderedDict()

    def get(self, listing: Listing, position: int) -> Listed | None:
        """Return a list, if it is kept still."""
        with self._lock:
            self._forget()
            found = self._lists.pop(_key(listing, position), None)
            if found is None:
                return None
            self._lists[_key(listing, position)] = (monotonic(), found[1])
            return found[1]

    def put(self, listing: Listing, position: int, whole: Listed) -> None:
        """Keep a list, if it is not too long."""
        if len(whole.items) <= MOST_ITEMS:
            with self._lock:
                self._lists[_key(listing, position)] = (monotonic(), whole)
                self._forget()

    def _forget(self) -> None:
        """Forget what is not read any more, and the oldest of too many."""
        items = sum(len(whole.items) for _, whole in self._lists.values())
        while self._lists:
            key, (since, oldest) = next(iter(self._lists.items()))
            many = len(self._lists) > MOST_LISTS or items > MOST_ITEMS
            if not many and monotonic() - since < SECONDS:
                return
            items -= len(oldest.items)
            del self._lists[key]


def _key(listing: Listing, position: int) -> tuple[bytes, int]:
    return orjson.dumps(plain_of(listing), option=orjson.OPT_SORT_KEYS), position
