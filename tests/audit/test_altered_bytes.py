"""Any bytes of a record changed where they lie: never a crash, never overlooked."""

from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from random import Random

import pytest

from svx_ledger.audit import audit
from svx_ledger.eventlog.open import open_store

from .playing import audited, folder, honest
from .tables import Tables, write_tables

Change = Callable[[bytearray, int, Random], None]
PIECES = (b"null,", b'"x":1,', b"[", b"\xff", b"0", b'"a"', b"{}", b"-1,", b"9" * 30)


def flip(record: bytearray, at: int, random: Random) -> None:
    record[at] ^= 1 << random.randrange(8)


def leave_out(record: bytearray, at: int, random: Random) -> None:
    del record[at : at + random.randrange(1, 6)]


def repeat(record: bytearray, at: int, random: Random) -> None:
    record[at:at] = record[at : at + random.randrange(1, 40)]


def put_in(record: bytearray, at: int, random: Random) -> None:
    record[at:at] = random.choice(PIECES)


def count_on(record: bytearray, at: int, random: Random) -> None:
    digits = [n for n, letter in enumerate(record) if 48 <= letter < 58]
    at = random.choice(digits)
    record[at] = 48 + (record[at] - 47) % 10


@pytest.mark.parametrize("change", [flip, leave_out, repeat, put_in, count_on])
@pytest.mark.parametrize("seed", range(5))
def test_altered_bytes_are_found_at_the_latest_by_the_next_link(
    change: Change, seed: int
) -> None:
    """Of the last record of a stream a salt may be another; only a head tells that."""
    tables = deepcopy(honest("tied").tables)
    random = Random(f"{change.__name__} {seed}")
    at, following = random.choice(_linked(tables))
    row = tables.rows[at]
    record = bytearray(row.record)
    while bytes(record) == row.record:
        change(record, random.randrange(1, len(record)), random)
    tables.rows[at] = row._replace(record=bytes(record))

    with folder() as place:
        url = f"sqlite:///{place / 'altered.db'}"
        write_tables(url, tables)
        result = audited(url)

    assert result.first is not None, bytes(record)
    assert row.position <= result.first.position <= tables.rows[following].position


def test_a_record_nested_without_end_is_found_and_no_crash() -> None:
    tables = deepcopy(honest("tied").tables)
    at, _ = _linked(tables)[0]
    row = tables.rows[at]
    deep = b'"data":{"x":' + b"[" * 3000 + b"]" * 3000 + b","
    tables.rows[at] = row._replace(record=row.record.replace(b'"data":{', deep))

    with folder() as place:
        url = f"sqlite:///{place / 'nested.db'}"
        write_tables(url, tables)
        with closing(open_store(url)) as store:
            audits = audit(store), audit(store, of=row.stream)

    for found in audits:
        assert found.first is not None
        assert (found.first.position, found.first.rule) == (row.position, "unreadable")


def _linked(tables: Tables) -> list[tuple[int, int]]:
    """Return the records that another of their stream names, each with that one."""
    last: dict[str, int] = {}
    linked = []
    for n, row in enumerate(tables.rows):
        if row.stream in last:
            linked.append((last[row.stream], n))
        last[row.stream] = n
    return linked
