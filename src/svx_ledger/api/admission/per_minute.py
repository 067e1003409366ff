"""So many requests a minute for each name, by a window that slides.

Counted are those of this minute, and of the one before it as many as the last sixty seconds
still reach into it, taken as evenly spread. Names are swept once a minute, and bounded: those
that come when there is no room for more share one count.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

WINDOW_SECONDS: Final = 60
MOST_NAMES: Final = 100_000
_OTHERS: Final = "others"


@dataclass(slots=True)
class _Count:
    window: int
    before: int = 0
    now: int = 0


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
    """The counts of one limit, for one event loop."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._counts: dict[str, _Count] = {}
        self._swept = 0

    def hit(self, name: str) -> Left:
        """Count a request, if it is allowed."""
        count, left = self._of(name)
        allowed = self._used(count, left) + 1 <= self._most
        count.now += allowed
        return self._left(count, left, allowed=allowed)

    def test(self, name: str) -> Left:
        """Return what is left, and count nothing."""
        count, left = self._of(name)
        return self._left(count, left, allowed=self._used(count, left) + 1 <= self._most)

    def _of(self, name: str) -> tuple[_Count, float]:
        """Return the count of a name, and for how many seconds this window lasts."""
        now = self._clock()
        window = int(now // WINDOW_SECONDS)
        if window != self._swept:
            self._swept = window
            live = (
                (n, count) for n, count in self._counts.items() if count.window >= window - 1
            )
            self._counts = dict(live)
        count = self._counts.get(name)
        if count is None:
            name = name if len(self._counts) < MOST_NAMES else _OTHERS
            count = self._counts.setdefault(name, _Count(window))
        if count.window != window:
            count.before = count.now if count.window == window - 1 else 0
            count.now, count.window = 0, window
        return count, WINDOW_SECONDS - now % WINDOW_SECONDS

    def _used(self, count: _Count, left: float) -> float:
        return count.before * left / WINDOW_SECONDS + count.now

    def _left(self, count: _Count, left: float, *, allowed: bool) -> Left:
        most = self._most
        remaining = max(0, most - math.ceil(self._used(count, left)))
        if remaining:
            seconds = 0.0
        elif count.now < most:  # one of the last window has to slide out of this one
            over = most - 1 - count.now
            seconds = left - over * WINDOW_SECONDS / count.before if count.before else left
        else:
            seconds = left + WINDOW_SECONDS / most
        within = min(seconds, left + WINDOW_SECONDS)
        return Left(allowed, most, remaining, max(1, math.ceil(within)))
