"""Whether commands can be written: what tells it before one is, and after one was not."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from svx_ledger.eventlog import causes, postgres_layout, sqlite_file
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.sqlite import SQLiteStore
from svx_ledger.eventlog.sqlite_writer import SQLiteWriter
from svx_ledger.eventlog.store import NotRead, NotWritten, UnsafeStore

_ALL = "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO svx_limited"


@contextmanager
def role(url: str, grants: str) -> Iterator[str]:
    """Yield the address for a role that was granted so much."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("CREATE ROLE svx_limited LOGIN")
        try:
            server.execute(grants.encode())
            yield url.replace("//svx@", "//svx_limited@")
        finally:
            server.execute("DROP OWNED BY svx_limited")
            server.execute("DROP ROLE svx_limited")


@pytest.mark.parametrize(
    ("grants", "lacking"),
    [
        (
            f"{_ALL}; REVOKE INSERT ON outcomes FROM svx_limited",
            "INSERT on outcomes",
        ),
        (
            "GRANT SELECT, INSERT ON stored_events, outcomes, private_payloads TO svx_limited",
            "SELECT on claims, INSERT on claims",
        ),
    ],
)
def test_a_role_that_may_not_append_is_refused_before_it_does(
    postgres_url: str, grants: str, lacking: str
) -> None:
    with closing(open_store(postgres_url)) as owned:
        owned.create()
        owned.check_writing()
        with role(postgres_url, grants) as limited, closing(open_store(limited)) as store:
            store.check()
            with pytest.raises(UnsafeStore, match=f"lacks {lacking}: ERROR 42501"):
                store.check_writing()


def test_a_standby_is_refused() -> None:
    with pytest.raises(UnsafeStore, match="standby, or recovers: ERROR 25006"):
        postgres_layout.assert_writable((True, ""))
    postgres_layout.assert_writable((False, ""))


def test_a_file_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ledger.db"
    with closing(SQLiteStore(file)) as store:
        store.create()
        store.check_writing()
        asked: list[Any] = []

        def refuses(*what: object) -> bool:
            asked.append(what)
            return False

        with monkeypatch.context() as patch:
            patch.setattr(os, "access", refuses)  # as root nothing else would
            with pytest.raises(UnsafeStore, match="SQLITE_READONLY"):
                store.check_writing()
        assert asked == [(file, os.W_OK)]
        store.check()


@pytest.mark.parametrize("named", ["ledger.db", "a-link"])
@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_what_readers_made_read_only_beside_a_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, named: str
) -> None:
    SQLiteStore(tmp_path / "ledger.db").create()
    (tmp_path / "a-link").symlink_to(tmp_path / "ledger.db")
    file, closed = tmp_path / named, tmp_path / f"ledger.db{end}"
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != closed)
    with closing(SQLiteStore(file)) as store:
        store.create()
        store.check_writing()  # nothing is beside it
        store.head()
        assert closed.exists()
        with pytest.raises(UnsafeStore, match=f"ledger.db{end}: .*: SQLITE_READONLY$"):
            store.check_writing()


def test_readers_that_opened_it_read_only_are_closed_for_another_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Readers of a process share what they opened: as long as one is there, so is its mode.
    with closing(SQLiteStore(tmp_path / "ledger.db")) as store:
        store.create()
        store.head()
        beside = tmp_path / "ledger.db-shm"
        begin, met = SQLiteWriter.begin, "SQLITE_READONLY"

        def begins(writer: SQLiteWriter, *given: Any) -> Any:
            if beside.exists():
                raise NotWritten(f"before the commit: {met}")
            return begin(writer, *given)

        monkeypatch.setattr(SQLiteWriter, "begin", begins)
        store.try_writing()
        store.head()
        met = "SQLITE_BUSY"
        with pytest.raises(NotWritten, match="SQLITE_BUSY"):
            store.try_writing()
        assert beside.exists()
        store.head()


def test_a_disk_that_was_full_is_tried_when_it_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(SQLiteStore(tmp_path / "ledger.db")) as store:
        store.create()
        for free, has_room in ((sqlite_file.ROOM - 1, False), (sqlite_file.ROOM, True)):
            disk = SimpleNamespace(free=free)
            monkeypatch.setattr(shutil, "disk_usage", lambda _, disk=disk: disk)
            if has_room:
                store.try_writing()
            else:
                with pytest.raises(NotWritten, match="SQLITE_FULL"):
                    store.try_writing()


def test_trying_takes_the_lock_and_lets_it_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "WAIT_SECONDS", 0.01)
    with closing(SQLiteStore(tmp_path / "ledger.db")) as store:
        store.create()
        with closing(store.writer()) as other:
            other.begin([], [], {}, 0)
            with pytest.raises(NotWritten, match="SQLITE_BUSY"):
                store.try_writing()
            other.abandon()
            store.try_writing()
            other.begin([], [], {}, 0)


@pytest.mark.parametrize(
    ("said", "lasts", "damage"),
    [
        ("before the commit: SQLITE_READONLY", True, False),
        ("before the commit: SQLITE_READONLY_DBMOVED", True, False),
        ("at the commit: SQLITE_FULL", True, False),
        ("before the commit: x.db: SQLITE_CORRUPT_INDEX", True, True),
        ("before the commit: ERROR 42501", True, False),
        ("before the commit: ERROR 0A000", True, False),
        ("before the commit: SQLITE_BUSY", False, False),
        ("before the commit: ERROR 55P03", False, False),
        ("the queue is full or closed: try again in a second", False, False),
    ],
)
def test_what_lasts(said: str, *, lasts: bool, damage: bool) -> None:
    cause = causes.lasting(NotRead(said))
    assert (cause is not None) == lasts
    assert cause is None or said.endswith(cause)
    assert cause is None or causes.is_damage(cause) == damage
