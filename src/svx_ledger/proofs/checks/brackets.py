"""When events can have happened, by what witnesses saw of the log: a time has two neighbours.

An event was there when a head that contains it was cosigned: it is not newer than the first
such head. And the last head before it was cosigned without it: an event that claims to be much
older was put in later, with a time of its choice.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from math import inf
from typing import Final, NamedTuple

from svx_ledger.proofs.notes.policy import Trusted

TOLERANCE_SECONDS: Final = 60
"""How far clocks may differ, and how long an event may wait for the head that contains it."""


class Bracket(NamedTuple):
    """Between which cosigned heads an event came in (Unix seconds); None where none is."""

    seen_without: int | None
    seen_with: int | None

    def outside(self, seconds: float, tolerance: int = TOLERANCE_SECONDS) -> str | None:
        """Say in words how far a time lies outside; None where it does not."""
        if self.seen_with is not None and seconds > self.seen_with + tolerance:
            return f"{seconds - self.seen_with:.0f} s after witnesses had seen it in the log"
        if self.seen_without is not None and seconds < self.seen_without - tolerance:
            ahead = self.seen_without - seconds
            return f"{ahead:.0f} s before witnesses saw the log without it"
        return None


class Brackets:
    """The cosigned heads of one log, by size.

    Where the witnesses of a head differ, the reading is taken that suspects nobody. A head that
    was cosigned after a longer one, or less than the tolerance before it, says nothing about
    the time in between: after an outage several are cosigned at once. So a time that lies up
    to twice the tolerance before a head without it can pass.
    """

    def __init__(self, heads: Iterable[Trusted], tolerance: int = TOLERANCE_SECONDS) -> None:
        self._tolerance = tolerance
        first_seen: dict[int, int] = {}
        last_seen: dict[int, int] = {}
        for head in heads:
            if head.cosigned:
                size, times = head.checkpoint.size, _span(head.cosigned)
                first_seen[size] = min(times[1], first_seen.get(size, times[1]))
                last_seen[size] = max(times[0], last_seen.get(size, times[0]))
        self._sizes = sorted(first_seen)
        self._last_seen = [last_seen[size] for size in self._sizes]
        self._first_seen = [first_seen[size] for size in self._sizes]
        for at in reversed(range(len(self._sizes) - 1)):  # what a longer head holds, was there
            self._first_seen[at] = min(self._first_seen[at], self._first_seen[at + 1])
        self._of: dict[int, Bracket] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    def of(self, index: int) -> Bracket:
        """The bracket of leaf `index`."""
        at = bisect_right(self._sizes, index)
        if at not in self._of:
            self._of = {at: self._between(at)}  # leaves are asked for in order, many for a head
        return self._of[at]

    def outside(self, index: int, seconds: float) -> str | None:
        """Say in words how far a time of leaf `index` lies outside; None where it does not."""
        return self.of(index).outside(seconds, self._tolerance)

    def _between(self, at: int) -> Bracket:
        """The bracket of what is in head number `at`, and in none before it."""
        seen_with = self._first_seen[at] if at < len(self._sizes) else None
        latest = inf if seen_with is None else seen_with - self._tolerance
        earlier = (self._last_seen[before] for before in reversed(range(at)))
        return Bracket(next((seen for seen in earlier if seen <= latest), None), seen_with)


def _span(cosigned: Mapping[str, int]) -> tuple[int, int]:
    return min(cosigned.values()), max(cosigned.values())
