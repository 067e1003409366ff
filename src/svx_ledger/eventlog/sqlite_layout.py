"""The layout of a ledger's SQLite file: its tables and triggers, made once and looked for.

To a ledger that is there only the table of private texts is added, which older ones have not.
What else is missing is not made again: a trigger may have been taken away to alter what it
guards, and a new table knows nothing of what stood in it.
"""

import sqlite3
from pathlib import Path

from .private_fields import COMMITS
from .sqlite_opening import is_anothers
from .store import TEXTS_TAKEN, NoLedger, OlderStore, UnsafeStore

APPLICATION_ID = int.from_bytes(b"SVXL")
"""Stands in the header of the file (`PRAGMA application_id`), so a ledger is told by it."""

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

_OF_PRIVATE_TEXTS = {name: made for name, made in LAYOUT.items() if _PRIVATE in name}
_COMMITTED = "SELECT EXISTS (SELECT 1 FROM stored_events WHERE instr(state, ?) > 0)"


def make(connection: sqlite3.Connection) -> None:
    """Make everything and mark the file, in the transaction that is open."""
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    for statement in LAYOUT.values():  # in order: a trigger after its table
        connection.execute(statement)


def add_private_texts(connection: sqlite3.Connection, path: Path) -> None:
    """Make the table of private texts, in the transaction that is open.

    Raises UnsafeStore where it was there before: it would look as if all had been erased.
    """
    (committed,) = connection.execute(_COMMITTED, (COMMITS,)).fetchone()
    if committed:
        raise UnsafeStore(f"{path}: {TEXTS_TAKEN}")
    for statement in _OF_PRIVATE_TEXTS.values():
        connection.execute(statement)


def assert_ledger(connection: sqlite3.Connection, path: Path) -> None:
    """Hold a file to its layout. Raises UnsafeStore, of which NoLedger and OlderStore are."""
    assert_not_anothers(connection, path)
    if not is_marked(connection):
        raise NoLedger(f"{path}: there is no ledger here; create it first")
    present = dict(connection.execute("SELECT name, sql FROM sqlite_master"))
    amiss = [name for name, made in LAYOUT.items() if present.get(name) != made]
    if amiss == list(_OF_PRIVATE_TEXTS) and not any(_PRIVATE in name for name in present):
        raise OlderStore(str(path))
    for name in amiss:
        raise UnsafeStore(
            f"{path}: {name} is missing or altered; "
            "find out who did it and verify the ledger before restoring it"
        )


def assert_not_anothers(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what is another program's, or no database at all. Raises UnsafeStore."""
    try:
        others = is_anothers(connection, APPLICATION_ID)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname != "SQLITE_NOTADB":
            raise
        raise UnsafeStore(f"{path} is not an SQLite database; name another file") from None
    if others:
        raise UnsafeStore(f"{path} is another program's database; name another file")


def is_marked(connection: sqlite3.Connection) -> bool:
    """Whether a file is a ledger; one that is new, or whose making was cut, is not marked."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return bool(application == APPLICATION_ID)
