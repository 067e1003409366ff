"""The erasable table beside the records: one suite, over SQLite and over PostgreSQL."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from svx_ledger.eventlog import sqlite_file
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.private_fields import PrivateRow, commitment_of
from svx_ledger.eventlog.sqlite import SQLiteStore
from svx_ledger.eventlog.store import NotRead, NotWritten, Store, UnsafeStore, Writer

from .test_store import Execute, execute, rows, store, url, write, writer

__all__ = ["execute", "store", "url", "writer"]

CANARY = b"canary-7f3a91c2"
LONG = CANARY * 500
"""Longer than a page of SQLite, so that it spills over."""


def row(version: int, payload: bytes = CANARY, stream: str = "auction-1") -> PrivateRow:
    salt = bytes([version]) * 32
    made = commitment_of(stream, version, "note", salt=salt, payload=payload)
    return PrivateRow(made, stream, version, "note", salt, payload)


def keep(writer: Writer, *kept: PrivateRow) -> None:
    writer.begin([], [], {}, 0)
    writer.append(rows("auction-1"), [], [], private=kept)


def erase(writer: Writer, *erased: PrivateRow) -> None:
    writer.begin([], [], {}, 0)
    writer.append([], [], [], erased=[row.commitment for row in erased])


def test_what_was_kept_is_read_back(store: Store, writer: Writer) -> None:
    keep(writer, row(1), row(2))

    assert store.private(row(1).commitment) == row(1)
    assert store.private(row(2).commitment) == row(2)
    assert store.private("0" * 64) is None
    assert [type(part) for part in store.private(row(1).commitment) or ()] == [
        *(str, str, int, str, bytes, bytes)
    ]


def test_what_was_erased_is_gone_and_the_records_stay(store: Store, writer: Writer) -> None:
    keep(writer, row(1), row(2), row(3))
    erase(writer, row(1), row(3))
    erase(writer, row(3))

    assert store.private(row(1).commitment) is None
    assert store.private(row(2).commitment) == row(2)
    assert store.private(row(3).commitment) is None
    assert list(store.rows()) == rows("auction-1")


def test_what_comes_and_goes_in_one_batch_is_gone(store: Store, writer: Writer) -> None:
    writer.begin([], [], {}, 0)
    gone = row(1).commitment
    writer.append(rows("auction-1"), [], [], private=[row(1), row(2)], erased=[gone])

    assert store.private(gone) is None
    assert store.private(row(2).commitment) == row(2)


def test_a_batch_that_fails_keeps_and_erases_nothing(store: Store, writer: Writer) -> None:
    keep(writer, row(1))
    writer.begin([], [], {}, 0)
    with pytest.raises(NotWritten) as failure:
        writer.append(
            rows("auction-2", after=1),
            [],
            [],
            private=[row(2), row(1)],
            erased=[row(1).commitment],
        )

    assert CANARY.decode() not in str(failure.value)
    assert failure.value.__suppress_context__ or failure.value.__context__ is None
    assert store.private(row(1).commitment) == row(1)
    assert store.private(row(2).commitment) is None
    assert store.head().position == 1


def test_an_abandoned_batch_changes_nothing(store: Store, writer: Writer) -> None:
    keep(writer, row(1))
    writer.begin([], [], {}, 0)
    writer.abandon()

    assert store.private(row(1).commitment) == row(1)


def test_a_text_is_deleted_and_never_changed(
    store: Store, writer: Writer, execute: Execute
) -> None:
    keep(writer, row(1))
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException)):
        execute("UPDATE private_payloads SET version = 2")
    execute("DELETE FROM private_payloads")

    assert store.private(row(1).commitment) is None


def test_an_odd_commitment_is_not_found(store: Store, writer: Writer) -> None:
    keep(writer, row(1))

    assert store.private("'; --") is None
    with pytest.raises(NotRead):
        store.private("\udcff")


def test_a_ledger_of_before_gets_the_table(
    store: Store, writer: Writer, execute: Execute, url: str
) -> None:
    write(writer, rows("auction-1"))
    writer.close()
    store.close()
    execute("DROP TABLE private_payloads")
    with closing(open_store(url)) as older:
        with pytest.raises(UnsafeStore, match="erase prepare"):
            older.check()
        with pytest.raises(UnsafeStore, match="erase prepare"):
            older.create()
        older.add_private_texts()
        older.add_private_texts()
        older.check()
        with closing(older.writer()) as again:
            again.begin([], [], {}, 0)
            again.append(rows("auction-2", after=1), [], [], private=[row(1)])

        assert older.private(row(1).commitment) == row(1)
        assert [found.position for found in older.rows()] == [1, 2]


@pytest.mark.parametrize("committed", [1, 2])
def test_a_table_that_was_dropped_is_not_added(
    store: Store, writer: Writer, execute: Execute, url: str, *, committed: int
) -> None:
    kept = row(1)
    record = b'{"data":{"contact":{"commitment":"%s"}}}' % kept.commitment.encode()
    stored = rows("auction-1", "auction-2")
    stored[committed - 1] = stored[committed - 1]._replace(record=record)
    write(writer, stored)
    writer.close()
    store.close()
    execute("DROP TABLE private_payloads")
    with closing(open_store(url)) as robbed:
        with pytest.raises(UnsafeStore, match="or somebody dropped it"):
            robbed.check()
        with pytest.raises(
            UnsafeStore, match="private_payloads is missing, and records commit"
        ):
            robbed.add_private_texts()
        with pytest.raises(UnsafeStore, match="or somebody dropped it"):
            robbed.check()


def files(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


@pytest.fixture
def ledger_file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.mark.parametrize("payload", [CANARY, LONG])
def test_on_sqlite_no_byte_of_an_erased_text_is_left(ledger_file: Path, payload: bytes) -> None:
    with closing(SQLiteStore(ledger_file)) as store, closing(store.writer()) as writer:
        store.create()
        keep(writer, *(row(n, payload) for n in range(1, 40)))
        assert CANARY in files(ledger_file.parent)
        erase(writer, *(row(n, payload) for n in range(1, 40)))

        assert CANARY not in files(ledger_file.parent)


def test_a_reader_that_is_in_the_way_only_delays_it(ledger_file: Path) -> None:
    with closing(SQLiteStore(ledger_file)) as store, closing(store.writer()) as writer:
        store.create()
        keep(writer, row(1, LONG))
        with closing(sqlite3.connect(ledger_file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM private_payloads").fetchone()
            erase(writer, row(1, LONG))
            assert store.private(row(1, LONG).commitment) is None
            assert CANARY in files(ledger_file.parent)
        write(writer, rows("auction-2", after=1))
        write(writer, rows("auction-3", after=2))

        assert CANARY not in files(ledger_file.parent)


def test_without_wiping_an_sqlite_ledger_is_refused(
    ledger_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(SQLiteStore(ledger_file)) as store:
        store.create()
        monkeypatch.setattr(sqlite_file, "_WIPING", "PRAGMA secure_delete=OFF")
        with pytest.raises(UnsafeStore, match="secure_delete is 0; it must be ON"):
            store.check()
