"""A place where views are kept, whichever database it is in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from svx_ledger.projections.net import Mark, Net
from svx_ledger.projections.table import Table

from . import generations
from .dialect import Dialect
from .generation import Generation, Moment
from .packing import Packing
from .prepared import Prepared, prepared
from .rows import StoredRows, place_name
from .statements import Statements, drop
from .writing import Transaction


class Database(Protocol):
    """What a place asks of a database. Safe to use from several threads and processes.

    Raises NotKept where it cannot be used, Busy where another holds it, NotRead where it does
    not answer.
    """

    dialect: Dialect

    def present(self) -> bool:
        """Whether views were ever kept here; without making anything."""

    def snapshot(self) -> AbstractContextManager[Transaction]:
        """Read, all of it as it was at one moment."""

    def transaction(self, *, exclusive: bool = False) -> AbstractContextManager[Transaction]:
        """Write; all of it or nothing. What is missing here is made first.

        With `exclusive` no other such transaction runs beside it.
        """

    def close(self) -> None:
        """Close the connections."""


class Place:
    """The generations kept in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def packing(self) -> Packing:
        """How a batch is made ready to be written here."""
        return self._database.dialect.packing

    def generations(self) -> Sequence[Generation]:
        """Return all generations by number; none where nothing was kept yet."""
        if not self._database.present():
            return []
        with self._database.snapshot() as on:
            return generations.read(on)

    @contextmanager
    def reading(self) -> Iterator[Moment | None]:
        """Yield the current generation as it is now, its rows and its position together."""
        if not self._database.present():
            yield None
            return
        with self._database.snapshot() as on:
            served = [one for one in generations.read(on) if one.state == "current"]
            if not served:
                yield None
                return
            yield Moment(served[0], StoredRows(on.dialect, served[0].number, on.query))

    def begin(self, fingerprint: str, tables: Sequence[Table[Any]]) -> Generation:
        """Return the generation that is being built by this fingerprint, or a new one."""
        with self._database.transaction(exclusive=True) as on:
            return generations.begin(on, fingerprint, tables)

    def apply(self, number: int, before: int, net: Net, mark: Mark) -> None:
        """Write row changes and the position they lead to; see `write`."""
        tables = {part.table.name: part.table for part in net.parts()}
        self.write(number, before, (prepared(net, self.packing), mark), tables)

    def write(
        self,
        number: int,
        before: int,
        batch: tuple[Iterable[Prepared], Mark],
        tables: Mapping[str, Table[Any]],
    ) -> None:
        """Write a batch and the position it leads to, in one transaction.

        `tables` are those that it may name. Raises Fenced where the generation is retired or
        gone, Moved where it is not at `before`, RowsAmiss for other rows than the log has.
        """
        with self._database.transaction() as on:
            generations.apply(on, number, before, batch, tables=tables)

    def index(self, number: int, tables: Sequence[Table[Any]]) -> None:
        """Make the indexes by which rows are looked up, where they are missing.

        Raises RowTwice.
        """
        for table in tables:
            name = place_name(table.name, number)
            for index in Statements(self._database.dialect, table, name).indexes:
                # Each alone, so that others get in between.
                with self._database.transaction(exclusive=True) as on:
                    on.index(table.name, index)

    def promote(self, number: int, ledger: str | None) -> bool:
        """Serve this generation from now on, and retire the one served before.

        Returns whether it is: not while the served one is ahead of it. Raises Fenced.
        """
        with self._database.transaction(exclusive=True) as on:
            return generations.promote(on, number, ledger)

    def retire(self, number: int) -> None:
        """Stop serving or building a generation."""
        with self._database.transaction(exclusive=True) as on:
            generations.retire(on, number)

    def drop(self, generation: Generation) -> None:
        """Remove the tables of a retired generation, and then all word of it."""
        for name in generation.tables.split():
            with self._database.transaction() as on:  # each alone: others get in between
                on.run(drop(on.dialect, place_name(name, generation.number)))
        with self._database.transaction(exclusive=True) as on:
            generations.forget(on, generation.number)

    def beat(self, number: int) -> None:
        """Note that a follower is there."""
        with self._database.transaction() as on:
            generations.beat(on, number)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()
