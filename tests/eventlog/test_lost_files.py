"""A ledger whose file is gone, or is none: what may be all that is left stays."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.eventlog import sqlite_layout
from svx_ledger.eventlog.open import raw_rows
from svx_ledger.eventlog.sqlite import SQLiteStore
from svx_ledger.eventlog.store import NoLedger, UnsafeStore

from .test_store import rows, write


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """A ledger as a writer left it that was cut: its event stands in the WAL alone."""
    kept, made = tmp_path / "cut.db", tmp_path / "made.db"
    with closing(SQLiteStore(made)) as store, closing(store.writer()) as writer:
        store.create()
        write(writer, rows("auction-1"))
        for part in ("", "-wal"):
            shutil.copy(f"{made}{part}", f"{kept}{part}")
    return kept


def removed(file: Path) -> None:
    file.unlink()


def emptied(file: Path) -> None:
    os.truncate(file, 0)


@pytest.mark.parametrize("lost", [removed, emptied])
@pytest.mark.parametrize("name", ["cut.db", "link.db"])
def test_the_wal_of_a_lost_file_is_kept(
    cut: Path, lost: Callable[[Path], None], name: str
) -> None:
    wal, backup = Path(f"{cut}-wal"), cut.with_name("backup.db")
    shutil.copy(cut, backup)
    cut.with_name("link.db").symlink_to(cut)
    lost(cut)
    there, held = cut.exists(), wal.read_bytes()
    path = cut.with_name(name)
    with closing(SQLiteStore(path)) as store:
        for attempt in (
            *(store.create, store.check, store.head, store.add_private_texts),
            raw_rows(f"sqlite:///{path}"),
        ):
            with pytest.raises(UnsafeStore, match="-wal holds records of a ledger") as said:
                attempt()
            assert not isinstance(said.value, NoLedger)

        assert (cut.exists(), wal.read_bytes()) == (there, held)
        shutil.copy(backup, cut)
        assert store.head().position == 1


def test_an_empty_wal_is_no_ledgers(tmp_path: Path) -> None:
    Path(f"{tmp_path / 'ledger.db'}-wal").touch()
    with closing(SQLiteStore(tmp_path / "ledger.db")) as store:
        store.create()
        store.check()


def test_a_making_never_leaves_a_wal_beside_an_empty_file(tmp_path: Path) -> None:
    file, wal = tmp_path / "ledger.db", tmp_path / "ledger.db-wal"
    file.touch()
    sizes = []

    def looked() -> int:
        sizes.append((file.stat().st_size, wal.stat().st_size if wal.exists() else 0))
        return 0

    with closing(sqlite3.connect(file, isolation_level=None)) as making:
        making.set_progress_handler(looked, 1)  # before each step of SQLite's machine
        making.execute("PRAGMA journal_mode=WAL")
        making.execute("BEGIN IMMEDIATE")
        sqlite_layout.make(making)
        making.execute("COMMIT")
        looked()

    assert sizes[0] == (0, 0)
    assert sizes[-1][1] > 0
    assert all(size for size, beside in sizes if beside)


def test_what_is_no_file_is_said_to_be_none(tmp_path: Path) -> None:
    folder, pipe, link = (tmp_path / name for name in ("folder.db", "pipe.db", "link.db"))
    folder.mkdir()
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "nowhere.db")
    for path in (folder, pipe, link, Path(os.devnull)):
        with closing(SQLiteStore(path)) as store:
            for attempt in (store.create, store.check):
                with pytest.raises(UnsafeStore, match="is no file; name another") as said:
                    attempt()
                assert not isinstance(said.value, NoLedger)
    assert not (tmp_path / "nowhere.db").exists()
