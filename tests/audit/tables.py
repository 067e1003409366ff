"""Everything that a ledger's tables hold, read from a store and written straight into one.

Written past the write path and past the triggers, which stand there again afterwards exactly
as they were: what an owner of the file or of the database could do by night.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.private_fields import PrivateRow
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.sqlite_layout import LAYOUT
from svx_ledger.eventlog.store import ClaimRow, OutcomeRow
from tests.faults.history import contents

_TRIGGERS = {name: sql for name, sql in LAYOUT.items() if sql.startswith("CREATE TRIGGER")}
_TABLES = ("stored_events", "outcomes", "claims", "private_payloads")
_CHECK = "stored_events_notification_id_check"
_PRIVATE = "SELECT commitment, stream, version, field, salt, payload FROM private_payloads"


@dataclass
class Tables:
    """The four tables of a ledger."""

    rows: list[Row] = field(default_factory=list)
    outcomes: list[OutcomeRow] = field(default_factory=list)
    claims: list[ClaimRow] = field(default_factory=list)
    private: list[PrivateRow] = field(default_factory=list)


def read_tables(url: str) -> Tables:
    """Read all there is, in an order that does not hang on the store."""
    found = contents(url)
    return Tables(
        rows=found.rows,
        outcomes=sorted(found.outcomes, key=str),
        claims=sorted(found.claims, key=str),
        private=sorted(_private(url), key=str),
    )


def write_tables(url: str, tables: Tables) -> None:
    """Put rows into an empty store, whatever they say."""
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///"))
        path.write_bytes(_empty_file())
        _into_sqlite(path, tables)
    else:
        with closing(open_store(url)) as store:
            store.create()
        _into_postgres(url, tables)


@cache
def _empty_file() -> bytes:
    """An empty ledger file: made once, since making one takes the disk's time."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        with closing(open_store(f"sqlite:///{path}")) as store:
            store.create()
        return path.read_bytes()


def _private(url: str) -> list[PrivateRow]:
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            return [PrivateRow._make(row) for row in file.execute(_PRIVATE)]
    with psycopg.connect(url) as connection:
        return [PrivateRow._make(row) for row in connection.execute(_PRIVATE)]


def _into_sqlite(path: Path, tables: Tables) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA synchronous=OFF")  # nobody minds losing a forgery
        file.execute("PRAGMA ignore_check_constraints=ON")
        file.execute("BEGIN IMMEDIATE")
        for name in _TRIGGERS:
            file.execute(f"DROP TRIGGER {name}")
        _insert(file.executemany, tables, "?")
        for statement in _TRIGGERS.values():
            file.execute(statement)
        file.execute("COMMIT")


def _into_postgres(url: str, tables: Tables) -> None:
    with psycopg.connect(url) as connection:
        for name in _TABLES:
            connection.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER".encode())
        connection.execute(f"ALTER TABLE stored_events DROP CONSTRAINT {_CHECK}".encode())
        with connection.cursor() as cursor:
            _insert(lambda query, rows: cursor.executemany(query.encode(), rows), tables, "%s")
        for name in _TABLES:
            enabling = f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER svx_append_only"
            connection.execute(enabling.encode())
        restored = f"ADD CONSTRAINT {_CHECK} CHECK (notification_id >= 1) NOT VALID"
        connection.execute(f"ALTER TABLE stored_events {restored}".encode())


def _insert(insert: Callable[[str, list[Any]], object], tables: Tables, mark: str) -> None:
    for name, rows in (
        ("stored_events", tables.rows),
        ("outcomes", tables.outcomes),
        ("claims", tables.claims),
        ("private_payloads", tables.private),
    ):
        if rows:
            marks = ", ".join([mark] * len(rows[0]))
            insert(f"INSERT INTO {name} VALUES ({marks})", [tuple(row) for row in rows])
