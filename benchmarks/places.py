"""Where a comparison runs: one kind of store, for fresh ledgers and a bare table beside."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from tests import postgres_server

from svx_ledger.eventlog.record import Row

from .raw import Raw, RawPostgres, RawSQLite

CONNECTIONS = 32
"""Unlocked connections of the raw side on PostgreSQL."""


class Place(Protocol):
    """One kind of store."""

    name: str

    def address(self) -> str:
        """Return the address of a new, empty ledger."""

    def raw(self, records: Sequence[Row]) -> AbstractContextManager[Raw]:
        """Open a bare table beside it that takes these records' bytes."""


class SQLitePlace:
    """Files in one folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def address(self) -> str:
        """Return the address of a file that is not there yet."""
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"

    @contextmanager
    def raw(self, records: Sequence[Row]) -> Iterator[RawSQLite]:
        """Open a bare table in a new file."""
        path = self._folder / f"{next(self._numbers)}.raw"
        with closing(RawSQLite(path, records)) as raw:
            yield raw


class PostgresPlace:
    """Databases of one server."""

    name = "PostgreSQL"

    def __init__(self, server: postgres_server.PostgresServer, settings: str = "") -> None:
        self._server = server
        self._settings = settings
        self._numbers = count(1)

    def slow(self, fsync_ms: int) -> "PostgresPlace":
        """Return the same server with every commit made to wait, as on a slow disk.

        Commits that come during the wait share its fsync (`commit_delay`), which favours the
        raw side: on a real slow disk they would wait for the next.
        """
        setting = f"&options=-c%20commit_delay%3D{fsync_ms * 1000}%20-c%20commit_siblings%3D0"
        place = PostgresPlace(self._server, setting)
        place._numbers = self._numbers
        return place

    def address(self) -> str:
        """Return the address of a new, empty database."""
        return self._server.create_database(f"b{next(self._numbers)}") + self._settings

    def version(self) -> str:
        """Return the server's version."""
        with psycopg.connect(self._server.url()) as connection:
            row = connection.execute(sql.SQL("SHOW server_version")).fetchone()
        return str(row[0]) if row else "?"

    @contextmanager
    def raw(self, records: Sequence[Row]) -> Iterator[RawPostgres]:
        """Open a bare table in a new database."""
        with closing(RawPostgres(self.address(), records, CONNECTIONS)) as raw:
            yield raw


@contextmanager
def sqlite_place() -> Iterator[SQLitePlace]:
    """Have a folder for files, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="svx-bench-") as folder:
        yield SQLitePlace(Path(folder))


@contextmanager
def postgres_place() -> Iterator[PostgresPlace]:
    """Run a server of our own with its default settings: fsync and checksums on."""
    with postgres_server.server() as server:
        yield PostgresPlace(server)
