"""Lists that took long and are being read in pages, so that their pages belong together."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Final

import orjson

from svx_ledger.api.cursors import Listing, Place
from svx_ledger.eventlog.plain import plain_of

from .asking import Listed

SECONDS: Final = 60.0
MOST_LISTS: Final = 4
MOST_ITEMS: Final = 200_000
_Key = tuple[bytes, int, datetime | None]


class Kept:
    """A few lists, each as it was at a log position, for a minute after it was last read.

    Of one that is of an instant, readers at one position have several.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._lists: OrderedDict[_Key, tuple[float, Listed]] = OrderedDict()

    def get(self, listing: Listing, place: Place) -> Listed | None:
        """Return a list of which a page ended here, if it is kept still."""
        key = _key(listing, place.position, place.as_at)
        with self._lock:
            self._forget()
            found = self._lists.pop(key, None)
            if found is None:
                return None
            self._lists[key] = (monotonic(), found[1])
            return found[1]

    def put(self, listing: Listing, position: int, whole: Listed) -> None:
        """Keep a list, if it is not too long."""
        as_at = whole.moment.as_at if whole.moment else None
        if len(whole.items) <= MOST_ITEMS:
            with self._lock:
                self._lists[_key(listing, position, as_at)] = (monotonic(), whole)
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


def _key(listing: Listing, position: int, as_at: datetime | None) -> _Key:
    return orjson.dumps(plain_of(listing), option=orjson.OPT_SORT_KEYS), position, as_at
