"""Ranges of raw rows are the rows of the store, on both stores, here and in another process."""

import pickle
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.eventlog.open import BadAddress, open_store, raw_rows
from svx_ledger.eventlog.raw_rows import LOWEST, RowsOf
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import NoLedger, Store
from tests.attacks.raw import insert_row

ROWS = [Row(n + 1, f"need-{n % 3}", n // 3 + 1, "a.v1", b"\0%d" % n) for n in range(20)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(open_store(url)) as opened:
        opened.create()
        with closing(opened.writer()) as writer:
            writer.begin([], [], {}, 0)
            writer.append(ROWS, [], [])
        yield opened


@pytest.mark.parametrize("known", ["address", "pickled", "store"])
def test_a_range_has_the_rows_of_its_positions(store: Store, url: str, known: str) -> None:
    connect = raw_rows(url)
    if known == "pickled":
        connect = pickle.loads(pickle.dumps(connect))  # noqa: S301 - our own
    expected = [tuple(row) for row in ROWS]
    with closing(RowsOf(store) if known == "store" else connect()) as rows:
        assert [tuple(row) for row in rows.read(0, 20)] == expected
        assert [tuple(row) for row in rows.read(4, 9)] == expected[4:9]
        assert [tuple(row) for row in rows.read(18, 30)] == expected[18:]
        assert list(rows.read(20, 30)) == []
        firsts = [rows.first_from(position) for position in (LOWEST, 1, 7, 20, 21)]
        assert firsts == [1, 1, 7, 20, None]
    assert [type(value) for value in expected[0]] == [int, str, int, str, bytes]


@pytest.mark.parametrize("position", [LOWEST, LOWEST + 1, 0, 2**63 - 1])
def test_a_row_at_any_position_is_met_by_who_looks_for_it(
    store: Store, url: str, position: int
) -> None:
    insert_row(url, Row(position, "need-planted", 1, "a.v1", b"x"))

    with closing(raw_rows(url)()) as rows:
        for reader in (rows, RowsOf(store)):
            assert reader.first_from(LOWEST) == min(position, 1)
            assert reader.first_from(position) == position
    everything = [row.position for row in store.rows(after=LOWEST - 1)]
    assert everything == sorted([*range(1, 21), position])
    assert [row.position for row in store.rows(after=position - 1, limit=1)] == [position]
    assert [row.position for row in store.rows(after=2**63 - 1)] == []


def test_rows_that_come_later_are_seen_on_the_same_connection(store: Store, url: str) -> None:
    with closing(raw_rows(url)()) as rows:
        assert len(rows.read(0, 99)) == 20
        with closing(store.writer()) as writer:
            writer.begin([], [], {}, 0)
            writer.append([Row(21, "need-new", 1, "a.v1", b"x")], [], [])
        assert [tuple(row) for row in rows.read(20, 99)] == [(21, "need-new", 1, "a.v1", b"x")]


def test_where_there_is_no_ledger_none_is_made(url: str) -> None:
    with pytest.raises(NoLedger):
        raw_rows(url)()


def test_what_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(BadAddress):
        raw_rows("ledger.db")
