"""Clocks, and the deadlines that they decide."""

import ctypes
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from svx_ledger.domain import vocabulary
from svx_ledger.domain.book import Book
from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.eventlog.record import recorded_at
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger.batch import DUE
from svx_ledger.ledger.clock import MAX_AHEAD, MAX_STEP

from .finding import Finding, failed, ok, some, warning
from .states import folded, state_of

OVERDUE = timedelta(seconds=15)
"""A ticker looks every five seconds, and tries again a second after a failure."""
_UNSYNCHRONISED = 5
_SYNC = "Set the clocks of this machine and of the server by one source of time (NTP)."
_TIMEX_BYTES = 512
"""More than `struct timex` has on any machine; zeros in it ask, and set nothing."""


def clock(url: str, store: Store) -> Iterator[Finding]:
    """Whether this machine's clock can be right: beside the server's, and beside the log."""
    if is_simulated(store):
        yield ok("clock", "the ledger's time is simulated")
        return
    drift = timedelta(0)
    if sqlite_file(url) is None:
        drift = _drift(url)
        said = f"{drift.total_seconds():+.3f} s from the server's"
        if abs(drift) > MAX_STEP:
            yield failed("clock", f"{said}: nothing is written", _SYNC)
        elif abs(drift) > MAX_STEP / 4:
            yield warning("clock", said, _SYNC)
        else:
            yield ok("clock", said)
    head = store.head()
    if head.position:
        ahead = recorded_at(head.record) - (datetime.now(UTC) - drift)
        if ahead > MAX_AHEAD:
            remedy = "Set the clock right, or accept the step: `svx-ledger clock accept`."
            said = f"the last record is {ahead.total_seconds():.1f} s ahead of it"
            yield failed("clock", said, remedy)
    synchronised = _synchronised()
    if synchronised is False:
        yield warning("clock", "the system says that it is not synchronised", _SYNC)
    elif synchronised:
        yield ok("clock", "the system says that it is synchronised")
    else:
        yield ok("clock", "the system does not say whether it is synchronised")


def deadlines(store: Store) -> Iterator[Finding]:
    """Whether somebody decides deadlines that have passed."""
    streams = [key.removeprefix(DUE) for key in store.held(DUE)]
    if is_simulated(store):
        yield ok("deadlines", f"{len(streams)}, in simulated time")
        return
    now = datetime.now(UTC)
    overdue: list[str] = []
    looked_at = 0
    for one in folded(store, streams):
        looked_at = one.number
        due = vocabulary.due(one.stream, one.state)
        if due is not None and due[0] < now - OVERDUE:
            overdue.append(f"{one.stream} ({(now - due[0]).total_seconds():.0f} s)")
    if overdue:
        remedy = "See that `svx-ledger serve` runs, and what it logs; `svx-ledger tick` once."
        yield failed("deadlines", f"overdue: {some(overdue)}", remedy)
    else:
        of = f"{looked_at} of {len(streams)} looked at, " if looked_at < len(streams) else ""
        yield ok("deadlines", f"{of}{len(streams)} known, none overdue")


def is_simulated(store: Store) -> bool:
    """Whether the ledger's time is simulated, so that it says nothing about now."""
    first = next(store.rows(limit=1), None)
    book = None if first is None else state_of(store, first.stream)
    return isinstance(book, Book) and book.clock == "simulated"


def _drift(url: str) -> timedelta:
    """Return by how much this machine's clock is ahead of the server's."""
    import psycopg

    with psycopg.connect(url, connect_timeout=2, autocommit=True) as connection:
        connection.execute("SELECT 1")
        asked_at = datetime.now(UTC)
        (server,) = connection.execute("SELECT clock_timestamp()").fetchone() or (asked_at,)
        answered_at = datetime.now(UTC)
    assert isinstance(server, datetime)
    if server < asked_at:
        return asked_at - server
    return min(answered_at - server, timedelta(0))


def _synchronised() -> bool | None:
    """Return what the kernel knows of the clock; None where it does not say."""
    ask = getattr(ctypes.CDLL(None), "adjtimex", None)
    if ask is None:
        return None
    state = int(ask(ctypes.create_string_buffer(_TIMEX_BYTES)))
    return None if state < 0 else state != _UNSYNCHRONISED
