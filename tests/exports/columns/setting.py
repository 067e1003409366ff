"""What the tests of columnar copies have in common: ledgers, copies, and their bytes."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

from svx_ledger import open_views
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.raw_rows import RowsOf
from svx_ledger.eventlog.record import Row
from svx_ledger.exports.columns.facts import Fact
from svx_ledger.exports.columns.source import Source, source_of
from svx_ledger.exports.columns.writing import write
from svx_ledger.projections.view import View

SIZE = 256


@contextmanager
def ledger(url: str) -> Iterator[tuple[Source, View]]:
    """Have what a ledger is copied from, and its views at the head."""
    with open_views(url) as views, views.view(timeout=60) as view:
        yield source_of(url, views), view


def filled(url: str, rows: Sequence[Row]) -> str:
    """Write records onto a new ledger; return its address."""
    with closing(open_store(url)) as store:
        store.create()
        appended(url, rows)
    return url


def appended(url: str, rows: Sequence[Row]) -> None:
    """Write more records."""
    with closing(open_store(url)) as store, closing(store.writer()) as writer:
        for first in range(0, len(rows), 200):
            writer.begin([], [], {}, known=0)
            writer.append(rows[first : first + 200], [], [])


def copied(folder: Path, source: Source, size: int | None = SIZE) -> list[int]:
    """Write a copy; return the positions that were reached."""
    return list(write(folder, source, size))


class Told:
    """A log in memory."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.told = list(rows)

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position."""
        return islice(self.told, after, None if limit is None else after + limit)


def source(rows: Sequence[Row], facts: Sequence[Fact] = ()) -> Source:
    """Return what a log in memory is copied from, with facts that are known."""

    def between(after: int, until: int) -> Iterator[Fact]:
        return (fact for fact in facts if after < fact.position <= until)

    return Source(partial(RowsOf, Told(rows)), lambda: len(rows), between)


def contents(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a copy but its lock."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
