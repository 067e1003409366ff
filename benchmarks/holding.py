"""How long the write lock is held: a store whose writer looks at the clock."""

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

from svx_ledger.eventlog.private_fields import PrivateRow
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import ClaimRow, Locked, OutcomeRow, Store, Writer


class TimedStore:
    """A store that notes each hold of its write lock in seconds.

    A hold is counted from the call that asks for the lock to the return of the one that gives
    it back, so it is never shorter than what others wait; here nobody else asks for it.
    """

    def __init__(self, store: Store, holds: list[float]) -> None:
        self._store = store
        self._holds = holds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def writer(self) -> Writer:
        """Return a writer that notes its holds."""
        return _TimedWriter(self._store.writer(), self._holds)


class _TimedWriter:
    def __init__(self, writer: Writer, holds: list[float]) -> None:
        self._writer = writer
        self._holds = holds
        self._began = 0.0

    def begin(
        self,
        ids: Sequence[tuple[str, str]],
        keys: Sequence[str],
        versions: Mapping[str, int],
        known: int,
    ) -> Locked:
        self._began = perf_counter()
        return self._writer.begin(ids, keys, versions, known)

    def append(
        self,
        rows: Sequence[Row],
        outcomes: Sequence[OutcomeRow],
        claims: Sequence[ClaimRow],
        *,
        private: Sequence[PrivateRow] = (),
        erased: Sequence[str] = (),
    ) -> None:
        self._writer.append(rows, outcomes, claims, private=private, erased=erased)
        self._holds.append(perf_counter() - self._began)

    def abandon(self) -> None:
        self._writer.abandon()
        self._holds.append(perf_counter() - self._began)

    def close(self) -> None:
        self._writer.close()
