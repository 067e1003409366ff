"""The table of generations, within a transaction: what fences a follower is here.

Whoever writes rows has locked the generation's row and has seen what state and position it
is in; so two followers, or two rebuilds, never write the same events.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from svx_ledger.projections.net import Mark
from svx_ledger.projections.table import Table, Value

from .dialect import Dialect
from .generation import GENERATIONS, Fenced, Generation, Moved
from .packing import taken
from .prepared import Prepared
from .rows import place_name
from .statements import Statements
from .writing import Transaction, write


def statements_of(dialect: Dialect) -> Statements[Generation]:
    """Return the statements for the table of generations."""
    return Statements(dialect, GENERATIONS, GENERATIONS.name)


def one_current(dialect: Dialect) -> str:
    """Return the statement for an index that lets no two generations be served."""
    table = dialect.place(GENERATIONS.name)
    return f"CREATE UNIQUE INDEX one_current ON {table} (state) WHERE state = 'current'"


def read(on: Transaction) -> list[Generation]:
    """Return all generations by number."""
    statements = statements_of(on.dialect)
    return list(statements.load(on.read(statements.select())))


def locked(on: Transaction) -> list[Generation]:
    """Return all generations by number; nobody else changes them until the end."""
    statements = statements_of(on.dialect)
    return list(statements.load(on.read(statements.select() + on.dialect.lock)))


def begin(on: Transaction, fingerprint: str, tables: Sequence[Table[Any]]) -> Generation:
    """Return the generation that this fingerprint is building, or make the next one."""
    known = locked(on)
    for one in known:
        if one.state == "building" and one.fingerprint == fingerprint:
            return one
    now = datetime.now(UTC)
    made = Generation(
        number=known[-1].number + 1 if known else 1,
        fingerprint=fingerprint,
        state="building",
        ledger=None,
        position=0,
        leaf=None,
        recorded_at=None,
        begun_at=now,
        changed_at=now,
        promoted_at=None,
        heartbeat=None,
        tables=" ".join(table.name for table in tables),
    )
    for table in tables:
        on.run(Statements(on.dialect, table, place_name(table.name, made.number)).create)
    statements = statements_of(on.dialect)
    on.put(statements, on.dialect.packing.rows(GENERATIONS, [made]))
    return made


def apply(
    on: Transaction,
    number: int,
    before: int,
    batch: tuple[Iterable[Prepared], Mark],
    *,
    tables: Mapping[str, Table[Any]],
) -> None:
    """Write a batch and the position it leads to. Raises Fenced, Moved and RowsAmiss."""
    changes, mark = batch
    statements = statements_of(on.dialect)
    found = on.read(statements.select("number") + on.dialect.lock, (number,))
    one = next(iter(statements.load(found)), None)
    if one is None or one.state == "retired":
        raise Fenced("another generation of the views is served now")
    if one.position != before:
        raise Moved(f"the views are at position {one.position}, not {before}")
    write(on, number, changes, tables)
    leaf = mark.leaf.hex()
    _set(on, number, position=mark.position, leaf=leaf, recorded_at=mark.recorded_at)


def promote(on: Transaction, number: int, ledger: str | None) -> bool:
    """Serve a generation from now on; False while the served one is ahead. Raises Fenced."""
    known = locked(on)
    mine = next((one for one in known if one.number == number), None)
    served = next((one for one in known if one.state == "current"), None)
    if mine is None or mine.state == "retired":
        raise Fenced("another generation of the views is served now")
    if served is not None and served.number != number:
        if served.position > mine.position:
            return False
        _set(on, served.number, state="retired")
    _set(on, number, state="current", ledger=ledger, promoted_at=datetime.now(UTC))
    return True


def retire(on: Transaction, number: int) -> None:
    """Stop serving or building a generation."""
    locked(on)
    _set(on, number, state="retired")


def beat(on: Transaction, number: int) -> None:
    """Note that a follower is there."""
    statements = statements_of(on.dialect)
    on.run(statements.update(["heartbeat"]), (taken(datetime.now(UTC)), number))


def forget(on: Transaction, number: int) -> None:
    """Remove all word of a generation whose tables are gone."""
    on.run(statements_of(on.dialect).delete, (number,))


def _set(on: Transaction, number: int, **columns: Value) -> None:
    statements = statements_of(on.dialect)
    given = {"changed_at": datetime.now(UTC), **columns}
    on.run(statements.update(list(given)), (*map(taken, given.values()), number))
