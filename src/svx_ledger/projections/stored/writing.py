"""Writing one batch of row changes into a generation, within a transaction of either store."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from svx_ledger.projections.table import Table

from .dialect import Dialect
from .generation import RowMissing
from .prepared import Prepared
from .rows import place_name
from .statements import Statements


class Transaction(Protocol):
    """What a batch asks of an open transaction. What is packed is so in its dialect's way."""

    dialect: Dialect

    def read(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query to its end."""

    def query(self, query: str, given: Sequence[Any]) -> Iterable[Sequence[Any]]:
        """Run a query, and give its rows one by one."""

    def run(self, statement: str, given: Sequence[Any] = ()) -> None:
        """Run a statement."""

    def index(self, table: str, statement: str) -> None:
        """Make an index. Raises RowTwice where it is of a key that two rows have."""

    def put(self, statements: Statements[Any], packed: Any) -> None:
        """Write rows, each in place of the one with its key; no key comes twice.

        Raises RowTwice where a table only grows and has one with the key.
        """

    def remove(self, statements: Statements[Any], packed: Any) -> None:
        """Delete the rows with these keys, where they are there."""

    def patch(self, statements: Statements[Any], columns: Sequence[str], packed: Any) -> int:
        """Set columns of the rows with these keys; return how many there were."""

    def count(self, statements: Statements[Any], packed: Any) -> int:
        """Return how many of these keys have a row."""


def write(
    to: Transaction,
    generation: int,
    batch: Iterable[Prepared],
    tables: Mapping[str, Table[Any]],
) -> None:
    """Make the changes. Raises RowMissing for a row that should be there."""
    for part in batch:
        table = tables[part.table]
        statements = Statements(to.dialect, table, place_name(table.name, generation))
        if part.keys and to.count(statements, part.keys) != part.presupposed:
            raise _missing(part)
        if part.removes:
            to.remove(statements, part.removes)
        if part.puts:
            to.put(statements, part.puts)
        for patches in part.patches:
            if to.patch(statements, patches.columns, patches.packed) != patches.number:
                raise _missing(part)


def _missing(part: Prepared) -> RowMissing:
    return RowMissing(f"{part.table} lacks one of the rows that are to be changed")
