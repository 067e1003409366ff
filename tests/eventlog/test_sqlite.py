"""What is SQLite's own: files, settings, and what an error at COMMIT means."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from svx_ledger.eventlog import sqlite_file, sqlite_layout, sqlite_writer
from svx_ledger.eventlog.open import BadAddress, open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.sqlite import SQLiteStore
from svx_ledger.eventlog.sqlite_opening import is_anothers
from svx_ledger.eventlog.sqlite_writer import SQLiteWriter
from svx_ledger.eventlog.store import NotRead, NotWritten, OutcomeUnknown, UnsafeStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def store(file: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(file)) as created:
        created.create()
        yield created


@pytest.fixture
def writer(store: SQLiteStore) -> Iterator[SQLiteWriter]:
    with closing(store.writer()) as opened:
        yield opened


def event(position: int, size: int = 10) -> Row:
    return Row(position, "auction-1", position, "bid-accepted.v1", b"x" * size)


def execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


def test_only_its_owner_can_read_a_new_file(file: Path, store: SQLiteStore) -> None:
    os.umask(os.umask(0o022))
    with closing(store.writer()) as writer:
        writer.begin([], [], {}, 0)

        for part in ("", "-wal", "-shm"):
            mode = stat.S_IMODE(Path(f"{file}{part}").stat().st_mode)
            assert mode == 0o600, part


@pytest.mark.parametrize("query_only", [True, False])
def test_every_connection_is_durable(
    file: Path, store: SQLiteStore, *, query_only: bool
) -> None:
    store.check()
    with closing(sqlite_file.connect(file, query_only=query_only)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA query_only").fetchone() == (query_only,)


def test_a_file_without_wal_is_refused(file: Path, store: SQLiteStore) -> None:
    execute(file, "PRAGMA journal_mode=DELETE")

    with pytest.raises(
        UnsafeStore, match="journal_mode is delete; set PRAGMA journal_mode=WAL"
    ):
        store.check()
    with pytest.raises(UnsafeStore, match="journal_mode"):
        store.writer().begin([], [], {}, 0)


def test_synchronous_below_full_is_refused(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "_DURABLE", "PRAGMA synchronous=NORMAL")

    with pytest.raises(UnsafeStore, match="synchronous is 1; it must be FULL"):
        store.check()


@pytest.mark.parametrize(
    "name", [n for n, sql in sqlite_layout.LAYOUT.items() if "TRIGGER" in sql]
)
def test_a_missing_trigger_is_refused(file: Path, store: SQLiteStore, name: str) -> None:
    execute(file, f"DROP TRIGGER {name}")

    with pytest.raises(UnsafeStore, match=f"{name} is missing"):
        store.check()
    with pytest.raises(UnsafeStore, match=name):
        store.head()


def test_a_position_below_the_first_is_refused_also_without_triggers(
    file: Path, store: SQLiteStore
) -> None:
    store.check()
    execute(file, "DROP TRIGGER stored_events_in_order")

    with pytest.raises(sqlite3.IntegrityError, match="rowid >= 1"):
        execute(file, "INSERT INTO stored_events VALUES (0, 'need-1', 1, 'a.v1', x'00')")


def test_another_table_of_the_same_name_is_refused(file: Path, store: SQLiteStore) -> None:
    execute(file, "DROP TABLE outcomes")
    execute(file, "CREATE TABLE outcomes (principal TEXT)")

    with pytest.raises(UnsafeStore, match="outcomes is missing or altered"):
        store.check()


def test_replacing_a_row_is_refused(
    file: Path, store: SQLiteStore, writer: SQLiteWriter
) -> None:
    writer.begin([], [], {}, 0)
    writer.append([event(1), event(2)], [], [])
    for row in (2, "auction-1", 2), (3, "auction-1", 1), (4, "auction-1", 3), (3, "a", 2):
        with pytest.raises(sqlite3.IntegrityError, match="no gaps"):
            execute(file, f"INSERT OR REPLACE INTO stored_events VALUES {(*row, '', '')}")

    assert list(store.rows()) == [event(1), event(2)]


def test_what_is_not_a_ledger_is_said_to_be_none(tmp_path: Path, file: Path) -> None:
    store = SQLiteStore(file)
    with pytest.raises(UnsafeStore, match="no ledger here; create it first"):
        store.head()
    file.write_text("To whom it may concern: this is a letter, and not a ledger.\n" * 20)
    for attempt in (store.head, store.check, store.create):
        with pytest.raises(UnsafeStore, match="not an SQLite database"):
            attempt()
    file.unlink()
    execute(file, "CREATE TABLE photographs (taken_at TEXT)")
    before = file.read_bytes()
    for attempt in (store.check, store.create):
        with pytest.raises(UnsafeStore, match="another program's database"):
            attempt()
    file.unlink()
    file.touch()
    with pytest.raises(UnsafeStore, match="no ledger here"):
        store.check()

    assert before.startswith(b"SQLite format 3")
    with pytest.raises(NotWritten, match="No such file or directory"):
        SQLiteStore(tmp_path / "nowhere" / "ledger.db").create()
    with pytest.raises(BadAddress, match="no roles"):
        open_store("sqlite:///ledger.db", application_role="app")


def test_a_ledger_that_another_process_makes_meanwhile_is_no_other_programs(file: Path) -> None:
    file.touch()

    class MadeMeanwhile(sqlite3.Connection):
        def execute(self, *statement: Any) -> Any:
            found = super().execute(*statement).fetchall()
            SQLiteStore(file).create()
            return SimpleNamespace(fetchone=lambda: found[0])

    with closing(sqlite3.connect(file, factory=MadeMeanwhile)) as looking:
        assert not is_anothers(looking, sqlite_layout.APPLICATION_ID)


def test_a_full_disk_is_not_written_and_heals(store: SQLiteStore, writer: SQLiteWriter) -> None:
    writer.begin([], [], {}, 0)
    writer.append([event(1)], [], [])
    assert writer._connection is not None
    (pages,) = writer._connection.execute("PRAGMA page_count").fetchone()
    writer._connection.execute(f"PRAGMA max_page_count={pages + 2}")
    writer.begin([], [], {}, 1)
    with pytest.raises(NotWritten, match="SQLITE_FULL"):
        writer.append([event(2, 60_000)], [], [])

    assert store.head().position == 1
    assert writer.begin([], [], {}, 1).head.position == 1
    writer.append([event(2, 60_000)], [], [])
    assert store.head().position == 2


class FailingAtCommit:
    """A connection on which COMMIT fails as the system below SQLite would make it fail."""

    def __init__(self, connection: sqlite3.Connection, name: str, *, stored: bool) -> None:
        self._connection = connection
        self._name = name
        self._stored = stored

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        if statement == "COMMIT":
            if self._stored:
                self._connection.execute("COMMIT")
            error = sqlite3.OperationalError("injected")
            error.sqlite_errorname = self._name
            raise error
        return self._connection.execute(statement, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.mark.parametrize(
    ("name", "stored", "means"),
    [
        ("SQLITE_BUSY", False, NotWritten),
        ("SQLITE_FULL", False, NotWritten),
        ("SQLITE_IOERR_WRITE", False, OutcomeUnknown),
        ("SQLITE_IOERR_FSYNC", True, OutcomeUnknown),
        ("SQLITE_IOERR_SHMSIZE", True, OutcomeUnknown),
        ("SQLITE_NOMEM", True, OutcomeUnknown),
    ],
)
def test_what_an_error_at_commit_means(
    store: SQLiteStore, writer: SQLiteWriter, name: str, means: type[Exception], *, stored: bool
) -> None:
    writer.begin([], [], {}, 0)
    writer._connection = FailingAtCommit(writer._connection, name, stored=stored)  # type: ignore[assignment,arg-type]
    with pytest.raises(means, match=name):
        writer.append([event(1)], [], [])

    assert writer.begin([], [], {}, 0).head.position == store.head().position == int(stored)


def test_no_checkpoint_runs_inside_a_commit(
    file: Path, store: SQLiteStore, writer: SQLiteWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.stat().st_size
    for position in range(1, 101):  # more than 1,000 pages, SQLite's own measure
        writer.begin([], [], {}, 0)
        writer.append([event(position, 50_000)], [], [])
    unchanged = file.stat().st_size
    monkeypatch.setattr(sqlite_writer, "_CHECKPOINT_ROWS", 10)
    writer.begin([], [], {}, 0)

    assert unchanged == before
    assert file.stat().st_size > 100 * 50_000
    assert sum(1 for _ in store.rows()) == 100


def test_a_file_that_was_replaced_is_opened_again(
    tmp_path: Path, file: Path, writer: SQLiteWriter
) -> None:
    other = tmp_path / "other.db"
    shutil.copy(file, other)
    writer.begin([], [], {}, 0)
    writer.append([event(1)], [], [])
    assert writer.begin([], [], {}, 1).known is not None
    writer.abandon()
    for part in ("-wal", "-shm"):
        Path(f"{file}{part}").unlink()
    other.replace(file)

    assert writer.begin([], [], {}, 1).known is None
    writer.abandon()
    file.unlink()
    with pytest.raises(NotWritten, match="No such file"):
        writer.begin([], [], {}, 1)


def test_a_read_that_fails_says_so_without_quoting(file: Path, store: SQLiteStore) -> None:
    store.head()
    execute(file, "PRAGMA writable_schema=ON")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("DROP TABLE claims")

    with pytest.raises(NotRead, match="SQLITE_ERROR"):
        store.held("secret-")
