"""The SQLite file of a ledger: how it is made, and connections that are durable or refused.

Durable is WAL with `synchronous=FULL`: in simulated power losses NORMAL lost acknowledged
events, FULL none. Neither is a property that a file keeps safe for us: WAL can be switched off
by any program and `synchronous` is chosen by each connection, so both are set and read back.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from . import sqlite_layout
from .sqlite_opening import assert_file, beside, open_file
from .store import NoLedger, NotRead, NotWritten, OlderStore, StoreError, UnsafeStore
from .whole_files import sync

WAIT_SECONDS = 2.0
"""For the write lock, and for a reader that meets the recovery of a WAL."""

_DURABLE = "PRAGMA synchronous=FULL"
_FULL = 2
_WIPING = "PRAGMA secure_delete=ON"
"""Zeros in place of what is deleted: else an erased text stays in the file's free space."""


ROOM = 16 * 2**20
"""Bytes that have to be free again before a disk that was full is written to."""


def create(path: Path) -> None:
    """Make the ledger where there is none; hold one that is there to its promises.

    A file made here only its owner can read. One whose making was cut is not marked as a ledger
    yet, and is made from the beginning. Raises NotWritten, or what `connect` does.
    """
    with _making(path):
        assert_file(path)
        _make_file(path)
        until = time.monotonic() + WAIT_SECONDS
        while not _made(path, until):
            time.sleep(0.001)
    connect(path, query_only=True).close()


def add_private_texts(path: Path) -> None:
    """Add the table of private texts to a ledger from before them, and else check."""
    with _making(path), closing(_open(path)) as connection:
        connection.execute(_DURABLE)
        connection.execute("BEGIN IMMEDIATE")
        try:
            sqlite_layout.assert_ledger(connection, path)
        except OlderStore:
            sqlite_layout.add_private_texts(connection, path)
        connection.execute("COMMIT")
    connect(path, query_only=True).close()


def assert_writable(path: Path) -> None:
    """Refuse files that this user may read and not write. Raises UnsafeStore.

    While the ledger is read-only its readers make those beside it with the same mode, and they
    keep that.
    """
    for one in (path, *(own for own in beside(path) if own.exists())):
        if not os.access(one, os.W_OK):
            raise UnsafeStore(f"{one}: this user may not write it: SQLITE_READONLY")


def assert_room(path: Path) -> None:
    """Refuse while the disk is as good as full. Raises NotWritten."""
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}") from None
    if free < ROOM:
        raise NotWritten(f"{path}: SQLITE_FULL")


@contextmanager
def _making(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise NotWritten(f"{path}: {error_name(error)}") from None


def connect(path: Path, *, query_only: bool) -> sqlite3.Connection:
    """Return a connection that is known to be durable. Raises UnsafeStore, or NotRead."""
    connection = None
    try:
        connection = _open(path, wait_seconds=WAIT_SECONDS if query_only else 0)
        sqlite_layout.assert_ledger(connection, path)
        connection.execute(_DURABLE)
        connection.execute(_WIPING)
        # A checkpoint inside COMMIT would let a full disk fail a commit that has happened;
        # the writer makes them between its transactions.
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute(f"PRAGMA query_only={query_only:d}")
        _assert_durable(connection, path)
    except sqlite3.Error as error:
        failure: StoreError = NotRead(f"{path}: {error_name(error)}")
    except StoreError as error:
        failure = error
    else:
        return connection
    if connection is not None:
        connection.close()
    raise failure from None


def error_name(error: Exception) -> str:
    """SQLite's symbol for an error. Its text is not shown: it can quote what a row holds."""
    return getattr(error, "sqlite_errorname", None) or type(error).__name__


def _make_file(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    sync(path.parent)  # else a power loss can take the file's name away with all its events


def _made(path: Path, until: float) -> bool:
    """Make what a ledger is made of, where it is not there; False where others are at it.

    SQLite answers some of them at once that it is busy, without waiting.
    """
    try:
        with closing(_open(path)) as connection:
            sqlite_layout.assert_not_anothers(connection, path)
            if not sqlite_layout.is_marked(connection):
                connection.execute(_DURABLE)
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("BEGIN IMMEDIATE")
                if not sqlite_layout.is_marked(connection):  # nor made by another meanwhile
                    sqlite_layout.make(connection)
                connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if not error_name(error).startswith("SQLITE_BUSY") or time.monotonic() > until:
            raise
        return False
    return True


def _open(path: Path, *, wait_seconds: float = WAIT_SECONDS) -> sqlite3.Connection:
    assert_file(path)
    if not path.is_file():
        raise NoLedger(f"{path}: there is no ledger here; create it first")
    return open_file(path, wait_seconds=wait_seconds)


def _assert_durable(connection: sqlite3.Connection, path: Path) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        raise UnsafeStore(f"{path}: journal_mode is {mode}; set PRAGMA journal_mode=WAL")
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    if synchronous < _FULL:
        raise UnsafeStore(f"{path}: synchronous is {synchronous}; it must be FULL (2)")
    (wiping,) = connection.execute("PRAGMA secure_delete").fetchone()
    if wiping != 1:
        raise UnsafeStore(f"{path}: secure_delete is {wiping}; it must be ON (1)")
