"""SQLite files of ours, opened: the ledger, its views, the state of its published log."""

import os
import sqlite3
from pathlib import Path
from typing import Final

from .store import UnsafeStore

_STATEMENTS_OF_SQLITE3: Final = 128


def beside(path: Path) -> tuple[Path, Path]:
    """Return SQLite's own two files, WAL and its index: beside the file, not beside a link."""
    file = os.path.realpath(path)
    return Path(f"{file}-wal"), Path(f"{file}-shm")


def assert_file(path: Path) -> None:
    """Refuse what is no file, and one that is gone or empty while its WAL is not.

    To open such a file, even for reading, makes SQLite delete the WAL, and with it what may
    stand nowhere else. Raises UnsafeStore.
    """
    # In this order: whoever makes a ledger writes to the file before there is a WAL.
    wal, _ = beside(path)
    if _size(wal) and not _size(path):
        raise UnsafeStore(
            f"{wal} holds records of a ledger whose file is gone: keep a copy of it as it is, "
            "and restore the ledger (docs/operations.md, Restore)"
        )
    if os.path.lexists(path) and not path.is_file():
        raise UnsafeStore(f"{path} is no file; name another")


def open_file(
    path: Path, *, wait_seconds: float, cached_statements: int = _STATEMENTS_OF_SQLITE3
) -> sqlite3.Connection:
    """Return a connection to a file that is there; nothing begins a transaction by itself.

    It may go from thread to thread, to be used by one at a time.
    """
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=wait_seconds,
        cached_statements=cached_statements,
        check_same_thread=False,
    )


def is_anothers(connection: sqlite3.Connection, application_id: int) -> bool:
    """Whether a file has another program's tables or mark; a file that is empty has neither."""
    # In this order: another may make both in one transaction between the two.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return application != application_id and bool(application or tables)


def _size(path: Path) -> int:
    """Return the bytes of a file, 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
