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
from svx_ledger.projections.stored.postgres_transaction import copied
from svx_ledger.projections.stored.prepared import Prepared, prepared, taken
from svx_ledger.projections.table import Change, Key, Value
from tests.projections.test_net import DOOR, SHELF, TABLES, Door, Shelf, batches

AT = datetime(2026, 11, 22, 9, 30, 0, 5, tzinfo=UTC)


@given(batches)
def test_a_batch_arrives_from_another_process_as_it_was_made(batch: list[Change]) -> None:
    try:
        made = prepared(Net(batch))
    except OutOfStep:
        return
    arrived: list[Prepared] = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own

    assert list(map(_plain, arrived)) == list(map(_plain, made))


def _plain(part: Prepared) -> Any:
    patches = [(columns, [*map(tuple, rows)]) for columns, rows in part.patches]
    rows = [[*map(tuple, rows)] for rows in (part.presupposed, part.removes, part.puts)]
    return part.table, rows, patches


@given(batches)
def test_what_is_written_is_the_net_in_the_order_of_keys(batch: list[Change]) -> None:
    try:
        net = Net(batch)
    except OutOfStep:
        return
    for part in prepared(net):
        (table,) = (one for one in TABLES if one.name == part.table)
        puts, patches, removes = net.of(table)

        assert part.puts == [tuple(map(taken, puts[key])) for key in sorted(puts)]
        assert part.removes == sorted(removes)
        assert sorted(part.presupposed) == sorted(net.presupposed(table))
        found: dict[Key, dict[str, Value]] = {}
        for columns, rows in part.patches:
            keys = [row[len(columns) :] for row in rows]
            assert keys == sorted(keys)
            found |= {
                row[len(columns) :]: dict(zip(columns, row, strict=False)) for row in rows
            }
        assert found == {
            key: {name: taken(value) for name, value in given.items()}
            for key, given in patches.items()
        }


def test_exact_values_travel_as_text() -> None:
    far = AT.astimezone(timezone(timedelta(hours=1)))
    row = Shelf("a", 1, None, Decimal("1E+3"), date(5, 1, 2), far, locked=True)
    made = prepared(Net([SHELF.put(row), DOOR.put(Door("a", opens=False))]))

    assert made[0].puts == [
        *(("a", 1, None, "1E+3", "0005-01-02", far.isoformat(), True, "wood"),)
    ]
    assert made[1].puts == [("a", False)]
    assert taken(None) is None


@pytest.mark.parametrize("text", ["plain", "", "\\", "\\N", "a\tb", "a\nb", "\r", "\\t", "é𝄞"])
def test_copy_reads_back_any_text_as_it_is(postgres_url: str, text: str) -> None:
    rows = [("a", 1, None, True), ("b", -2, text, False), (text, 3, text, True)]
    with psycopg.connect(postgres_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE read (a text, b bigint, c text, d boolean)")
        with cursor.copy("COPY read FROM STDIN") as copy:
            copy.write(copied(rows))

        assert cursor.execute("SELECT * FROM read ORDER BY abs(b)").fetchall() == rows
