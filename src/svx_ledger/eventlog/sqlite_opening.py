"""SQLite files of ours, opened: the ledger, its views, the state of its published log."""

import sqlite3
from pathlib import Path
from typing import Final

_STATEMENTS_OF_SQLITE3: Final = 128


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
