"""Counting requests a minute: the in-memory store that the limits are kept in.

The library's own stores sweep all that they hold whenever something is counted. This one is
swept once a window, and holds a bounded number of names: those that come when it is full share
one count.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport
from limits.strategies import SlidingWindowCounterRateLimiter

MOST_NAMES: Final = 100_000
_OTHERS: Final = "others"


@dataclass(slots=True)
class _Count:
    window: int
    before: int = 0
    now: int = 0


class Windows(Storage, SlidingWindowCounterSupport):
    """Counts by name, of the present window and the one before it. For one event loop."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._counts: dict[str, _Count] = {}
        self._swept = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failure of this store would be."""
        return ValueError

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count a request unless there were too many."""
        count, left = self._count(key, expiry)
        if count.before * left / expiry + count.now + amount > limit:
            return False
        count.now += amount
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the counts of the last window and of this one, and what is left of each."""
        count, left = self._count(key, expiry)
        return count.before, left, count.now, left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget a name."""
        del expiry
        self._counts.pop(key, None)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count without a limit."""
        count, _ = self._count(key, expiry)
        count.now += amount
        return count.now

    def get(self, key: str) -> int:
        """Return the count of this window."""
        return self._counts[key].now if key in self._counts else 0

    def get_expiry(self, key: str) -> float:
        """Return when what is known of a name is over: now."""
        del key
        return time.time()

    def check(self) -> bool:
        """Whether it can be used: it always can."""
        return True

    def reset(self) -> int | None:
        """Forget all names."""
        known = len(self._counts)
        self._counts.clear()
        return known

    def clear(self, key: str) -> None:
        """Forget a name."""
        self._counts.pop(key, None)

    def _count(self, key: str, expiry: int) -> tuple[_Count, float]:
        now = self._clock()
        window = int(now // expiry)
        if window != self._swept:
            self._swept = window
            live = ((k, c) for k, c in self._counts.items() if c.window >= window - 1)
            self._counts = dict(live)
        count = self._counts.get(key)
        if count is None:
            key = key if len(self._counts) < MOST_NAMES else _OTHERS
            count = self._counts.setdefault(key, _Count(window))
        if count.window != window:
            count.before = count.now if count.window == window - 1 else 0
            count.now, count.window = 0, window
        return count, expiry - now % expiry


class Left(NamedTuple):
    """What a name may still ask: how often, and in how many seconds there is more."""

    allowed: bool
    limit: int
    remaining: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """Return it as headers of an answer."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.seconds),
        }
        return told if self.allowed else told | {"Retry-After": str(self.seconds)}


class PerMinute:
    """So many requests a minute for each name, as a window that slides."""

    def __init__(self, name: str, most: int, windows: Windows) -> None:
        self._item = RateLimitItemPerMinute(most, namespace=name)
        self._windows = windows
        self._limiter = SlidingWindowCounterRateLimiter(windows)

    def hit(self, name: str) -> Left:
        """Count a request, if it is allowed."""
        return self._left(name, allowed=self._limiter.hit(self._item, name))

    def test(self, name: str) -> Left:
        """Return what is left, and count nothing."""
        return self._left(name, allowed=self._limiter.test(self._item, name))

    def _left(self, name: str, *, allowed: bool) -> Left:
        most, expiry = self._item.amount, self._item.get_expiry()
        before, left, now, _ = self._windows.get_sliding_window(
            self._item.key_for(name), expiry
        )
        used = before * left / expiry + now
        remaining = max(0, most - math.ceil(used))
        if remaining:
            seconds = 0.0
        elif now < most:  # one of the last window has to slide out of this one
            seconds = left - (most - 1 - now) * expiry / before if before else left
        else:
            seconds = left + expiry / most
        return Left(allowed, most, remaining, max(1, math.ceil(min(seconds, left + expiry))))
