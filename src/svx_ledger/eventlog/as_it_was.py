"""A store as it was when the log had so many records, for whoever reads what is final."""

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import NoReturn

from .private_fields import PrivateRow
from .record import Row
from .store import ClaimRow, Head, OutcomeRow, Store, UnsafeStore


class AsItWas:
    """The records up to a position that the log has, and nothing after it. It writes nothing.

    Outcomes, claims and private texts are those of now: what is kept beside the log has no
    past. Closing it leaves the store open.
    """

    def __init__(self, store: Store, until: int) -> None:
        self._store = store
        self._until = until

    def head(self) -> Head:
        """Return the last record then."""
        row = next(iter(self.rows(after=self._until - 1)), None)
        return Head(row.position, row.record) if row else Head(0, b"")

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""
        rest = max(self._until - max(after, 0), 0)
        most = rest if limit is None else min(limit, rest)
        rows = self._store.rows(after, most) if most else iter(())
        return takewhile(lambda row: row.position <= self._until, rows)

    def stream(self, name: str, after: int = 0) -> Iterator[Row]:
        """Stream one stream's records by version, those after version `after`."""
        rows = self._store.stream(name, after)
        return takewhile(lambda row: row.position <= self._until, rows)

    def outcome(self, principal: str, command_id: str) -> OutcomeRow | None:
        """Return what became of a command id."""
        return self._store.outcome(principal, command_id)

    def held(self, prefix: str) -> Mapping[str, str]:
        """Return key → stream for every key held now that starts with `prefix`."""
        return self._store.held(prefix)

    def private(self, commitment: str) -> PrivateRow | None:
        """Return the private text with this commitment; None where it was erased by now."""
        return self._store.private(commitment)

    def outcomes(self) -> Iterator[OutcomeRow]:
        """Stream what became of every command id, by now."""
        return self._store.outcomes()

    def claims(self, first: str = "") -> Iterator[ClaimRow]:
        """Stream who took or freed each key, by now, from the key `first` on."""
        return self._store.claims(first)

    def privates(self) -> Iterator[PrivateRow]:
        """Stream every private text that is kept now."""
        return self._store.privates()

    def check(self) -> None:
        """Assert what the store does of itself. Raises UnsafeStore."""
        self._store.check()

    def create(self) -> NoReturn:
        """Refuse: the past is not made."""
        raise UnsafeStore("a store as it was is not made")

    def add_private_texts(self) -> NoReturn:
        """Refuse: the past is not changed."""
        self.create()

    def check_writing(self) -> NoReturn:
        """Refuse: nothing is written to the past."""
        raise UnsafeStore("a store as it was is not written to")

    def try_writing(self) -> NoReturn:
        """Refuse: nothing is written to the past."""
        self.check_writing()

    def writer(self) -> NoReturn:
        """Refuse: nothing is written to the past."""
        self.check_writing()

    def close(self) -> None:
        """Leave the store to whoever opened it."""
