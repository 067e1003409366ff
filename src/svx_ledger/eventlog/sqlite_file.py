"""The SQLite file of a ledger: its layout, and connections that are durable or refused.

Durable is WAL with `synchronous=FULL`: in simulated power losses NORMAL lost acknowledged
events, FULL none. Neither is a property that a file keeps safe for us: WAL can be switched off
by any program and `synchronous` is chosen by each connection, so both are set and read back.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from .sqlite_opening import is_anothers, open_file
from .store import NoLedger, NotRead, NotWritten, StoreError, UnsafeStore
from .whole_files import sync

APPLICATION_ID = int.from_bytes(b"SVXL")
"""Stands in the header of the file (`PRAGMA application_id`), so a ledger is told by it."""

WAIT_SECONDS = 2.0
"""For the write lock, and for a reader that meets the recovery of a WAL."""

_DURABLE = "PRAGMA synchronous=FULL"
_FULL = 2
_WIPING = "PRAGMA secure_delete=ON"
"""Zeros in place of what is deleted: else an erased text stays in the file's free space."""

_TABLES = {
    # The library's columns after a rowid with a name of its own: its recorders can read the
    # table, and their `INSERT … VALUES (?,?,?,?)` fails at once.
    "stored_events": "CREATE TABLE stored_events ("
    "rowid INTEGER PRIMARY KEY CHECK (rowid >= 1), "
    "originator_id TEXT NOT NULL, "
    "originator_version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, "
    "state BLOB NOT NULL, "
    "UNIQUE (originator_id, originator_version))",
    # Small rows found by their key only: without a rowid there is one tree to touch, not two.
    # The id comes first in the key: ids that grow with time then fall on one page for all
    # principals, where each principal's own page is written anew with every commit.
    "outcomes": "CREATE TABLE outcomes ("
    "principal TEXT NOT NULL, "
    "command_id TEXT NOT NULL, "
    "sha256 TEXT NOT NULL, "
    "first_position INTEGER, "
    "last_position INTEGER, "
    "refusal TEXT, "
    "PRIMARY KEY (command_id, principal)) WITHOUT ROWID",
    "claims": "CREATE TABLE claims ("
    "key TEXT NOT NULL, "
    "position INTEGER NOT NULL, "
    "stream TEXT, "
    "PRIMARY KEY (key, position)) WITHOUT ROWID",
}
_PRIVATE = "private_payloads"
_ERASABLE = {
    # Rows are deleted, and never changed: what stands here was committed to in a record.
    _PRIVATE: "CREATE TABLE private_payloads ("
    "commitment TEXT PRIMARY KEY NOT NULL, "
    "stream TEXT NOT NULL, "
    "version INTEGER NOT NULL, "
    "field TEXT NOT NULL, "
    "salt BLOB NOT NULL, "
    "payload BLOB NOT NULL)",
}


def _guards(table: str, verbs: tuple[str, ...] = ("UPDATE", "DELETE")) -> dict[str, str]:
    """Triggers that abort. Without them a deleted tail would give its positions away again."""
    return {
        f"{table}_no_{verb.lower()}": f"CREATE TRIGGER {table}_no_{verb.lower()} "
        f"BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in verbs
    }


_IN_ORDER = {
    # Also ends INSERT OR REPLACE, which deletes without asking the trigger on DELETE.
    "stored_events_in_order": "CREATE TRIGGER stored_events_in_order "
    "BEFORE INSERT ON stored_events "
    "WHEN NEW.rowid IS NOT (SELECT coalesce(max(rowid), 0) + 1 FROM stored_events) "
    "OR NEW.originator_version IS NOT (SELECT coalesce(max(originator_version), 0) + 1 "
    "FROM stored_events WHERE originator_id = NEW.originator_id) "
    "BEGIN SELECT RAISE(ABORT, 'positions and versions have no gaps'); END"
}

LAYOUT = (
    _TABLES
    | _IN_ORDER
    | {name: sql for table in _TABLES for name, sql in _guards(table).items()}
    | _ERASABLE
    | _guards(_PRIVATE, ("UPDATE",))
)
"""Name → the statement that made it, exactly as `sqlite_master` keeps it."""


def create(path: Path) -> None:
    """Make the file, or what is missing in it; one made here only its owner can read."""
    try:
        _make_file(path)
        with closing(_open(path)) as connection:
            _assert_not_anothers(connection, path)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(_DURABLE)
            connection.execute("BEGIN IMMEDIATE")
            if not _is_marked(connection):
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            present = _present(connection)
            for name, statement in LAYOUT.items():  # in order: a trigger after its table
                if name not in present:
                    connection.execute(statement)
            connection.execute("COMMIT")
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise NotWritten(f"{path}: {error_name(error)}") from None


def connect(path: Path, *, query_only: bool) -> sqlite3.Connection:
    """Return a connection that is known to be durable. Raises UnsafeStore, or NotRead."""
    connection = None
    try:
        connection = _open(path, wait_seconds=WAIT_SECONDS if query_only else 0)
        _assert_ledger(connection, path)
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


def _open(path: Path, *, wait_seconds: float = WAIT_SECONDS) -> sqlite3.Connection:
    if not path.is_file():
        raise NoLedger(f"{path}: there is no ledger here; create it first")
    return open_file(path, wait_seconds=wait_seconds)


def _assert_ledger(connection: sqlite3.Connection, path: Path) -> None:
    _assert_not_anothers(connection, path)
    if not _is_marked(connection):
        raise NoLedger(f"{path}: there is no ledger here; create it first")
    present = _present(connection)
    if not any(_PRIVATE in name for name in present):
        raise UnsafeStore(
            f"{path}: it was made before there were private texts; "
            "`svx-ledger erase prepare` adds their table"
        )
    for name, statement in LAYOUT.items():
        if present.get(name) != statement:
            raise UnsafeStore(
                f"{path}: {name} is missing or altered; "
                "find out who did it and verify the ledger before restoring it"
            )


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


def _assert_not_anothers(connection: sqlite3.Connection, path: Path) -> None:
    try:
        others = is_anothers(connection, APPLICATION_ID)
    except sqlite3.DatabaseError as error:
        if error_name(error) != "SQLITE_NOTADB":
            raise
        raise UnsafeStore(f"{path} is not an SQLite database; name another file") from None
    if others:
        raise UnsafeStore(f"{path} is another program's database; name another file")


def _is_marked(connection: sqlite3.Connection) -> bool:
    """Whether a file is a ledger; a new one is not marked yet."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return bool(application == APPLICATION_ID)


def _present(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, sql FROM sqlite_master"))
