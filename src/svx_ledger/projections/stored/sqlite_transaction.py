"""A transaction on the views' SQLite file."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from svx_ledger.eventlog.sqlite_file import error_name
from svx_ledger.eventlog.store import NotRead

from .dialect import SQLITE
from .statements import Statements

_AT_ONCE: Final = 20
"""Rows in one statement: a sixth less of the processor than one by one; 100 gain no more."""


class SQLiteTransaction:
    """An open transaction on a connection; see `writing.Transaction`."""

    dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def read(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query to its end."""
        return list(self.query(query, given))

    def query(self, query: str, given: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Run a query, and give its rows one by one."""
        try:
            yield from self._connection.execute(query, given)
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            raise NotRead(f"the views: {error_name(error)}") from None

    def run(self, statement: str, given: Sequence[Any] = ()) -> None:
        """Run a statement."""
        self._connection.execute(statement, given)

    def many(self, statement: str, given: Iterable[Sequence[Any]]) -> int:
        """Run a statement for each of these; return how many rows it met in all."""
        return self._connection.executemany(statement, given).rowcount

    def put(self, statements: Statements[Any], rows: Sequence[Sequence[Any]]) -> None:
        """Write rows, each in place of the one with its key."""
        several = len(rows) - len(rows) % _AT_ONCE
        self._connection.executemany(
            statements.upsert_of(_AT_ONCE),
            (
                tuple(chain.from_iterable(rows[n : n + _AT_ONCE]))
                for n in range(0, several, _AT_ONCE)
            ),
        )
        self._connection.executemany(statements.upsert_of(1), rows[several:])
