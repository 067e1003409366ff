"""A batch of changes composed into one net does what its changes do one by one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.projections.memory import OutOfStep, Tables
from svx_ledger.projections.net import Net
from svx_ledger.projections.table import Change, Patch, Put, Remove, Table


class Shelf(NamedTuple):
    """A place in a room, with a column of each kind."""

    room: str
    number: int
    holds: str | None = None
    weight: Decimal = Decimal(0)
    filled_on: date | None = None
    seen_at: datetime | None = None
    locked: bool = False
    made_of: Literal["wood", "steel"] = "wood"


class Entry(NamedTuple):
    """Somebody came in: put once."""

    number: int
    by: str | None = None


class Guest(NamedTuple):
    """Somebody who comes in, known by name: each time alike."""

    name: str
    letters: int


class Door(NamedTuple):
    """A way in."""

    room: str
    opens: bool


SHELF = Table("shelves", Shelf, key=2)
DOOR = Table("doors", Door)
ENTRY = Table("entries", Entry, grows="once", found_by=("by",))
GUEST = Table("guests", Guest, grows="alike")
TABLES: tuple[Table[Any], ...] = (SHELF, DOOR, ENTRY, GUEST)

rooms = st.sampled_from("ab")
numbers = st.integers(1, 2)
columns: dict[str, st.SearchStrategy[Any]] = {
    "holds": st.none() | st.text(max_size=3),
    "weight": st.decimals(allow_nan=False, allow_infinity=False),
    "filled_on": st.none() | st.dates(),
    "seen_at": st.none() | st.datetimes().map(lambda at: at.replace(tzinfo=UTC, fold=0)),
    "locked": st.booleans(),
    "made_of": st.sampled_from(["wood", "steel"]),
}
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(Shelf, rooms, numbers, **columns).map(SHELF.put),
    st.builds(Door, rooms, st.booleans()).map(DOOR.put),
    st.builds(
        lambda room, number, given: SHELF.patch(room, number, **given),
        rooms,
        numbers,
        st.fixed_dictionaries({}, optional=columns),
    ),
    st.builds(lambda room, opens: DOOR.patch(room, opens=opens), rooms, st.booleans()),
    st.builds(SHELF.remove, rooms, numbers),
    st.builds(DOOR.remove, rooms),
    st.builds(Entry, st.integers(1, 9), st.none() | rooms).map(ENTRY.put),
    st.builds(lambda name: GUEST.put(Guest(name, len(name))), st.text("ab", max_size=2)),
)
batches = st.lists(changes, max_size=12)


def one_by_one(*batches: Sequence[Change]) -> Tables:
    tables = Tables()
    for batch in batches:
        tables.apply(batch)
    return tables


def apply(net: Net, tables: Tables) -> None:
    """Do what a backend does with a net: first see that what it presupposes is there."""
    for table in TABLES:
        puts, patches, removes = net.of(table)
        if table.grows == "once" and any(tables.get(table, *key) for key in puts):
            raise OutOfStep(f"{table.name} has one of the rows")
        assert len({*puts, *patches, *removes}) == len(puts) + len(patches) + len(removes)
        for key in (*net.presupposed(table), *patches):
            if tables.get(table, *key) is None:
                raise OutOfStep(f"{table.name} has no row {key}")
        tables.apply(Remove(table, key) for key in removes if tables.get(table, *key))
        tables.apply(Put(table, row) for row in puts.values())
        tables.apply(Patch(table, key, given) for key, given in patches.items())


def outcome(done: Any, *arguments: Any) -> Tables | None:
    """What came of it; None where it was out of step."""
    try:
        tables: Tables = done(*arguments)
    except OutOfStep:
        return None
    return tables


def by_nets(*batches: Sequence[Change]) -> Tables:
    tables = Tables()
    for batch in batches:
        apply(Net(batch), tables)
    return tables


def merged(first: Sequence[Change], *others: Sequence[Change]) -> Net:
    net = Net(first)
    for other in others:
        net.merge(Net(other))
    return net


def state(net: Net) -> dict[str, Any]:
    return {
        part.table.name: (part.rows(), part.patches, part.removes, part.presupposed)
        for part in net.parts()
    }


@given(batches, batches)
def test_a_net_does_what_its_changes_do_and_is_out_of_step_where_they_are(
    before: list[Change], batch: list[Change]
) -> None:
    """A change of a row that is not there is found when the net is applied, at the latest."""
    assert outcome(by_nets, before, batch) == outcome(one_by_one, before, batch)


@given(batches, batches, batches)
def test_merged_nets_do_what_all_their_changes_do(
    before: list[Change], first: list[Change], second: list[Change]
) -> None:
    def at_once(*_: Any) -> Tables:
        tables = by_nets(before)
        apply(merged(first, second), tables)
        return tables

    assert outcome(at_once) == outcome(one_by_one, before, first, second)


@given(batches, batches, batches)
def test_merging_is_associative(
    first: list[Change], second: list[Change], third: list[Change]
) -> None:
    def left() -> Any:
        return state(merged(first, second, third))

    def right() -> Any:
        net, later = Net(first), merged(second, third)
        net.merge(later)
        return state(net)

    assert outcome(left) == outcome(right)


def test_a_hundred_patches_of_a_row_are_one() -> None:
    net = Net(SHELF.patch("a", 1, holds=f"{n} books") for n in range(100))

    assert net.of(SHELF) == ({}, {("a", 1): {"holds": "99 books"}}, set())
    assert net.of(DOOR) == ({}, {}, ())


def test_a_patch_of_what_the_batch_put_is_in_the_row() -> None:
    net = Net([SHELF.put(Shelf("a", 1)), SHELF.patch("a", 1, holds="books")])

    assert net.of(SHELF) == ({("a", 1): Shelf("a", 1, "books")}, {}, set())
    assert list(net.presupposed(SHELF)) == []


@pytest.mark.parametrize("then", [SHELF.patch("a", 1, holds="x"), SHELF.remove("a", 1)])
def test_a_row_that_the_batch_removed_is_missed_at_once(then: Change) -> None:
    net = Net([SHELF.remove("a", 1)])

    with pytest.raises(OutOfStep, match="shelves has no row"):
        net.add(then)
    with pytest.raises(OutOfStep, match="shelves has no row"):
        Net([SHELF.remove("a", 1)]).merge(Net([then]))


def test_what_a_batch_changed_before_it_put_it_anew_must_have_been_there() -> None:
    net = Net([SHELF.patch("a", 1, holds="x"), SHELF.put(Shelf("a", 1))])
    net.merge(Net([SHELF.remove("b", 2), SHELF.put(Shelf("b", 2))]))

    assert set(net.presupposed(SHELF)) == {("a", 1), ("b", 2)}


def test_a_merge_leaves_the_later_net_as_it_was() -> None:
    first, later = Net(), Net([SHELF.patch("a", 1, holds="x")])
    first.merge(later)
    first.add(SHELF.patch("a", 1, holds="y"))

    assert later.of(SHELF)[1] == {("a", 1): {"holds": "x"}}


def test_a_row_that_is_put_once_is_not_put_twice() -> None:
    net = Net([ENTRY.put(Entry(1)), ENTRY.put(Entry(2))])
    assert net.of(ENTRY) == ({(1,): Entry(1), (2,): Entry(2)}, {}, set())

    net.add(ENTRY.put(Entry(1, "a")))
    with pytest.raises(OutOfStep, match="entries is given the same row twice"):
        net.of(ENTRY)
