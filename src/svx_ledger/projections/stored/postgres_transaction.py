"""A transaction on the views' PostgreSQL schema, and what its errors mean."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import errors, sql

from svx_ledger.eventlog.store import NotRead

from . import arrays
from .dialect import POSTGRES
from .generation import Busy, NotKept, RowTwice
from .statements import Statements

SCHEMA: Final = "svx_views"
_BUSY = (errors.LockNotAvailable, errors.SerializationFailure, errors.DeadlockDetected)
NO_RIGHT = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)


class PostgresTransaction:
    """An open transaction on a connection; see `writing.Transaction`."""

    dialect = POSTGRES

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._stages = count(1)

    def read(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query to its end."""
        return self._connection.execute(literal(query), given).fetchall()

    def query(self, query: str, given: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Run a query, and give its rows one by one."""
        try:
            if given or " WHERE " in query:
                yield from self._connection.execute(literal(query), given).fetchall()
            else:  # a whole table: a part at a time
                with self._connection.cursor(f"all{next(self._stages)}") as cursor:
                    cursor.itersize = 5_000
                    yield from cursor.execute(literal(query))
        except psycopg.Error as error:
            raise failure(error) from None

    def run(self, statement: str, given: Sequence[Any] = ()) -> None:
        """Run a statement."""
        self._connection.execute(literal(statement), given)

    def index(self, table: str, statement: str) -> None:
        """Make an index, that of a key where the table was made without one."""
        try:
            self._connection.execute(literal(statement))
        except errors.UniqueViolation:
            raise RowTwice(f"{table} has one of its rows twice") from None

    def put(self, statements: Statements[Any], packed: Any) -> None:
        """Write rows, each in place of the one with its key."""
        try:
            if not isinstance(packed, str):
                self._run(arrays.put(statements), packed)
                return
            into = f"COPY {statements.place} ({statements.columns}) FROM STDIN"
            with self._connection.cursor() as cursor, cursor.copy(literal(into)) as copy:
                copy.write(packed)
        except errors.UniqueViolation:
            if statements.table.grows != "once":
                raise
            raise RowTwice(f"{statements.table.name} has one of the rows already") from None

    def remove(self, statements: Statements[Any], packed: Any) -> None:
        """Delete the rows with these keys."""
        self._run(arrays.delete(statements), packed)

    def patch(self, statements: Statements[Any], columns: Sequence[str], packed: Any) -> int:
        """Set columns of the rows with these keys; return how many there were."""
        return self._run(arrays.update(statements, columns), packed).rowcount

    def count(self, statements: Statements[Any], packed: Any) -> int:
        """Return how many of these keys have a row."""
        ((number,),) = self._run(arrays.count(statements), packed).fetchall()
        assert isinstance(number, int)
        return number

    def _run(self, statement: str, given: Sequence[str]) -> psycopg.Cursor:
        return self._connection.execute(literal(statement), given)


def failure(error: psycopg.Error) -> NotKept | Busy | NotRead:
    """Return what an error means. Its own text is left out: it can quote what a row holds."""
    name = f"ERROR {error.sqlstate}" if error.sqlstate else "the connection was lost"
    if isinstance(error, _BUSY):
        return Busy(f"the views: {name}")
    if isinstance(error, NO_RIGHT):
        return NotKept(
            f"this role may not write the schema {SCHEMA}; let its owner grant that: {name}"
        )
    return NotRead(f"the views: {name}")


def literal(text: str) -> sql.SQL:
    """Return a statement made of our own declarations."""
    return sql.SQL(text)
