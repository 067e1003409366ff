"""Rows as they lie in the table, a range of positions at a time, for reading a whole log.

Nothing is made of a row that its reader may not need: `Store.rows` gives named tuples, this
what the cursor gives. Each range is one statement, so no snapshot outlives it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, Protocol

from .record import Row

RawRow = tuple[int, str, int, str, bytes]
"""A stored event: the columns of `Row`."""


class RawRows(Protocol):
    """A connection of one's own that reads ranges of positions."""

    def read(self, after: int, until: int) -> Sequence[RawRow]:
        """Return the rows at positions after `after` up to `until`, in order. Raises NotRead.

        Those that there are: it is for the caller to see that none is missing.
        """

    def first_from(self, position: int) -> int | None:
        """Return the first position from this one on that has a row. Raises NotRead."""

    def close(self) -> None:
        """Close the connection."""


LOWEST: Final = -(2**63)
HIGHEST: Final = 2**63 - 1
"""The least and the greatest position that a row can have, as a store keeps it."""

OpenRows = Callable[[], RawRows]
"""Connects. What is called in another process has to be picklable (`open.raw_rows`)."""


class Log(Protocol):
    """Anything that streams rows by position, such as a store."""

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""


class RowsOf:
    """The rows of a store that is open already, on its own connections; it stays open."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def read(self, after: int, until: int) -> Sequence[RawRow]:
        """Return the rows of a range; see `RawRows`."""
        return list(islice(self._log.rows(after, until - after), until - after))

    def first_from(self, position: int) -> int | None:
        """Return the first position from this one on; see `RawRows`."""
        return next((row.position for row in self._log.rows(position - 1, 1)), None)

    def close(self) -> None:
        """Leave the store open."""
