"""The ledger's own stream, as the published log needs it: whose log it is, and who signs it."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Protocol

from svx_ledger.domain.book import KIND, Book
from svx_ledger.domain.book.published import epoch_of
from svx_ledger.eventlog.record import Row, Unreadable, read_event
from svx_ledger.eventlog.store import Head


class Log(Protocol):
    """What publishing reads of a store."""

    def head(self) -> Head:
        """Return the last record."""

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""

    def stream(self, name: str, after: int = 0) -> Iterator[Row]:
        """Stream one stream's records by version, those after version `after`."""


class OwnStream:
    """The states of the ledger's own stream, each from the position that led to it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._name: str | None = None
        self._positions: list[int] = []
        self._books: list[Book] = []

    def refresh(self) -> None:
        """Take in what came since. Raises NotRead, and Unreadable for a damaged record."""
        if self._name is None:
            opening = next(iter(self._log.rows(limit=1)), None)
            if opening is None:
                return
            self._name = opening.stream
        book: object = self.now
        for row in self._log.stream(self._name, after=len(self._books)):
            try:
                book = KIND.evolve(book, read_event(row))
            except TypeError as fault:
                raise Unreadable(row, str(fault)) from None
            assert isinstance(book, Book)
            self._books.append(book)  # first: another thread looks for it by its position
            self._positions.append(row.position)

    @property
    def now(self) -> Book | None:
        """The newest state; None while the ledger was not opened."""
        return self._books[-1] if self._books else None

    @property
    def has_key(self) -> bool:
        """Whether the log has, or ever had, a key: without one nobody anywhere publishes it."""
        return self.now is not None and bool(self.now.log_keys or self.now.past_log_keys)

    def at(self, size: int) -> Book | None:
        """Return the state when the log had this many records."""
        known = bisect_right(self._positions, size)
        return self._books[known - 1] if known else None

    @property
    def since(self) -> int:
        """The position from which the log has its present name; 0 where there is none."""
        named = (
            position
            for position, book in zip(self._positions, self._books, strict=True)
            if book.epoch == self._books[-1].epoch
        )
        return next(named, 0)

    def signers(self, size: int) -> tuple[str, ...]:
        """Return the keys that sign the present log at a size; none before it began.

        Under an earlier origin other keys signed, and nothing more is signed there.
        """
        then, now = self.at(size), self.now
        if then is None or now is None or then.epoch != now.epoch:
            return ()
        return then.log_keys

    def epoch_of(self, origin: str) -> int | None:
        """Return in which epoch this ledger's log has that name; None for another's."""
        return epoch_of(self.now.first_origin, origin) if self.now else None
