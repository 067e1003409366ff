"""The publisher's state beside an SQLite ledger: `x.log/state.db`, durable as the ledger is."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from svx_ledger.eventlog.sqlite_file import error_name
from svx_ledger.eventlog.sqlite_opening import is_anothers, open_file
from svx_ledger.eventlog.whole_files import sync
from svx_ledger.publishing.remedies import DAMAGED

from .database import NotPublished, Stage
from .sqlite_schema import APPLICATION_ID, LAYOUT

WAIT_SECONDS: Final = 2.0
_IDLE_CONNECTIONS: Final = 4
_FULL: Final = 2
_DAMAGE: Final = ("SQLITE_NOTADB", "SQLITE_CORRUPT")


def log_folder(ledger: Path) -> Path:
    """Return where all that publishes a ledger's file is kept: `x.log/` beside `x.db`."""
    return ledger.with_name(f"{ledger.name.removesuffix('.db')}.log")


class SQLiteState:
    """One state file; see `Database`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "state.db"
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._file: tuple[int, int] | None = None

    def present(self) -> bool:
        """Whether anything was ever kept here."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            found = None
        except OSError as error:
            raise NotPublished(f"{self._path}: {error.strerror}") from None
        file = (found.st_dev, found.st_ino) if found and found.st_size else None
        if file != self._file:  # it was taken away, or another came, meanwhile
            self._forget_idle()
            self._file = file
        return file is not None and bool(
            self.read("SELECT 1 FROM sqlite_master WHERE name = 'latest'")
        )

    def create(self) -> None:
        """Make the folder, the file, its tables and triggers."""
        if self.present():
            return
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(mode=0o700)
                sync(self._folder.parent)
            os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            sync(self._folder)  # else a power loss can take the file's name away
        except OSError as error:
            raise NotPublished(f"{self._folder}: {error.strerror}") from None
        with self._begun("BEGIN IMMEDIATE") as on:
            if not on.execute("SELECT 1 FROM sqlite_master WHERE name = 'latest'").fetchall():
                on.execute(f"PRAGMA application_id={APPLICATION_ID}")
                for statement in LAYOUT:
                    on.execute(statement)

    def read(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query to its end."""
        with self._lent() as connection:
            return connection.execute(query, given).fetchall()

    @contextmanager
    def transaction(self) -> Iterator["SQLiteRunning"]:
        """Write; all of it or nothing."""
        with self._begun("BEGIN IMMEDIATE") as connection:
            yield SQLiteRunning(connection)

    @contextmanager
    def alone(self, stage: Stage) -> Iterator[bool]:
        """Hold the lock of who does this, if it is free."""
        try:
            lock = os.open(
                self._folder / f"{stage}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        except OSError as error:
            raise NotPublished(f"{self._folder}: {error.strerror}") from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(lock)  # which unlocks it, as the end of the process does

    def close(self) -> None:
        """Close the connections; those in use are closed by their users."""
        self._closed = True
        self._forget_idle()

    def _forget_idle(self) -> None:
        idle, self._idle = self._idle, []  # what is in use now does not come back to it
        with suppress(IndexError):  # asking first would race with other threads
            while True:
                idle.pop().close()

    @contextmanager
    def _begun(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lent() as connection:
            connection.execute(begin)
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; after a failure it is closed, which rolls back."""
        idle, connection = self._idle, None
        try:
            connection = self._take()
            yield connection
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, sqlite3.Error):
                name = error_name(error)
                remedy = f": {DAMAGED}" if name.startswith(_DAMAGE) else ""
                raise NotPublished(f"{self._path}: {name}{remedy}") from None
            raise
        if self._closed or idle is not self._idle or len(idle) >= _IDLE_CONNECTIONS:
            connection.close()  # the file that it reads may be gone
        else:
            idle.append(connection)

    def _take(self) -> sqlite3.Connection:
        with suppress(IndexError):
            return self._idle.pop()
        connection = open_file(self._path, wait_seconds=WAIT_SECONDS)
        try:
            self._assert_ours(connection)
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
            connection.execute("PRAGMA synchronous=FULL")
            self._assert_durable(connection, mode)
        except BaseException:
            connection.close()
            raise
        return connection

    def _assert_durable(self, connection: sqlite3.Connection, mode: str) -> None:
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        if mode != "wal" or synchronous < _FULL:
            raise NotPublished(f"{self._path}: it must be in WAL mode, synchronous=FULL")

    def _assert_ours(self, connection: sqlite3.Connection) -> None:
        if is_anothers(connection, APPLICATION_ID):
            raise NotPublished(f"{self._path} is another program's database; move it away")


class SQLiteRunning:
    """An open transaction; see `Running`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: str, given: Sequence[Any]) -> int:
        """Run a statement; return how many rows it changed."""
        return self._connection.execute(statement, given).rowcount

    def run_many(self, statement: str, given: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each of the given rows."""
        self._connection.executemany(statement, given)
