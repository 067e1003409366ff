"""The publisher's state in a schema of its own, `svx_log`, in the ledger's PostgreSQL database.

Commits wait for the disk: after one, a checkpoint is signed, and a signature is not taken back.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus

from svx_ledger.eventlog.postgres_wire import SOCKET

from .database import NotPublished, Stage
from .postgres_schema import LAYOUT, PRESENT, SCHEMA, grants

LOCK: Final = int.from_bytes(b"svx-log.")
"""The advisory lock of who makes the schema; after it come those of the stages."""

_STAGES: Final[Mapping[Stage, int]] = {"sign": LOCK + 1, "release": LOCK + 2}

_SETTINGS: Final = {
    "lock_timeout": "2s",
    "statement_timeout": "4s",
    "idle_in_transaction_session_timeout": "10s",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "client_min_messages": "error",
    "search_path": f"{SCHEMA}, pg_catalog",
}
_SETTING: Final = "SELECT " + ", ".join(
    f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items()
)
_BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_IDLE_CONNECTIONS: Final = 4
_NO_RIGHT: Final = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)
_GONE: Final = (errors.UndefinedTable, errors.InvalidSchemaName)
_REMEDY: Final = (
    f"this role may not write the schema {SCHEMA}: let the owner of the ledger's tables run "
    "`svx-ledger publish` once; that makes it, and lets those publish who append to the ledger"
)


class PostgresState:
    """The schema of a database; see `Database`."""

    def __init__(self, url: str) -> None:
        self._conninfo = make_conninfo(url, **SOCKET, connect_timeout=2)
        self._idle: list[psycopg.Connection] = []
        self._made = self._closed = False

    def present(self) -> bool:
        """Whether anything was ever kept here."""
        if not self._made:
            ((self._made,),) = self.read(PRESENT)
        return self._made

    def create(self) -> None:
        """Make the schema, its tables and triggers; who appends to the ledger may write it."""
        if self.present():
            return
        with self._begun() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            ((present,),) = connection.execute(_literal(PRESENT)).fetchall()
            if not present:
                for statement in LAYOUT:
                    connection.execute(_literal(statement))
                grants(connection)
        self._made = True

    def read(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query to its end."""
        with self._lent() as connection:
            return connection.execute(_statement(query), given).fetchall()

    @contextmanager
    def transaction(self) -> Iterator["PostgresRunning"]:
        """Write; all of it or nothing."""
        with self._begun() as connection:
            yield PostgresRunning(connection)

    @contextmanager
    def alone(self, stage: Stage) -> Iterator[bool]:
        """Hold the lock of who does this, if it is free.

        It is a session's: where the connection breaks, another gets it, and no harm is done.
        """
        with self._lent() as connection:
            taken = "SELECT pg_try_advisory_lock(%s)"
            ((mine,),) = connection.execute(taken, (_STAGES[stage],)).fetchall()
            try:
                yield mine
            finally:
                if mine:
                    with suppress(psycopg.Error):
                        connection.execute("SELECT pg_advisory_unlock(%s)", (_STAGES[stage],))

    def close(self) -> None:
        """Close the connections; those in use are closed by their users."""
        self._closed = True
        while connection := self._kept():
            connection.close()

    @contextmanager
    def _begun(self) -> Iterator[psycopg.Connection]:
        with self._lent() as connection:
            connection.execute(_BEGIN)
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _lent(self) -> Iterator[psycopg.Connection]:
        """Lend a connection; after a failure it is closed, which rolls back."""
        connection = None
        try:
            connection = self._take()
            yield connection
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, _GONE):
                self._made = False
            if isinstance(error, psycopg.Error):
                raise _failure(error) from None
            raise
        idle = connection.info.transaction_status is TransactionStatus.IDLE
        if self._closed or len(self._idle) >= _IDLE_CONNECTIONS or not idle:
            connection.close()
        else:
            self._idle.append(connection)

    def _take(self) -> psycopg.Connection:
        """Return a connection that answers: one that was kept may have ended."""
        while kept := self._kept():
            try:
                kept.execute("")
            except psycopg.OperationalError:
                kept.close()
            else:
                return kept
        connection = psycopg.connect(self._conninfo, autocommit=True)
        try:
            connection.execute(_literal(_SETTING))
        except BaseException:
            connection.close()
            raise
        return connection

    def _kept(self) -> psycopg.Connection | None:
        with suppress(IndexError):  # asking first would race with other threads
            return self._idle.pop()
        return None


class PostgresRunning:
    """An open transaction; see `Running`."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def run(self, statement: str, given: Sequence[Any]) -> int:
        """Run a statement; return how many rows it changed."""
        return self._connection.execute(_statement(statement), given).rowcount

    def run_many(self, statement: str, given: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each of the given rows."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_statement(statement), given)


def _failure(error: psycopg.Error) -> NotPublished:
    """Return what an error means, without its own text: it can quote what a row holds."""
    name = f"ERROR {error.sqlstate}" if error.sqlstate else "the connection was lost"
    if isinstance(error, _NO_RIGHT):
        return NotPublished(f"{_REMEDY} ({name})")
    return NotPublished(f"the state of the published log: {name}")


def _statement(text: str) -> sql.SQL:
    return _literal(text.replace("?", "%s"))


def _literal(text: str) -> sql.SQL:
    """Return a statement made of our own declarations."""
    return sql.SQL(text)
