"""A ledger is made where there is none, and nothing of one that is there is made again."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from svx_ledger.eventlog import sqlite_file, sqlite_layout
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.sqlite import SQLiteStore
from svx_ledger.eventlog.store import NoLedger, NotWritten, Store, UnsafeStore, Writer

from .test_store import Execute, execute, rows, store, url, write, writer

__all__ = ["execute", "store", "url", "writer"]

_TABLES = ("stored_events", "private_payloads", "outcomes", "claims")
_LOST = r"missing or altered|lost a trigger"
_ON_SQLITE = "SELECT name, sql FROM sqlite_master ORDER BY name"
_ON_POSTGRES = (
    "SELECT c.relname, t.tgname, t.tgenabled FROM pg_class c LEFT JOIN pg_trigger t "
    "ON t.tgrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, 2"
)


def layout(url: str) -> list[object]:
    """Everything that stands in the database, and which triggers are on."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url[10:])) as file:
            return [*file.execute(_ON_SQLITE), *file.execute("PRAGMA journal_mode")]
    with psycopg.connect(url) as server:
        return list(server.execute(_ON_POSTGRES).fetchall())


def refuses_to_make_again(url: str) -> None:
    before = layout(url)
    for make in ("create", "add_private_texts"):
        with closing(open_store(url)) as damaged:
            with pytest.raises(UnsafeStore, match=_LOST):
                getattr(damaged, make)()
            with pytest.raises(UnsafeStore):
                damaged.check()
    assert layout(url) == before


@pytest.mark.parametrize("table", [name for name in _TABLES if name != "private_payloads"])
@pytest.mark.parametrize("events", [0, 1])
def test_a_table_that_is_gone_is_not_made_again(
    url: str, store: Store, execute: Execute, *, table: str, events: int
) -> None:
    with closing(store.writer()) as writer:
        write(writer, rows(*["auction-1"] * events))
    store.close()
    execute(f"DROP TABLE {table}")

    refuses_to_make_again(url)


@pytest.mark.parametrize("table", _TABLES)
def test_a_trigger_that_is_gone_is_not_made_again(
    url: str, store: Store, execute: Execute, *, table: str
) -> None:
    with closing(store.writer()) as writer:
        write(writer, rows("auction-1"))
    if isinstance(store, SQLiteStore):
        execute(f"DROP TRIGGER {table}_no_update")
    else:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")

    refuses_to_make_again(url)


def test_an_older_ledger_that_lost_more_gets_no_table(
    url: str, store: Store, writer: Writer, execute: Execute
) -> None:
    write(writer, rows("auction-1"))
    writer.close()
    execute("DROP TABLE private_payloads")
    if isinstance(store, SQLiteStore):
        execute("DROP TRIGGER claims_no_update")
    else:
        execute("DROP TRIGGER svx_append_only ON claims")

    refuses_to_make_again(url)


def test_a_ledger_of_which_no_table_is_left_in_its_file_is_not_made_again(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with closing(open_store(url)) as store, closing(sqlite3.connect(url[10:])) as file:
        store.create()
        for table in _TABLES:
            file.execute(f"DROP TABLE {table}")

    refuses_to_make_again(url)


def test_a_journal_that_was_changed_is_not_changed_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with closing(open_store(url)) as store:
        store.create()
    with closing(sqlite3.connect(url[10:])) as file:
        file.execute("PRAGMA journal_mode=DELETE")
    with closing(open_store(url)) as store, pytest.raises(UnsafeStore, match="journal_mode"):
        store.create()

    assert layout(url)[-1] == ("delete",)


def test_a_ledger_that_is_whole_is_created_again_with_its_log(
    store: Store, writer: Writer
) -> None:
    write(writer, rows("auction-1"))
    store.create()
    store.add_private_texts()
    store.check_writing()
    store.try_writing()

    assert store.head().position == 1


def test_private_texts_are_not_added_where_there_is_no_ledger(
    tmp_path: Path, postgres_url: str
) -> None:
    file = tmp_path / "ledger.db"
    file.touch()
    for address in (f"sqlite:///{file}", postgres_url):
        with closing(open_store(address)) as empty, pytest.raises(NoLedger):
            empty.add_private_texts()
        assert layout(address) in ([], [("delete",)])


def test_a_file_whose_making_was_cut_is_made_from_the_beginning(tmp_path: Path) -> None:
    cut, made = tmp_path / "cut.db", tmp_path / "making.db"
    with closing(sqlite3.connect(made, isolation_level=None)) as making:
        making.execute("PRAGMA journal_mode=WAL")
        making.execute("PRAGMA cache_size=1")  # so that something of it reaches the file
        making.execute("BEGIN IMMEDIATE")
        sqlite_layout.make(making)
        for part in ("", "-wal"):  # as they were when the process, or the power, went
            shutil.copy(f"{made}{part}", f"{cut}{part}")
    assert Path(f"{cut}-wal").stat().st_size > cut.stat().st_size
    with closing(SQLiteStore(cut)) as store:
        with pytest.raises(NoLedger):
            store.check()
        store.create()
        store.check()

        assert store.head().position == 0


def test_a_making_that_meets_another_is_made_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sqlite_layout.make
    waiting = [1, 2]

    def busy(connection: sqlite3.Connection) -> None:
        if not waiting:
            return made(connection)
        waiting.pop()
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorname = "SQLITE_BUSY"
        raise error

    monkeypatch.setattr(sqlite_layout, "make", busy)
    with closing(SQLiteStore(tmp_path / "ledger.db")) as store:
        store.create()
        store.check()
        assert not waiting

        waiting[:] = [1, 2]
        monkeypatch.setattr(sqlite_file, "WAIT_SECONDS", -1)
        with (
            closing(SQLiteStore(tmp_path / "other.db")) as other,
            pytest.raises(NotWritten, match="SQLITE_BUSY"),
        ):
            other.create()


def test_on_a_server_the_making_is_all_or_nothing(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE VIEW claims AS SELECT 1 AS key")
        before = layout(postgres_url)
        with closing(open_store(postgres_url)) as store:
            with pytest.raises(NotWritten, match="creating: 42P07"):
                store.create()
            assert layout(postgres_url) == before
            server.execute("DROP VIEW claims")
            store.create()
            store.check()
