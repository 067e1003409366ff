"""Writing one batch of row changes into a generation, within a transaction of either store."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from svx_ledger.projections.table import Table

from .dialect import Dialect
from .generation import RowMissing
from .prepared import Prepared
from .rows import place_name
from .statements import Statements

_ASKED_AT_ONCE = 200
"""Keys in one question; SQLite takes 32,766 parameters, and a key has a few."""


class Transaction(Protocol):
    """What a batch asks of an open transaction."""

    dialect: Dialect

    def read(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query to its end."""

    def query(self, query: str, given: Sequence[Any]) -> Iterable[Sequence[Any]]:
        """Run a query, and give its rows one by one."""

    def run(self, statement: str, given: Sequence[Any] = ()) -> None:
        """Run a statement."""

    def many(self, statement: str, given: Iterable[Sequence[Any]]) -> int:
        """Run a statement for each of these; return how many rows it met in all."""

    def put(self, statements: Statements[Any], rows: Sequence[Sequence[Any]]) -> None:
        """Write rows, by key, each in place of the one with its key. No key comes twice."""


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
        _assert_presupposed(to, statements, part)
        if part.removes:
            to.many(statements.delete, part.removes)
        if part.puts:
            to.put(statements, part.puts)
        for columns, rows in part.patches:
            if to.many(statements.update(columns), rows) != len(rows):
                raise _missing(part)


def _assert_presupposed(to: Transaction, statements: Statements[Any], part: Prepared) -> None:
    waiting = iter(part.presupposed)
    while keys := list(islice(waiting, _ASKED_AT_ONCE)):
        ((found,),) = to.read(
            statements.count_keys(len(keys)), [v for key in keys for v in key]
        )
        if found != len(keys):
            raise _missing(part)


def _missing(part: Prepared) -> RowMissing:
    return RowMissing(f"{part.table} lacks one of the rows that are to be changed")
