"""The port of a store: what the write path and the readers ask of SQLite and PostgreSQL.

A store keeps three append-only tables: `stored_events` (the records), `outcomes` (what became
of each command id) and `claims` (who took or freed which unique key, at which position). A
fourth, `private_payloads`, is not: from it texts about persons are erased (docs/privacy.md).
All that one batch of commands leads to is written, and erased, in one transaction.

Every failure is one of the exceptions below, and they say what is known: `NotWritten` (nothing
was stored, safe to try again), `OutcomeUnknown` (it may or may not be stored), `NotRead` (a
read got no answer), `UnsafeStore` (the store refuses to be used as it is set up), `Forked` (the
store is not the one it was).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from .private_fields import PrivateRow
from .record import Row


class StoreError(Exception):
    """A store's failure. Its text names no value that a record holds."""

    unreached = False
    """Whether there was no connection to be had: the server, its rights or the address."""


class NotWritten(StoreError):
    """The failure came before the commit: nothing was stored, and trying again is safe."""


class OutcomeUnknown(StoreError):
    """The commit was sent and its answer is not known. Ask again with the same command id.

    `settled_by_lock`: whoever holds the write lock next can tell by reading what became of
    it (PostgreSQL holds the lock until the transaction has ended). Otherwise only a restart
    of the process, which makes SQLite read its log again, can tell.
    """

    def __init__(self, message: str, *, settled_by_lock: bool = False) -> None:
        super().__init__(message)
        self.settled_by_lock = settled_by_lock
        self.command_id: str | None = None
        """The id to ask again with, once a caller is told."""


class NotRead(StoreError):
    """The store did not answer a read, or not in time. Trying again is safe."""


class UnsafeStore(StoreError):
    """The store's settings would lose or damage events; the text names setting and remedy."""


class NoLedger(UnsafeStore):
    """Nothing was created at this address yet."""


class OlderStore(UnsafeStore):
    """A ledger that is whole but for the table of private texts.

    It is from before there were any, or somebody dropped the table: `add_private_texts` tells.
    """

    def __init__(self, where: str, *, by: str = "") -> None:
        super().__init__(
            f"{where} has no table of private texts: it was made before there were any, or "
            f"somebody dropped it; `svx-ledger erase prepare`{by} tells, and adds it in the "
            "first case"
        )


TEXTS_TAKEN: Final = (
    "private_payloads is missing, and records commit to texts that stood in it: somebody "
    "dropped it; keep a copy as it is, and restore the ledger (docs/operations.md, Restore)"
)
"""What is said where the table of private texts is not added."""


class Forked(StoreError):
    """The store's past differs from what this process has seen: it must not go on writing."""


MAX_TAIL = 1_000
"""Events that a batch catches up with under the lock; where there are more, they are read
outside it and the batch begins again."""


class Head(NamedTuple):
    """The last record of the log: its position (0 when empty) and its bytes."""

    position: int
    record: bytes


class OutcomeRow(NamedTuple):
    """What became of a command id: the positions it was recorded at, or the refusal."""

    principal: str
    command_id: str
    sha256: str
    first_position: int | None
    last_position: int | None
    refusal: str | None
    """Canonical JSON `{"rule": …, "facts": {…}}`."""


class ClaimRow(NamedTuple):
    """A key that the stream took (or freed: None) by its event at `position`."""

    key: str
    position: int
    stream: str | None


class Locked(NamedTuple):
    """What the writer sees once it holds the write lock."""

    head: Head
    known: bytes | None
    """The record at the position the writer asked about, to see that the past is unchanged."""
    clock_at: datetime | None
    """The server's clock (PostgreSQL); None where the process's own clock decides (SQLite)."""
    outcomes: Sequence[OutcomeRow]
    holders: Mapping[str, str]
    """Key → stream, for those of the asked keys that are held."""
    tails: Sequence[Row]
    """Events of the asked streams after the asked versions, by position. More than MAX_TAIL
    of them (one more is read at most) are not all there are."""


def assert_follows(head: Head, rows: Sequence[Row]) -> None:
    """Refuse rows that would leave a gap after the head, or fill one. Raises NotWritten."""
    if any(row.position != position for position, row in enumerate(rows, head.position + 1)):
        raise NotWritten("before the commit: the positions do not follow the head")


class Writer(Protocol):
    """The one writing connection of a process; used by one thread.

    After any exception the connection is closed and the next `begin` opens a new one.
    """

    def begin(
        self,
        ids: Sequence[tuple[str, str]],
        keys: Sequence[str],
        versions: Mapping[str, int],
        known: int,
    ) -> Locked:
        """Take the write lock and read, after it, what a batch needs.

        `ids` are (principal, command id); `versions` maps streams to the version the writer
        has; `known` is the position it last saw as the head. Raises NotWritten.
        """

    def append(
        self,
        rows: Sequence[Row],
        outcomes: Sequence[OutcomeRow],
        claims: Sequence[ClaimRow],
        *,
        private: Sequence[PrivateRow] = (),
        erased: Sequence[str] = (),
    ) -> None:
        """Insert a batch in one call and commit it durably; releases the lock.

        The private texts of the `erased` commitments are deleted, also such as come with it.
        Raises NotWritten when nothing was stored for certain, else OutcomeUnknown.
        """

    def abandon(self) -> None:
        """End the transaction without writing; releases the lock."""

    def close(self) -> None:
        """Close the connection. Never cancels a commit."""


class Store(Protocol):
    """A place where one ledger is kept. Reading is safe from any thread."""

    def create(self) -> None:
        """Create the tables and triggers, all at once, where there is nothing of a ledger.

        Where there is, nothing is made, and the store is checked as by `check`: to make again
        what is missing would hide that somebody took it. Harmless when repeated.
        """

    def add_private_texts(self) -> None:
        """Add the table of private texts to a ledger from before them; else as `check`.

        Where a record commits to a private text, the table was taken away: UnsafeStore.
        """

    def check(self) -> None:
        """Assert durability, append-only protection and layout. Raises UnsafeStore."""

    def check_writing(self) -> None:
        """Assert that this process may write, too, as far as that can be told by looking.

        Raises UnsafeStore, NotRead. A ledger that is only read needs none of it.
        """

    def try_writing(self) -> None:
        """Take the write lock and let it go: after a failure, whether it would be met again.

        Raises StoreError.
        """

    def writer(self) -> Writer:
        """Return a new writer with a connection of its own."""

    def head(self) -> Head:
        """Return the last record."""

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""

    def stream(self, name: str, after: int = 0) -> Iterator[Row]:
        """Stream one stream's records by version, those after version `after`."""

    def outcome(self, principal: str, command_id: str) -> OutcomeRow | None:
        """Return what became of a command id."""

    def held(self, prefix: str) -> Mapping[str, str]:
        """Return key → stream for every key held now that starts with `prefix`."""

    def private(self, commitment: str) -> PrivateRow | None:
        """Return the private text with this commitment; None where it was erased."""

    def outcomes(self) -> Iterator[OutcomeRow]:
        """Stream what became of every command id, in an order of the store's own."""

    def claims(self, first: str = "") -> Iterator[ClaimRow]:
        """Stream who took or freed each key, by key and position, from the key `first` on."""

    def privates(self) -> Iterator[PrivateRow]:
        """Stream every private text that is kept, by commitment."""

    def close(self) -> None:
        """Close what this store opened."""


def try_out(writer: Writer) -> None:
    """Begin with a writer, write nothing, and close it. Raises StoreError."""
    try:
        writer.begin((), (), {}, 0)
        writer.abandon()
    finally:
        writer.close()
