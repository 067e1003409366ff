"""The pages of an SQLite file: whether the trees that they make up hold together."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Timer

from svx_ledger.api.remedies import CAUSES
from svx_ledger.eventlog.causes import is_damage
from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.eventlog.sqlite_file import connect, error_name
from svx_ledger.eventlog.store import NotRead

from .finding import Finding, failed, ok

MOST_SECONDS = 5.0
"""For which pages are read: a reader that takes longer would hold back the WAL."""


def pages(url: str) -> Iterator[Finding]:
    """Whether the file's pages are whole, as far as they can be read in the time there is."""
    file = sqlite_file(url)
    if file is None:  # a server holds its pages to checksums, where it was told to
        return
    amiss = _first_amiss(file)
    if amiss is None:
        yield ok("pages", f"none is damaged of those that were read in {MOST_SECONDS:.0f} s")
    elif amiss:
        yield failed("pages", f"{file} is damaged: {amiss}", CAUSES["SQLITE_CORRUPT"])
    else:
        yield ok("pages", "whole")


def _first_amiss(file: Path) -> str | None:
    """Return what is wrong first, nothing where all is well; None where time ran out.

    Raises StoreError.
    """
    with closing(connect(file, query_only=True)) as connection:
        try:
            with _interrupted(connection) as out_of_time:
                (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            name = error_name(error)
            if name == "SQLITE_INTERRUPT":
                return None
            if is_damage(name):
                return name
            raise NotRead(f"{file}: {name}") from None
    if said == "ok":
        return ""
    # Interrupted, it takes the pages that it did not come to for ones that nobody uses.
    return None if out_of_time.is_set() else str(said).splitlines()[-1]


@contextmanager
def _interrupted(connection: sqlite3.Connection) -> Iterator[Event]:
    """End what runs on a connection once the time is over; the event tells that it was."""
    is_over = Event()

    def end() -> None:
        is_over.set()
        connection.interrupt()

    timer = Timer(MOST_SECONDS, end)
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()
        timer.join()
