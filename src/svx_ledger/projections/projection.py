"""How a projection says which events it takes: one function for each class of event."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import Envelope, Recorded

from .table import Changes, Table

E = TypeVar("E", bound=Event)
Step = Callable[[Envelope, E], Changes]


class Projection:
    """One meaning of the log: its tables, and the row changes that follow from each event.

    A step sees one event with its envelope and nothing else: no row, no clock, no other
    event. Hence the rows depend on the log alone, not on when or how it was read.
    """

    def __init__(self, name: str, *tables: Table[Any]) -> None:
        self.name = name
        self.tables = tables
        self._steps: dict[type[Event], Callable[[Envelope, Any], Changes]] = {}

    def __repr__(self) -> str:
        return f"Projection({self.name!r})"

    @property
    def takes(self) -> frozenset[type[Event]]:
        """The events that change its rows: a rebuild need not decode any other."""
        return frozenset(self._steps)

    @property
    def steps(self) -> Mapping[type[Event], Callable[[Envelope, Any], Changes]]:
        """The function for each class of event that it takes."""
        return self._steps

    def on(self, kind: type[E]) -> Callable[[Step[E]], Step[E]]:
        """Make the decorated function the step for this class of event."""

        def take(step: Step[E]) -> Step[E]:
            assert kind not in self._steps, f"{self.name} takes {kind.__name__} twice"
            self._steps[kind] = step
            return step

        return take

    def project(self, recorded: Recorded) -> Changes:
        """Return the row changes that follow from an event, if it means anything here."""
        return self.changes(recorded, recorded.event)

    def changes(self, at: Envelope, event: Event) -> Changes:
        """Return the row changes that follow from an event with this envelope."""
        step = self._steps.get(type(event))
        return step(at, event) if step else ()
