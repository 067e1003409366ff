"""The raw sides: the rows read and hashed, and a tree hashed, with nothing checked."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from time import perf_counter

import psycopg

from benchmarks.measure import Sample
from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.projections.folding import BATCH


def rows_hashed(address: str) -> Sample:
    """Read every record with the driver's own cursor, and hash it."""
    began = perf_counter()
    count = sum(1 for _ in _digests(address))
    return Sample(count, perf_counter() - began)


def entries(address: str) -> list[bytes]:
    """Return the entry of every record: what the leaves of the log are made of."""
    return [b"svx-entry/1\n" + one.hex().encode() + b"\n" for one in _digests(address)]


def tree_hashed(given: list[bytes]) -> Sample:
    """Hash the leaves of these entries and every node above them, in memory."""
    began = perf_counter()
    row = [sha256(b"\x00" + entry).digest() for entry in given]
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return Sample(len(given), perf_counter() - began)


def _digests(address: str) -> Iterator[bytes]:
    file = sqlite_file(address)
    if file is not None:
        with closing(sqlite3.connect(file)) as connection:
            for (record,) in connection.execute("SELECT state FROM stored_events"):
                yield sha256(record).digest()
        return
    with psycopg.connect(address) as server, server.cursor(name="raw", binary=True) as cursor:
        cursor.itersize = BATCH
        cursor.execute("SELECT state FROM stored_events ORDER BY notification_id")
        for (record,) in cursor:
            yield sha256(record).digest()
