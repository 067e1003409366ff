"""The store, and the end of the log: what the next event will be chained to."""

from collections.abc import Iterator
from datetime import datetime

from svx_ledger.api.remedies import REACH
from svx_ledger.eventlog.raw_rows import LOWEST
from svx_ledger.eventlog.record import Row, Unreadable, leaf_of, read_link, recorded_at
from svx_ledger.eventlog.store import NoLedger, NotRead, Store, StoreError
from svx_ledger.settings import Settings

from . import lost
from .finding import Finding, failed, ok, warning
from .remedies import remedy_of
from .times import is_simulated

TAIL = 500
"""Records at the end that are read; `svx-ledger audit --all` reads all."""
_SAYS = "Do what it says, before anything else."
_AUDIT = "Stop writing, keep a copy, and run `svx-ledger audit --all`."


def store(opened: Store, settings: Settings) -> Iterator[Finding]:
    """Whether the store is durable, append-only, and laid out as it should be."""
    try:
        opened.check()
    except NoLedger as refused:
        trace = lost.was_there(settings)
        remedy = remedy_of(refused, _SAYS) if trace is None else lost.RESTORE
        yield failed("store", f"{refused}{_but(trace)}", remedy)
    except StoreError as refused:
        usual = REACH if isinstance(refused, NotRead) else _SAYS
        yield failed("store", str(refused), remedy_of(refused, usual))
    else:
        yield ok("store", "durable, append-only, laid out as it should be")


def writing(opened: Store) -> Iterator[Finding]:
    """Whether this user and role may append; a simulated ledger is there to be read."""
    try:
        opened.check_writing()
    except StoreError as refused:
        tell = warning if is_simulated(opened) else failed
        yield tell("writing", str(refused), remedy_of(refused, _SAYS))
    else:
        yield ok("writing", "the store takes what is written to it")


def tail(opened: Store, settings: Settings) -> Iterator[Finding]:
    """Whether the last records follow one another: in position, time, version and link."""
    head = opened.head()
    before = next(opened.rows(after=LOWEST - 1, limit=1), None)
    if before is not None and before.position < 1:
        there = f"a row is at position {before.position}, and the log begins with position 1"
        yield failed("log", there, _AUDIT)
        return
    if head.position == 0:
        yield _nothing(settings)
        return
    after = max(0, head.position - TAIL)
    rows = list(opened.rows(after=after))
    opening = next(opened.rows(limit=1))
    amiss = _amiss(rows, after + 1, leaf_of(opening.record).hex())
    if amiss:
        yield failed("log", amiss, _AUDIT)
    else:
        yield ok("log", f"at position {head.position}; its last {len(rows)} follow one another")


def _nothing(settings: Settings) -> Finding:
    """Whether a log that is empty is new, or was lost."""
    trace = lost.was_there(settings)
    if trace is None:
        return warning("log", "nothing is on it", "Begin it with `svx-ledger init`.")
    return failed("log", f"nothing is on it{_but(trace)}", lost.RESTORE)


def _but(trace: str | None) -> str:
    return "" if trace is None else f"; but there is {trace}"


def _amiss(rows: list[Row], first: int, opening: str) -> str | None:
    links: dict[str, tuple[int, str | None]] = {}
    time: datetime | None = None
    for position, row in enumerate(rows, first):
        if row.position != position:
            return f"position {position} is missing"
        try:
            named, _ = read_link(row)
            at = recorded_at(row.record)
        except (Unreadable, ValueError, LookupError, TypeError):
            return f"position {position} cannot be read"
        begins = None if position == 1 else opening
        unread = (row.version - 1, begins if row.version == 1 else named)
        version, leaf = links.get(row.stream, unread)
        if row.version != version + 1 or named != leaf:
            return f"position {position} does not follow the event before it on its stream"
        if time is not None and at < time:
            return f"position {position} is older than the one before it"
        time, links[row.stream] = at, (row.version, leaf_of(row.record).hex())
    return None
