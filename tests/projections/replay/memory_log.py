"""A played history as a log that can be replayed."""

from collections.abc import Iterator

from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Head
from tests.projections.play import Play


class MemoryLog:
    """What a store answers, from a list."""

    def __init__(self, play: Play) -> None:
        self.play = play

    def head(self) -> Head:
        """Return the last record."""
        log = self.play.log
        return Head(log[-1].position, log[-1].record) if log else Head(0, b"")

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position."""
        return self.play.rows(after, limit)

    def stream(self, name: str, after: int = 0) -> Iterator[Row]:
        """Stream one stream's records by version."""
        return (r for r in self.play.log if r.stream == name and r.version > after)
