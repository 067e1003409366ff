"""What the publisher's state asks of a database: SQLite beside the ledger, or PostgreSQL."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

from svx_ledger.eventlog.store import StoreError

Stage = Literal["sign", "release"]
"""What one publisher does at a time: there is no harm in two, only double work."""


class NotPublished(StoreError):
    """A step of publishing was not finished. The next goes on where it ended."""


class Running(Protocol):
    """An open transaction."""

    def run(self, statement: str, given: Sequence[Any]) -> int:
        """Run a statement; return how many rows it changed."""

    def run_many(self, statement: str, given: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each of the given rows."""


class Database(Protocol):
    """What the state asks of a database. Safe from any thread and process.

    Parameters are written `?`. Raises NotPublished.
    """

    def present(self) -> bool:
        """Whether anything was ever kept here; without making anything.

        Whoever reads on and on asks it each time: what is not there any more is let go of.
        """

    def create(self) -> None:
        """Make what is missing. Harmless when repeated."""

    def read(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query to its end."""

    def transaction(self) -> AbstractContextManager[Running]:
        """Write; all of it, durable when this ends, or nothing."""

    def alone(self, stage: Stage) -> AbstractContextManager[bool]:
        """Hold the lock of who does this, unless another does: then yield False."""

    def close(self) -> None:
        """Close the connections."""
