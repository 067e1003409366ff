"""What goes out as Arrow data is what other programs read: exact, with its nulls and types."""

import gc
import sys
import tracemalloc
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple, get_args

import nanoarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.exports.tables import Columns, Inexact, NotInstalled, Type
from svx_ledger.exports.tables.columns import Fine, columns_of

if TYPE_CHECKING:
    from .conftest import Asking


class Row(NamedTuple):
    """A row with every type that a column may have."""

    text: str | None
    whole: int | None
    yes: bool | None
    day: date | None
    at: datetime | None
    quantity: Decimal | None
    share: Fine | None
    positions: tuple[int, ...] | None


NOTHING: Final = Row(None, None, None, None, None, None, None, None)
IN_DUCKDB: Final[Mapping[str, str]] = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "yes": "BOOLEAN",
    "day": "DATE",
    "at": "TIMESTAMP WITH TIME ZONE",
    "quantity": "DECIMAL(38,6)",
    "share": "DECIMAL(38,18)",
    "positions": "BIGINT[]",
}
WHOLE: Final = st.integers(-(2**63), 2**63 - 1)


def decimals(places: int) -> st.SearchStrategy[Decimal]:
    """Every decimal of 38 digits with so many of them after the point."""
    most = 10**38 - 1
    return st.integers(-most, most).map(lambda n: Decimal((int(n < 0), digits(n), -places)))


def digits(number: int) -> tuple[int, ...]:
    return tuple(map(int, str(abs(number))))


ROWS: Final = st.builds(
    Row,
    st.none() | st.text(),
    st.none() | WHOLE,
    st.none() | st.booleans(),
    st.none() | st.dates(),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.none() | decimals(6),
    st.none() | decimals(18),
    st.none() | st.lists(WHOLE, max_size=3).map(tuple),
)


def table_of(*rows: Row) -> Columns:
    return columns_of("rows", "nothing at all", Row, rows)


def read(ask: "Asking", table: Columns) -> list[Row]:
    """The rows as DuckDB reads them."""
    return [
        Row(text, whole, yes, day, at, quantity, share, None if these is None else (*these,))
        for text, whole, yes, day, at, quantity, share, these in ask(table, "FROM t")
    ]


def test_every_type_is_tried() -> None:
    assert sorted(table_of().types.values()) == sorted(get_args(Type))


@settings(max_examples=200)
@given(rows=st.lists(ROWS, max_size=20))
def test_what_is_read_is_what_was_written(ask: "Asking", rows: list[Row]) -> None:
    table = table_of(*rows)

    assert len(table) == len(rows)
    assert read(ask, table) == rows


def test_the_ends_of_every_type(ask: "Asking") -> None:
    row = Row(
        text="Ünited £",
        whole=-(2**63),
        yes=True,
        day=date(1601, 2, 28),
        at=datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        quantity=Decimal("-99999999999999999999999999999999.999999"),
        share=Decimal("0.999999999999999999"),
        positions=(1, 2**62),
    )
    rows = [row, NOTHING, row._replace(positions=(), text="", yes=False)]

    assert read(ask, table_of(*rows)) == rows


def test_duckdb_has_the_same_types(ask: "Asking") -> None:
    described = "SELECT column_name, column_type FROM (DESCRIBE t)"

    assert dict(ask(table_of(NOTHING), described)) == IN_DUCKDB


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 64, 65, 5000])
def test_any_number_of_rows(ask: "Asking", n: int) -> None:
    rows = [
        NOTHING if i % 3 == 0 else NOTHING._replace(whole=i, yes=i % 2 == 0, text=str(i))
        for i in range(n)
    ]
    found = ask(table_of(*rows), "SELECT whole, yes, text FROM t")

    assert found == [(row.whole, row.yes, row.text) for row in rows]


def test_an_instant_is_given_in_utc(ask: "Asking") -> None:
    summer = timezone(timedelta(hours=1))
    table = table_of(NOTHING._replace(at=datetime(2026, 7, 1, 0, 30, tzinfo=summer)))

    (row,) = read(ask, table)
    assert row.at is not None
    assert row.at.isoformat() == "2026-06-30T23:30:00+00:00"


@pytest.mark.parametrize(
    "row",
    [
        NOTHING._replace(quantity=Decimal("0.0000001")),
        NOTHING._replace(quantity=Decimal(10) ** 32),
        NOTHING._replace(quantity=-(Decimal(10) ** 32)),
        NOTHING._replace(share=Decimal("0.0000000000000000001")),
    ],
)
def test_what_does_not_fit_is_not_rounded(row: Row) -> None:
    with pytest.raises(Inexact, match="does not fit decimal128"):
        table_of(row).__arrow_c_stream__()


def test_a_whole_number_beyond_64_bits_is_an_error() -> None:
    with pytest.raises(OverflowError):
        table_of(NOTHING._replace(whole=2**63)).__arrow_c_stream__()


def test_a_table_is_given_as_often_as_it_is_asked_for(ask: "Asking") -> None:
    table = table_of(*(NOTHING._replace(whole=n) for n in range(10)))
    joined = "SELECT count(*), sum(a.whole) FROM t a JOIN t b USING (whole)"

    assert ask(table, joined) == [(10, 45)]
    assert ask(table, joined) == [(10, 45)]


def test_the_data_outlives_the_table() -> None:
    table = table_of(*(NOTHING._replace(positions=(n, n), text=f"{n}") for n in range(1000)))
    expected = list(zip(table.columns["text"], table.columns["positions"], strict=True))
    stream = nanoarrow.ArrayStream(table)
    del table
    gc.collect()

    assert [(row["text"], row["positions"]) for row in stream.iter_py()] == expected


@pytest.mark.parametrize("is_read", [True, False])
def test_memory_is_given_back(*, is_read: bool) -> None:
    rows = [NOTHING._replace(text="x" * 1000, share=Decimal("0.5"))] * 1000
    nanoarrow.ArrayStream(table_of(*rows)).read_all()  # whatever is made once
    tracemalloc.start()
    try:
        for _ in range(20):
            stream = nanoarrow.ArrayStream(table_of(*rows))
            if is_read:
                stream.read_all()
            del stream
        gc.collect()
        left, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most > 10**6  # the buffers are counted
    assert left < 10**6


def test_another_schema_is_asked_for_in_vain() -> None:
    table = table_of(NOTHING._replace(whole=1))
    other = nanoarrow.c_schema(nanoarrow.struct({"whole": nanoarrow.float64()}))
    given_schema = nanoarrow.c_schema(nanoarrow.ArrayStream(table).schema)
    capsule = table.__arrow_c_stream__(other.__arrow_c_schema__())

    assert type(capsule).__name__ == "PyCapsule"
    assert given_schema.child(1).format == "l"


def test_the_schema_says_what_the_numbers_rest_on() -> None:
    metadata = nanoarrow.c_schema(nanoarrow.ArrayStream(table_of()).schema).metadata

    assert dict(metadata.items()) == {b"name": b"rows", b"basis": b"nothing at all"}


def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "nanoarrow", None)
    with pytest.raises(NotInstalled, match=r"svx-ledger\[notebook\]"):
        table_of().__arrow_c_stream__()


def test_many_threads_take_the_same_table() -> None:
    table = table_of(*(NOTHING._replace(whole=n, text="é" * n) for n in range(50)))

    def read_alone(_: int) -> list[dict[str, object]]:
        return list(nanoarrow.ArrayStream(table).iter_py())

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(read_alone, range(20))

    assert [row["text"] for row in first] == table.columns["text"]
    assert all(other == first for other in others)
