"""A transaction on the views' PostgreSQL schema, and what its errors mean."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import errors, sql

from svx_ledger.eventlog.store import NotRead

from .dialect import POSTGRES
from .generation import Busy, NotKept
from .statements import Statements

SCHEMA: Final = "svx_views"
_BULK_ROWS = 200
"""From here on a COPY into a table of the transaction's own is faster than single inserts."""

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

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

    def many(self, statement: str, given: Iterable[Sequence[Any]]) -> int:
        """Run a statement for each of these; return how many rows it met in all."""
        with self._connection.cursor() as cursor:
            cursor.executemany(literal(statement), given)
            return cursor.rowcount

    def put(self, statements: Statements[Any], rows: Sequence[Sequence[Any]]) -> None:
        """Write rows, in the order of their keys, each in place of the one with its key."""
        if len(rows) < _BULK_ROWS:
            self.many(statements.upsert_of(1), rows)
            return
        stage = f"pg_temp.stage_{next(self._stages)}"
        place, columns = statements.place, statements.columns
        with self._connection.cursor() as cursor:
            first = rows[0][: len(statements.table.key)]
            if not cursor.execute(literal(statements.not_before), first).fetchone():
                self._copy(cursor, place, columns, rows)  # they come after all that there are
                return
            cursor.execute(literal(f"CREATE TEMP TABLE {stage} (LIKE {place}) ON COMMIT DROP"))
            self._copy(cursor, stage, columns, rows)
            cursor.execute(
                literal(
                    f"INSERT INTO {place} ({columns}) SELECT {columns} FROM {stage} "  # noqa: S608
                    f"{statements.over}"
                )
            )

    @staticmethod
    def _copy(
        cursor: psycopg.Cursor, place: str, columns: str, rows: Sequence[Sequence[Any]]
    ) -> None:
        with cursor.copy(literal(f"COPY {place} ({columns}) FROM STDIN")) as copy:
            copy.write(copied(rows))


def copied(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as COPY reads them, all in one text.

    What a text may hold that has a meaning there is looked for in all rows at once.
    """
    text = "\n".join(["\t".join(map(_field, row)) for row in rows])
    plain = (
        text.count("\t") == len(rows) * (len(rows[0]) - 1)
        and text.count("\n") == len(rows) - 1
        and text.count("\\") == sum(row.count(None) for row in rows)
        and "\r" not in text
    )
    if not plain:
        text = "\n".join(["\t".join(map(_escaped, row)) for row in rows])
    return text + "\n"


def _field(value: Any) -> str:
    return value if type(value) is str else "\\N" if value is None else str(value)


def _escaped(value: Any) -> str:
    return value.translate(_ESCAPES) if type(value) is str else _field(value)


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
