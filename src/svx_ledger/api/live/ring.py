"""The newest messages of the feed, for all who are told the same."""

from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

from svx_ledger.api.feed.pages import Told, Wanted

from .wire import message

MOST_KEPT: Final = 1_000
MOST_AT_ONCE: Final = 250
"""Messages in one chunk: a reader that is slow has no more than that to take."""


class Chunk(NamedTuple):
    """Messages to be sent, and up to which position they tell of everything."""

    data: bytes
    upto: int


class Ring:
    """What one viewer is told of the newest events, encoded once; `first` is before them all.

    It holds everything that is after `first`, up to `last`. Who has read less than `first` has
    to read the log instead.
    """

    def __init__(self, position: int) -> None:
        self.first = self.last = position
        self._kept: deque[tuple[Told, bytes]] = deque()
        self._chunks: dict[tuple[int, Wanted], Chunk] = {}

    def extend(self, told: Iterable[Told], upto: int) -> None:
        """Take in what came since, up to a position."""
        self._chunks.clear()
        self._kept.extend((one, wired(one)) for one in told)
        while len(self._kept) > MOST_KEPT:
            self.first = self._kept.popleft()[0].position
        self.last = upto

    def restart(self, position: int) -> None:
        """Hold nothing any more of what was before a position."""
        self._chunks.clear()
        self._kept.clear()
        self.first = self.last = position

    def since(self, position: int, wanted: Wanted) -> Chunk | None:
        """Return what comes next after a position; None where it is not all kept here."""
        if position < self.first:
            return None
        if position >= self.last:
            return Chunk(b"", position)
        asked = (position, wanted)
        if asked not in self._chunks:
            self._chunks[asked] = self._chunk(position, wanted)
        return self._chunks[asked]

    def _chunk(self, position: int, wanted: Wanted) -> Chunk:
        parts, upto = list[bytes](), position
        for told, wire in self._kept:
            if told.position <= position or not told.is_wanted(wanted):
                continue
            if len(parts) == MOST_AT_ONCE:
                return Chunk(b"".join(parts), upto)
            parts.append(wire)
            upto = told.position
        return Chunk(b"".join(parts), self.last)


def wired(told: Told) -> bytes:
    """Return an event as the message that tells of it."""
    return message("event", told.json, told.position)
