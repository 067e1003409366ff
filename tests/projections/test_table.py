"""Declared tables, and what each change of a row does."""

from typing import Literal, NamedTuple

import pytest

from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.memory import OutOfStep, Tables
from svx_ledger.projections.table import Change, Column, Table


class Shelf(NamedTuple):
    """A place in a room."""

    room: str
    number: int
    holds: str | None = None


SHELF = Table("shelves", Shelf, key=2)
ROWS = [Shelf("b", 2), Shelf("a", 10, "books"), Shelf("a", 9)]


def filled() -> Tables:
    tables = Tables()
    tables.apply(SHELF.put(row) for row in ROWS)
    return tables


def test_a_table_declares_its_columns() -> None:
    assert SHELF.columns == (
        Column("room", str, nullable=False),
        Column("number", int, nullable=False),
        Column("holds", str, nullable=True),
    )
    assert SHELF.key == ("room", "number")


class Listed(NamedTuple):
    """A row with a list."""

    id: str
    names: list[str]


class Rough(NamedTuple):
    """A row with a binary float."""

    id: str
    weight: float


class Keyless(NamedTuple):
    """A row whose key may be absent."""

    id: str | None


@pytest.mark.parametrize("row", [Listed, Rough, Keyless])
def test_a_column_that_not_every_backend_keeps_is_refused(row: type) -> None:
    with pytest.raises(TypeError):
        Table("odd", row)


def test_rows_come_in_the_order_of_their_keys() -> None:
    assert filled().all(SHELF) == [Shelf("a", 9), Shelf("a", 10, "books"), Shelf("b", 2)]
    assert filled().select(SHELF, "a") == [Shelf("a", 9), Shelf("a", 10, "books")]
    assert filled().count(SHELF, "a") == 2
    assert filled().get(SHELF, "b", 2) == Shelf("b", 2)
    assert filled().get(SHELF, "b", 3) is None
    assert list(filled().select(SHELF, "c")) == []


def test_put_replaces_the_whole_row() -> None:
    tables = filled()
    tables.apply([SHELF.put(Shelf("a", 10))])

    assert tables.get(SHELF, "a", 10) == Shelf("a", 10, None)


def test_patch_sets_some_columns() -> None:
    tables = filled()
    tables.apply([SHELF.patch("a", 9, holds="lamps")])

    assert tables.get(SHELF, "a", 9) == Shelf("a", 9, "lamps")


def test_remove_leaves_no_trace() -> None:
    tables = Tables()
    tables.apply([SHELF.put(Shelf("a", 1)), SHELF.remove("a", 1)])

    assert tables == Tables()


@pytest.mark.parametrize("change", [SHELF.patch("c", 1, holds="x"), SHELF.remove("c", 1)])
def test_a_change_of_a_row_that_is_not_there_stops(change: Change) -> None:
    with pytest.raises(OutOfStep):
        filled().apply([change])


def test_every_table_of_the_views_has_its_own_name() -> None:
    names = [table.name for projection in PROJECTIONS for table in projection.tables]

    assert len(set(names)) == len(names)
    assert len({projection.name for projection in PROJECTIONS}) == len(PROJECTIONS)


class Note(NamedTuple):
    """What was written once."""

    number: int
    text: str


@pytest.mark.parametrize("grows", ["once", "alike"])
def test_a_row_of_a_table_that_grows_is_never_another(grows: Literal["once", "alike"]) -> None:
    table = Table("notes", Note, grows=grows)
    tables = Tables()
    tables.apply([table.put(Note(1, "a")), table.put(Note(2, "b"))])

    with pytest.raises(OutOfStep, match="notes has a row"):
        tables.apply([table.put(Note(1, "b"))])
    for change in (table.patch(1, text="b"), table.remove(1)):
        with pytest.raises(AssertionError):
            tables.apply([change])
    if grows == "alike":
        tables.apply([table.put(Note(1, "a"))])
    else:
        with pytest.raises(OutOfStep, match="notes has a row"):
            tables.apply([table.put(Note(1, "a"))])
    assert list(tables.all(table)) == [Note(1, "a"), Note(2, "b")]
