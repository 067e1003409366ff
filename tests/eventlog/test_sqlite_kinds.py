"""What an SQLite file keeps in place of what the columns are for is read, and is not taken."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.eventlog.pages import PAGE_ROWS
from svx_ledger.eventlog.private_fields import Altered, PrivateRow, text_of
from svx_ledger.eventlog.raw_sqlite import SQLiteRows
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.sqlite import SQLiteStore
from svx_ledger.eventlog.store import ClaimRow, NotRead, OutcomeRow

ROW = Row(1, "need-1", 1, "a.v1", b"{}")
OUTCOME = OutcomeRow("operator:/p", "id-1", "0" * 64, 1, 1, None)
CLAIM = ClaimRow("key:1", 1, "need-1")
TEXT = PrivateRow("0" * 64, "need-1", 1, "note", bytes(32), b"fictional")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def store(file: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(file)) as created:
        created.create()
        with closing(created.writer()) as writer:
            writer.begin([], [], {}, 0)
            writer.append([ROW], [OUTCOME], [CLAIM], private=[TEXT])
        yield created


def alter(file: Path, statement: str) -> None:
    """Run a statement past the guards, which stand there again afterwards."""
    with closing(sqlite3.connect(file)) as connection:
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.execute(found).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        for _, trigger in triggers:
            connection.execute(trigger)
        connection.commit()


def everything(store: SQLiteStore) -> list[tuple[Any, ...]]:
    tables = (store.rows(), store.outcomes(), store.claims(), store.privates())
    return [row for table in tables for row in table]


COLUMNS = {
    "stored_events": ("originator_id", "originator_version", "topic", "state"),
    "outcomes": ("principal", "command_id", "sha256", "first_position", "last_position"),
    "claims": ("key", "position", "stream"),
    "private_payloads": ("commitment", "stream", "version", "field", "salt", "payload"),
}


@pytest.mark.parametrize("value", ["'text'", "x'ff'", "7.5", "CAST(x'ff' AS TEXT)"])
@pytest.mark.parametrize(
    ("table", "column"), [(table, name) for table in COLUMNS for name in COLUMNS[table]]
)
def test_every_value_that_is_read_is_of_its_kind_and_an_altered_one_is_another(
    file: Path, store: SQLiteStore, *, table: str, column: str, value: str
) -> None:
    honest = everything(store)
    alter(file, f"UPDATE {table} SET {column} = {value}")

    read = everything(store)

    assert read != honest
    for row, expected in zip(read, honest, strict=True):
        for one, other in zip(row, expected, strict=True):
            assert one is None or other is None or type(one) is type(other)
    assert type(store.head().record) is bytes


def test_raw_rows_have_the_bytes_of_a_text_that_is_not_utf8(
    file: Path, store: SQLiteStore
) -> None:
    alter(file, "UPDATE stored_events SET topic = CAST(x'61ff' AS TEXT)")

    with closing(SQLiteRows(file)) as rows:
        assert list(map(str, rows.read(0, 9))) == [str((1, "need-1", 1, b"a\xff", b"{}"))]
        alter(file, "UPDATE stored_events SET topic = 'a.v1'")
        assert rows.read(0, 9) == [tuple(ROW)]
    assert list(store.rows()) == [ROW]


def test_pages_of_keys_that_are_no_texts_come_to_an_end(file: Path, store: SQLiteStore) -> None:
    alter(
        file,
        "INSERT INTO private_payloads WITH RECURSIVE n(i) AS "
        f"(SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < {999 + 2 * PAGE_ROWS}) "
        "SELECT CAST(CAST(i AS TEXT) AS BLOB), 's', 1, 'f', x'00', x'00' FROM n",
    )

    assert len({row.commitment for row in store.privates()}) == 2 * PAGE_ROWS + 1


@pytest.mark.parametrize("column", ["key", "stream"])
def test_who_holds_a_key_is_not_said_where_a_claim_is_no_text(
    file: Path, store: SQLiteStore, column: str
) -> None:
    alter(file, f"UPDATE claims SET {column} = x'ff'")

    with pytest.raises(NotRead, match="not kept as text"):
        store.held("")


@pytest.mark.parametrize("changed", [{"version": -1}, {"stream": "n" * 70_000}])
def test_a_row_that_nothing_can_have_committed_to_is_altered(changed: dict[str, Any]) -> None:
    with pytest.raises(Altered):
        text_of(TEXT._replace(**changed))
