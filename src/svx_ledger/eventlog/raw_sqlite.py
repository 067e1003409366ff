"""Ranges of rows from an SQLite ledger file, as its cursor gives them."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import sqlite_file
from .raw_rows import RawRow
from .sqlite_kinds import fetch_all
from .store import NotRead

_RANGE = "SELECT * FROM stored_events WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
_FIRST = "SELECT min(rowid) FROM stored_events WHERE rowid >= ?"


class SQLiteRows:
    """One connection that cannot write; see `RawRows`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite_file.connect(path, query_only=True)

    def read(self, after: int, until: int) -> Sequence[RawRow]:
        """Return the rows of a range, read to its end: a snapshot would hold back the WAL."""
        return self._read(_RANGE, after, until)

    def first_from(self, position: int) -> int | None:
        """Return the first position from this one on."""
        ((first,),) = self._read(_FIRST, position)
        assert first is None or isinstance(first, int)
        return first

    def _read(self, query: str, *parameters: int) -> list[Any]:
        try:
            return fetch_all(self._connection, query, parameters)
        except sqlite3.Error as error:
            raise NotRead(f"{self._path}: {sqlite_file.error_name(error)}") from None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
