"""A ledger's tables in the hands of whoever owns the file or the server.

The triggers that forbid it are taken away, and stand there again afterwards as they were:
what an administrator could do by night, and nobody would see from the layout.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg

from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.open import open_store, sqlite_file
from svx_ledger.eventlog.record import Row, leaf_of
from svx_ledger.eventlog.sqlite_layout import LAYOUT

Run = Callable[..., list[tuple[Any, ...]]]
"""(statement, *values) → rows. `{position}` stands for the column of the position."""

_TRIGGERS: Final = {n: sql for n, sql in LAYOUT.items() if sql.startswith("CREATE TRIGGER")}
_CHECK: Final = "stored_events_notification_id_check"
_TABLES: Final = ("stored_events", "outcomes", "claims", "private_payloads")


@contextmanager
def past_guards(url: str) -> Iterator[Run]:
    """Yield what runs any statement on a ledger's tables, in one transaction."""
    file = sqlite_file(url)
    if file is not None:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            yield from _in_sqlite(connection)
        return
    with psycopg.connect(url) as server:
        for table in _TABLES:
            server.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        server.execute(f"ALTER TABLE stored_events DROP CONSTRAINT {_CHECK}".encode())

        def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
            spelt = statement.format(position="notification_id").replace("?", "%s")
            cursor = server.execute(spelt.encode(), values)
            return cursor.fetchall() if cursor.description else []

        yield run
        for table in _TABLES:
            server.execute(
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER svx_append_only".encode()
            )
        restored = f"ADD CONSTRAINT {_CHECK} CHECK (notification_id >= 1) NOT VALID"
        server.execute(f"ALTER TABLE stored_events {restored}".encode())


def _in_sqlite(connection: sqlite3.Connection) -> Iterator[Run]:
    connection.execute("PRAGMA synchronous=OFF")  # nobody minds losing a forgery
    connection.execute("PRAGMA ignore_check_constraints=ON")
    connection.execute("BEGIN IMMEDIATE")
    for name in _TRIGGERS:
        connection.execute(f"DROP TRIGGER {name}")
    yield lambda statement, *values: connection.execute(
        statement.format(position="rowid"), values
    ).fetchall()
    for statement in _TRIGGERS.values():
        connection.execute(statement)
    connection.execute("COMMIT")


def plainly(url: str, statement: str) -> None:
    """Run a statement as somebody would who leaves the guards where they are."""
    file = sqlite_file(url)
    if file is None:
        with psycopg.connect(url) as server:
            server.execute("SET session_replication_role = replica")
            server.execute(statement.encode())
        return
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def rows_of(url: str) -> list[Row]:
    """Return every row of a ledger, by position."""
    with closing(open_store(url)) as store:
        return list(store.rows())


def insert_row(url: str, row: Row) -> None:
    """Put one more row on a ledger."""
    with past_guards(url) as run:
        run("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", *row)


def replace_rows(url: str, rows: Sequence[Row]) -> None:
    """Put these rows in the place of all that a ledger has."""
    with past_guards(url) as run:
        run("DELETE FROM stored_events")
        for row in rows:
            run("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", *row)


Records = list[dict[str, Any]]
"""What each record of a ledger says, in their order."""


def rewritten(rows: Sequence[Row], change: Callable[[Records], object]) -> list[Row]:
    """Change a history, and let all that follows from it follow, as a careful forger does.

    Positions and versions count up again, and each record names the leaf of the one before it
    on its stream. So nothing is wrong in it but that it is another one.
    """
    said: Records = [json.loads(row.record) for row in rows]
    change(said)
    ends: dict[str, tuple[int, str | None]] = {}
    opening: str | None = None
    found = []
    for position, plain in enumerate(said, start=1):
        version, prev = ends.get(plain["stream"], (0, opening))
        link = {} if prev is None else {"prev": prev}
        row = row_of({**plain, **link, "position": position, "version": version + 1})
        leaf = leaf_of(row.record).hex()
        opening = opening or leaf
        ends[row.stream] = (row.version, leaf)
        found.append(row)
    return found


def row_of(plain: dict[str, Any]) -> Row:
    """Return the row of a record that says this."""
    named = (plain["position"], plain["stream"], plain["version"], plain["type"])
    return Row(*named, canonical(plain))


def changed(row: Row, **fields: Any) -> Row:
    """Return a row whose record says something else, and its columns with it."""
    return row_of(json.loads(row.record) | fields)
