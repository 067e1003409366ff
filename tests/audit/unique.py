"""The unique keys that events take and free, and the deadlines of streams, as claims tell."""

from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import ClaimRow


class Keys:
    """Claims as they follow from the events of a log, even of one that no rules would make."""

    def __init__(self) -> None:
        self.claims: list[ClaimRow] = []
        self._states: dict[str, object] = {}
        self._due: set[str] = set()

    def add(self, row: Row, event: Event) -> None:
        """Take in one more event."""
        for claim in event.claims():
            self._claim(row, claim.key, held=claim.held)
        try:
            state = vocabulary.evolve(row.stream, self._states.get(row.stream), event)
        except (TypeError, LookupError, AssertionError, AttributeError):
            return  # an event where it makes no sense changes no state
        self._states[row.stream] = state
        due = vocabulary.due(row.stream, state) is not None
        if due != (row.stream in self._due):
            self._claim(row, f"due:{row.stream}", held=due)
            (self._due.add if due else self._due.discard)(row.stream)

    def _claim(self, row: Row, key: str, *, held: bool) -> None:
        self.claims.append(ClaimRow(key, row.position, row.stream if held else None))
