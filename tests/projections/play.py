"""A history made by playing commands through the rules, and the log that it leaves."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command, Event
from svx_ledger.eventlog.record import CommandRef, Row, write_record
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.projections.memory import Views
from tests.domain.outcome import NOON, World

SECOND = timedelta(seconds=1)


class Play:
    """The exchange as it is played: what the rules make of it, and the log it leaves."""

    def __init__(self) -> None:
        self.world = World()
        self.log: list[Row] = []
        self.now = NOON
        self._versions: Counter[str] = Counter()

    def do(self, command: Command, by: Actor, at: datetime | None = None) -> None:
        """Give a command, at this time or a second after the last one; it must be accepted."""
        self.now = max(at or self.now, self.now + SECOND)
        decision = self.world.execute(command, by, self.now)
        assert isinstance(decision, list), decision
        for n, (stream, event) in enumerate(decision, start=1):
            self._record(stream, event, by, (type(command).__name__, n, len(decision)))

    def _record(
        self, stream: str, event: Event, by: Actor, command: tuple[str, int, int]
    ) -> None:
        self._versions[stream] += 1
        name, n, of = command
        position = len(self.log) + 1
        row = write_record(
            position=position,
            stream=stream,
            version=self._versions[stream],
            recorded_at=self.now,
            actor=shape_of(Actor).encode(by),
            command=CommandRef(f"command-{position}", name, "0" * 64, n, of),
            trace={},
            prev=None,
            salt=bytes(16),
            event=event,
        )
        self.log.append(row)

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records as a store does."""
        return iter(self.log[after : None if limit is None else after + limit])

    def views(self) -> Views:
        """Return views that have read all of it."""
        views = Views(self)
        views.refresh()
        return views
