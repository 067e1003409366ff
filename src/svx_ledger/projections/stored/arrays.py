"""Statements of PostgreSQL that take many rows at once: an array for each column."""

from collections.abc import Sequence
from typing import Any

from .dialect import quoted
from .statements import Statements


def put(statements: Statements[Any]) -> str:
    """Return the statement that writes rows, each in place of the one with its key."""
    given = _given(statements, [column.name for column in statements.table.columns])
    return (
        f"INSERT INTO {statements.place} ({statements.columns}) "  # noqa: S608
        f"SELECT * FROM {given} {statements.over}"
    )


def update(statements: Statements[Any], columns: Sequence[str]) -> str:
    """Return the statement that sets these columns of the rows with given keys."""
    key = statements.table.key
    assert set(columns).isdisjoint(key)
    values = ", ".join(f"{quoted(column)} = given.{quoted(column)}" for column in columns)
    return (
        f"UPDATE {statements.place} AS kept SET {values} "  # noqa: S608
        f"FROM {_given(statements, [*columns, *key])} WHERE {_is_key(statements)}"
    )


def delete(statements: Statements[Any]) -> str:
    """Return the statement that deletes the rows with given keys."""
    given = _given(statements, statements.table.key)
    return f"DELETE FROM {statements.place} AS kept USING {given} WHERE {_is_key(statements)}"  # noqa: S608


def count(statements: Statements[Any]) -> str:
    """Return the query that counts how many of given keys have a row."""
    given = _given(statements, statements.table.key)
    return (
        f"SELECT count(*) FROM {statements.place} AS kept "  # noqa: S608
        f"JOIN {given} ON {_is_key(statements)}"
    )


def _given(statements: Statements[Any], columns: Sequence[str]) -> str:
    """Return the rows that the parameters are, for `FROM`."""
    types = {column.name: column.type for column in statements.table.columns}
    arrays = ", ".join(
        f"%s::{statements.dialect.types[types[column]].split()[0]}[]" for column in columns
    )
    return f"unnest({arrays}) AS given ({', '.join(map(quoted, columns))})"


def _is_key(statements: Statements[Any]) -> str:
    return " AND ".join(
        f"kept.{quoted(column)} = given.{quoted(column)}" for column in statements.table.key
    )
