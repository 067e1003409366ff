"""Stored rows are those of the reference in memory, whatever the batches they came in."""

from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.memory import OutOfStep, Tables
from svx_ledger.projections.net import Mark, Net
from svx_ledger.projections.stored.generation import RowMissing, RowTwice
from svx_ledger.projections.stored.keeping import Keeper
from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.projections.stored.place import Place
from svx_ledger.projections.stored.postgres_views import PostgresViews
from svx_ledger.projections.stored.sqlite_views import SQLiteViews
from svx_ledger.projections.table import Change, Table, Value
from tests.projections.deal import worked_example

from .setting import append, assert_kept, assert_same_rows, drained, in_memory, tables_of

DEAL = worked_example().play.log


def test_built_at_once_every_row_and_answer_is_that_of_memory(
    demo: Store, keeper: Keeper
) -> None:
    drained(keeper.build())
    expected = in_memory(demo)
    with keeper.place.reading() as moment:
        assert moment is not None
        rows = moment.rows
        seen = assert_same_rows(rows, tables_of(), expected)
        for table in tables_of():
            for row in islice(expected.all(table), 0, None, 7):
                key = table.key_of(row)

                assert rows.get(table, *key) == row
                assert rows.select(table, key[0]) == expected.select(table, key[0])
                assert rows.count(table, key[0]) == expected.count(table, key[0])
                assert rows.page(table, key, 3) == expected.page(table, key, 3)
                for column in table.found_by:
                    value = getattr(row, column)
                    assert rows.where(table, column, value) == expected.where(
                        table, column, value
                    )
            assert rows.page(table, None, 2) == expected.page(table, None, 2)

    assert seen > 1_000


def test_what_is_not_there_is_not_found(demo: Store, keeper: Keeper) -> None:
    del demo
    drained(keeper.build())
    with keeper.place.reading() as moment:
        assert moment is not None
        for table in tables_of():
            missing: dict[type, Value] = {str: "nothing-0", int: -1, bool: True}
            key = [missing[column.type] for column in table.columns[: len(table.key)]]

            assert moment.rows.get(table, *key) is None
            assert list(moment.rows.select(table, key[0])) == []
            assert moment.rows.count(table, key[0]) == 0


def test_all_can_be_gone_through_twice(demo: Store, keeper: Keeper) -> None:
    del demo
    drained(keeper.build())
    with keeper.place.reading() as moment:
        assert moment is not None
        for table in tables_of():
            every = moment.rows.all(table)

            assert list(every) == list(every)


def test_event_by_event_gives_the_same_rows(demo: Store, keeper: Keeper) -> None:
    assert drained(keeper.build(batch=1)) == list(range(1, demo.head().position + 1))
    assert_kept(keeper)


@settings(max_examples=10)
@given(st.lists(st.integers(1, 25), max_size=12), st.integers(1, 30))
def test_built_or_followed_in_any_batches_the_rows_are_the_same(
    steps: list[int], batch: int
) -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ledger.db"
        with ExitStack() as stack:
            store = stack.enter_context(closing(open_store(url)))
            store.create()
            keeper = stack.enter_context(closing(open_keeper(url)))
            drained(keeper.build())  # of nothing, so that all of it is followed
            written = 0
            for step in steps:
                append(store, DEAL[written : written + step])
                written = min(len(DEAL), written + step)
                served = keeper.served()
                assert served is not None
                drained(keeper.advance(served, written, batch=batch))
            assert_kept(keeper)
            drained(keeper.build(batch=batch))

            assert_kept(keeper)


class Thing(NamedTuple):
    """A row with a column of every type, with and without a value."""

    name: str
    number: int
    yes: bool
    text: str
    amount: Decimal | None
    day: date | None
    instant: datetime | None
    many: int | None
    sure: bool | None


class Pair(NamedTuple):
    """A row that is all key."""

    name: str
    number: int


class Note(NamedTuple):
    """A row that is put once, at a position of its own."""

    name: str
    number: int
    text: str | None
    instant: datetime


class Kind(NamedTuple):
    """A row that says what follows from its key."""

    name: str
    letters: int


NOTES = Table("notes", Note, key=2, found_by=("text",), grows="once")
KINDS = Table("kinds", Kind, grows="alike")
THINGS = Table("things", Thing, key=3, found_by=("text", "day", "instant", "many", "sure"))
PAIRS = Table("pairs", Pair, key=2)
EVERY: tuple[Table[Any], ...] = (THINGS, PAIRS, NOTES, KINDS)
AT = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = st.sampled_from(["", "a", "B", "é", "Ω", "𝄞", "a b", 'quote"', "sel%ect"])
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=6)
KEYS = st.tuples(NAMES, st.integers(-(2**53), 2**53) | st.integers(0, 1), st.booleans())
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["x", "y", ""]) | TEXTS,
    "amount": st.none() | st.decimals(-(10**12), 10**12, places=4),
    "day": st.none() | st.dates(),
    "instant": st.none() | st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001
    "many": st.none() | st.integers(-(2**53), 2**53),
    "sure": st.none() | st.booleans(),
}
ROWS = st.builds(lambda key, rest: Thing(*key, **rest), KEYS, st.fixed_dictionaries(VALUES))
PATCHES = st.fixed_dictionaries({}, optional=VALUES).filter(bool)


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """Changes that a backend can make: what they patch and remove is there."""
    changes: list[Change] = []
    there: set[tuple[Any, ...]] = set()
    for number in range(draw(st.integers(0, 30))):
        kind = draw(st.sampled_from(["put", "pair", "patch", "patch", "remove", "note"]))
        if kind == "note":
            name, text = draw(NAMES), draw(st.none() | TEXTS)
            at = datetime(2026, 1, 1, number % 24, tzinfo=UTC)
            changes.append(NOTES.put(Note(name, number, text, at)))
            changes.append(KINDS.put(Kind(name, len(name))))
        elif kind == "put" or (kind != "pair" and not there):
            row = draw(ROWS)
            there.add(THINGS.key_of(row))
            changes.append(THINGS.put(row))
        elif kind == "pair":
            changes.append(PAIRS.put(Pair(draw(NAMES), draw(st.integers(0, 2)))))
        else:
            key = draw(st.sampled_from(sorted(there)))
            if kind == "patch":
                changes.append(THINGS.patch(*key, **draw(PATCHES)))
            else:
                there.remove(key)
                changes.append(THINGS.remove(*key))
    return changes


def _played(place: Place, changes: list[Change], cuts: list[int]) -> None:
    """Make changes in batches that end at the cuts, and hold the rows against memory's."""
    expected = Tables()
    expected.apply(changes)
    generation = place.begin("any", EVERY)
    ends = [*sorted(min(cut, len(changes)) for cut in cuts), len(changes)]
    first = 0
    for position, end in enumerate(ends):
        mark = Mark(position + 1, bytes([position]), datetime(2026, 1, 1, tzinfo=UTC))
        place.apply(generation.number, position, Net(changes[first:end]), mark)
        first = end
    place.index(generation.number, EVERY)
    assert place.promote(generation.number, None)
    with place.reading() as moment:
        assert moment is not None
        assert_same_rows(moment.rows, EVERY, expected)
        for row in expected.all(THINGS)[::-40]:
            for column in THINGS.found_by:
                value = getattr(row, column)
                wanted = expected.where(THINGS, column, value)
                assert moment.rows.where(THINGS, column, value) == wanted
        for note in list(expected.all(NOTES))[::-40]:
            assert moment.rows.get(NOTES, note.name, note.number) == note
            wanted_notes = expected.where(NOTES, "text", note.text)
            assert moment.rows.where(NOTES, "text", note.text) == wanted_notes
    place.retire(generation.number)
    place.drop(generation)


@settings(max_examples=40)
@given(histories(), st.lists(st.integers(0, 30), max_size=4))
def test_any_changes_in_any_batches_are_those_of_memory_on_sqlite(
    changes: list[Change], cuts: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        place = Place(SQLiteViews(Path(folder) / "x.views.db"))
        with closing(place):
            _played(place, changes, cuts)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=histories(), cuts=st.lists(st.integers(0, 30), max_size=4))
def test_any_changes_in_any_batches_are_those_of_memory_on_postgresql(
    postgres_url: str, changes: list[Change], cuts: list[int]
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS svx_views CASCADE")
    with closing(Place(PostgresViews(postgres_url))) as place:
        _played(place, changes, cuts)


def test_a_large_batch_replaces_rows_of_the_one_before(keeper: Keeper) -> None:
    place = keeper.place
    changes: list[Change] = [PAIRS.put(Pair("a", n)) for n in range(700)]
    row = Thing("a", 1, True, "", None, None, None, None, None)
    changes += [THINGS.put(row._replace(number=n)) for n in range(700)]
    changes += [NOTES.put(Note(f"n{n % 7}", n, None, AT)) for n in range(700)]
    changes += [KINDS.put(Kind("many", 4)) for _ in range(70)]
    later: list[Change] = [THINGS.put(row._replace(number=n, many=n)) for n in range(350, 900)]

    later += [NOTES.put(Note(f"n{n % 7}", n, "a\tb", AT)) for n in range(700, 900)]

    _played(place, [*changes, *later], [2_170])


@pytest.mark.parametrize("many", [1, 300])
def test_a_row_that_is_put_once_and_is_there_stops_the_batch(keeper: Keeper, many: int) -> None:
    notes = [NOTES.put(Note("a", n, None, AT)) for n in range(many)]
    generation = keeper.place.begin("any", EVERY)
    mark = Mark(1, b"", AT)
    keeper.place.apply(generation.number, 0, Net(notes), mark)
    keeper.place.index(generation.number, EVERY)

    with pytest.raises(RowTwice, match="notes"):
        keeper.place.apply(generation.number, 1, Net(notes), mark._replace(position=2))
    assert issubclass(RowTwice, OutOfStep)
    (found,) = keeper.place.generations()
    assert found.position == 1


@pytest.mark.parametrize(
    "change",
    [THINGS.patch("a", 1, True, many=2), THINGS.remove("a", 1, True)],
    ids=["patch", "remove"],
)
def test_a_row_that_should_be_there_stops_the_batch(keeper: Keeper, change: Change) -> None:
    generation = keeper.place.begin("any", EVERY)
    net = Net([PAIRS.put(Pair("b", 1)), change])
    mark = Mark(1, b"", datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(RowMissing, match="things"):
        keeper.place.apply(generation.number, 0, net, mark)
    assert issubclass(RowMissing, OutOfStep)
    (found,) = keeper.place.generations()
    assert found.position == 0
    keeper.place.apply(generation.number, 0, Net([PAIRS.put(Pair("c", 1))]), mark)
    keeper.place.promote(generation.number, None)
    with keeper.place.reading() as moment:  # nothing of the batch that failed
        assert moment is not None
        assert list(moment.rows.all(PAIRS)) == [Pair("c", 1)]
