"""The follower: complete and right within five seconds after any fault is over."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.following import Follower, Report
from svx_ledger.projections.stored import sqlite_views
from svx_ledger.projections.stored.hints import Hints
from svx_ledger.projections.stored.keeping import Keeper
from svx_ledger.projections.stored.listening import Listener
from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.projections.stored.postgres_transaction import PostgresTransaction
from svx_ledger.projections.stored.status import status_of

from .setting import HEALED_SECONDS, PATIENCE_SECONDS, append, assert_kept, drained, until


@contextmanager
def following(
    url: str, projections: Any = PROJECTIONS, hints: Hints | None = None
) -> Iterator[Follower]:
    """A follower in this process, with connections of its own."""
    with closing(open_keeper(url, projections)) as keeper:
        follower = Follower(keeper, hints=hints)
        follower.start()
        try:
            yield follower
        finally:
            follower.stop()


def at_head(keeper: Keeper) -> Callable[[], bool]:
    """Whether the served views are at the head of the log."""

    def holds() -> bool:
        served = keeper.served()
        return served is not None and served.position == keeper.store.head().position

    return holds


def test_it_builds_what_is_missing_and_takes_in_what_comes(
    store: Store, demo_log: list[Row], keeper: Keeper, url: str
) -> None:
    append(store, demo_log[:100])
    with following(url) as follower:
        until(at_head(keeper))
        for first in range(100, len(demo_log), 90):
            append(store, demo_log[first : first + 90])
            until(at_head(keeper))
        until(lambda: follower.report == Report(len(demo_log), None, False))

    assert_kept(keeper)


def test_its_heartbeat_and_lag_are_seen_by_other_processes(
    store: Store, demo_log: list[Row], keeper: Keeper, url: str
) -> None:
    append(store, demo_log[:100])
    drained(keeper.build())
    append(store, demo_log[100:130])
    before = status_of(keeper)
    assert (before.position, before.head, before.lag_events) == (100, 130, 30)
    assert before.lag_seconds > 0
    assert not before.followed

    with following(url):
        until(lambda: status_of(keeper).followed)
        until(at_head(keeper))
    now = status_of(keeper)

    assert (now.lag_events, now.lag_seconds) == (0, 0.0)
    assert now.heartbeat is not None
    assert now.rows["organisations"] > 0


def test_two_followers_are_harmless(
    store: Store, demo_log: list[Row], keeper: Keeper, url: str
) -> None:
    with following(url) as one, following(url) as other:
        for first in range(0, len(demo_log), 40):
            append(store, demo_log[first : first + 40])
        until(at_head(keeper))
        assert (one.report.fault, other.report.fault) == (None, None)

    assert_kept(keeper)


def test_it_goes_over_to_a_generation_that_was_built_beside_it(
    store: Store, demo_log: list[Row], keeper: Keeper, url: str
) -> None:
    append(store, demo_log[:300])
    with following(url) as follower:
        until(at_head(keeper))
        drained(keeper.build())
        append(store, demo_log[300:])
        until(at_head(keeper))
        assert not follower.report.superseded

    current = keeper.current()
    assert current is not None
    assert current.number == 2
    assert_kept(keeper)


def test_it_ends_where_another_programs_views_take_its_place(
    demo: Store, keeper: Keeper, url: str
) -> None:
    del demo
    with closing(open_keeper(url, PROJECTIONS[:-1])) as stranger, following(url) as follower:
        until(at_head(keeper))
        drained(stranger.build())

        assert follower.wait(PATIENCE_SECONDS)
        assert follower.report.superseded
        assert_kept(stranger)


def test_its_connections_are_killed(postgres_url: str, demo_log: list[Row]) -> None:
    with closing(open_store(postgres_url)) as store:
        store.create()
        with (
            closing(open_keeper(postgres_url)) as keeper,
            following(postgres_url, hints=Listener(postgres_url)),
        ):
            for first in range(0, len(demo_log), 60):
                append(store, demo_log[first : first + 60])
                _kill_all(postgres_url)
            until(at_head(keeper), HEALED_SECONDS)
            assert_kept(keeper)


def _kill_all(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


class LateListener(Listener):
    """A listener before whose LISTEN somebody commits, every time."""

    def __init__(self, url: str, commit: Callable[[], None]) -> None:
        super().__init__(url)
        self._commit = commit

    def _listen(self) -> None:
        self._commit()
        super()._listen()


def test_a_commit_between_its_first_read_and_listen_is_not_missed(
    postgres_url: str, demo_log: list[Row]
) -> None:
    with closing(open_store(postgres_url)) as store:
        store.create()
        append(store, demo_log[:200])
        committed = threading.Event()

        def commit() -> None:
            append(store, demo_log[200:])
            committed.set()

        late = LateListener(postgres_url, commit)
        with closing(open_keeper(postgres_url)) as keeper:
            drained(keeper.build())
            with following(postgres_url, hints=late):
                assert committed.wait(PATIENCE_SECONDS)
                until(at_head(keeper), HEALED_SECONDS)
                assert_kept(keeper)


def test_a_notification_ends_a_wait(postgres_url: str) -> None:
    with closing(Listener(postgres_url)) as listener:
        listener.wait(60)  # returns at once: it has only begun to listen
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("NOTIFY svx_ledger")
        listener.wait(60)
        _kill_all(postgres_url)
        listener.wait(0.01)
        listener.wait(60)  # listens again


def test_the_disk_under_the_views_is_full_and_heals(
    tmp_path: Path, demo_log: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    full = threading.Event()
    connect = sqlite_views.SQLiteViews._open

    def limited(self: sqlite_views.SQLiteViews) -> Any:
        connection = connect(self)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        most = max(pages, 2) if full.is_set() else 2**30
        connection.execute(f"PRAGMA max_page_count={most}")
        return connection

    monkeypatch.setattr(sqlite_views.SQLiteViews, "_open", limited)
    with closing(open_store(url)) as store:
        store.create()
        append(store, demo_log[:50])
        with closing(open_keeper(url)) as keeper:
            drained(keeper.build())
            full.set()
            with following(url) as follower:
                append(store, demo_log[50:])
                until(lambda: "SQLITE_FULL" in (follower.report.fault or ""))
                assert (keeper.served() or keeper.current()) is not None
                full.clear()
                until(at_head(keeper), HEALED_SECONDS)
                until(lambda: follower.report.fault is None)
            assert_kept(keeper)


def test_statements_that_fail_under_the_views_are_tried_again(
    postgres_url: str, demo_log: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = threading.Event()
    put = PostgresTransaction.put

    def failing_put(self: PostgresTransaction, statements: Any, packed: Any) -> None:
        put(self, statements, packed)
        if failing.is_set():
            self.run("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$")

    monkeypatch.setattr(PostgresTransaction, "put", failing_put)
    with closing(open_store(postgres_url)) as store:
        store.create()
        append(store, demo_log[:50])
        with closing(open_keeper(postgres_url)) as keeper:
            drained(keeper.build())
            failing.set()
            with following(postgres_url) as follower:
                append(store, demo_log[50:])
                until(lambda: "53100" in (follower.report.fault or ""))
                failing.clear()
                until(at_head(keeper), HEALED_SECONDS)
            assert_kept(keeper)
