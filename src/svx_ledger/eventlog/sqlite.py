"""A ledger in one SQLite file: the store, and the library's recorder over the same table."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import NoneType
from typing import Any, NoReturn

from eventsourcing.persistence import NotSupportedError, StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from . import causes, pages, sqlite_file
from .private_fields import PrivateRow
from .raw_rows import LOWEST
from .record import Row
from .sqlite_kinds import fetch_all, of_kinds
from .sqlite_writer import HEAD, OUTCOME, SQLiteWriter
from .store import ClaimRow, Head, NotRead, NotWritten, OutcomeRow, try_out

_ROWS = "SELECT * FROM stored_events WHERE rowid >= ? ORDER BY rowid LIMIT ?"
_STREAM = (
    "SELECT * FROM stored_events WHERE originator_id = ? AND originator_version > ? "
    "ORDER BY originator_version LIMIT ?"
)
# SQLite takes the other columns from the row that has the maximum.
_KEYS = (
    "SELECT key, stream, max(position) FROM claims WHERE key >= ? "
    "GROUP BY key ORDER BY key LIMIT ?"
)
_PRIVATE = "SELECT * FROM private_payloads WHERE commitment = ?"
_OUTCOMES = (
    "SELECT * FROM outcomes WHERE (command_id, principal) >= (?, ?) "
    "ORDER BY command_id, principal LIMIT ?"
)
_CLAIMS = "SELECT * FROM claims WHERE (key, position) >= (?, ?) ORDER BY key, position LIMIT ?"
_PRIVATES = "SELECT * FROM private_payloads WHERE commitment >= ? ORDER BY commitment LIMIT ?"
_IDLE_CONNECTIONS = 4
_TEXT, _NUMBER, _BYTES = (str,), (int,), (bytes,)
_HEAD_KINDS = (_NUMBER, _BYTES)
_ROW_TYPES = (int, str, int, str, bytes)
_ROW_KINDS = (_NUMBER, _TEXT, _NUMBER, _TEXT, _BYTES)
_MAYBE_TEXT, _MAYBE_NUMBER = (str, NoneType), (int, NoneType)
_OUTCOME_KINDS = (_TEXT, _TEXT, _TEXT, _MAYBE_NUMBER, _MAYBE_NUMBER, _MAYBE_TEXT)
_CLAIM_KINDS = (_TEXT, _NUMBER, _MAYBE_TEXT)
_PRIVATE_KINDS = (_TEXT, _TEXT, _NUMBER, _TEXT, _BYTES, _BYTES)


class LedgerSQLiteRecorder(SQLiteApplicationRecorder):
    """The library's reading side over the ledger's table; only the write path appends."""

    def construct_create_table_statements(self) -> list[str]:
        """Return none: the store creates the tables, with their protection."""
        return []

    def insert_events(self, *_: Sequence[StoredEvent], **__: Any) -> NoReturn:
        """Refuse: an event outside the write path would have no position under the lock."""
        raise NotSupportedError("only the ledger's write path appends")


class SQLiteStore:
    """One ledger file; see the port `Store`. Reads use connections that cannot write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    def create(self) -> None:
        """Create the ledger where there is none, else check it. Harmless when repeated."""
        sqlite_file.create(self._path)

    def add_private_texts(self) -> None:
        """Add the table of private texts to an older ledger. Harmless when repeated."""
        sqlite_file.add_private_texts(self._path)

    def check(self) -> None:
        """Assert durability, append-only protection and layout. Raises UnsafeStore."""
        sqlite_file.connect(self._path, query_only=True).close()

    def check_writing(self) -> None:
        """Assert that the file may be written. Raises UnsafeStore."""
        sqlite_file.assert_writable(self._path)

    def try_writing(self) -> None:
        """Begin to write, and write nothing; on a full disk it does not begin.

        What lies beside the file stays read-only to a process that opened it so, until none of
        its connections has it open: those that are idle here are closed.
        """
        sqlite_file.assert_room(self._path)
        try:
            try_out(self.writer())
        except NotWritten as refused:
            if "SQLITE_READONLY" not in (causes.lasting(refused) or ""):
                raise
            self._close_idle()
            try_out(self.writer())

    def writer(self) -> SQLiteWriter:
        """Return a new writer with a connection of its own."""
        return SQLiteWriter(self._path)

    def recorder(self) -> LedgerSQLiteRecorder:
        """Return the library's view of the log, for its readers."""
        database = f"{self._path.absolute().as_uri()}?mode=rw"
        return LedgerSQLiteRecorder(SQLiteDatastore(database, originator_id_type="text"))

    def head(self) -> Head:
        """Return the last record."""
        found = self._read(HEAD)
        return Head(*of_kinds(found[0], _HEAD_KINDS)) if found else Head(0, b"")

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""
        found = pages.by_position(lambda *key: self._rows(_ROWS, *key), after, limit)
        return map(_row, found)

    def stream(self, name: str, after: int = 0) -> Iterator[Row]:
        """Stream one stream's records by version, those after version `after`."""
        found = pages.by_version(lambda *key: self._rows(_STREAM, name, *key), after)
        return map(_row, found)

    def outcome(self, principal: str, command_id: str) -> OutcomeRow | None:
        """Return what became of a command id."""
        found = self._read(OUTCOME, principal, command_id)
        return _outcome(found[0]) if found else None

    def held(self, prefix: str) -> Mapping[str, str]:
        """Return key → stream for every key held now that starts with `prefix`."""
        return pages.held_keys(self._keys, prefix)

    def private(self, commitment: str) -> PrivateRow | None:
        """Return the private text with this commitment; None where it was erased."""
        found = self._read(_PRIVATE, commitment)
        return _private(found[0]) if found else None

    def outcomes(self) -> Iterator[OutcomeRow]:
        """Stream what became of every command id, by id."""
        found = pages.by_key(
            lambda key, count: self._read(_OUTCOMES, *key, count),
            lambda row: (row[1], row[0]),
            ("", ""),
        )
        return map(_outcome, found)

    def claims(self, first: str = "") -> Iterator[ClaimRow]:
        """Stream who took or freed each key, by key and position, from the key `first` on."""
        found = pages.by_key(
            lambda key, count: self._read(_CLAIMS, *key, count),
            lambda row: (row[0], row[1]),
            (first, LOWEST),
        )
        return (ClaimRow._make(of_kinds(row, _CLAIM_KINDS)) for row in found)

    def privates(self) -> Iterator[PrivateRow]:
        """Stream every private text that is kept, by commitment."""
        found = pages.by_key(
            lambda key, count: self._read(_PRIVATES, key, count), lambda row: row[0], ""
        )
        return map(_private, found)

    def close(self) -> None:
        """Close the connections; those in use are closed by their readers."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        with suppress(IndexError):  # another thread may take the last
            while True:
                self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        with suppress(IndexError):  # asking first would race with other threads
            return self._idle.pop()
        return sqlite_file.connect(self._path, query_only=True)

    def _keys(self, first: str, count: int) -> list[tuple[str, str | None]]:
        found = [(key, stream) for key, stream, _ in self._read(_KEYS, first, count)]
        if any(type(key) is not str or isinstance(stream, bytes) for key, stream in found):
            raise NotRead(f"{self._path}: a claim is not kept as text; audit the ledger")
        return found

    def _rows(self, query: str, *parameters: str | int) -> list[Row]:
        return list(map(Row._make, self._read(query, *parameters)))

    def _read(self, query: str, *parameters: str | int) -> list[tuple[Any, ...]]:
        """Run one query to its end, so that no snapshot holds back the WAL between pages."""
        connection = self._take()
        try:
            rows = fetch_all(connection, query, parameters)
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            connection.close()
            raise NotRead(f"{self._path}: {sqlite_file.error_name(error)}") from None
        if self._closed or len(self._idle) >= _IDLE_CONNECTIONS:
            connection.close()
        else:
            self._idle.append(connection)
        return rows


def _row(found: Row) -> Row:
    if tuple(map(type, found)) == _ROW_TYPES:  # a whole log comes this way
        return found
    return Row._make(of_kinds(found, _ROW_KINDS))


def _outcome(found: tuple[Any, ...]) -> OutcomeRow:
    return OutcomeRow._make(of_kinds(found, _OUTCOME_KINDS))


def _private(found: tuple[Any, ...]) -> PrivateRow:
    return PrivateRow._make(of_kinds(found, _PRIVATE_KINDS))
