"""Ranges of rows from a ledger on PostgreSQL.

One prepared statement a range, its values in binary: as fast as reading a COPY, whose rows
would have to be taken apart in Python, and with the deadlines of every other read.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from psycopg.conninfo import make_conninfo

from .postgres_session import bigint, deadline, load, not_read, open_session
from .postgres_wire import SOCKET, Broken, Call
from .raw_rows import RawRow

_STATEMENTS = {
    "range": "SELECT * FROM public.stored_events "
    "WHERE notification_id > $1::bigint AND notification_id <= $2::bigint "
    "ORDER BY notification_id",
    "first": "SELECT min(notification_id) FROM public.stored_events "
    "WHERE notification_id >= $1::bigint",
}

T = TypeVar("T")


class PostgresRows:
    """One connection; see `RawRows`."""

    def __init__(self, url: str) -> None:
        """Connect. Raises NotRead, UnsafeStore or NoLedger."""
        try:
            self._wire = open_session(make_conninfo(url, **SOCKET), _STATEMENTS, deadline())
        except Broken as broken:
            raise not_read(broken) from None

    def read(self, after: int, until: int) -> Sequence[RawRow]:
        """Return the rows of a range. After NotRead the connection is closed."""
        return self._read(_raw, "range", after, until)

    def first_from(self, position: int) -> int | None:
        """Return the first position from this one on. After NotRead it is closed."""
        ((first,),) = self._read(tuple, "first", position)
        assert first is None or isinstance(first, int)
        return first

    def _read(
        self, make: Callable[[Sequence[object]], T], name: str, *parameters: int
    ) -> list[T]:
        call = Call(name, tuple(bigint(one) for one in parameters))
        try:
            (result,) = self._wire.exchange([call], deadline())
        except Broken as broken:
            raise not_read(broken) from None
        return load(result, make)

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()


def _raw(values: Sequence[object]) -> RawRow:
    return tuple(values)  # type: ignore[return-value]  # the columns of the table
