"""The next change of a kind, or the one before: where to look in a history."""

from collections.abc import Iterator
from typing import Final, Protocol, TypeVar

from svx_ledger.domain.rule import Rule
from svx_ledger.eventlog.types import TYPES, UPCASTS
from svx_ledger.projections.visibility import Seen

from .difference import Difference

NO_SUCH_CHANGE: Final = Rule(
    "no-such-change",
    "What is looked for happened, as far as may be seen, on that side of the position.",
    "Look the other way, from another position, or for another kind.",
    "not-found",
)


class Step(Protocol):
    """One event of a history as its viewer sees it, with what changed by it."""

    @property
    def event(self) -> Seen:
        """Return the event."""

    @property
    def changes(self) -> tuple[Difference, ...]:
        """Return what changed since the step before."""


S_co = TypeVar("S_co", bound=Step, covariant=True)


class History(Protocol[S_co]):
    """What can be gone through step by step."""

    def steps(self, after: int = 0, until: int | None = None) -> Iterator[S_co]:
        """Give the steps after one position and up to another."""


def stored_types(kind: str) -> frozenset[str]:
    """Return the stored types of a name, with its version or without: `bid-accepted`."""
    return frozenset(n for n in (*TYPES, *UPCASTS) if n == kind or n.startswith(f"{kind}.v"))


def next_change(history: History[S_co], kind: str, after: int) -> S_co | None:
    """Return the first step after a position that is of a kind: see `is_of`."""
    return next((step for step in history.steps(after) if is_of(step, kind)), None)


def previous_change(history: History[S_co], kind: str, before: int) -> S_co | None:
    """Return the last step before a position that is of a kind."""
    found = None
    for step in history.steps(0, before - 1):
        found = step if is_of(step, kind) else found
    return found


def is_of(step: Step, kind: str) -> bool:
    """Whether a step is an event of a stored type, or changes a field of this name.

    By what its viewer sees: an event whose type is hidden is of no type, and a field that is
    hidden never changes.
    """
    if step.event.type in stored_types(kind):
        return True
    field = f"/{kind.replace('.', '/')}"
    return any(c.field == field or c.field.startswith(f"{field}/") for c in step.changes)
