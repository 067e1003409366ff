"""An audit: of a whole ledger, in one process or several, or of what one stream rests on."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace

from svx_ledger.domain.values import exactly
from svx_ledger.eventlog.raw_rows import LOWEST
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.table import Rows

from .finding import Audit, Finding
from .kept import Kept
from .leverage import leverage_faults, said_by
from .outcomes import outcome_faults
from .scope import audit_of, before_the_log
from .shown import hidden_commands
from .tables import claim_faults, repetitions, text_faults
from .workers import Again, Others, Task

MOST_FINDINGS = 100
_STEP = 500

UNREPORTED = "leverage: the report cannot be made of a log with a record that cannot be read"

Progress = Callable[[int, int], None]
"""Told how many rows were read, and of how many."""


@exactly()
def audit(
    store: Store,
    *,
    of: str | None = None,
    processes: int = 1,
    again: Again | None = None,
    most: int = MOST_FINDINGS,
    views: Rows | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Hold every event of a ledger, or of what one stream (`of`) rests on, to the rules again.

    `again` opens the store once more, for each further process: it has to be picklable, such
    as `partial(open_store, url)`. `views` are the rows whose leverage report is held to the
    states, as they follow the log now; by default the report is made from the log. The log is
    audited up to where it ends now. Raises NotRead; LookupError where there is no such stream;
    ValueError for several processes without a way to open the store.
    """
    key = secrets.token_bytes(16)
    if of is not None:
        return replace(_result(audit_of(store, of, key, most), (), most), of=of)
    until = store.head().position
    with ExitStack() as closes:
        task = Task(again, key, until, most, processes, reports=views is None)
        others = closes.enter_context(closing(Others(task))) if processes > 1 else None
        rows = _told(store.rows(limit=until), until, progress)
        kept = task.done(task.share(store, 0), rows)
        for other in others.kept() if others else ():
            kept.add(other)
    return _result(kept, _beside(store, kept, until, views), most)


def _beside(store: Store, kept: Kept, until: int, views: Rows | None) -> Iterator[Finding]:
    """Hold the tables, and the leverage report, to what was kept."""
    yield from _before_the_log(store)
    yield from repetitions(store, kept)
    yield from outcome_faults(store, kept, until)
    yield from claim_faults(store, kept, until)
    yield from text_faults(store, kept, until)
    said = kept.said if views is None else said_by(views, until)
    if said is None:
        kept.unchecked[UNREPORTED] = 1
    else:
        yield from leverage_faults(said, kept.sums, until)


def _before_the_log(store: Store) -> Iterator[Finding]:
    """Give the rows before the first position, which no reader of the log would meet."""
    yield from before_the_log(store.rows(after=LOWEST - 1))


def _result(kept: Kept, further: Iterable[Finding], most: int) -> Audit:
    found = sorted([*kept.findings, *further], key=lambda finding: finding.position)
    return Audit(
        findings=tuple(found[:most]),
        more=kept.more + len(found[most:]),
        events=kept.events,
        streams=kept.streams,
        commands=dict(sorted(kept.commands.items())),
        derived=kept.derived,
        unchecked=dict(sorted(kept.unchecked.items())),
        hidden=hidden_commands(kept.leads_to) if kept.unranked else frozenset(),
    )


def _told(rows: Iterable[Row], total: int, progress: Progress | None) -> Iterator[Row]:
    if progress is None:
        yield from rows
        return
    for count, row in enumerate(rows):
        if count % _STEP == 0:
            progress(count, total)
        yield row
    progress(total, total)
