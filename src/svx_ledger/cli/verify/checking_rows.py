"""Every row of a ledger, read and checked by one process or by several.

Positions up to the last one at the start never change, so all see the same log, however much
is written meanwhile. Private texts may be erased meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from svx_ledger.proofs.checks.brackets import Brackets
from svx_ledger.proofs.checks.each_row import HeldTo
from svx_ledger.proofs.checks.openings import Kept, Opening, nothing_kept
from svx_ledger.proofs.checks.processes import in_processes
from svx_ledger.proofs.checks.rows import (
    SPAN_POSITIONS,
    Bounds,
    RowsCheck,
    RowsSpan,
    check_span,
    spans_up_to,
)
from svx_ledger.proofs.files.published_log import PublishedLog
from svx_ledger.proofs.finding import Code, Finding, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.tree.tiled_tree import TiledTree

from .asked import watched

if TYPE_CHECKING:
    from svx_ledger.eventlog.store import Store

SPANS_WORTH_IT: Final = 4
"""From so many spans of rows on, several processes are faster: each takes a while to start."""


class RowsAsked(NamedTuple):
    """Which ledger's rows are checked, and what they are held to.

    For several processes it is pickled, with the log that it names.
    """

    ledger: str
    log: PublishedLog
    head: Checkpoint
    brackets: Brackets

    def held_to(self, kept: Kept) -> HeldTo:
        """What rows are held to, with the private texts that are kept."""
        tree = TiledTree(self.head.size, self.head.root, self.log.tile)
        return HeldTo(tree, self.brackets, kept)


Answer = tuple[RowsSpan, list[str]] | Finding
"""What a span came to and the commitments in it; or why the log is not to be trusted."""

Spread = Callable[[Callable[[Bounds], Answer], Iterator[Bounds]], Iterator[Answer]]
"""Has each span done, wherever that is, and gives the answers in the order of the spans."""


def check_rows(
    asked: RowsAsked, processes: int = 1, positions: int = SPAN_POSITIONS
) -> RowsCheck:
    """Check every row that the ledger has now; several processes take so many positions each.

    Raises Refused where the log cannot be trusted or read, StoreError where the ledger cannot,
    ProcessEnded where another process was ended from outside.
    """
    spread = partial(_spread, asked, processes) if processes > 1 else None
    return check_rows_by(asked, spread, positions)


def check_rows_by(asked: RowsAsked, spread: Spread | None, positions: int) -> RowsCheck:
    """The same, by spans where there is a way to `spread` them."""
    from svx_ledger.eventlog.open import open_store, raw_rows

    with closing(open_store(asked.ledger)) as store, closing(raw_rows(asked.ledger)()) as rows:
        unclaimed = {row.commitment for row in store.privates()}
        last = store.head().position  # after that: what is kept is of records up to here
        if spread is not None and last >= positions * SPANS_WORTH_IT:
            check = RowsCheck(asked.held_to(nothing_kept))
            bounds = spans_up_to(last, rows.first_from, positions)
            spans = _claiming(spread(_span, bounds), unclaimed)
            far = check.join(spans, rows.first_from, last)
        else:
            check = RowsCheck(asked.held_to(_kept(store, unclaimed.discard)))
            far = check.run(rows.read, rows.first_from, last)
        for _ in watched(far, last):
            pass
    if unclaimed and not check.findings:  # else they may be of a record that was changed
        detail = f"{len(unclaimed)} private texts are kept that no record committed to"
        check.found(Refused(Code.OPENING_MISMATCH, detail))
    return check


def begin(asked: RowsAsked) -> None:
    """Tell a process once what its spans are of: heads can be many."""
    _told.set((asked, asked.held_to(nothing_kept)))


def _spread(
    asked: RowsAsked,
    processes: int,
    work: Callable[[Bounds], Answer],
    spans: Iterator[Bounds],
) -> Iterator[Answer]:
    return in_processes(processes, work, spans, partial(begin, asked))


def _span(bounds: Bounds) -> Answer:
    """Check one span: an exception of several values would not come through whole."""
    from svx_ledger.eventlog.open import open_store, raw_rows

    asked, held_to = _told.get()
    claimed: list[str] = []
    with closing(open_store(asked.ledger)) as store, closing(raw_rows(asked.ledger)()) as rows:
        held_to = replace(held_to, kept=_kept(store, claimed.append))
        try:
            return check_span(held_to, rows.read, bounds), claimed
        except Refused as refused:
            return refused.finding


def _claiming(answers: Iterator[Answer], unclaimed: set[str]) -> Iterator[RowsSpan]:
    """The spans, with what their records committed to taken out of `unclaimed`."""
    for answer in answers:
        if isinstance(answer, Finding):
            raise Refused(answer.code, answer.detail, answer.index)
        span, claimed = answer
        unclaimed.difference_update(claimed)
        yield span


def _kept(store: "Store", claim: Callable[[str], None]) -> Kept:
    """What a store keeps; each commitment that is asked for is claimed, also if it is erased.

    A text that is erased while rows are read is not one that no record committed to.
    """

    def kept(commitment: str) -> Opening | None:
        claim(commitment)
        row = store.private(commitment)
        return None if row is None else Opening(*row[1:])

    return kept


_told: ContextVar[tuple[RowsAsked, HeldTo]] = ContextVar("_told")
