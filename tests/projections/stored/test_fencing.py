"""Generations: one is served, the next is built beside it, and nobody writes to a lost one."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.stored.generation import Fenced, Moved, RowTwice
from svx_ledger.projections.stored.keeping import Keeper
from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.projections.stored.rows import place_name
from svx_ledger.projections.stored.statements import Statements
from svx_ledger.projections.trail import ENTRY

from .setting import append, assert_kept, drained, until

FEWER = PROJECTIONS[:-1]


@pytest.fixture
def other(store: Store, url: str) -> Iterator[Keeper]:
    """Another process of the same program."""
    del store
    with closing(open_keeper(url)) as keeper:
        yield keeper


@pytest.fixture
def stranger(store: Store, url: str) -> Iterator[Keeper]:
    """A program with other projections."""
    del store
    with closing(open_keeper(url, FEWER)) as keeper:
        yield keeper


def states(keeper: Keeper) -> list[tuple[int, str, int]]:
    return [(one.number, one.state, one.position) for one in keeper.place.generations()]


def test_a_rebuild_serves_the_next_generation_and_retires_the_first(
    demo: Store, keeper: Keeper
) -> None:
    head = demo.head().position
    drained(keeper.build())
    drained(keeper.build())

    assert states(keeper) == [(1, "retired", head), (2, "current", head)]
    assert_kept(keeper)


def test_a_follower_of_a_retired_generation_is_fenced_and_goes_over(
    store: Store, demo_log: list[Row], keeper: Keeper, other: Keeper
) -> None:
    append(store, demo_log[:300])
    drained(keeper.build())
    served = keeper.served()
    assert served is not None
    drained(other.build())
    append(store, demo_log[300:])

    with pytest.raises(Fenced):
        drained(keeper.advance(served, len(demo_log)))
    served = keeper.served()
    assert served is not None
    assert served.number == 2
    drained(keeper.advance(served, len(demo_log)))
    assert_kept(keeper)
    assert states(keeper)[0] == (1, "retired", 300)


def test_of_two_followers_one_finds_that_the_other_was_there(
    store: Store, demo_log: list[Row], keeper: Keeper, other: Keeper
) -> None:
    append(store, demo_log[:300])
    drained(keeper.build())
    served = keeper.served()
    assert served is not None
    append(store, demo_log[300:])
    drained(other.advance(served, 400))

    with pytest.raises(Moved):
        drained(keeper.advance(served, 500))
    drained(keeper.advance(keeper.served() or served, len(demo_log)))
    assert_kept(keeper)


def test_a_rebuild_that_stopped_goes_on_where_it_was(demo: Store, keeper: Keeper) -> None:
    building = keeper.build(batch=50)
    assert [next(building), next(building)] == [50, 100]
    building.close()

    assert drained(keeper.build(batch=50))[0] == 150
    assert states(keeper) == [(1, "current", demo.head().position)]
    assert_kept(keeper)


def test_what_is_served_stays_until_the_next_generation_is_as_far(
    store: Store, demo_log: list[Row], keeper: Keeper, other: Keeper
) -> None:
    append(store, demo_log[:300])
    drained(keeper.build())
    building = other.build(batch=100)
    next(building)
    append(store, demo_log[300:])
    served = keeper.served()
    assert served is not None
    assert served.number == 1
    drained(keeper.advance(served, len(demo_log)))  # while the other is at 100
    drained(building)

    assert states(keeper)[1] == (2, "current", len(demo_log))
    assert_kept(keeper)


def test_two_rebuilds_at_once_are_harmless(demo: Store, keeper: Keeper, other: Keeper) -> None:
    threads = [
        threading.Thread(target=lambda who=who: drained(who.build(batch=20)))
        for who in (keeper, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ("current", demo.head().position) in [state[1:] for state in states(keeper)]
    assert [state[1] for state in states(keeper)].count("current") == 1
    assert_kept(keeper)


def test_a_program_with_other_projections_builds_views_of_its_own(
    demo: Store, keeper: Keeper, stranger: Keeper
) -> None:
    drained(keeper.build())

    assert stranger.fingerprint != keeper.fingerprint
    assert stranger.served() is None
    drained(stranger.build())
    assert keeper.served() is None
    assert states(keeper)[1] == (2, "current", demo.head().position)
    assert_kept(stranger)


def test_retired_and_abandoned_generations_are_dropped_after_a_while(
    demo: Store, keeper: Keeper, stranger: Keeper
) -> None:
    abandoned = stranger.build(batch=10)
    next(abandoned)
    abandoned.close()
    drained(keeper.build())
    drained(keeper.build())
    keeper.sweep()
    assert len(states(keeper)) == 3

    keeper.sweep(timedelta(0))

    assert states(keeper) == [(3, "current", demo.head().position)]
    assert_kept(keeper)
    with keeper.place._database.snapshot() as on:
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if on.dialect.parameter == "?"
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'svx_views'"
        )
        assert {name for (name,) in on.read(names)} == {
            "generations",
            *(f"{table.name}_g3" for table in keeper.tables),
        }


def test_a_reader_keeps_its_moment_while_the_next_is_promoted(
    store: Store, demo_log: list[Row], keeper: Keeper, other: Keeper
) -> None:
    append(store, demo_log[:300])
    drained(keeper.build())
    with keeper.place.reading() as moment:
        assert moment is not None
        table = keeper.tables[0]
        before = list(moment.rows.all(table))
        append(store, demo_log[300:])
        drained(other.build())
        until(lambda: (other.current() or moment.generation).number == 2)

        assert list(moment.rows.all(table)) == before
        assert moment.generation.position == 300


def test_rows_that_somebody_else_changed_are_built_again(
    store: Store, demo_log: list[Row], keeper: Keeper
) -> None:
    append(store, demo_log[:300])
    drained(keeper.build())
    with keeper.place._database.transaction() as on:
        for table in keeper.tables:
            on.run(f"DELETE FROM {on.dialect.place(f'{table.name}_g1')}")
    append(store, demo_log[300:])
    served = keeper.served()
    assert served is not None

    with pytest.raises(Fenced, match="lacks one of the rows"):
        drained(keeper.advance(served, len(demo_log)))
    assert keeper.served() is None
    drained(keeper.build())
    assert_kept(keeper)


def test_a_row_that_somebody_doubled_while_a_key_was_missing_stops_the_build_and_not_the_next(
    demo: Store, keeper: Keeper, url: str
) -> None:
    with closing(keeper.build(batch=200)) as positions:
        next(positions)
    with closing(open_keeper(url)) as other:
        database = other.place._database
        with database.transaction() as on:
            statements = Statements(on.dialect, ENTRY, place_name(ENTRY.name, 1))
            columns, place = statements.columns, statements.place
            if not on.dialect.keyed_late:  # the key is there from the beginning
                pytest.skip("a key that is there lets nobody double a row")
            on.run(f"INSERT INTO {place} ({columns}) SELECT {columns} FROM {place} LIMIT 1")

    with pytest.raises(RowTwice, match=ENTRY.name):
        drained(keeper.build())
    assert [state for _, state, _ in states(keeper)] == ["retired"]
    drained(keeper.build())
    assert states(keeper)[-1] == (2, "current", demo.head().position)
    assert_kept(keeper)
