"""Views in a schema of their own, `svx_views`, in the ledger's PostgreSQL database.

What is lost in a crash is built again, so a commit here does not wait for the disk
(`synchronous_commit=off`, on these connections only): rows and position go together all the
same.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus

from svx_ledger.eventlog.postgres_wire import SOCKET

from .dialect import POSTGRES
from .generation import NotKept
from .generations import one_current, statements_of
from .postgres_transaction import NO_RIGHT, SCHEMA, PostgresTransaction, failure, literal

LOCK: Final = int.from_bytes(b"svx-view")
"""The advisory lock of those who begin, promote, retire or drop a generation."""

_SETTINGS = {
    "lock_timeout": "2s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "10min",
    "synchronous_commit": "off",
    "timezone": "UTC",
    "client_min_messages": "error",
    "search_path": "pg_catalog",
}
_SETTING = "SELECT " + ", ".join(
    f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items()
)
# From the catalogue itself: what to_regclass knows can be from before the lock.
_PRESENT = (
    "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'generations' "
    "AND relnamespace = n.oid), "
    "n.oid IS NOT NULL "
    "FROM (VALUES (1)) AS one LEFT JOIN pg_namespace AS n ON n.nspname = 'svx_views'"
)
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_EXCLUSIVE = "SELECT pg_advisory_xact_lock(%s)"
_IDLE_CONNECTIONS = 4
_PREPARED = 1_000
"""Statements that a connection keeps: a batch has up to three for each table."""


class PostgresViews:
    """The schema of a database; see `Database`."""

    dialect = POSTGRES

    def __init__(self, url: str) -> None:
        self._conninfo = make_conninfo(url, **SOCKET, connect_timeout=2)
        self._idle: list[psycopg.Connection] = []
        self._made = False
        self._closed = False

    def present(self) -> bool:
        """Whether views were ever kept here."""
        if not self._made:
            with self._begun(_READ) as connection:
                self._made, _ = connection.execute(_PRESENT).fetchone() or (False, False)
                connection.execute("ROLLBACK")
        return self._made

    @contextmanager
    def snapshot(self) -> Iterator[PostgresTransaction]:
        """Read, all of it as it was at one moment."""
        with self._begun(_READ) as connection:
            yield PostgresTransaction(connection)
            with suppress(psycopg.Error):  # whoever read has what was asked for
                connection.execute("ROLLBACK")

    @contextmanager
    def transaction(self, *, exclusive: bool = False) -> Iterator[PostgresTransaction]:
        """Write; all of it or nothing."""
        if not self.present():
            self._create()
        with self._begun(_WRITE) as connection:
            if exclusive:  # alone in its statement: what follows sees what came before it
                connection.execute(_EXCLUSIVE, (LOCK,))
            yield PostgresTransaction(connection)
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connections; those in use are closed by their readers."""
        self._closed = True
        self._forget_idle()

    def _create(self) -> None:
        """Make the schema and the table of generations."""
        statements = statements_of(POSTGRES)
        with self._begun(_WRITE) as connection:
            try:
                connection.execute(_EXCLUSIVE, (LOCK,))
                present, schema = connection.execute(_PRESENT).fetchone() or (False, False)
                if not schema:
                    connection.execute(literal(f"CREATE SCHEMA {SCHEMA}"))
                if not present:
                    connection.execute(literal(statements.create))
                    connection.execute(literal(one_current(POSTGRES)))
                connection.execute("COMMIT")
            except NO_RIGHT:
                role = connection.info.user
                raise NotKept(
                    f"the role {role} may not make the schema {SCHEMA}; let the database's "
                    f'owner run: CREATE SCHEMA {SCHEMA} AUTHORIZATION "{role}"'
                ) from None
        self._made = True

    @contextmanager
    def _begun(self, begin: str) -> Iterator[psycopg.Connection]:
        """Lend a connection with a transaction. A failure closes it: the server rolls back."""
        connection = None
        try:
            connection = self._begin(begin)
            yield connection
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, psycopg.Error):
                raise failure(error) from None
            raise
        spent = connection.info.transaction_status is not TransactionStatus.IDLE
        if spent or self._closed or len(self._idle) >= _IDLE_CONNECTIONS:
            connection.close()
        else:
            self._idle.append(connection)

    def _begin(self, begin: str) -> psycopg.Connection:
        """Begin on a connection: one that was kept may have ended, then on a new one."""
        while kept := self._take():
            try:
                kept.execute(literal(begin))
            except psycopg.OperationalError:
                kept.close()
                self._forget_idle()  # what ended one connection met the others too
            else:
                return kept
        connection = psycopg.connect(self._conninfo, autocommit=True)
        connection.prepared_max = _PREPARED
        try:
            connection.execute(literal(_SETTING))
            connection.execute(literal(begin))
        except BaseException:
            connection.close()
            raise
        return connection

    def _take(self) -> psycopg.Connection | None:
        with suppress(IndexError):  # asking first would race with other threads
            return self._idle.pop()
        return None

    def _forget_idle(self) -> None:
        while connection := self._take():
            connection.close()
