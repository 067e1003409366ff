"""What readers get: rows of one moment, of this ledger and these projections, or an error."""

import os
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from svx_ledger import open_views
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row, Unreadable
from svx_ledger.eventlog.store import NotRead, Store
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.following import Follower
from svx_ledger.projections.organisations import ORGANISATION
from svx_ledger.projections.stored.generation import NotKept
from svx_ledger.projections.stored.ledger_views import Behind, LedgerViews
from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.projections.stored.sqlite_views import views_path
from svx_ledger.projections.table import Rows

from .setting import append, assert_same_rows, drained, in_memory, tables_of, until


@pytest.fixture
def views(store: Store, url: str) -> Iterator[LedgerViews]:
    """The views as everybody opens them."""
    del store
    with open_views(url) as views:
        yield views


def assert_of(rows: Rows, store: Store) -> None:
    assert assert_same_rows(rows, tables_of(), in_memory(store)) > 0


def test_a_view_is_brought_up_to_the_log_first(
    store: Store, demo_log: list[Row], views: LedgerViews
) -> None:
    for end in (1, 2, 300, len(demo_log)):
        append(store, demo_log[store.head().position : end])
        with views.view() as view:
            assert view.position == end
    with views.view() as view:
        assert_of(view.rows, store)


def test_an_empty_ledger_has_an_empty_view(views: LedgerViews) -> None:
    with views.view() as view:
        assert view.position == 0
        assert list(view.rows.all(ORGANISATION)) == []


def test_simulated_time_is_that_of_the_last_event(
    store: Store, demo_log: list[Row], views: LedgerViews
) -> None:
    append(store, demo_log)
    with views.view() as view:
        assert view.now == in_memory_time(store)
        assert view.now.tzinfo is UTC


def in_memory_time(store: Store) -> datetime | None:
    from svx_ledger.eventlog.record import recorded_at

    return recorded_at(store.head().record)


def test_real_time_is_the_present(tmp_path: Path) -> None:
    from svx_ledger import open_ledger
    from tests.world import begin

    url = f"sqlite:///{tmp_path / 'real.db'}"
    with open_ledger(url, create=True) as ledger, closing(ledger.store):
        begin(ledger)
    with open_views(url) as views, views.view() as view:
        assert datetime.now(UTC) - view.now < timedelta(seconds=30)


def test_a_reader_waits_for_what_it_wrote_itself(
    store: Store, demo_log: list[Row], views: LedgerViews
) -> None:
    append(store, demo_log[:300])
    later = threading.Timer(0.3, append, (store, demo_log[300:310]))
    later.start()
    with views.view(after=310) as view:
        assert view.position == 310
    later.join()


def test_a_wait_for_what_does_not_come_ends_in_an_error_that_says_so(
    store: Store, demo_log: list[Row], views: LedgerViews
) -> None:
    append(store, demo_log[:300])
    with views.view():
        pass
    began = time.monotonic()

    with (
        pytest.raises(
            Behind, match="at position 300 and were asked for 301; the log is at 300"
        ),
        views.view(after=301, timeout=0.2),
    ):
        pass
    assert time.monotonic() - began < 2


def test_views_that_are_not_built_in_time_are_gone_on_with(
    store: Store, demo_log: list[Row], views: LedgerViews
) -> None:
    append(store, demo_log)
    with pytest.raises(Behind, match=f"position 0 of {len(demo_log)}"), views.view(timeout=0):
        pass
    with views.view() as view:
        assert view.position == len(demo_log)


def test_a_reader_does_not_run_after_a_log_that_goes_on_and_on(
    store: Store, demo_log: list[Row], views: LedgerViews
) -> None:
    append(store, demo_log[:300])
    ends = iter(range(301, len(demo_log)))
    positions = views.catch_up()
    for position in positions:
        append(store, demo_log[position : next(ends)])

    assert store.head().position < 310


def test_several_threads_read_at_once(
    store: Store, demo_log: list[Row], views: LedgerViews
) -> None:
    append(store, demo_log[:300])
    seen: list[int] = []

    def read() -> None:
        for _ in range(10):
            with views.view(timeout=30) as view:
                seen.append(len(list(view.rows.all(ORGANISATION))))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    append(store, demo_log[300:])
    for thread in threads:
        thread.join()

    assert len(seen) == 40


def forked(log: list[Row], at: int) -> list[Row]:
    """The same log with another salt from a position on, as a restored ledger goes on."""
    return [
        row
        if row.position < at
        else row._replace(record=row.record.replace(b'"salt":"', b'"salt":"00', 1))
        for row in log
    ]


@pytest.mark.parametrize("length", [200, 300, 400])
def test_views_of_a_forked_ledger_are_never_served_but_built_again(
    tmp_path: Path, demo_log: list[Row], length: int
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with closing(open_store(url)) as store:
        store.create()
        append(store, demo_log[:300])
    with open_views(url) as views, views.view() as view:
        assert view.position == 300
    for file in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (tmp_path / file).unlink(missing_ok=True)
    with closing(open_store(url)) as store:
        store.create()
        append(store, forked(demo_log, 150)[:length])
        with open_views(url) as views:
            with views.view() as view:
                assert view.position == length
                assert_of(view.rows, store)
            known = [(one.number, one.state) for one in views.keeper.place.generations()]
            assert known == [(1, "retired"), (2, "current")]


def test_the_views_of_another_ledger_are_not_taken_for_its_own(
    tmp_path: Path, demo_log: list[Row]
) -> None:
    for name, log in (("a", demo_log), ("b", forked(demo_log, 1))):
        with closing(open_store(f"sqlite:///{tmp_path / name}.db")) as store:
            store.create()
            append(store, log)
    with open_views(f"sqlite:///{tmp_path / 'a'}.db") as views, views.view() as view:
        assert view.position == len(demo_log)
    shutil.copyfile(tmp_path / "a.views.db", tmp_path / "b.views.db")

    url = f"sqlite:///{tmp_path / 'b'}.db"
    with open_views(url) as views, closing(open_store(url)) as store, views.view() as view:
        assert_of(view.rows, store)
        assert [one.state for one in views.keeper.place.generations()] == ["retired", "current"]


def test_a_rebuild_ends_where_the_views_are_of_a_ledger_that_was_longer(
    tmp_path: Path, demo_log: list[Row]
) -> None:
    for name, length in (("longer", 400), ("restored", 300)):
        with closing(open_store(f"sqlite:///{tmp_path / name}.db")) as store:
            store.create()
            append(store, demo_log[:length])
    with open_views(f"sqlite:///{tmp_path / 'longer'}.db") as views, views.view():
        pass
    shutil.copyfile(tmp_path / "longer.views.db", tmp_path / "restored.views.db")

    with closing(open_keeper(f"sqlite:///{tmp_path / 'restored'}.db")) as keeper:
        for steps, position in enumerate(keeper.build()):
            assert steps < 10, position

        known = [(one.state, one.position) for one in keeper.place.generations()]
        assert known == [("retired", 400), ("current", 300)]


def test_a_damaged_record_stops_the_views_before_it(
    store: Store, demo_log: list[Row], views: LedgerViews
) -> None:
    bad = demo_log[200]._replace(record=b'{"no":"record"}')
    append(store, [*demo_log[:200], bad, *demo_log[201:210]])

    with pytest.raises(Unreadable, match="position 201"), views.view():
        pass
    assert views.keeper.place.generations()[-1].position == 200


def test_a_program_does_not_take_over_from_one_that_is_at_work(
    store: Store, demo_log: list[Row], views: LedgerViews, url: str
) -> None:
    append(store, demo_log)
    with closing(open_keeper(url, PROJECTIONS[:-1])) as stranger:
        follower = Follower(stranger)
        follower.start()
        until(
            lambda: (served := stranger.served()) is not None and served.heartbeat is not None
        )
        with pytest.raises(NotKept, match="another program follows"), views.view():
            pass
        follower.stop()
        drained(views.keeper.build())
    with views.view() as view:
        assert_of(view.rows, store)


def test_a_program_whose_views_gave_way_says_so(
    store: Store, demo_log: list[Row], views: LedgerViews, url: str
) -> None:
    append(store, demo_log)
    with views.view():
        pass
    with closing(open_keeper(url, PROJECTIONS[:-1])) as stranger:
        drained(stranger.build())

    with pytest.raises(NotKept, match="start this one again"), views.view():
        pass


@pytest.fixture
def file(tmp_path: Path, demo_log: list[Row]) -> Path:
    """An SQLite ledger."""
    path = tmp_path / "ledger.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.create()
        append(store, demo_log[:100])
    return path


def test_the_file_stands_beside_the_ledger_for_its_owner_only(file: Path) -> None:
    assert views_path(Path("a/x.db")) == Path("a/x.views.db")
    assert views_path(Path("x")) == Path("x.views.db")
    before = os.umask(0)
    try:
        with open_views(f"sqlite:///{file}") as views, views.view():
            made = sorted(file.parent.glob("ledger.views.db*"))
            assert len(made) == 3
            assert {stat.S_IMODE(one.stat().st_mode) for one in made} == {0o600}
    finally:
        os.umask(before)


def test_a_file_that_others_could_read_is_closed_to_them(
    file: Path, demo_log: list[Row]
) -> None:
    url = f"sqlite:///{file}"
    with open_views(url) as views, views.view():
        pass
    views_path(file).chmod(0o666)
    with closing(open_store(url)) as store:
        append(store, demo_log[100:110])
    with open_views(url) as views, views.view() as view:
        assert view.position == 110

    assert stat.S_IMODE(views_path(file).stat().st_mode) == 0o600


def test_a_reader_that_builds_sweeps_what_was_retired_long_ago(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("svx_ledger.projections.stored.keeping.GRACE", timedelta(0))
    for program in ("one", "two", "three"):
        with open_views(f"sqlite:///{file}") as views:
            monkeypatch.setattr(views.keeper, "fingerprint", program)
            with views.view():
                left = views.keeper.place.generations()

        assert [(one.state, one.fingerprint) for one in left] == [("current", program)]


def test_another_programs_file_is_left_alone(file: Path) -> None:
    with closing(sqlite3.connect(views_path(file))) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = views_path(file).read_bytes()

    with (
        open_views(f"sqlite:///{file}") as views,
        pytest.raises(NotKept, match="another program's database"),
        views.view(),
    ):
        pass
    assert views_path(file).read_bytes() == before


def test_a_damaged_file_says_that_it_can_be_removed(file: Path) -> None:
    views_path(file).write_bytes(b"no database at all" * 500)
    with open_views(f"sqlite:///{file}") as views:
        with pytest.raises(NotKept, match="remove it, it is built again"), views.view():
            pass
        views_path(file).unlink()
        with views.view() as view:
            assert view.position == 100


def test_a_file_that_is_taken_away_is_built_again(file: Path) -> None:
    with open_views(f"sqlite:///{file}") as views:
        with views.view():
            pass
        for path in file.parent.glob("ledger.views.db*"):
            path.unlink()
        with views.view() as view:
            assert view.position == 100
            assert len(list(view.rows.all(ORGANISATION))) > 0
    assert views_path(file).is_file()


def test_what_a_reader_held_while_the_file_was_taken_away_is_not_read_again(
    file: Path, demo_log: list[Row]
) -> None:
    url = f"sqlite:///{file}"
    with open_views(url) as views, closing(open_store(url)) as store:
        with views.view():
            for path in file.parent.glob("ledger.views.db*"):
                path.unlink()
            with views.view():
                pass
        append(store, demo_log[100:110])

        with views.view(after=110, timeout=30) as view:
            assert_of(view.rows, store)


def test_where_the_folder_takes_no_file_the_remedy_is_said(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with (
        open_views(f"sqlite:///{file}") as views,
        pytest.raises(NotKept, match="Permission denied; let this user read and write"),
        views.view(),
    ):
        pass


def test_where_the_file_cannot_be_opened_the_remedy_is_said(file: Path) -> None:
    views_path(file).mkdir()
    with (
        open_views(f"sqlite:///{file}") as views,
        pytest.raises(NotKept, match="let this user read and write"),
        views.view(),
    ):
        pass


def test_a_role_that_may_not_make_the_schema_is_told_what_to_do(
    postgres_url: str, demo_log: list[Row]
) -> None:
    role = postgres_url.replace("svx@", "clerk@")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS clerk")
        connection.execute("CREATE ROLE clerk LOGIN")
        with closing(open_store(postgres_url, application_role="clerk")) as store:
            store.create()
            append(store, demo_log[:100])
        with open_views(role) as views:
            with (
                pytest.raises(NotKept, match="CREATE SCHEMA svx_views AUTHORIZATION"),
                views.view(),
            ):
                pass
            connection.execute("CREATE SCHEMA svx_views AUTHORIZATION clerk")
            with views.view() as view:
                assert view.position == 100
        connection.execute("DROP OWNED BY clerk CASCADE")
        connection.execute("DROP ROLE clerk")


def test_a_connection_that_ends_under_a_reader_is_an_error_and_the_next_view_is_well(
    postgres_url: str, demo_log: list[Row]
) -> None:
    with closing(open_store(postgres_url)) as store:
        store.create()
        append(store, demo_log[:100])
    with open_views(postgres_url) as views:
        with views.view() as view:
            _end_all(postgres_url)
            every = view.rows.all(ORGANISATION)
            with pytest.raises(NotRead):
                list(every)
        _end_all(postgres_url)  # those that are kept for later
        with views.view() as view:
            assert len(list(view.rows.all(ORGANISATION))) > 0


def _end_all(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        until(
            lambda: (
                connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                ).fetchone()
                == (0,)
            )
        )
