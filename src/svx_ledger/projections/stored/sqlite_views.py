"""Views in an SQLite file of their own beside the ledger's: a long read there stops no bid.

What is lost with the power is built again, so a commit does not wait for the disk
(`synchronous=NORMAL`): WAL keeps rows and position together all the same.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from svx_ledger.eventlog.sqlite_file import error_name
from svx_ledger.eventlog.sqlite_opening import is_anothers, open_file
from svx_ledger.eventlog.store import NotRead

from .dialect import SQLITE
from .generation import Busy, NotKept
from .generations import one_current, statements_of
from .sqlite_transaction import SQLiteTransaction

APPLICATION_ID = int.from_bytes(b"SVXV")
WAIT_SECONDS = 1.0
"""For the write lock of the views. It is held for one batch, or to make one index."""

_SETTINGS = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA cache_size=-32768",  # kibibytes
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA temp_store=MEMORY",
)
_REMEDY = "let this user read and write the file and its folder, or read without kept views"
_NO_RIGHT = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")
_IDLE_CONNECTIONS = 4
_STATEMENTS = 512
"""That a connection keeps prepared."""


def views_path(ledger: Path) -> Path:
    """Return where the views of a ledger's file stand: `x.views.db` beside `x.db`."""
    return ledger.with_name(f"{ledger.name.removesuffix('.db')}.views.db")


class SQLiteViews:
    """One views file; see `Database`. The file and its WAL are for their owner's eyes only."""

    dialect = SQLITE

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._writer: sqlite3.Connection | None = None
        self._writing = threading.Lock()
        self._closed = False
        self._file: tuple[int, int] | None = None

    def present(self) -> bool:
        """Whether views were ever kept here. The file may go, or another come, meanwhile."""
        try:
            found = self._path.stat()
        except OSError:
            found = None
        file = (found.st_dev, found.st_ino) if found and found.st_size else None
        if file != self._file:
            self._file = None
            self._forget_idle()
            with self._writing:
                self._drop_writer()
            if file is not None and self._has_table():
                self._file = file
        return self._file is not None

    @contextmanager
    def snapshot(self) -> Iterator[SQLiteTransaction]:
        """Read, all of it as it was at one moment."""
        idle, connection = self._idle, self._take()
        try:
            connection.execute("BEGIN")
            yield SQLiteTransaction(connection)
            connection.execute("ROLLBACK")
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.Error):
                raise self._failure(error) from None
            raise
        if self._closed or idle is not self._idle or len(idle) >= _IDLE_CONNECTIONS:
            connection.close()  # the file that it reads may be gone
        else:
            idle.append(connection)

    @contextmanager
    def transaction(self, *, exclusive: bool = False) -> Iterator[SQLiteTransaction]:
        """Write; all of it or nothing. There is one writer, so each is exclusive."""
        del exclusive
        self.present()  # another file may be there by now
        if not self._writing.acquire(timeout=WAIT_SECONDS):
            raise Busy(f"{self._path}: another thread is writing the views")
        try:
            if self._writer is None:
                self._writer = self._create()
            self._writer.execute("BEGIN IMMEDIATE")
            yield SQLiteTransaction(self._writer)
            self._writer.execute("COMMIT")
        except BaseException as error:
            self._drop_writer()  # closing it rolls back
            if isinstance(error, sqlite3.Error):
                raise self._failure(error) from None
            raise
        finally:
            self._writing.release()

    def close(self) -> None:
        """Close the connections; those in use are closed by their readers."""
        self._closed = True
        with self._writing:
            self._drop_writer()
        self._forget_idle()

    def _forget_idle(self) -> None:
        idle, self._idle = self._idle, []  # what is in use now does not come back to it
        with suppress(IndexError):  # asking first would race with other threads
            while True:
                idle.pop().close()

    def _has_table(self) -> bool:
        with self.snapshot() as on:
            return bool(on.read("SELECT 1 FROM sqlite_master WHERE name = 'generations'"))

    def _take(self) -> sqlite3.Connection:
        with suppress(IndexError):  # asking first would race with other threads
            return self._idle.pop()
        try:
            connection = self._open()
            connection.execute("PRAGMA query_only=ON")
        except sqlite3.Error as error:
            raise self._failure(error) from None
        return connection

    def _drop_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _create(self) -> sqlite3.Connection:
        """Return a connection for writing; make the file and what is missing in it first."""
        with suppress(FileExistsError):
            try:
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                raise
            except OSError as error:
                raise NotKept(f"{self._path}: {error.strerror}; {_REMEDY}") from None
        with suppress(PermissionError):  # another's file: it says itself who may read it
            self._path.chmod(0o600)
        connection = self._open()
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            statements = statements_of(SQLITE)
            present = connection.execute("SELECT name FROM sqlite_master").fetchall()
            if (statements.name,) not in present:
                connection.execute(statements.create)
                connection.execute(one_current(SQLITE))
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _open(self) -> sqlite3.Connection:
        connection = open_file(
            self._path, wait_seconds=WAIT_SECONDS, cached_statements=_STATEMENTS
        )
        try:
            self._assert_views(connection)
            for setting in _SETTINGS:
                connection.execute(setting)
        except BaseException:
            connection.close()
            raise
        return connection

    def _assert_views(self, connection: sqlite3.Connection) -> None:
        if is_anothers(connection, APPLICATION_ID):
            raise NotKept(f"{self._path} is another program's database; move it away")

    def _failure(self, error: sqlite3.Error) -> NotKept | Busy | NotRead:
        name = error_name(error)
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return Busy(f"{self._path}: {name}")
        if name.startswith(_NO_RIGHT):
            return NotKept(f"{self._path}: {_REMEDY}: {name}")
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return NotKept(f"{self._path} is damaged; remove it, it is built again: {name}")
        return NotRead(f"{self._path}: {name}")
