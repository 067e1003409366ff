"""A transaction on the views' SQLite file."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

from svx_ledger.eventlog.sqlite_file import error_name
from svx_ledger.eventlog.store import NotRead

from .dialect import SQLITE
from .generation import RowTwice
from .packing import AT_ONCE
from .statements import Statements

_ASKED_AT_ONCE: Final = 200
"""Keys in one question; SQLite takes 32,766 parameters, and a key has a few."""


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

    def index(self, table: str, statement: str) -> None:
        """Make an index; keys are there from the beginning."""
        del table
        self._connection.execute(statement)

    def put(self, statements: Statements[Any], packed: Any) -> None:
        """Write rows, each in place of the one with its key."""
        parts, rest = packed
        try:
            if parts:
                self._connection.executemany(statements.put_of(AT_ONCE), parts)
            if rest:
                self._connection.executemany(statements.put_of(1), rest)
        except sqlite3.IntegrityError:
            if statements.table.grows != "once":
                raise
            raise RowTwice(f"{statements.table.name} has one of the rows already") from None

    def remove(self, statements: Statements[Any], packed: Any) -> None:
        """Delete the rows with these keys."""
        self._connection.executemany(statements.delete, packed)

    def patch(self, statements: Statements[Any], columns: Sequence[str], packed: Any) -> int:
        """Set columns of the rows with these keys; return how many there were."""
        return self._connection.executemany(statements.update(columns), packed).rowcount

    def count(self, statements: Statements[Any], packed: Any) -> int:
        """Return how many of these keys have a row."""
        found = 0
        for n in range(0, len(packed), _ASKED_AT_ONCE):
            keys = packed[n : n + _ASKED_AT_ONCE]
            given = list(chain.from_iterable(keys))
            ((number,),) = self.read(statements.count_keys(len(keys)), given)
            found += number
        return found
