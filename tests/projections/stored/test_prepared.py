"""What is written is what the net says, by key, also when it came from another process."""

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import given

from svx_ledger.projections.memory import OutOfStep
from svx_ledger.projections.net import Net
from svx_ledger.projections.stored.dialect import POSTGRES, SQLITE
from svx_ledger.projections.stored.packing import AT_ONCE, Packing, copied, in_arrays, taken
from svx_ledger.projections.stored.prepared import Prepared, prepared
from svx_ledger.projections.table import Change, Column, Key, Value
from tests.projections.test_net import (
    DOOR,
    ENTRY,
    SHELF,
    TABLES,
    Door,
    Entry,
    Shelf,
    batches,
)

AT = datetime(2026, 11, 22, 9, 30, 0, 5, tzinfo=UTC)


AS_THEY_ARE = Packing(rows=lambda _, rows: list(rows), values=lambda _, rows: list(rows))


@pytest.mark.parametrize("packing", [SQLITE.packing, POSTGRES.packing], ids=["lite", "pg"])
@given(batch=batches)
def test_a_batch_arrives_from_another_process_as_it_was_made(
    packing: Packing, batch: list[Change]
) -> None:
    try:
        made = prepared(Net(batch), packing)
    except OutOfStep:
        return
    arrived: list[Prepared] = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own

    assert _plain(arrived) == _plain(made)


def _plain(found: Any) -> Any:
    """Tell no list from a tuple: no database does."""
    if isinstance(found, Prepared):
        patches = [(p.columns, p.number, _plain(p.packed)) for p in found.patches]
        parts = (found.keys, found.removes, found.puts)
        return found.table, found.presupposed, _plain(parts), patches
    return tuple(map(_plain, found)) if isinstance(found, list | tuple) else found


@given(batches)
def test_what_is_written_is_the_net_in_the_order_of_keys(batch: list[Change]) -> None:
    try:
        net = Net(batch)
    except OutOfStep:
        return
    for part in prepared(net, AS_THEY_ARE):
        (table,) = (one for one in TABLES if one.name == part.table)
        if table is ENTRY:  # each a row of its own, as they came
            assert part.puts == [change.row for change in batch if change.table is ENTRY]  # type: ignore[union-attr]
            continue
        puts, patches, removes = net.of(table)

        written = part.puts or []
        assert [row[0] for row in written] == [key[0] for key in sorted(puts)]
        assert sorted(map(table.key_of, written)) == sorted(puts)
        assert all(puts[table.key_of(row)] == row for row in written)
        assert (part.removes or []) == sorted(removes)
        assert (part.keys or []) == sorted(net.presupposed(table))
        assert part.presupposed == len(part.keys or [])
        found: dict[Key, dict[str, Value]] = {}
        for one in part.patches:
            keys = [row[len(one.columns) :] for row in one.packed]
            assert keys == sorted(keys)
            assert one.number == len(keys)
            found |= {
                row[len(one.columns) :]: dict(zip(one.columns, row, strict=False))
                for row in one.packed
            }
        assert found == patches


@pytest.mark.parametrize("number", [1, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 3])
def test_sqlite_takes_the_values_of_several_rows_in_one_and_new_rows_by_key(
    number: int,
) -> None:
    rows = [Entry(n, "a") for n in reversed(range(number))]
    parts, rest = SQLITE.packing.rows(ENTRY, rows)

    assert [len(part) for part in parts] == [2 * AT_ONCE] * (number // AT_ONCE)
    assert len(rest) == number % AT_ONCE
    values = [value for part in (*parts, *rest) for value in part]
    assert values[::2] == list(range(number))


def test_exact_values_travel_as_text() -> None:
    far = AT.astimezone(timezone(timedelta(hours=1)))
    row = Shelf("a", 1, None, Decimal("1E+3"), date(5, 1, 2), far, locked=True)
    made = prepared(Net([SHELF.put(row), DOOR.put(Door("a", opens=False))]), SQLITE.packing)

    assert made[0].puts == (
        [],
        [("a", 1, None, "1E+3", "0005-01-02", far.isoformat(), True, "wood")],
    )
    assert made[1].puts == ([], [("a", False)])
    assert taken(None) is None


TEXTS = [
    "plain",
    "",
    "\\",
    "\\N",
    "a\tb",
    "a\nb",
    "\r",
    "\\t",
    "é𝄞",
    '"',
    "{a,b}",
    "NULL",
    "\x7f\b",
]
COLUMNS = (
    Column("a", str, nullable=False),
    Column("b", int, nullable=False),
    Column("c", str, nullable=True),
    Column("d", bool, nullable=True),
)


@pytest.mark.parametrize("text", TEXTS)
def test_copy_and_arrays_are_read_back_as_they_are_whatever_the_text(
    postgres_url: str, text: str
) -> None:
    rows = [("a", 1, None, True), ("b", -2, text, False), (text, 3, text, None)]
    with psycopg.connect(postgres_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE read (a text, b bigint, c text, d boolean)")
        with cursor.copy("COPY read FROM STDIN") as copy:
            copy.write(copied(COLUMNS, rows))

        assert cursor.execute("SELECT * FROM read ORDER BY abs(b)").fetchall() == rows

        unnested = "SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::boolean[])"
        assert cursor.execute(unnested, in_arrays(COLUMNS, rows)).fetchall() == rows
