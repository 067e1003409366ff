"""The raw side: the same bytes into a bare table of the same store, with no rule and no lock.

A raw insert is one statement that commits by itself, durably. The table has the columns and the
two unique indexes of the ledger's events, and nothing else: no outcome row, no trigger.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Protocol

import psycopg

from svx_ledger.eventlog.record import Row

from .measure import Sample

_POSTGRES_TABLE = (
    'CREATE TABLE bare (position bigint PRIMARY KEY, stream text COLLATE "C" NOT NULL, '
    "version bigint NOT NULL, type text NOT NULL, record bytea NOT NULL, "
    "UNIQUE (stream, version))"
)
_SQLITE_TABLE = (
    "CREATE TABLE bare (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, "
    "version INTEGER NOT NULL, type TEXT NOT NULL, record BLOB NOT NULL, "
    "UNIQUE (stream, version))"
)


class Raw(Protocol):
    """A bare table of one store."""

    def one_by_one(self, inserts: int) -> Sample:
        """Insert and commit rows one at a time, on one connection."""

    def side_by_side(self, inserts: int) -> Sample:
        """Insert and commit rows one at a time, on as many connections as the store can use."""

    def at_once(self, rows: int) -> Sample:
        """Insert rows in the store's fastest way, in one transaction."""


class RawSQLite:
    """A bare table in an SQLite file of its own, as durable as the ledger's."""

    def __init__(self, path: Path, records: Sequence[Row]) -> None:
        self._rows = _renumbered(records)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(_SQLITE_TABLE)

    def one_by_one(self, inserts: int) -> Sample:
        """Insert and commit rows one at a time."""
        rows = [next(self._rows) for _ in range(inserts)]
        execute = self._connection.execute
        waits = []
        began = perf_counter()
        for row in rows:
            asked = perf_counter()
            execute("INSERT INTO bare VALUES (?, ?, ?, ?, ?)", row)
            waits.append(perf_counter() - asked)
        return Sample(inserts, perf_counter() - began, waits)

    def side_by_side(self, inserts: int) -> Sample:
        """Insert on the one connection: SQLite has no second writer."""
        return self.one_by_one(inserts)

    def at_once(self, rows: int) -> Sample:
        """Insert rows with one `executemany`."""
        ready = [next(self._rows) for _ in range(rows)]
        began = perf_counter()
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO bare VALUES (?, ?, ?, ?, ?)", ready)
        self._connection.execute("COMMIT")
        return Sample(rows, perf_counter() - began)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class RawPostgres:
    """A bare table in a database of its own, written by threads with a connection each."""

    def __init__(self, url: str, records: Sequence[Row], connections: int) -> None:
        self._rows = _renumbered(records)
        self._connections = [psycopg.connect(url, autocommit=True) for _ in range(connections)]
        self._connections[0].execute(_POSTGRES_TABLE)

    def one_by_one(self, inserts: int) -> Sample:
        """Insert and commit rows one at a time, on one connection."""
        return self._with(1, inserts)

    def side_by_side(self, inserts: int) -> Sample:
        """Insert and commit rows one at a time, on all connections side by side."""
        return self._with(len(self._connections), inserts)

    def at_once(self, rows: int) -> Sample:
        """Insert rows with one binary COPY."""
        ready = [next(self._rows) for _ in range(rows)]
        connection = self._connections[0]
        began = perf_counter()
        with (
            connection.transaction(),
            connection.cursor() as cursor,
            cursor.copy("COPY bare FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(["int8", "text", "int8", "text", "bytea"])
            for row in ready:
                copy.write_row(row)
        return Sample(rows, perf_counter() - began)

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()

    def _with(self, threads: int, inserts: int) -> Sample:
        shares = [[next(self._rows) for _ in range(inserts // threads)] for _ in range(threads)]
        waits: list[float] = []
        start = threading.Barrier(threads + 1)

        def insert(connection: psycopg.Connection, rows: list[Row]) -> None:
            own = []
            with connection.cursor(binary=True) as cursor:
                start.wait()
                for row in rows:
                    asked = perf_counter()
                    cursor.execute(
                        "INSERT INTO bare VALUES (%b, %b, %b, %b, %b)", row, prepare=True
                    )
                    own.append(perf_counter() - asked)
            waits.extend(own)

        workers = [
            threading.Thread(target=insert, args=work)
            for work in zip(self._connections, shares, strict=False)
        ]
        for worker in workers:
            worker.start()
        start.wait()
        began = perf_counter()
        for worker in workers:
            worker.join()
        return Sample(len(waits), perf_counter() - began, waits)


def _renumbered(records: Sequence[Row]) -> Iterator[Row]:
    """Yield the records' bytes for ever, each time as a new row."""
    for number in count(1):
        row = records[number % len(records)]
        yield row._replace(position=number, version=number)
