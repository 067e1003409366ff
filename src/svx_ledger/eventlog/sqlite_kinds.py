"""Values of other kinds than their columns': SQLite keeps in most columns whatever it is given.

The write path gives every column its own kind. What else stands there somebody put there past
the guards, and it must neither end a reading nor be taken for what was written.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any


def fetch_all(
    connection: sqlite3.Connection, statement: str, parameters: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Return all rows of a statement; in them a text that is not UTF-8 comes as its bytes."""
    try:
        return connection.execute(statement, parameters).fetchall()
    except sqlite3.OperationalError as error:
        if hasattr(error, "sqlite_errorcode"):  # SQLite's own; to decode is Python's part
            raise
    connection.text_factory = _text_or_bytes
    try:
        return connection.execute(statement, parameters).fetchall()
    finally:
        connection.text_factory = str


Kinds = Sequence[tuple[type, ...]]
"""The types of each column's values, its own first; `NoneType` too where it may be empty."""


def of_kinds(values: Iterable[Any], kinds: Kinds) -> Iterable[Any]:
    """Return values in the kinds of their columns.

    In the place of any other stands one of the right kind that no ledger writes there: the
    number 0, or what was found, told in words. So whoever compares it finds it altered.
    """
    return (
        value if type(value) in kind else _in_its_place(value, kind[0])
        for value, kind in zip(values, kinds, strict=True)
    )


def _in_its_place(value: object, kind: type) -> object:
    if kind is int:
        return 0
    told = f"kept as {type(value).__name__}: {value!r}"
    return told.encode() if kind is bytes else told


def _text_or_bytes(kept: bytes) -> str | bytes:
    try:
        return kept.decode()
    except UnicodeDecodeError:
        return kept
