"""The writing connection to an SQLite ledger.

What an error means depends on when it comes. Before COMMIT nothing is stored, for certain: the
transaction is rolled back with the connection. At COMMIT the records, and after them the mark
that commits them, go to the WAL and then to the disk:
- SQLITE_BUSY leaves the transaction open; it is rolled back. Not written.
- SQLITE_FULL: the mark did not fit, and without it a recovery drops the rest. Not written.
  This holds because no checkpoint runs inside COMMIT: one that found the disk full would
  fail a commit that has happened.
- anything else (an fsync that failed, shared memory that could not grow) can come after the
  mark: this process no longer sees the records, and a recovery may. Unknown.
"""

import random
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from . import sqlite_file
from .private_fields import PrivateRow
from .record import Row
from .sqlite_file import error_name
from .store import (
    MAX_TAIL,
    ClaimRow,
    Head,
    Locked,
    NotRead,
    NotWritten,
    OutcomeRow,
    OutcomeUnknown,
    assert_follows,
)

HEAD = "SELECT rowid, state FROM stored_events ORDER BY rowid DESC LIMIT 1"
OUTCOME = "SELECT * FROM outcomes WHERE principal = ? AND command_id = ?"
_RECORD = "SELECT state FROM stored_events WHERE rowid = ?"
_HOLDER = "SELECT stream FROM claims WHERE key = ? ORDER BY position DESC LIMIT 1"
_TAIL = (
    "SELECT * FROM stored_events "  # noqa: S608 - the limit is a constant of ours
    "WHERE originator_id = ? AND originator_version > ? "
    f"ORDER BY originator_version LIMIT {MAX_TAIL + 1}"
)
_ADD_EVENT = "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)"
_ADD_OUTCOME = "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?)"
_ADD_CLAIM = "INSERT INTO claims VALUES (?, ?, ?)"
_ADD_PRIVATE = "INSERT INTO private_payloads VALUES (?, ?, ?, ?, ?, ?)"
_ERASE = "DELETE FROM private_payloads WHERE commitment = ?"

_CHECKPOINT_ROWS = 1_000
"""Rows added to the WAL, at most a few pages each, before it is copied into the file."""


class SQLiteWriter:
    """The one writing connection of a process; see the port `Writer`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._locked: Locked | None = None
        self._rows_in_wal = 0
        self._erased = False

    def begin(
        self,
        ids: Sequence[tuple[str, str]],
        keys: Sequence[str],
        versions: Mapping[str, int],
        known: int,
    ) -> Locked:
        """Take the write lock and read, after it, what a batch needs."""
        assert self._locked is None, "the lock is held"
        with self._before_commit():
            connection = self._ready()
            _lock(connection)
            position, record = connection.execute(HEAD).fetchone() or (0, b"")
            past: bytes | None = record or None
            if known != position:
                (past,) = connection.execute(_RECORD, (known,)).fetchone() or (None,)
            read = _read(connection, ids, keys, versions)
            self._locked = Locked(Head(position, record), past, None, *read)
        return self._locked

    def append(
        self,
        rows: Sequence[Row],
        outcomes: Sequence[OutcomeRow],
        claims: Sequence[ClaimRow],
        *,
        private: Sequence[PrivateRow] = (),
        erased: Sequence[str] = (),
    ) -> None:
        """Insert a batch and commit it durably; releases the lock."""
        connection, locked = self._held()
        with self._before_commit():
            assert_follows(locked.head, rows)
            connection.executemany(_ADD_EVENT, rows)
            connection.executemany(_ADD_OUTCOME, outcomes)
            if claims:
                connection.executemany(_ADD_CLAIM, claims)
            if private:
                connection.executemany(_ADD_PRIVATE, private)
            if erased:
                connection.executemany(_ERASE, [(commitment,) for commitment in erased])
        try:
            connection.execute("COMMIT")
        except BaseException as error:
            self._drop()
            if not isinstance(error, sqlite3.Error):
                raise
            name = error_name(error)
            if name in ("SQLITE_BUSY", "SQLITE_FULL"):
                raise NotWritten(f"at the commit: {name}") from None
            raise OutcomeUnknown(f"at the commit: {name}") from None
        self._locked = None
        self._rows_in_wal += len(rows) + len(outcomes) + len(claims) + len(private)
        if erased:
            self._erased = True
            with suppress(sqlite3.Error):  # it is committed, whatever becomes of this
                self._wipe(connection)

    def abandon(self) -> None:
        """End the transaction without writing; releases the lock."""
        if self._connection is None or self._locked is None:
            return
        try:
            self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._drop()
        self._locked = None

    def close(self) -> None:
        """Close the connection; what was not committed is rolled back."""
        self._drop()

    def _ready(self) -> sqlite3.Connection:
        """Return the connection, opened anew when there is none or the file was replaced."""
        try:
            found = self._path.stat()
        except OSError as error:
            raise NotWritten(f"{self._path}: {error.strerror}") from None
        # A file moved away keeps taking writes that nobody would find again.
        if self._file != (found.st_dev, found.st_ino):
            self._drop()
        if self._connection is None:
            self._connection = sqlite_file.connect(self._path, query_only=False)
            self._file = (found.st_dev, found.st_ino)
        if self._rows_in_wal > _CHECKPOINT_ROWS:
            # Outside the lock. PASSIVE waits for nobody: what readers still need stays.
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self._rows_in_wal = 0
        if self._erased:
            self._wipe(self._connection)
        return self._connection

    def _wipe(self, connection: sqlite3.Connection) -> None:
        """Empty the WAL, where an erased text still stands; later if a reader has it open."""
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            self._erased, self._rows_in_wal = False, 0

    @contextmanager
    def _before_commit(self) -> Iterator[None]:
        """Close the connection after any exception, which rolls back what is open on it."""
        try:
            yield
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            self._drop()
            raise NotWritten(f"before the commit: {error_name(error)}") from None
        except NotRead as error:
            self._drop()
            raise NotWritten(f"before the commit: {error}") from None
        except BaseException:
            self._drop()
            raise

    def _held(self) -> tuple[sqlite3.Connection, Locked]:
        assert self._connection is not None, "the lock is not held"
        assert self._locked is not None, "the lock is not held"
        return self._connection, self._locked

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._locked = self._file = None
        if connection is not None:
            connection.close()


def _lock(connection: sqlite3.Connection) -> None:
    """Take the write lock. Other processes may hold it, and SQLite has no queue.

    Short random waits are fair; SQLite's own grow, and starve whoever came first.
    """
    deadline = time.monotonic() + sqlite_file.WAIT_SECONDS
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not error_name(error).startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(0.0002, 0.002))  # noqa: S311 - nothing to guess
        else:
            return


def _read(
    connection: sqlite3.Connection,
    ids: Sequence[tuple[str, str]],
    keys: Sequence[str],
    versions: Mapping[str, int],
) -> tuple[list[OutcomeRow], dict[str, str], list[Row]]:
    execute = connection.execute
    outcomes = [OutcomeRow(*row) for key in ids for row in execute(OUTCOME, key)]
    held = {key: stream for key in keys for (stream,) in execute(_HOLDER, (key,)) if stream}
    tails: list[Row] = []
    for asked in versions.items():
        tails += map(Row._make, execute(_TAIL, asked))
        if len(tails) > MAX_TAIL:
            break
    tails.sort()  # by position, the first column
    return outcomes, held, tails[: MAX_TAIL + 1]
