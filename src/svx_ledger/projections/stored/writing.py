"""Writing one batch of row changes into a generation, within a transaction of either store."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Protocol

from svx_ledger.projections.net import Net, Part
from svx_ledger.projections.table import Key

from .dialect import Dialect
from .generation import RowMissing
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
        """Write rows, each in place of the one with its key. No key comes twice."""


def write(to: Transaction, generation: int, net: Net) -> None:
    """Make the changes. Raises RowMissing for a row that should be there.

    By key: rows beside each other then fall on the same pages.
    """
    for part in net.parts():
        statements = Statements(to.dialect, part.table, place_name(part.table.name, generation))
        _assert_presupposed(to, statements, part)
        if part.removes:
            to.many(statements.delete, sorted(part.removes))
        if part.puts:
            rows = [part.puts[key] for key in sorted(part.puts)]
            to.put(statements, list(statements.dump(rows)))
        if part.patches:
            _patch(to, statements, part)


def _patch(to: Transaction, statements: Statements[Any], part: Part) -> None:
    alike: defaultdict[tuple[str, ...], list[Key]] = defaultdict(list)
    for key in sorted(part.patches):
        alike[tuple(sorted(part.patches[key]))].append(key)
    for columns, keys in alike.items():
        given = [
            (*(statements.value(c, part.patches[key][c]) for c in columns), *key)
            for key in keys
        ]
        if to.many(statements.update(columns), given) != len(keys):
            raise RowMissing(f"{part.table.name} lacks one of the rows that are to be changed")


def _assert_presupposed(to: Transaction, statements: Statements[Any], part: Part) -> None:
    waiting = iter(part.presupposed)
    while keys := list(islice(waiting, _ASKED_AT_ONCE)):
        ((found,),) = to.read(
            statements.count_keys(len(keys)), [v for key in keys for v in key]
        )
        if found != len(keys):
            raise RowMissing(f"{part.table.name} lacks one of the rows that are to be changed")
